//! What clients also ask of a content store.

use axum::body::Body;
use axum::http::StatusCode;
use futures::StreamExt;
use limpide_hub::Error;

use crate::api::Answer;
use crate::cas::call::StoreCall;

/// More telemetry than this is not read to its end.
const TELEMETRY: usize = 1 << 20;

/// `POST /v1/telemetry`, below the store and at the root: received, and dropped unread. Clients send it after
/// every transfer and would wait for the answer.
pub(crate) async fn telemetry(body: Body) -> StatusCode {
    let (mut body, mut read) = (body.into_data_stream(), 0);
    while let Some(Ok(piece)) = body.next().await {
        read += piece.len();
        if read > TELEMETRY {
            break;
        }
    }
    StatusCode::OK
}

/// `GET /v2/file-chunk-hashes/{file}`, for edits in the middle of files.
pub(crate) async fn file_chunk_hashes(call: StoreCall) -> Answer {
    call.reader()?;
    Err(Error::Unsupported(
        "Editing a range of a file is not there yet in limpide: upload the whole file; what has not changed is not \
         sent again."
            .into(),
    )
    .into())
}
