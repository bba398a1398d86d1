//! `GET /v1/chunks/{prefix}/{chunk}`: what is already here around a chunk.

use axum::http::header;
use axum::response::IntoResponse;

use crate::api::Answer;
use crate::cas::call::StoreCall;

pub(crate) async fn find(call: StoreCall) -> Answer {
    let pass = call.reader()?;
    call.expect_prefix()?;
    let answer = call.hub.dedup_answer(&pass, call.hash("chunk")?).await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], answer).into_response())
}
