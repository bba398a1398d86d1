//! `GET /api/whoami-v2`: whom a token stands for.

use axum::Json;
use axum::response::IntoResponse;
use serde_json::json;

use crate::api::Answer;
use crate::call::Call;

pub(crate) async fn show(call: Call) -> Answer {
    let user = call.caller.user()?;
    let account = call.hub.whoami(user).await?;
    let organizations: Vec<_> = account
        .organizations
        .iter()
        .map(|membership| {
            json!({
                "type": "org",
                "id": membership.id,
                "name": membership.name,
                "fullname": membership.full_name,
                "roleInOrg": membership.role,
                "isEnterprise": false,
            })
        })
        .collect();
    let answer = json!({
        "type": "user",
        "id": account.owner.id,
        "name": account.owner.name,
        "fullname": account.owner.full_name,
        "email": account.owner.email,
        "emailVerified": false,
        "isPro": false,
        "canPay": false,
        "orgs": organizations,
        "auth": {
            "type": "access_token",
            "accessToken": { "displayName": user.token, "role": user.grant.as_str() },
        },
    });
    Ok(Json(answer).into_response())
}
