//! Whether this process lives, and whether it can serve.

use axum::extract::State;
use axum::http::StatusCode;

use crate::Site;

/// `GET /healthz`: the process answers.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database and the store answer too.
pub(crate) async fn ready(State(site): State<Site>) -> (StatusCode, String) {
    match site.hub.ready().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(error) => {
            tracing::warn!(%error, "not ready: {error:?}");
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {error}\n"))
        }
    }
}
