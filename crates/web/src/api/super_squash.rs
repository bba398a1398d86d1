//! `POST /api/{kind}/{ns}/{name}/super-squash/{rev}`: one commit instead of a branch's history.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::Answer;
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "SuperSquash")]
pub(crate) struct Request {
    message: Option<String>,
}

pub(crate) async fn squash(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    let request: Request = call::json(body).await?;
    let message = request.message.filter(|message| !message.trim().is_empty());
    let message = message
        .unwrap_or_else(|| format!("Super-squash branch '{}' using huggingface_hub", call.param("rev")));
    let done = call.hub.super_squash(&writable, &call.revision()?, &message).await?;
    Ok(Json(json!({ "success": true, "commitOid": done.id })).into_response())
}
