//! `POST /api/{kind}/{ns}/{name}/paths-info/{rev}`: what lies at each of these paths.

use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::IntoResponse;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::api::{Answer, entry, scans};
use crate::call::{self, Call, is_true};
use crate::error::ApiError;

/// Python sends a form, JavaScript sends JSON.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(default)]
#[schemars(rename = "PathsInfo")]
pub(crate) struct Request {
    paths: Vec<String>,
    expand: bool,
}

pub(crate) async fn list(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let request = read(&call, body).await?;
    let entries = call.hub.paths_info(&readable, &call.revision()?, &request.paths, request.expand).await?;
    let mut shown: Vec<Value> =
        entries.iter().map(|entry| entry::describe(entry, readable.shows_content())).collect();
    if request.expand {
        scans::add_statuses(&call, &entries, &mut shown).await?;
    }
    Ok(Json(shown).into_response())
}

async fn read(call: &Call, body: Body) -> Result<Request, ApiError> {
    let json = call
        .headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if json {
        return call::json(body).await;
    }
    let mut request = Request::default();
    for (key, value) in call::form(body).await? {
        match key.as_str() {
            "paths" => request.paths.push(value),
            "expand" => request.expand = is_true(&value),
            _ => {}
        }
    }
    Ok(request)
}
