//! Accounts without the site: `POST /api/join` creates one where registration is open, `POST /api/login` turns a
//! name and a password into a token.

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use limpide_hub::{Error, Grant, NewToken, NewUser};
use limpide_words::OwnerName;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::api::Answer;
use crate::call::{self, Call};

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Join {
    #[schemars(with = "String")]
    username: OwnerName,
    password: String,
    email: Option<String>,
    #[serde(default)]
    fullname: String,
}

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Login {
    #[schemars(with = "String")]
    username: OwnerName,
    password: String,
    /// What to call the token.
    token_name: String,
}

pub(crate) async fn join(call: Call, body: Body) -> Answer {
    if !call.hub.settings().open_registration {
        let words = "Registration is closed on this hub: ask its administrator for an account.";
        return Err(Error::Forbidden(words.into()).into());
    }
    let request: Join = call::json(body).await?;
    let user = NewUser {
        name: request.username,
        full_name: request.fullname,
        email: request.email,
        password: Some(request.password),
        is_admin: false,
    };
    let user = call.hub.create_user(user).await?;
    Ok((StatusCode::CREATED, Json(json!({ "name": user.name }))).into_response())
}

pub(crate) async fn login(call: Call, body: Body) -> Answer {
    let request: Login = call::json(body).await?;
    let user = call.hub.admit(&request.username, &request.password, &call.address).await?;
    let new = NewToken { name: request.token_name, grant: Grant::Write, lifetime: None, value: None };
    let token = call.hub.create_token(&user.name, new).await?;
    Ok((StatusCode::CREATED, Json(json!({ "name": user.name, "token": token }))).into_response())
}
