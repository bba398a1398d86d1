//! `GET …/info/refs` and `POST …/git-upload-pack`: how `git clone` and `git fetch` begin, and what they then ask.

use std::io;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use limpide_hub::{Content, Error, GitProtocol};

use crate::call::Call;
use crate::git::error::{GitCall, GitError};
use crate::git::gunzip::gunzip;

/// The version that a client would like to speak.
const PROTOCOL: HeaderName = HeaderName::from_static("git-protocol");

/// The most that a packed request may unpack to: to name a million commits takes 50 MiB.
const MOST_UNPACKED: usize = 256 << 20;

/// What precedes the answer in the first versions of the protocol.
const SERVICE: &[u8] = b"001e# service=git-upload-pack\n0000";

/// `GET /{ns}/{name}/info/refs?service=git-upload-pack`
pub(crate) async fn info_refs(GitCall(call): GitCall) -> Result<Response, GitError> {
    let content = content(&call).await?;
    match call.asked("service") {
        Some("git-upload-pack") => {}
        Some("git-receive-pack") => {
            let words = "Limpide does not take pushes from git yet. Send files with `hf upload`.";
            return Err(Error::Unsupported(words.into()).into());
        }
        Some(other) => {
            return Err(
                Error::Invalid(format!("There is no service `{other}`: ask for git-upload-pack.")).into()
            );
        }
        None => {
            let words =
                "This client speaks git's oldest protocol, which is not spoken here: use git 1.6.6 or later.";
            return Err(Error::Invalid(words.into()).into());
        }
    }
    let protocol = protocol(&call.headers);
    let advertised = call.hub.git_advertise(&content, protocol).await?;
    let service = (protocol != GitProtocol::V2).then(|| Ok(Bytes::from_static(SERVICE)));
    Ok(answer("application/x-git-upload-pack-advertisement", stream::iter(service).chain(advertised)))
}

/// `POST /{ns}/{name}/git-upload-pack`
pub(crate) async fn upload_pack(GitCall(call): GitCall, body: Body) -> Result<Response, GitError> {
    const ASKED: &str = "application/x-git-upload-pack-request";
    let content = content(&call).await?;
    let sent = |name| call.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if sent(header::CONTENT_TYPE) != ASKED {
        return Err(Error::Invalid(format!("The `Content-Type` of this request is `{ASKED}`.")).into());
    }
    let body = body.into_data_stream().map_err(io::Error::other).boxed();
    let body = match sent(header::CONTENT_ENCODING) {
        "" | "identity" => body,
        "gzip" | "x-gzip" => gunzip(body, MOST_UNPACKED),
        other => {
            return Err(Error::Invalid(format!(
                "Requests are packed with gzip or not at all, not `{other}`."
            ))
            .into());
        }
    };
    let told = call.hub.git_upload_pack(&content, protocol(&call.headers), body).await?;
    Ok(answer("application/x-git-upload-pack-result", told))
}

/// The repository that is asked for. An old name is as good: git does not follow a redirect once it has signed in.
async fn content(call: &Call) -> Result<Content, GitError> {
    let (kind, id) = call.repo()?;
    match call.hub.content(&call.caller, kind, &id).await {
        Err(Error::Moved(id)) => Ok(call.hub.content(&call.caller, kind, &id).await?),
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
