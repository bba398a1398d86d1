//! `GET /api/{kind}/{ns}/{name}/auth-check[/write]`: whether the caller could read or write.

use axum::Json;
use axum::response::IntoResponse;
use serde_json::json;

use crate::api::Answer;
use crate::call::Call;

pub(crate) async fn read(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    call.hub.content(&call.caller, kind, &id).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

pub(crate) async fn write(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    call.hub.writable(&call.caller, kind, &id).await?;
    Ok(Json(json!({ "success": true })).into_response())
}
