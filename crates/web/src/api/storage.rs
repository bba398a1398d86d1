//! `GET /api/settings/repositories` and `/api/organizations/{org}/settings/repositories`: what takes how much room.

use axum::Json;
use axum::response::IntoResponse;
use limpide_hub::{Query, Sort};
use limpide_words::OwnerName;
use serde_json::{Value, json};

use crate::api::{Answer, next_page};
use crate::call::Call;

const PAGE: usize = 100;

pub(crate) async fn of_user(call: Call) -> Answer {
    let user = call.caller.user()?.name.clone();
    list(call, user, "/api/settings/repositories").await
}

pub(crate) async fn of_organization(call: Call) -> Answer {
    call.caller.user()?;
    let organization = call.hub.organization(&call.param("org").parse()?).await?.name;
    let path = format!("/api/organizations/{organization}/settings/repositories");
    list(call, organization, &path).await
}

async fn list(call: Call, owner: OwnerName, path: &str) -> Answer {
    let query = Query {
        kind: None,
        owner: Some(owner),
        search: Vec::new(),
        tags: Vec::new(),
        facets: Vec::new(),
        gated: None,
        openness: None,
        liked_by: None,
        sort: Sort::Modified,
        after: call.asked("cursor").map(str::to_owned),
        limit: PAGE,
    };
    let page = call.hub.list(&call.caller, query).await?;
    let shown: Vec<Value> = page
        .repos
        .iter()
        .map(|listed| {
            json!({
                "id": listed.repo.id(),
                "type": listed.repo.kind,
                "updatedAt": listed.repo.modified,
                "visibility": if listed.repo.private { "private" } else { "public" },
                "storage": listed.repo.size,
            })
        })
        .collect();
    Ok((next_page(&call, path, page.next.as_deref()), Json(shown)).into_response())
}
