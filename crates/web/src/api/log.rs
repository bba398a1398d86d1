//! What this hub vouches for: `GET /api/{kind}/{ns}/{name}/statements[/{rev}]`, and the log of all of it under `/api/log`.

use axum::Json;
use axum::http::header;
use axum::response::IntoResponse;
use limpide_hub::{Error, SignedStatement, Thing};
use limpide_signing::log::Hash;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::api::audits::revision;
use crate::call::Call;
use crate::error::ApiError;

const TEXT: &str = "text/plain; charset=utf-8";

/// What the hub has signed about a revision.
pub(crate) async fn statements(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let all = call.hub.statements(&readable, &revision(&call)?).await?;
    let shown: Vec<Value> = all.iter().map(shown).collect::<Result<_, _>>()?;
    Ok(Json(shown).into_response())
}

fn shown(signed: &SignedStatement) -> Result<Value, ApiError> {
    // The very bytes that the log has the hash of.
    let text = String::from_utf8_lossy(&signed.bundle).into_owned();
    let bundle: Box<RawValue> = RawValue::from_string(text).map_err(|error| Error::Internal(error.into()))?;
    Ok(json!({
        "number": signed.number,
        "predicate": signed.predicate,
        "bundle": bundle.get(),
        "createdAt": signed.created,
    }))
}

/// `GET /api/log/checkpoint`: how many entries there are, signed.
pub(crate) async fn checkpoint(call: Call) -> Answer {
    let note = call.hub.log_checkpoint().await?;
    let note = note.ok_or_else(|| Error::NotFound(Thing::Other, "The log has no entry yet.".into()))?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-cache")], note).into_response())
}

/// `GET /api/log/key`: what checkpoints and statements are verified with.
pub(crate) async fn key(call: Call) -> Answer {
    let (log, pem) = call.hub.log_key()?;
    Ok(Json(json!({ "log": log, "statements": pem })).into_response())
}

/// `GET /api/log/entries?from=…`: hashes of entries.
pub(crate) async fn entries(call: Call) -> Answer {
    let leaves = call.hub.log_leaves(call.number("from")?.unwrap_or(0)).await?;
    let shown: Vec<Value> = leaves
        .iter()
        .map(|leaf| json!({ "number": leaf.number, "hash": leaf.leaf, "createdAt": leaf.created }))
        .collect();
    Ok(Json(shown).into_response())
}

/// `GET /api/log/inclusion?number=…&size=…`: the proof that an entry is among the first `size`.
pub(crate) async fn inclusion(call: Call) -> Answer {
    let (number, size) = (needed(&call, "number")?, needed(&call, "size")?);
    Ok(hashes(&call.hub.log_inclusion(number, size).await?))
}

/// `GET /api/log/consistency?from=…&to=…`: the proof that the log has only grown.
pub(crate) async fn consistency(call: Call) -> Answer {
    let (from, to) = (needed(&call, "from")?, needed(&call, "to")?);
    Ok(hashes(&call.hub.log_consistency(from, to).await?))
}

fn needed(call: &Call, name: &str) -> Result<u64, ApiError> {
    Ok(call.number(name)?.ok_or_else(|| Error::Invalid(format!("Say `{name}`.")))?)
}

fn hashes(proof: &[Hash]) -> axum::response::Response {
    let proof: Vec<String> = proof.iter().map(Hash::to_string).collect();
    Json(json!({ "proof": proof })).into_response()
}
