//! `GET /api/{kind}/{ns}/{name}/refs`, and making and removing branches and tags.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use limpide_hub::{NamedRef, NewTag};
use limpide_words::Revision;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "NewBranch")]
pub(crate) struct Branch {
    #[schemars(with = "Option<String>")]
    starting_point: Option<Revision>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewTag")]
pub(crate) struct Tag {
    tag: String,
    message: Option<String>,
}

pub(crate) async fn list(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let refs = call.hub.list_refs(&readable).await?;
    let shown = |refs: &[NamedRef]| -> Vec<Value> {
        refs.iter()
            .map(|found| json!({ "name": found.name, "ref": found.full, "targetCommit": found.commit }))
            .collect()
    };
    let mut answer = json!({ "branches": shown(&refs.branches), "tags": shown(&refs.tags), "converts": shown(&refs.converts) });
    if call.flag("include_prs") || call.flag("include_pull_requests") {
        answer["pullRequests"] = json!(shown(&refs.pull_requests));
    }
    Ok(Json(answer).into_response())
}

pub(crate) async fn create_branch(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    let request: Branch = call::json(body).await?;
    call.hub.create_branch(&writable, call.param("branch"), request.starting_point.as_ref()).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

pub(crate) async fn delete_branch(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    call.hub.delete_branch(&writable, call.param("branch")).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

/// The address names the revision that is tagged; the body names the tag.
pub(crate) async fn create_tag(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    let request: Tag = call::json(body).await?;
    let new = NewTag { name: request.tag, message: request.message };
    call.hub.create_tag(&writable, &call.revision()?, new).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

/// Here the same part of the address names the tag.
pub(crate) async fn delete_tag(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    call.hub.delete_tag(&writable, call.param("rev")).await?;
    Ok(Json(json!({ "success": true })).into_response())
}
