//! The objects of LFS, at the addresses that a batch gave out: `PUT`, `GET` and `verify`.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, TryStreamExt};
use limpide_formats::lfs::LfsObject;
use limpide_hub::LfsTicket;

use crate::call;
use crate::cas::call::StoreCall;
use crate::download::{self, Download, Part};
use crate::lfs::error::LfsError;

/// `PUT /cas/{store}/lfs/{oid}`
pub(crate) async fn put(call: StoreCall, body: Body) -> Result<Response, LfsError> {
    let ticket = ticket(&call)?;
    let body = body.into_data_stream().map_err(std::io::Error::other).boxed();
    call.hub.lfs_put(&ticket, body).await?;
    Ok(StatusCode::OK.into_response())
}

/// `GET /cas/{store}/lfs/{oid}`
pub(crate) async fn get(call: StoreCall, method: Method) -> Result<Response, LfsError> {
    let file = call.hub.lfs_get(&ticket(&call)?).await?;
    let mut headers = HeaderMap::new();
    download::describe(&mut headers, &file.sha256.to_string(), true);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private"));
    let download = Download { size: file.size, etag: file.sha256.to_string(), modified: None, headers };
    let part = download.part(&call.headers)?;
    let bytes = match &part {
        _ if method == Method::HEAD => Body::empty(),
        Part::Nothing => Body::empty(),
        Part::Whole => download::body(call.hub.read(&file, 0..file.size)),
        Part::Range(range) => download::body(call.hub.read(&file, range.clone())),
    };
    Ok(download.answer(&part, bytes))
}

/// `POST /cas/{store}/lfs/{oid}/verify`
pub(crate) async fn verify(call: StoreCall, body: Body) -> Result<Response, LfsError> {
    let ticket = ticket(&call)?;
    let sent: LfsObject = call::json(body).await?;
    call.hub.lfs_verify(&ticket, sent).await?;
    Ok(StatusCode::OK.into_response())
}

fn ticket(call: &StoreCall) -> Result<LfsTicket, LfsError> {
    Ok(call.hub.lfs_ticket(call.store(), call.param("oid"), call.asked("ticket"))?)
}
