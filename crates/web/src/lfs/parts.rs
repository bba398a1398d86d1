//! The parts of LFS objects, at the addresses that a batch gave out: `PUT` each, then `POST` which they were.
//!
//! This is what `huggingface_hub` and its agent for git-lfs (`hf lfs-enable-largefiles`) call `multipart`.

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt};
use limpide_formats::lfs::LfsCompletion;

use crate::call;
use crate::cas::call::StoreCall;
use crate::lfs::error::LfsError;

/// `PUT /cas/{store}/lfs/{oid}/parts/{number}`
pub(crate) async fn put(call: StoreCall, body: Body) -> Result<Response, LfsError> {
    let (oid, number, ticket) = (call.param("oid"), call.param("number"), call.asked("ticket"));
    let ticket = call.hub.lfs_part_ticket(call.store(), oid, number, ticket)?;
    let body = body.into_data_stream().map_err(std::io::Error::other).boxed();
    let digest = call.hub.lfs_put_part(&ticket, body).await?;
    Ok((StatusCode::OK, [(header::ETAG, format!("\"{digest}\""))]).into_response())
}

/// `POST /cas/{store}/lfs/{oid}/parts`
pub(crate) async fn complete(call: StoreCall, body: Body) -> Result<Response, LfsError> {
    let ticket = call.hub.lfs_parts_ticket(call.store(), call.param("oid"), call.asked("ticket"))?;
    let sent: LfsCompletion = call::json(body).await?;
    call.hub.lfs_complete(&ticket, &sent).await?;
    Ok(StatusCode::OK.into_response())
}
