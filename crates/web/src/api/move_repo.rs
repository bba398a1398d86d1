//! `POST /api/repos/move`.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use limpide_hub::Error;
use limpide_words::{Kind, RepoId};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::Answer;
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MoveRepo")]
pub(crate) struct Request {
    #[schemars(with = "String")]
    from_repo: RepoId,
    #[schemars(with = "String")]
    to_repo: RepoId,
    #[serde(rename = "type")]
    kind: Option<String>,
}

pub(crate) async fn rename(call: Call, body: Body) -> Answer {
    call.caller.user()?;
    let request: Request = call::json(body).await?;
    let kind = match request.kind.as_deref() {
        None => Kind::Model,
        Some("bucket") => {
            return Err(Error::Unsupported("Buckets are not there yet in limpide.".into()).into());
        }
        Some(kind) => kind.parse()?,
    };
    call.hub.move_repo(&call.caller, kind, &request.from_repo, &request.to_repo).await?;
    let url = format!("{}/{}{}", call.origin, kind.prefix(), request.to_repo);
    Ok(Json(json!({ "success": true, "url": url })).into_response())
}
