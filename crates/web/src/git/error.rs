//! How a refusal looks to git: plain text, which it shows as `remote: …`.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::Error;

use crate::Site;
use crate::call::Call;
use crate::error::ApiError;

/// A refusal on its way to git.
pub(crate) struct GitError(ApiError);

/// A [`Call`] that is refused, when its token is no good, as everything is refused here.
pub(crate) struct GitCall(pub(crate) Call);

impl FromRequestParts<Site> for GitCall {
    type Rejection = GitError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, GitError> {
        Ok(Self(Call::from_request_parts(parts, site).await?))
    }
}

impl From<ApiError> for GitError {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<Error> for GitError {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for GitError {
    fn into_response(self) -> Response {
        let message = format!("{}\n", self.0.error());
        let (mut parts, _) = self.0.into_response().into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        if parts.status == StatusCode::UNAUTHORIZED {
            // Then git asks its credential helper, or its user.
            let basic = HeaderValue::from_static("Basic realm=\"limpide\"");
            parts.headers.insert(header::WWW_AUTHENTICATE, basic);
        }
        Response::from_parts(parts, Body::from(message))
    }
}
