//! `POST /api/validate-yaml`: what clients ask before they commit a README.md.

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use limpide_words::Kind;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "ValidateYaml")]
pub(crate) struct Request {
    content: String,
    #[schemars(with = "Option<crate::openapi::KindWord>")]
    repo_type: Option<Kind>,
}

pub(crate) async fn validate(call: Call, body: Body) -> Answer {
    let request: Request = call::json(body).await?;
    let kind = request.repo_type.unwrap_or(Kind::Model);
    let verdict = call.hub.validate_card(&request.content, kind)?;
    let status = if verdict.errors.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    // `card.validate()` asks for plain text and shows it as it stands.
    let plain =
        call.headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes().starts_with(b"text/plain"));
    if plain && status == StatusCode::BAD_REQUEST {
        let lines: Vec<String> = verdict.errors.iter().map(|error| format!("- Error: {error}")).collect();
        return Ok((status, lines.join("\n")).into_response());
    }
    let messages =
        |texts: &[String]| -> Vec<Value> { texts.iter().map(|text| json!({ "message": text })).collect() };
    let answer = json!({ "warnings": messages(&verdict.warnings), "errors": messages(&verdict.errors) });
    Ok((status, Json(answer)).into_response())
}
