//! `POST /{ns}/{name}.git/info/lfs/objects/batch`: which objects to send or to fetch, and where.

use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use limpide_formats::lfs::{LfsBatch, LfsObject, Operation};
use limpide_hub::{LfsInParts, LfsOutcome, Limits};
use serde_json::{Map, Value, json};

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
            let takes_parts = request.takes_parts() && !request.is_for_xet();
            if request.is_for_xet() {
                let token = call.hub.content_token_to_write(&writable).await?;
                xet = Some(xet_token::for_lfs(&call, writable.repo(), &token));
            }
            let pass = call.hub.write_pass_for(&writable);
            (
                pass.store().to_owned(),
                call.hub.lfs_upload(&writable, &pass, &request.objects, takes_parts).await?,
            )
        }
        Operation::Download => {
            let content = call.hub.content(&call.caller, kind, &id).await?;
            let pass = call.hub.read_pass_for(&content, &call.caller);
            (pass.store().to_owned(), call.hub.lfs_download(&pass, &request.objects).await?)
        }
    };
    let base = format!("{}/cas/{store}/lfs", call.origin);
    let transfer = match &xet {
        Some(_) => "xet",
        None if outcomes.iter().any(|outcome| matches!(outcome, LfsOutcome::GoInParts(_))) => "multipart",
        None => "basic",
    };
    let of = Actions { operation: request.operation, base, limits: &call.hub.settings().limits, xet };
    let objects: Vec<Value> =
        request.objects.iter().zip(&outcomes).map(|(object, outcome)| of.describe(object, outcome)).collect();
    let answer = json!({ "transfer": transfer, "objects": objects, "hash_algo": "sha256" });
    Ok(([(header::CONTENT_TYPE, TYPE)], Json(answer).into_response().into_body()).into_response())
}

/// What to do with objects.
struct Actions<'a> {
    operation: Operation,
    base: String,
    limits: &'a Limits,
    /// What clients are told that would rather send chunks (huggingface_hub 0.31 to 0.36, git-xet).
    xet: Option<Value>,
}

impl Actions<'_> {
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
            LfsOutcome::GoInParts(parts) => {
                answer["authenticated"] = json!(true);
                answer["actions"] = self.in_parts(&oid.to_string(), parts);
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
        let action = |place: &str| json!({ "href": self.href(oid, place, ticket), "header": {}, "expires_in": self.limits.link.as_secs() });
        match self.operation {
            Operation::Upload => json!({ "upload": action(""), "verify": action("/verify") }),
            Operation::Download => json!({ "download": action("") }),
        }
    }

    /// Clients find in the header of the upload how long parts are, and their addresses under numbers which some
    /// sort as text.
    fn in_parts(&self, oid: &str, parts: &LfsInParts) -> Value {
        let LfsInParts { part_size, parts, complete, whole } = parts;
        let address = |(number, ticket): (u64, &String)| {
            (format!("{number:05}"), json!(self.href(oid, &format!("/parts/{number}"), ticket)))
        };
        let mut header: Map<String, Value> = (1..).zip(parts).map(address).collect();
        header.insert("chunk_size".into(), json!(part_size.to_string()));
        let expires_in = self.limits.claim.as_secs();
        json!({
            "upload": { "href": self.href(oid, "/parts", complete), "header": header, "expires_in": expires_in },
            "verify": { "href": self.href(oid, "/verify", whole), "header": {}, "expires_in": expires_in },
        })
    }

    fn href(&self, oid: &str, place: &str, ticket: &str) -> String {
        format!("{}/{oid}{place}?ticket={ticket}", self.base)
    }
}
