//! The large files of a repository's whole history: listed, copied to another repository, deleted for good.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use limpide_hub::FileToCopy;
use limpide_words::{Kind, RepoId, Sha256};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{Answer, next_page};
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "LfsDeletion")]
pub(crate) struct Deletion {
    deletions: Deletions,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Deletions {
    #[schemars(with = "Vec<String>")]
    sha: Vec<Sha256>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "LfsCopy")]
pub(crate) struct Copy {
    target: Target,
    files: Vec<File>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "LfsCopyTarget")]
pub(crate) struct Target {
    #[schemars(with = "crate::openapi::KindWord")]
    #[serde(rename = "type")]
    kind: Kind,
    #[schemars(with = "String")]
    name: RepoId,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "LfsCopyFile")]
pub(crate) struct File {
    #[schemars(with = "String")]
    sha256: Sha256,
    xet_hash: Option<String>,
}

/// `GET /api/{kind}/{ns}/{name}/lfs-files`
pub(crate) async fn list(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    call.hub.writable(&call.caller, kind, &id).await?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let after: Option<Sha256> = call.asked("cursor").map(str::parse).transpose()?;
    let list = call.hub.list_lfs_files(&readable, after).await?;
    let shown: Vec<Value> = list
        .files
        .iter()
        .map(|file| {
            json!({
                "fileOid": file.sha256,
                "filename": file.path,
                "oid": file.sha256,
                "pushedAt": file.pushed,
                "size": file.size,
                "xetHash": file.file,
            })
        })
        .collect();
    let path = format!("/api/{}/{id}/lfs-files", kind.plural());
    let next = list.next.map(|next| next.to_string());
    Ok((next_page(&call, &path, next.as_deref()), Json(shown)).into_response())
}

/// `POST /api/{kind}/{ns}/{name}/lfs-files/batch`
pub(crate) async fn delete(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    let request: Deletion = call::json(body).await?;
    call.hub.delete_lfs_files(&writable, &request.deletions.sha)?;
    Ok(Json(json!({ "success": true })).into_response())
}

/// `POST /api/{kind}/{ns}/{name}/lfs-files/duplicate`: the address names where the files are, the body where they go.
pub(crate) async fn duplicate(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let source = call.hub.content(&call.caller, kind, &id).await?;
    call.caller.user()?;
    let request: Copy = call::json(body).await?;
    let target = call.hub.writable(&call.caller, request.target.kind, &request.target.name).await?;
    let copies: Vec<FileToCopy> = request.files.into_iter().map(FileToCopy::from).collect();
    let failed = call.hub.duplicate_lfs_files(&source, &target, &copies).await?;
    let failed: Vec<Value> =
        failed.iter().map(|failed| json!({ "sha256": failed.sha256, "error": failed.error })).collect();
    Ok(Json(json!({ "failed": failed })).into_response())
}

impl From<File> for FileToCopy {
    fn from(file: File) -> Self {
        Self { sha256: file.sha256, file: file.xet_hash }
    }
}
