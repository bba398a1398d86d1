//! What is answered where no route fits, and when a handler breaks.

use std::any::Any;

use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use limpide_hub::Error;

use crate::api::Answer;
use crate::call::Call;
use crate::error::ApiError;

/// Names without an owner (`gpt2`) reach here, for clients still ask for them: no repository is called so.
pub(crate) async fn answer(call: Call, uri: Uri) -> Answer {
    let path = uri.path();
    let names_a_repo =
        ["/api/models/", "/api/datasets/", "/api/spaces/"].iter().any(|start| path.starts_with(start))
            || path.contains("/resolve/");
    if names_a_repo {
        return Err(call.no_repo(path));
    }
    Err(Error::missing(format!("There is nothing at {path}.")).into())
}

/// A handler that panicked is our fault: the client gets an answer, the log the cause.
pub(crate) fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let words =
        cause.downcast_ref::<String>().map(String::as_str).or_else(|| cause.downcast_ref::<&str>().copied());
    let words = words.unwrap_or("a handler panicked").to_owned();
    ApiError::from(Error::Internal(anyhow::Error::msg(words))).into_response()
}
