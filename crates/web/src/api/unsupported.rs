//! Addresses of the Hub API that limpide does not serve yet. They answer 501, which clients do not retry,
//! and say what is missing.

use axum::response::IntoResponse;
use axum::{Json, extract::OriginalUri};
use limpide_hub::Error;
use serde_json::json;

use crate::api::Answer;
use crate::call::Call;

/// What is not there yet: where it would be.
pub(crate) const PATHS: [&str; 36] = [
    "/api/buckets",
    "/api/buckets/{*rest}",
    "/api/collections",
    "/api/collections/{*rest}",
    "/api/daily_papers",
    "/api/jobs/{*rest}",
    "/api/kernels",
    "/api/kernels/{*rest}",
    "/api/organizations/{org}/followers",
    "/api/papers/{*rest}",
    "/api/scheduled-jobs/{*rest}",
    "/api/settings/webhooks",
    "/api/settings/webhooks/{*rest}",
    "/api/spaces/hardware",
    "/api/spaces/semantic-search",
    "/api/spaces/templates",
    "/api/spaces/zero-gpu/quota",
    "/api/users/{user}/followers",
    "/api/users/{user}/following",
    "/api/{kind}/{ns}/{name}/compare/{*rest}",
    "/api/{kind}/{ns}/{name}/discussions/{*rest}",
    "/api/{kind}/{ns}/{name}/dev-mode",
    "/api/{kind}/{ns}/{name}/hardware",
    "/api/{kind}/{ns}/{name}/leaderboard",
    "/api/{kind}/{ns}/{name}/logs/{*rest}",
    "/api/{kind}/{ns}/{name}/pause",
    "/api/{kind}/{ns}/{name}/resource-group",
    "/api/{kind}/{ns}/{name}/restart",
    "/api/{kind}/{ns}/{name}/runtime",
    "/api/{kind}/{ns}/{name}/secrets",
    "/api/{kind}/{ns}/{name}/sleeptime",
    "/api/{kind}/{ns}/{name}/user-access-request/{*rest}",
    "/api/{kind}/{ns}/{name}/variables",
    "/api/{kind}/{ns}/{name}/volumes",
    "/oauth/device",
    "/oauth/token",
];

pub(crate) async fn answer(OriginalUri(uri): OriginalUri) -> Answer {
    let words = match uri.path() {
        // `hf auth login` without a token begins here.
        "/oauth/device" => {
            "Signing in through a browser is not there yet in limpide: use `hf auth login --token hf_…`."
                .to_owned()
        }
        path => format!("{path} is not there yet in limpide."),
    };
    Err(Error::Unsupported(words).into())
}

/// `GET /api/{kind}/{ns}/{name}/discussions`: there are none, which is what `transformers` needs to know.
pub(crate) async fn no_discussions(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    call.hub.readable(&call.caller, kind, &id).await?;
    Ok(Json(json!({ "discussions": [], "count": 0, "start": 0 })).into_response())
}
