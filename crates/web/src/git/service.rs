//! `GET …/info/refs`, `POST …/git-upload-pack` and `POST …/git-receive-pack`: how git begins, fetches and pushes.

use std::io;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use limpide_hub::{Content, Error, GitInput, GitProtocol, Writable};

use crate::call::Call;
use crate::git::error::{GitCall, GitError};
use crate::git::gunzip::gunzip;

/// The version that a client would like to speak.
const PROTOCOL: HeaderName = HeaderName::from_static("git-protocol");

/// The most that a packed request may unpack to when it fetches: to name a million commits takes 50 MiB.
const MOST_UNPACKED: u64 = 256 << 20;

/// What precedes the answer in the first versions of the protocol.
const SERVICE: &[u8] = b"001e# service=git-upload-pack\n0000";

/// `GET /{ns}/{name}/info/refs?service=git-upload-pack` or `…=git-receive-pack`
pub(crate) async fn info_refs(GitCall(call): GitCall) -> Result<Response, GitError> {
    let protocol = protocol(&call.headers);
    if call.asked("service") == Some("git-receive-pack") {
        let writable = writable(&call).await?;
        let advertised = Ok(call.hub.git_advertise_push(&writable, protocol).await?);
        return Ok(answer("application/x-git-receive-pack-advertisement", stream::iter([advertised])));
    }
    let content = content(&call).await?;
    match call.asked("service") {
        Some("git-upload-pack") => {
            let advertised = call.hub.git_advertise(&content, protocol).await?;
            let service = (protocol != GitProtocol::V2).then(|| Ok(Bytes::from_static(SERVICE)));
            Ok(answer("application/x-git-upload-pack-advertisement", stream::iter(service).chain(advertised)))
        }
        Some(other) => Err(Error::Invalid(format!(
            "There is no service `{other}`: ask for git-upload-pack or git-receive-pack."
        ))
        .into()),
        None => {
            let words =
                "This client speaks git's oldest protocol, which is not spoken here: use git 1.6.6 or later.";
            Err(Error::Invalid(words.into()).into())
        }
    }
}

/// `POST /{ns}/{name}/git-upload-pack`
pub(crate) async fn upload_pack(GitCall(call): GitCall, body: Body) -> Result<Response, GitError> {
    let content = content(&call).await?;
    let asked = asked(&call, body, "application/x-git-upload-pack-request", MOST_UNPACKED)?;
    let told = call.hub.git_upload_pack(&content, protocol(&call.headers), asked).await?;
    Ok(answer("application/x-git-upload-pack-result", told))
}

/// `POST /{ns}/{name}/git-receive-pack`
pub(crate) async fn receive_pack(GitCall(call): GitCall, body: Body) -> Result<Response, GitError> {
    let writable = writable(&call).await?;
    // Git itself counts the pack; the commands before it are short.
    let most = call.hub.settings().limits.push.saturating_add(MOST_UNPACKED);
    let asked = asked(&call, body, "application/x-git-receive-pack-request", most)?;
    let told = call.hub.git_receive_pack(&writable, asked).await?;
    Ok(answer("application/x-git-receive-pack-result", told))
}

/// What a client asks, unpacked.
fn asked(call: &Call, body: Body, kind: &str, most: u64) -> Result<GitInput, GitError> {
    let sent = |name| call.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sent(header::CONTENT_TYPE) != kind {
        return Err(Error::Invalid(format!("The `Content-Type` of this request is `{kind}`.")).into());
    }
    let body = body.into_data_stream().map_err(io::Error::other).boxed();
    match sent(header::CONTENT_ENCODING) {
        "" | "identity" => Ok(body),
        "gzip" | "x-gzip" => Ok(gunzip(body, most)),
        other => {
            Err(Error::Invalid(format!("Requests are packed with gzip or not at all, not `{other}`.")).into())
        }
    }
}

/// The repository that is to be read. An old name is as good: git does not follow a redirect once it has signed in.
async fn content(call: &Call) -> Result<Content, GitError> {
    let (kind, id) = call.repo()?;
    match call.hub.content(&call.caller, kind, &id).await {
        Err(Error::Moved(id)) => Ok(call.hub.content(&call.caller, kind, &id).await?),
        other => Ok(other?),
    }
}

/// The repository that is to be pushed to.
async fn writable(call: &Call) -> Result<Writable, GitError> {
    let (kind, id) = call.repo()?;
    match call.hub.writable(&call.caller, kind, &id).await {
        Err(Error::Moved(id)) => Ok(call.hub.writable(&call.caller, kind, &id).await?),
        other => Ok(other?),
    }
}

fn protocol(headers: &HeaderMap) -> GitProtocol {
    GitProtocol::read(headers.get(PROTOCOL).and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// What is true now is not true a moment later: nobody keeps it.
fn answer(
    kind: &'static str,
    pieces: impl futures::Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, max-age=0, must-revalidate")),
    ];
    (StatusCode::OK, headers, Body::from_stream(pieces)).into_response()
}
