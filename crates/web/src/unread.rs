//! Reads what is left of a request that was answered before its end. Else the connection would be closed without
//! a word, and a client that follows a redirect, or just goes on, would send its next request into nothing.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use bytes::Bytes;
use futures::StreamExt;
use hyper::body::{Frame, SizeHint};
use tokio::sync::oneshot;

/// A longer rest is not worth its way: the connection ends, and the answer says so.
const MOST: usize = 256 << 10;

/// The layer around all routes.
pub(crate) async fn finish(request: Request, next: Next) -> Response {
    // A client that waits to be asked for the rest is not asked.
    let waits = request.headers().contains_key(header::EXPECT);
    let (back, left) = oneshot::channel();
    let request = request.map(|body| Body::new(Lent { body, back: Some(back) }));
    let mut answer = next.run(request).await;
    // Who still reads while answering keeps the body.
    let Ok(rest) = { left }.try_recv() else { return answer };
    if waits || !is_read(rest).await {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

/// Whether the rest came to its end, and soon.
async fn is_read(rest: Body) -> bool {
    let mut pieces = rest.into_data_stream();
    let mut left = MOST;
    while let Some(piece) = pieces.next().await {
        match piece.ok().and_then(|piece| left.checked_sub(piece.len())) {
            Some(less) => left = less,
            None => return false,
        }
    }
    true
}

/// A body that comes back when it is dropped before its end.
struct Lent {
    body: Body,
    back: Option<oneshot::Sender<Body>>,
}

impl HttpBody for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if !matches!(frame, Some(Ok(_))) {
            self.back = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(back) = self.back.take()
            && !self.body.is_end_stream()
        {
            // Nobody takes it when the request was given up.
            let _ = back.send(std::mem::take(&mut self.body));
        }
    }
}
