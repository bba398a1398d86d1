//! The keys with which people sign: `GET`, `POST /api/keys`, `DELETE /api/keys/{key}`, `GET /api/users/{user}/keys`.

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use limpide_hub::Key;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::call::{self, Call};

/// A public key: Ed25519, as 64 hexadecimal digits or in PEM.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewKey")]
pub(crate) struct Request {
    name: String,
    key: String,
}

pub(crate) async fn list(call: Call) -> Answer {
    let name = call.caller.user()?.name.clone();
    Ok(Json(shown(&call.hub.keys(&name).await?)).into_response())
}

pub(crate) async fn of_user(call: Call) -> Answer {
    let keys = call.hub.keys(&call.param("user").parse()?).await?;
    Ok(Json(shown(&keys)).into_response())
}

pub(crate) async fn add(call: Call, body: Body) -> Answer {
    call.caller.user()?;
    let request: Request = call::json(body).await?;
    let key = call.hub.add_key(&call.caller, &request.name, &request.key).await?;
    Ok((StatusCode::CREATED, Json(shown_one(&key))).into_response())
}

pub(crate) async fn remove(call: Call) -> Answer {
    call.hub.remove_key(&call.caller, call.param("key")).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

fn shown(keys: &[Key]) -> Vec<Value> {
    keys.iter().map(shown_one).collect()
}

fn shown_one(key: &Key) -> Value {
    json!({ "name": key.name, "key": key.public_key, "createdAt": key.created })
}
