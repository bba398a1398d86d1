//! What the `Range` header of a request asks for.

use axum::http::{HeaderMap, header};
use limpide_formats::ranges;

pub(crate) use limpide_formats::ranges::Asked;

/// The ranges that a request asks for; none when it asks for the whole, or in a way that may be ignored.
pub(crate) fn of(headers: &HeaderMap) -> Option<Vec<Asked>> {
    ranges::parse(headers.get(header::RANGE)?.to_str().ok()?)
}
