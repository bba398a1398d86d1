//! `GET /x/{object}?r=…&e=…&s=…`: the bytes that a link is for. The link is all that is asked for.

use std::ops::Range;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use bytes::Bytes;
use futures::{Stream, StreamExt, TryStreamExt};
use limpide_hub::Error;
use limpide_hub::content::LinkedBytes;
use uuid::Uuid;

use crate::api::Answer;
use crate::cas::call::StoreCall;
use crate::error::ApiError;
use crate::ranges;

pub(crate) async fn read(call: StoreCall) -> Answer {
    let link = call.hub.open_link(call.param("object"), call.asked("r"), call.asked("e"), call.asked("s"))?;
    match &wanted(&call, &link)?[..] {
        [range] => one(&call, &link, range.clone()).await,
        ranges => several(&call, &link, ranges).await,
    }
}

/// The ranges of the request; those of the link when it asks for none.
fn wanted(call: &StoreCall, link: &LinkedBytes) -> Result<Vec<Range<u64>>, ApiError> {
    let Some(asked) = ranges::of(&call.headers) else { return Ok(link.ranges().to_vec()) };
    let exact: Option<Vec<_>> = asked.into_iter().map(ranges::Asked::exact).collect();
    exact.ok_or_else(|| Error::Invalid("Ask for ranges with a first and a last byte.".into()).into())
}

async fn one(call: &StoreCall, link: &LinkedBytes, range: Range<u64>) -> Answer {
    let bytes = call.hub.read_link(link, range.clone()).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, (range.end - range.start).to_string()),
        (header::CONTENT_RANGE, place(&range)),
    ];
    Ok((StatusCode::PARTIAL_CONTENT, headers, body(bytes)).into_response())
}

/// Several ranges, each with a head of its own, as `multipart/byteranges`.
async fn several(call: &StoreCall, link: &LinkedBytes, ranges: &[Range<u64>]) -> Answer {
    let boundary = Uuid::now_v7().simple().to_string();
    let end = format!("\r\n--{boundary}--\r\n");
    let (mut length, mut parts) = (end.len() as u64, Vec::new());
    for range in ranges {
        link_covers(link, range)?;
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: {}\r\n\r\n",
            place(range)
        );
        length += head.len() as u64 + (range.end - range.start);
        parts.push((Bytes::from(head), range.clone()));
    }
    let (hub, link) = (call.hub.clone(), link.clone());
    let parts = futures::stream::iter(parts).then(move |(head, range)| {
        let (hub, link) = (hub.clone(), link.clone());
        async move {
            let bytes = hub.read_link(&link, range).await?.map_err(Error::from);
            Ok::<_, Error>(futures::stream::once(std::future::ready(Ok(head))).chain(bytes))
        }
    });
    let end = futures::stream::once(std::future::ready(Ok(Bytes::from(end))));
    let headers = [
        (header::CONTENT_TYPE, format!("multipart/byteranges; boundary={boundary}")),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    let bytes = parts.try_flatten().chain(end);
    Ok((StatusCode::PARTIAL_CONTENT, headers, body(bytes)).into_response())
}

/// Said before the first byte is sent: afterwards there is no status left to say it with.
fn link_covers(link: &LinkedBytes, range: &Range<u64>) -> Result<(), ApiError> {
    match link.covers(range) {
        true => Ok(()),
        false => Err(Error::Expired("This link is not for those bytes: ask for one that is.".into()).into()),
    }
}

fn body<E>(bytes: impl Stream<Item = Result<Bytes, E>> + Send + 'static) -> Body
where
    E: std::error::Error + Send + Sync + 'static,
{
    Body::from_stream(
        bytes.inspect_err(|error| tracing::error!(%error, "a link broke off on our side: {error:?}")),
    )
}

/// How long the whole object is, is nobody's business.
fn place(range: &Range<u64>) -> String {
    format!("bytes {}-{}/*", range.start, range.end - 1)
}
