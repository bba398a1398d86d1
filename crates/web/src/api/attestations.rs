//! What people sign about a repository: `GET`, `POST /api/{kind}/{ns}/{name}/attestations`, and `DELETE` of one.

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use limpide_hub::{Attested, Error};
use limpide_openness::Attestation;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::call::{self, Call};

/// Bytes of the body: an attestation has at most so many.
const LONGEST: usize = 64 << 10;

/// What was signed about a revision: `?revision=…`, or `main`.
pub(crate) async fn list(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let revision = call.asked("revision").unwrap_or("main").parse()?;
    let commit = call.hub.commit_at(&readable, &revision).await?;
    let all = call.hub.attestations(&readable, commit.id).await?;
    Ok(Json(all.iter().map(shown).collect::<Vec<Value>>()).into_response())
}

pub(crate) async fn add(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    // Whoever may not see it learns that first, and whoever has not signed in, that they should.
    call.hub.readable(&call.caller, kind, &id).await?;
    call.caller.user()?;
    let body = call::whole(body, LONGEST).await?;
    let attestation = Attestation::read(&body)
        .map_err(|refused| Error::Invalid(format!("This cannot be kept: {refused}.")))?;
    let kept = call.hub.attest(&call.caller, kind, &id, attestation).await?;
    Ok((StatusCode::CREATED, Json(shown(&kept))).into_response())
}

pub(crate) async fn withdraw(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    call.hub.readable(&call.caller, kind, &id).await?;
    call.caller.user()?;
    let attestation = call.param("attestation").parse()?;
    call.hub.withdraw_attestation(&call.caller, kind, &id, attestation).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

fn shown(kept: &Attested) -> Value {
    json!({
        "id": kept.id,
        "attestation": kept.attestation,
        "sender": kept.sender,
        "createdAt": kept.created,
    })
}
