//! How a refusal looks to an LFS client: a JSON object with a `message`.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::Error;
use serde_json::json;

use crate::Site;
use crate::call::Call;
use crate::error::ApiError;
use crate::lfs::TYPE;

/// A refusal on its way to an LFS client.
pub(crate) struct LfsError(ApiError);

const AUTHENTICATE: HeaderName = HeaderName::from_static("lfs-authenticate");

/// A [`Call`] that is refused, when its token is no good, as everything is refused here.
pub(crate) struct LfsCall(pub(crate) Call);

impl FromRequestParts<Site> for LfsCall {
    type Rejection = LfsError;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, LfsError> {
        Ok(Self(Call::from_request_parts(parts, site).await?))
    }
}

impl From<ApiError> for LfsError {
    fn from(error: ApiError) -> Self {
        Self(error)
    }
}

impl From<Error> for LfsError {
    fn from(error: Error) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for LfsError {
    fn into_response(self) -> Response {
        let message = self.0.error().to_string();
        let (mut parts, _) = self.0.into_response().into_parts();
        parts.headers.remove(header::CONTENT_LENGTH);
        if parts.status == StatusCode::UNAUTHORIZED {
            // Then git asks its credential helper.
            parts.headers.insert(AUTHENTICATE, HeaderValue::from_static("Basic realm=\"limpide\""));
        }
        let mut answer = Json(json!({ "message": message, "error": message })).into_response();
        parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TYPE));
        *answer.status_mut() = parts.status;
        answer.extensions_mut().extend(parts.extensions);
        for (name, value) in &parts.headers {
            answer.headers_mut().insert(name, value.clone());
        }
        answer
    }
}
