//! Gives every request an id, says it back, and tells the log and the metrics how it went.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;
use uuid::Uuid;

use crate::Site;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");

/// The layer around all routes. Clients send an id of their own and expect it back.
pub(crate) async fn follow(State(site): State<Site>, request: Request, next: Next) -> Response {
    let id = given_id(request.headers()).unwrap_or_else(|| Uuid::now_v7().to_string());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or("none", |path| path.as_str()).to_owned();
    let span = tracing::info_span!("request", id);
    let started = Instant::now();
    let mut answer = next.run(request).instrument(span.clone()).await;
    let status = answer.status().as_u16();
    site.metrics.count(method.as_str(), &route, status, started.elapsed());
    let millis = started.elapsed().as_millis();
    span.in_scope(|| tracing::info!(%method, path, status, millis, "{method} {path} answered {status}"));
    if let Ok(value) = HeaderValue::try_from(id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    answer
}

/// The id that the client chose, if it can stand in a log: printable ASCII, not too long.
fn given_id(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(REQUEST_ID).or_else(|| headers.get(TRACE_ID))?;
    let text = value.to_str().ok()?;
    (!text.is_empty() && text.len() <= 200).then(|| text.to_owned())
}
