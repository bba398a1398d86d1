//! Small answers that clients expect to be there.

use axum::Json;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// `GET /api/agent-harnesses`: asked once a day by every installation; this hub knows of none.
pub(crate) async fn agent_harnesses() -> Json<Value> {
    Json(json!({ "standardEnvVars": [], "harnesses": {} }))
}

/// `HEAD /api/telemetry/…`: limpide keeps no telemetry.
pub(crate) async fn telemetry() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// `GET /api/tasks`: the inference client wants an object.
pub(crate) async fn tasks() -> Json<Value> {
    Json(json!({}))
}
