//! Whether this process lives, and whether it can serve.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use limpide_hub::Hub;
use tokio::time::timeout;

use crate::Site;

/// How long the database and the store may take: those who ask wait for a few seconds themselves.
const PATIENCE: Duration = Duration::from_secs(3);

/// `GET /healthz`: the process answers.
pub(crate) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the database and the store answer too, and this server goes on.
pub(crate) async fn ready(State(site): State<Site>) -> (StatusCode, String) {
    let found = match site.leaving.load(Ordering::Relaxed) {
        true => Err("this server is about to stop".to_owned()),
        false => look(&site.hub).await,
    };
    match found {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")),
    }
}

/// Whether the database and the store answer, or why not.
pub(crate) async fn look(hub: &Hub) -> Result<(), String> {
    let found = match timeout(PATIENCE, hub.ready()).await {
        Ok(found) => found.map_err(|error| (error.to_string(), format!("{error:?}"))),
        Err(_) => {
            let words = format!("the database or the store did not answer within {} s", PATIENCE.as_secs());
            Err((words.clone(), words))
        }
    };
    found.map_err(|(reason, cause)| {
        tracing::warn!(reason, "not ready: {cause}");
        reason
    })
}
