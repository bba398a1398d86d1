//! `POST /api/repos/create`.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use limpide_hub::{Error, NewRepo};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::{Answer, NamedRepo, repo_exists};
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewRepo")]
pub(crate) struct Request {
    #[serde(flatten)]
    repo: NamedRepo,
    visibility: Option<String>,
    // Clients before 1.0 say `private`, newer ones `visibility`.
    private: Option<bool>,
    sdk: Option<String>,
}

pub(crate) async fn create(call: Call, body: Body) -> Answer {
    let user = call.caller.user()?.clone();
    let request: Request = call::json(body).await?;
    let (kind, id) = request.repo.under(&user)?;
    let new = NewRepo {
        kind,
        id,
        private: request
            .visibility
            .as_deref()
            .map_or(request.private.unwrap_or(false), |word| word != "public"),
        sdk: request.sdk,
    };
    match call.hub.create_repo(&call.caller, new).await {
        Ok(repo) => {
            let url = format!("{}/{}{}", call.origin, repo.kind.prefix(), repo.id());
            Ok(Json(json!({ "url": url, "name": repo.id(), "id": repo.id })).into_response())
        }
        Err(error @ Error::RepoExists(..)) => Ok(repo_exists(&call, &error)),
        Err(error) => Err(error.into()),
    }
}
