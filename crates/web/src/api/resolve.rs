//! `GET|HEAD /{ns}/{name}/resolve/{rev}/{path}`: the bytes of a file, and all that clients want to know of it
//! before; `…/raw/…` the same file as git has it.

use std::ops::Range;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::content::StoredFile;
use limpide_hub::{Caller, Commit, Content, Error, Resolved, Thing};
use limpide_words::{FilePath, Revision};
use serde_json::json;

use crate::api::Answer;
use crate::call::Call;
use crate::download::{self, Download, Part, set};
use crate::error::ApiError;

const REPO_COMMIT: HeaderName = HeaderName::from_static("x-repo-commit");
const LINKED_SIZE: HeaderName = HeaderName::from_static("x-linked-size");
const LINKED_ETAG: HeaderName = HeaderName::from_static("x-linked-etag");
/// Comes with a malicious file that is not held back.
const SECURITY: HeaderName = HeaderName::from_static("x-security-warning");
const XET_HASH: HeaderName = HeaderName::from_static("x-xet-hash");

pub(crate) async fn content(call: Call, method: Method) -> Answer {
    let asked = open(&call).await?;
    let found = match asked.path() {
        Ok(path) => call.hub.resolve(&asked.content, &asked.commit, &path).await,
        Err(refusal) => Err(refusal),
    };
    let found = found.map_err(|error| asked.refused(error))?;
    let mut headers = asked.released(&call, &found).await?;
    call.hub.count_download(&asked.content, &reader(&call));
    if let Some(stored) = &found.stored {
        set(&mut headers, LINKED_SIZE, &stored.size.to_string());
        set(&mut headers, LINKED_ETAG, &format!("\"{}\"", stored.sha256));
        set(&mut headers, XET_HASH, &stored.hash.to_string());
        set(&mut headers, header::LINK, &links(&call, &asked, &stored.hash.to_string()));
        if asks_where_chunks_are(&call.headers) {
            return Ok(description(stored, headers));
        }
    }
    asked.send(&call, &method, &found, headers).await
}

/// What `@huggingface/hub` accepts when it would rather fetch chunks than the bytes themselves.
const FILE_INFO: &str = "application/vnd.xet-fileinfo+json";

fn asks_where_chunks_are(asked: &HeaderMap) -> bool {
    asked.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|it| it.contains(FILE_INFO))
}

/// A file in words instead of its bytes: the headers say the rest.
fn description(stored: &StoredFile, mut headers: HeaderMap) -> Response {
    set(&mut headers, header::ETAG, &format!("\"{}\"", stored.sha256));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FILE_INFO));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    headers.remove(header::CONTENT_DISPOSITION);
    let words = json!({ "hash": stored.hash.to_string(), "size": stored.size, "etag": stored.sha256 });
    (headers, words.to_string()).into_response()
}

pub(crate) async fn raw(call: Call, method: Method) -> Answer {
    let asked = open(&call).await?;
    let found = match asked.path() {
        Ok(path) => call.hub.resolve_raw(&asked.content, &asked.commit, &path).await,
        Err(refusal) => Err(refusal),
    };
    let found = found.map_err(|error| asked.refused(error))?;
    let headers = asked.released(&call, &found).await?;
    asked.send(&call, &method, &found, headers).await
}

/// What an address stands for, as far as the commit.
struct Asked {
    content: Content,
    commit: Commit,
    path: String,
}

async fn open(call: &Call) -> Result<Asked, ApiError> {
    let (kind, id) = call.repo()?;
    let content = call.hub.content(&call.caller, kind, &id).await?;
    let (revision, path) = revision_and_path(call.param("rev"), call.param("path"));
    let revision: Revision = revision.parse()?;
    let commit = call.hub.commit_at(content.readable(), &revision).await?;
    Ok(Asked { content, commit, path })
}

/// Some clients write `refs/pr/1` and `refs/convert/parquet` without encoding the slashes.
fn revision_and_path(revision: &str, path: &str) -> (String, String) {
    let mut parts = path.splitn(3, '/');
    match (revision, parts.next(), parts.next(), parts.next()) {
        ("refs", Some(space @ ("pr" | "convert")), Some(name), Some(rest)) => {
            (format!("refs/{space}/{name}"), rest.to_owned())
        }
        _ => (revision.to_owned(), path.to_owned()),
    }
}

impl Asked {
    /// A path that cannot be is one at which nothing is.
    fn path(&self) -> Result<FilePath, Error> {
        let path = self.path.trim_end_matches('/');
        path.parse()
            .map_err(|_| Error::NotFound(Thing::Entry, format!("`{path}` cannot be the path of a file.")))
    }

    /// Clients remember which files a commit does not have: a refusal names the commit too.
    fn refused(&self, error: Error) -> ApiError {
        let refusal = ApiError::from(error);
        match HeaderValue::try_from(self.commit.id.to_string()) {
            Ok(commit) => refusal.with(REPO_COMMIT, commit),
            Err(_) => refusal,
        }
    }

    /// The headers of the answer, if the file may be downloaded; with a warning when it is malicious.
    async fn released(&self, call: &Call, found: &Resolved) -> Result<HeaderMap, ApiError> {
        let warning = call.hub.release(&self.content, found).await.map_err(|error| self.refused(error))?;
        let mut headers = self.headers(call);
        if let Some(warning) = warning {
            set(&mut headers, SECURITY, &warning);
        }
        Ok(headers)
    }

    fn headers(&self, call: &Call) -> HeaderMap {
        let mut headers = HeaderMap::new();
        set(&mut headers, REPO_COMMIT, &self.commit.id.to_string());
        // What a branch names changes; what needs a token is nobody else's to keep.
        let private = if self.content.repo().private { "private, no-cache" } else { "no-cache" };
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(private));
        download::describe(&mut headers, self.path.trim_end_matches('/'), call.flag("download"));
        headers
    }

    async fn send(&self, call: &Call, method: &Method, found: &Resolved, headers: HeaderMap) -> Answer {
        let download = Download { size: found.size, etag: found.hash(), modified: Some(found.date), headers };
        let part = download.part(&call.headers).map_err(|error| self.refused(error))?;
        let range = match &part {
            Part::Nothing => None,
            Part::Whole => Some(0..found.size),
            Part::Range(range) => Some(range.clone()),
        };
        let bytes = match range.filter(|range| !range.is_empty() && method != Method::HEAD) {
            Some(range) => self.bytes(call, found, range).await?,
            None => Body::empty(),
        };
        Ok(download.answer(&part, bytes))
    }

    async fn bytes(&self, call: &Call, found: &Resolved, range: Range<u64>) -> Result<Body, ApiError> {
        Ok(download::body(call.hub.open_resolved(&self.content, found, range).await?))
    }
}

/// Where to get a token for the content store, and what to ask it.
fn links(call: &Call, asked: &Asked, hash: &str) -> String {
    let (origin, repo) = (&call.origin, asked.content.repo());
    let store = call.hub.read_pass_for(&asked.content, &call.caller);
    let token =
        format!("{origin}/api/{}/{}/xet-read-token/{}", repo.kind.plural(), repo.id(), asked.commit.id);
    let plan = format!("{origin}/cas/{}/v1/reconstructions/{hash}", store.store());
    format!("<{token}>; rel=\"xet-auth\", <{plan}>; rel=\"xet-reconstruction-info\"")
}

/// Who reads, for the number of downloads: the user, or the address from which the request came.
fn reader(call: &Call) -> String {
    match &call.caller {
        Caller::User(user) => user.id.clone(),
        Caller::Anyone => call.address.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_may_come_with_their_slashes() {
        let split = |revision, path| {
            let (revision, path) = revision_and_path(revision, path);
            format!("{revision} {path}")
        };
        assert_eq!(split("main", "a/b"), "main a/b");
        assert_eq!(split("refs", "pr/1/a/b"), "refs/pr/1 a/b");
        assert_eq!(split("refs", "convert/parquet/x"), "refs/convert/parquet x");
        assert_eq!(split("refs", "heads/main/x"), "refs heads/main/x");
        assert_eq!(split("refs", "pr/1"), "refs pr/1");
        assert_eq!(split("refs/pr/1", "pr/1/x"), "refs/pr/1 pr/1/x");
    }
}
