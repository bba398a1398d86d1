//! `POST /api/{kind}/{ns}/{name}/commit/{rev}`: lines of JSON, a header first, then one change each. Each change is
//! handed on as it arrives; the commit is made when all are there.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use bytes::Bytes;
use limpide_formats::commit::{Line, malformed};
use limpide_hub::{Change, NewCommit};
use serde_json::json;

use crate::api::{Answer, refuse_pull_request};
use crate::call::Call;
use crate::error::ApiError;
use crate::lines::Lines;

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
    let first = lines.next().await?.ok_or_else(|| malformed("it has no lines"))?;
    match Line::read(&first)? {
        Line::Header(header) => Ok(NewCommit {
            title: header.summary,
            description: header.description,
            parent: header.parent_commit,
        }),
        _ => Err(malformed("its first line is not the header").into()),
    }
}

fn change(line: &Bytes) -> Result<Change, ApiError> {
    Ok(match Line::read(line)? {
        Line::Header(_) => return Err(malformed("it has two headers").into()),
        Line::File { path, bytes } => Change::File { path, bytes },
        Line::LfsFile { path, sha256, size } => Change::LfsFile { path, sha256, size },
        Line::DeletedFile(path) => Change::DeleteFile(path),
        Line::DeletedFolder(path) => Change::DeleteFolder(path),
    })
}
