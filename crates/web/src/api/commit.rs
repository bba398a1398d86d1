//! `POST /api/{kind}/{ns}/{name}/commit/{rev}`: lines of JSON, a header first, then one change each. Each change is
//! handed on as it arrives; the commit is made when all are there.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_hub::{Change, Error, NewCommit};
use limpide_words::{FilePath, Sha256};
use serde::Deserialize;
use serde_json::json;

use crate::api::{Answer, refuse_pull_request};
use crate::call::Call;
use crate::error::ApiError;
use crate::lines::Lines;

/// One line of the body.
#[derive(Deserialize)]
#[serde(tag = "key", content = "value", rename_all = "camelCase")]
enum Line {
    Header(Header),
    File { path: String, content: String, encoding: Option<String> },
    LfsFile { path: String, oid: Sha256, algo: Option<String>, size: Option<u64> },
    DeletedFile { path: String },
    DeletedFolder { path: String },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Header {
    summary: String,
    #[serde(default)]
    description: String,
    parent_commit: Option<String>,
}

pub(crate) async fn create(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    refuse_pull_request(&call)?;
    let limits = &call.hub.settings().limits;
    // Base64 is a third longer than what it holds; names and keys of a line are short.
    let longest = usize::try_from(limits.regular_file).unwrap_or(usize::MAX) / 3 * 4 + 64 * 1024;
    let mut lines = Lines::of(body, limits.commit, longest);
    let head = header(&mut lines).await?;
    let mut commit = call.hub.begin_commit(&writable, &call.revision()?, head).await?;
    while let Some(line) = lines.next().await? {
        commit.add(change(&line)?).await?;
    }
    let done = commit.finish().await?;
    let repo = writable.repo();
    let url = format!("{}/{}{}/commit/{}", call.origin, repo.kind.prefix(), repo.id(), done.id);
    let answer = json!({ "success": true, "commitOid": done.id, "commitUrl": url, "hookOutput": "" });
    Ok(Json(answer).into_response())
}

async fn header(lines: &mut Lines) -> Result<NewCommit, ApiError> {
    let first = lines.next().await?.ok_or_else(|| refusal("it has no lines"))?;
    match parse(&first)? {
        Line::Header(header) => Ok(NewCommit {
            title: header.summary,
            description: header.description,
            parent: header.parent_commit,
        }),
        _ => Err(refusal("its first line is not the header")),
    }
}

fn change(line: &[u8]) -> Result<Change, ApiError> {
    Ok(match parse(line)? {
        Line::Header(_) => return Err(refusal("it has two headers")),
        Line::File { path, content, encoding } => {
            let path = file_path(&path)?;
            let bytes = match encoding.as_deref() {
                None | Some("base64") => STANDARD
                    .decode(content)
                    .map_err(|_| refusal(&format!("the content of `{path}` is not base64")))?,
                Some("utf-8") => content.into_bytes(),
                Some(other) => return Err(refusal(&format!("`{path}` has the unknown encoding `{other}`"))),
            };
            Change::File { path, bytes: bytes.into() }
        }
        Line::LfsFile { path, oid, algo, size } => {
            if algo.is_some_and(|algo| algo != "sha256") {
                return Err(refusal("`algo` of an LFS file is `sha256`"));
            }
            Change::LfsFile { path: file_path(&path)?, sha256: oid, size }
        }
        Line::DeletedFile { path } => Change::DeleteFile(file_path(&path)?),
        Line::DeletedFolder { path } => Change::DeleteFolder(file_path(path.trim_end_matches('/'))?),
    })
}

/// A path that cannot be is 422, as on the Hub.
fn file_path(path: &str) -> Result<FilePath, ApiError> {
    path.parse().map_err(|unfit: limpide_words::Unfit| Error::Unprocessable(unfit.to_string()).into())
}

fn parse(line: &[u8]) -> Result<Line, ApiError> {
    serde_json::from_slice(line).map_err(|error| refusal(&error.to_string()))
}

fn refusal(problem: &str) -> ApiError {
    Error::Invalid(format!("The body of a commit is lines of JSON, a header first; here {problem}.")).into()
}
