//! Xorbs on their way in: `POST /v1/xorbs/{prefix}/{xorb}`, and the question before it,
//! `POST /v1/xorb-grants/{prefix}/{xorb}`.

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use futures::{StreamExt, TryStreamExt};
use limpide_hub::Error;
use serde_json::json;

use crate::api::Answer;
use crate::cas::call::StoreCall;

pub(crate) async fn put(call: StoreCall, body: Body) -> Answer {
    let pass = call.writer()?;
    call.expect_prefix()?;
    let body = body.into_data_stream().map_err(std::io::Error::other).boxed();
    let new = call.hub.put_xorb(&pass, call.hash("xorb")?, body).await?;
    Ok(Json(json!({ "was_inserted": new })).into_response())
}

/// Says whether a xorb is there (200), or is to be posted (404). Uploads to another place than the hub, which
/// this question is made for, are not there yet.
pub(crate) async fn grant(call: StoreCall) -> Answer {
    let pass = call.writer()?;
    call.expect_prefix()?;
    let hash = call.hash("xorb")?;
    match call.hub.has_xorb(&pass, hash).await? {
        true => Ok(StatusCode::OK.into_response()),
        false => {
            Err(Error::missing(format!("There is no xorb {hash}: post it to `/v1/xorbs/default/{hash}`."))
                .into())
        }
    }
}

/// No grant was ever given, so none can be completed.
pub(crate) async fn commit(call: StoreCall) -> Answer {
    call.writer()?;
    Err(Error::missing("There is no such grant: post the xorb itself.").into())
}

/// How long the body of a xorb is.
pub(crate) async fn head(call: StoreCall) -> Answer {
    let pass = call.reader()?;
    call.expect_prefix()?;
    let length = call.hub.xorb_length(&pass, call.hash("xorb")?).await?;
    Ok([(header::CONTENT_LENGTH, length.to_string())].into_response())
}
