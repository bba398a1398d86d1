//! `GET /api/{kind}/{ns}/{name}/xet-{read,write}-token/{rev}`: lets a client into the content store. Python
//! reads the headers of the answer, Rust its body.

use axum::Json;
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use limpide_hub::Error;
use limpide_hub::content::ContentToken;
use serde_json::json;

use crate::api::Answer;
use crate::call::Call;
use crate::download::set;

const URL: HeaderName = HeaderName::from_static("x-xet-cas-url");
const TOKEN: HeaderName = HeaderName::from_static("x-xet-access-token");
const EXPIRATION: HeaderName = HeaderName::from_static("x-xet-token-expiration");

pub(crate) async fn read(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let content = call.hub.content(&call.caller, kind, &id).await?;
    call.hub.commit_at(content.readable(), &call.revision()?).await?;
    Ok(answer(&call, &call.hub.content_token_to_read(&content, &call.caller)?))
}

pub(crate) async fn write(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    if call.flag("create_pr") {
        // Said now, and not after hours of sending.
        return Err(Error::Unsupported("Pull requests are not there yet in limpide.".into()).into());
    }
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    call.hub.commit_at(&readable, &call.revision()?).await?;
    Ok(answer(&call, &call.hub.content_token_to_write(&writable)?))
}

fn answer(call: &Call, token: &ContentToken) -> axum::response::Response {
    let url = format!("{}/cas/{}", call.origin, token.store);
    let expires = token.expires.seconds();
    let mut headers = HeaderMap::new();
    set(&mut headers, URL, &url);
    set(&mut headers, TOKEN, &token.token);
    set(&mut headers, EXPIRATION, &expires.to_string());
    (headers, Json(json!({ "casUrl": url, "accessToken": token.token, "exp": expires }))).into_response()
}
