//! `POST /api/{kind}/{ns}/{name}/duplicate`: a repository with the same history under another name.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use limpide_hub::{Error, NewRepo};
use limpide_words::RepoId;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::{Answer, repo_exists};
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "DuplicateRepo")]
pub(crate) struct Request {
    #[schemars(with = "String")]
    repository: RepoId,
    visibility: Option<String>,
    private: Option<bool>,
}

pub(crate) async fn duplicate(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let source = call.hub.content(&call.caller, kind, &id).await?;
    call.caller.user()?;
    let request: Request = call::json(body).await?;
    let private = match request.visibility.as_deref() {
        Some(word) => word != "public",
        None => request.private.unwrap_or(source.repo().private),
    };
    let new = NewRepo { kind, id: request.repository, private, sdk: None };
    match call.hub.duplicate_repo(&source, &call.caller, new).await {
        Ok(repo) => {
            let url = format!("{}/{}{}", call.origin, kind.prefix(), repo.id());
            Ok(Json(json!({ "url": url, "name": repo.id() })).into_response())
        }
        Err(error @ Error::RepoExists(..)) => Ok(repo_exists(&call, &error)),
        Err(error) => Err(error.into()),
    }
}
