//! `PUT /api/{kind}/{ns}/{name}/settings`.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use limpide_hub::{Error, RepoSettings};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "RepoSettings")]
pub(crate) struct Request {
    gated: Option<Value>,
    visibility: Option<String>,
    private: Option<bool>,
}

pub(crate) async fn change(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    // Who may not manage it learns that first, whatever the body says.
    call.hub.manageable(&call.caller, kind, &id).await?;
    let request: Request = call::json(body).await?;
    let gated = match request.gated {
        None => None,
        Some(Value::Bool(false)) => Some("false".to_owned()),
        Some(Value::String(gate)) => Some(gate),
        Some(other) => {
            return Err(
                Error::Invalid(format!("`gated` is false, \"auto\" or \"manual\", not {other}.")).into()
            );
        }
    };
    let private = match request.visibility.as_deref() {
        None => request.private,
        Some("public") => Some(false),
        Some("private") => Some(true),
        Some(other) => {
            return Err(Error::Invalid(format!(
                "`visibility` is \"public\" or \"private\", not \"{other}\"."
            ))
            .into());
        }
    };
    call.hub.set_repo_settings(&call.caller, kind, &id, RepoSettings { private, gated }).await?;
    let repo = call.hub.manageable(&call.caller, kind, &id).await?;
    let gated = if repo.repo().gated == "false" {
        Value::Bool(false)
    } else {
        Value::from(repo.repo().gated.as_str())
    };
    Ok(Json(json!({ "private": repo.repo().private, "gated": gated })).into_response())
}
