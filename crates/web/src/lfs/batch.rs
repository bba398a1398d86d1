//! `POST /{ns}/{name}.git/info/lfs/objects/batch`: which objects to send or to fetch, and where.

use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use limpide_formats::lfs::{LfsBatch, LfsObject, Operation};
use limpide_hub::LfsOutcome;
use serde_json::{Value, json};

use crate::api::xet_token;
use crate::call::{self, FORM_LIMIT};
use crate::error::ApiError;
use crate::lfs::TYPE;
use crate::lfs::error::{LfsCall, LfsError};

pub(crate) async fn ask(LfsCall(call): LfsCall, body: Body) -> Result<Response, LfsError> {
    let (kind, id) = call.repo()?;
    // Before the body is looked at: what does not exist for this caller has no opinion on it.
    call.hub.readable(&call.caller, kind, &id).await?;
    let request = LfsBatch::read(&call::whole(body, FORM_LIMIT).await?).map_err(ApiError::from)?;
    let mut xet = None;
    let (store, outcomes) = match request.operation {
        Operation::Upload => {
            let writable = call.hub.writable(&call.caller, kind, &id).await?;
            if request.is_for_xet() {
                let token = call.hub.content_token_to_write(&writable)?;
                xet = Some(xet_token::for_lfs(&call, writable.repo(), &token));
            }
            let pass = call.hub.write_pass_for(&writable);
            (pass.store().to_owned(), call.hub.lfs_upload(&pass, &request.objects).await?)
        }
        Operation::Download => {
            let content = call.hub.content(&call.caller, kind, &id).await?;
            let pass = call.hub.read_pass_for(&content, &call.caller);
            (pass.store().to_owned(), call.hub.lfs_download(&pass, &request.objects).await?)
        }
    };
    let base = format!("{}/cas/{store}/lfs", call.origin);
    let lifetime = call.hub.settings().limits.link.as_secs();
    let transfer = if xet.is_some() { "xet" } else { "basic" };
    let of = Actions { operation: request.operation, base, lifetime, xet };
    let objects: Vec<Value> =
        request.objects.iter().zip(&outcomes).map(|(object, outcome)| of.describe(object, outcome)).collect();
    let answer = json!({ "transfer": transfer, "objects": objects, "hash_algo": "sha256" });
    Ok(([(header::CONTENT_TYPE, TYPE)], Json(answer).into_response().into_body()).into_response())
}

/// What to do with objects.
struct Actions {
    operation: Operation,
    base: String,
    lifetime: u64,
    /// What clients are told that would rather send chunks (huggingface_hub 0.31 to 0.36, git-xet).
    xet: Option<Value>,
}

impl Actions {
    fn describe(&self, object: &LfsObject, outcome: &LfsOutcome) -> Value {
        let LfsObject { oid, size } = object;
        let mut answer = json!({ "oid": oid, "size": size });
        match outcome {
            // No actions: there is nothing to do.
            LfsOutcome::Held => {}
            LfsOutcome::Go(ticket) => {
                answer["authenticated"] = json!(true);
                answer["actions"] = self.actions(&oid.to_string(), ticket);
            }
            LfsOutcome::Missing => {
                answer["error"] = json!({ "code": 404, "message": "The repository has no such object." });
            }
            LfsOutcome::Refused(why) => answer["error"] = json!({ "code": 422, "message": why }),
        }
        answer
    }

    /// Addresses that need nothing but themselves: clients send no headers there, whatever they are told.
    fn actions(&self, oid: &str, ticket: &str) -> Value {
        if let Some(xet) = &self.xet {
            return xet.clone();
        }
        let (base, lifetime) = (&self.base, self.lifetime);
        let action = |place: &str| json!({ "href": format!("{base}/{oid}{place}?ticket={ticket}"), "header": {}, "expires_in": lifetime });
        match self.operation {
            Operation::Upload => json!({ "upload": action(""), "verify": action("/verify") }),
            Operation::Download => json!({ "download": action("") }),
        }
    }
}
