//! How a refusal looks to a program: status, `X-Error-Code`, `X-Error-Message`, and a JSON object.
//! Written once, for every route of the API.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::{Error, Thing};
use limpide_words::RepoId;
use serde_json::json;

/// A refusal on its way to a program, and the headers that must go with it.
#[derive(Debug)]
pub(crate) struct ApiError {
    error: Error,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// Left in an answer for the layer that knows the address which was asked ([`crate::moved`]).
#[derive(Debug, Clone)]
pub(crate) struct MovedTo(pub(crate) RepoId);

/// Where clients find the word for a refusal.
pub(crate) const ERROR_CODE: HeaderName = HeaderName::from_static("x-error-code");
const ERROR_MESSAGE: HeaderName = HeaderName::from_static("x-error-message");

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self { error, headers: Vec::new() }
    }
}

impl ApiError {
    /// The same refusal, with one more header: a missing file still tells its commit.
    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Why it was refused.
    pub(crate) fn error(&self) -> &Error {
        &self.error
    }

    /// The status that tells a client what it can do.
    pub(crate) fn status(&self) -> StatusCode {
        match &self.error {
            Error::NotFound(Thing::Repo { signed_in: false }, _) | Error::SignIn(_) => {
                StatusCode::UNAUTHORIZED
            }
            Error::NotFound(..) => StatusCode::NOT_FOUND,
            Error::Moved(_) => StatusCode::TEMPORARY_REDIRECT,
            Error::Forbidden(_) | Error::Expired(_) => StatusCode::FORBIDDEN,
            Error::Gated { signed_in: false, .. } => StatusCode::UNAUTHORIZED,
            Error::Gated { .. } | Error::Quarantined(_) => StatusCode::FORBIDDEN,
            Error::Invalid(_) => StatusCode::BAD_REQUEST,
            Error::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Error::Conflict(_) | Error::RepoExists(..) => StatusCode::CONFLICT,
            Error::Outdated(_) => StatusCode::PRECONDITION_FAILED,
            Error::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Error::TooOften(..) => StatusCode::TOO_MANY_REQUESTS,
            Error::PastEnd(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            Error::Unsupported(_) => StatusCode::NOT_IMPLEMENTED,
            // Clients try again after a 503, which helps when files are closed soon, and not against a full disk.
            Error::Full | Error::ReadOnly => StatusCode::INSUFFICIENT_STORAGE,
            Error::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Error::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The word by which `huggingface_hub` chooses its exception.
    fn code(&self) -> Option<&'static str> {
        match &self.error {
            Error::NotFound(Thing::Repo { .. }, _) => Some("RepoNotFound"),
            Error::NotFound(Thing::Revision, _) => Some("RevisionNotFound"),
            Error::NotFound(Thing::Entry, _) => Some("EntryNotFound"),
            Error::Gated { .. } => Some("GatedRepo"),
            Error::Quarantined(_) => Some("Quarantined"),
            _ => None,
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        if let Error::Internal(cause) = &self.error {
            tracing::error!(cause = format!("{cause:#}"), "a request failed on our side: {cause}");
        }
        if let Error::Busy(cause) = &self.error {
            tracing::warn!(cause = format!("{cause:#}"), "a request was sent away for a moment: {cause}");
        }
        if let Error::ReadOnly = &self.error {
            tracing::warn!("the disk cannot be written: is it mounted read-only, or failing?");
        }
        let message = self.error.to_string();
        let mut answer = (self.status(), Json(json!({ "error": message }))).into_response();
        let headers = answer.headers_mut();
        if let Some(code) = self.code() {
            headers.insert(ERROR_CODE, HeaderValue::from_static(code));
        }
        headers.insert(ERROR_MESSAGE, one_line(&message));
        match &self.error {
            Error::PastEnd(length) => {
                headers.insert(header::CONTENT_RANGE, one_line(&format!("bytes */{length}")));
            }
            // In seconds: `huggingface_hub` waits so long before it tries again.
            Error::Busy(_) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
            }
            Error::TooOften(_, wait) => {
                headers.insert(header::RETRY_AFTER, one_line(&wait.as_secs().to_string()));
            }
            Error::SignIn(_) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"limpide\""));
            }
            _ => {}
        }
        headers.extend(self.headers);
        if let Error::Moved(id) = self.error {
            answer.extensions_mut().insert(MovedTo(id));
        }
        answer
    }
}

/// A header is one line of ASCII; the body keeps the sentence as it is.
fn one_line(text: &str) -> HeaderValue {
    let ascii: String =
        text.chars().map(|character| if matches!(character, ' '..='~') { character } else { '?' }).collect();
    HeaderValue::try_from(ascii).unwrap_or_else(|_| HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_sent_away_for_a_moment_is_told_how_long() {
        let busy = Error::Busy(anyhow::anyhow!("40P01"));
        let answer = ApiError::from(busy).into_response();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.headers()[header::RETRY_AFTER], "2");
    }
}
