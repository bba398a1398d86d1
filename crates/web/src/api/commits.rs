//! `GET /api/{kind}/{ns}/{name}/commits/{rev}`: history, newest first.

use axum::Json;
use axum::response::IntoResponse;
use limpide_hub::CommitsQuery;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::api::{Answer, next_page};
use crate::call::Call;

pub(crate) async fn list(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let revision = call.revision()?;
    let limit: Option<usize> = call.number("limit")?;
    // Pages are asked by number by those who do not follow the link.
    let page: usize = call.number("p")?.unwrap_or(0);
    let query = CommitsQuery {
        cursor: call.asked("cursor").map(str::to_owned),
        skip: page.saturating_mul(limit.unwrap_or(USUAL_PAGE)),
        limit: Some(limit.unwrap_or(USUAL_PAGE)),
    };
    let list = call.hub.list_commits(&readable, &revision, &query).await?;
    let formatted = call.all_asked("expand").any(|name| name == "formatted");
    let shown: Vec<Value> = list
        .commits
        .iter()
        .map(|commit| {
            let mut object = json!({
                "id": commit.id,
                "title": commit.title,
                "message": commit.message,
                "authors": [{ "user": commit.author }],
                "date": commit.date,
            });
            if formatted {
                object["formatted"] = json!({ "title": commit.title, "message": commit.message });
            }
            object
        })
        .collect();
    let revision = utf8_percent_encode(revision.as_str(), NON_ALPHANUMERIC);
    let path = format!("/api/{}/{id}/commits/{revision}", kind.plural());
    Ok((next_page(&call, &path, list.next.as_deref()), Json(shown)).into_response())
}

const USUAL_PAGE: usize = 50;
