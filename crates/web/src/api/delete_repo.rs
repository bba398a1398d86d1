//! `DELETE /api/repos/delete`: a deletion with a body.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use serde_json::json;

use crate::api::{Answer, NamedRepo};
use crate::call::{self, Call};

pub(crate) async fn delete(call: Call, body: Body) -> Answer {
    let user = call.caller.user()?.clone();
    let named: NamedRepo = call::json(body).await?;
    let (kind, id) = named.under(&user)?;
    call.hub.delete_repo(&call.caller, kind, &id).await?;
    Ok(Json(json!({ "success": true })).into_response())
}
