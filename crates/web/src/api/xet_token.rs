//! `GET /api/{kind}/{ns}/{name}/xet-{read,write}-token/{rev}`: lets a client into the content store. Python
//! reads the headers of the answer, Rust its body.

use axum::Json;
use axum::http::{HeaderMap, HeaderName};
use axum::response::IntoResponse;
use limpide_hub::content::ContentToken;
use limpide_hub::{Error, Repo};
use serde_json::{Value, json};

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
    Ok(answer(&call, &call.hub.content_token_to_write(&writable).await?))
}

fn answer(call: &Call, token: &ContentToken) -> axum::response::Response {
    let [url, pass, expires] = facts(call, token);
    let mut headers = HeaderMap::new();
    set(&mut headers, URL, &url);
    set(&mut headers, TOKEN, &pass);
    set(&mut headers, EXPIRATION, &expires);
    let body = json!({ "casUrl": url, "accessToken": pass, "exp": token.expires.seconds() });
    (headers, Json(body)).into_response()
}

/// What an LFS client that can send chunks is told instead of an address for the whole object.
pub(crate) fn for_lfs(call: &Call, repo: &Repo, token: &ContentToken) -> Value {
    let [url, pass, expires] = facts(call, token);
    let href = format!("{}/api/{}/{}/xet-write-token/main", call.origin, repo.kind.plural(), repo.id());
    let header = json!({
        "X-Xet-Cas-Url": url, "X-Xet-Access-Token": pass, "X-Xet-Token-Expiration": expires,
    });
    json!({ "upload": { "href": href, "header": header } })
}

/// The address of the store, the token, and until when it is good.
fn facts(call: &Call, token: &ContentToken) -> [String; 3] {
    let url = format!("{}/cas/{}", call.origin, token.store);
    [url, token.token.clone(), token.expires.seconds().to_string()]
}
