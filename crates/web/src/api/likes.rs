//! Likes: `POST` and `DELETE /api/{kind}/{ns}/{name}/like`, who likes a repository, what a user likes.

use axum::Json;
use axum::response::IntoResponse;
use limpide_hub::{Caller, Query, Sort};
use limpide_words::Moment;
use serde_json::{Value, json};

use crate::api::{Answer, next_page};
use crate::call::Call;

/// The most a page of likers or likes holds.
const PAGE: usize = 100;

pub(crate) async fn like(call: Call) -> Answer {
    set(call, true).await
}

pub(crate) async fn unlike(call: Call) -> Answer {
    set(call, false).await
}

async fn set(call: Call, liked: bool) -> Answer {
    let (kind, id) = call.repo()?;
    call.hub.like(&call.caller, kind, &id, liked).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

pub(crate) async fn likers(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let after = call.asked("cursor").unwrap_or_default().to_lowercase();
    let likers = call.hub.likers(&readable, &after, i64::try_from(PAGE).unwrap_or(i64::MAX)).await?;
    let next = likers.last().filter(|_| likers.len() == PAGE).map(|last| last.name.folded());
    let shown: Vec<Value> = likers
        .iter()
        .map(|liker| json!({ "user": liker.name, "fullname": liker.full_name, "type": "user", "avatarUrl": "" }))
        .collect();
    let path = format!("/api/{}/{id}/likers", kind.plural());
    Ok((next_page(&call, &path, next.as_deref()), Json(shown)).into_response())
}

pub(crate) async fn liked(call: Call) -> Answer {
    let user = call.param("user").parse()?;
    let query = Query {
        kind: None,
        owner: None,
        search: Vec::new(),
        tags: Vec::new(),
        facets: Vec::new(),
        gated: None,
        openness: None,
        liked_by: Some(user),
        sort: Sort::Created,
        after: call.asked("cursor").map(str::to_owned),
        limit: PAGE,
    };
    // Likes are public, and so is what this list shows, whoever asks.
    let page = call.hub.list(&Caller::Anyone, query).await?;
    let shown: Vec<Value> = page
        .repos
        .iter()
        .map(|listed| {
            let created: Moment = listed.repo.created;
            json!({ "createdAt": created, "repo": { "name": listed.repo.id(), "type": listed.repo.kind } })
        })
        .collect();
    let path = format!("/api/users/{}/likes", call.param("user"));
    Ok((next_page(&call, &path, page.next.as_deref()), Json(shown)).into_response())
}
