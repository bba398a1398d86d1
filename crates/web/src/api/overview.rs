//! What is publicly known of users and organisations.

use axum::Json;
use axum::response::IntoResponse;
use limpide_hub::Overview;
use limpide_words::Kind;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::call::Call;

/// `GET /api/users/{user}/overview`
pub(crate) async fn user(call: Call) -> Answer {
    let account = call.hub.account(&call.param("user").parse()?).await?;
    let overview = call.hub.overview(&account.owner).await?;
    let organizations: Vec<Value> = account
        .organizations
        .iter()
        .map(|membership| json!({ "name": membership.name, "fullname": membership.full_name, "avatarUrl": "" }))
        .collect();
    let mut answer = counts(&overview);
    answer["user"] = json!(account.owner.name);
    answer["type"] = json!("user");
    answer["numLikes"] = json!(overview.likes);
    answer["orgs"] = json!(organizations);
    Ok(Json(answer).into_response())
}

/// `GET /api/organizations/{org}/overview`
pub(crate) async fn organization(call: Call) -> Answer {
    let organization = call.hub.organization(&call.param("org").parse()?).await?;
    let overview = call.hub.overview(&organization).await?;
    let members = call.hub.members(&organization.name).await?;
    let mut answer = counts(&overview);
    answer["name"] = json!(organization.name);
    answer["type"] = json!("org");
    answer["numUsers"] = json!(members.len());
    Ok(Json(answer).into_response())
}

/// `GET /api/organizations/{org}/members`
pub(crate) async fn members(call: Call) -> Answer {
    let members = call.hub.members(&call.param("org").parse()?).await?;
    let shown: Vec<Value> = members
        .iter()
        .map(|member| {
            json!({
                "user": member.name,
                "fullname": member.full_name,
                "type": "user",
                "role": member.role,
                "avatarUrl": "",
            })
        })
        .collect();
    Ok(Json(shown).into_response())
}

fn counts(overview: &Overview) -> Value {
    json!({
        "id": overview.owner.id,
        "fullname": overview.owner.full_name,
        "avatarUrl": "",
        "createdAt": overview.owner.created,
        "numModels": overview.repositories(Kind::Model),
        "numDatasets": overview.repositories(Kind::Dataset),
        "numSpaces": overview.repositories(Kind::Space),
    })
}
