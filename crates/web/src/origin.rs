//! The address under which a client reached this server: every absolute link in an answer starts with it,
//! for clients refuse links to another host than the one they were given.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::http::request::Parts;

use crate::Site;

/// The origin of the request, such as `https://hub.example.org`: the configured public address, or what a
/// proxy in front says (`X-Forwarded-Proto`, `X-Forwarded-Host`), or the `Host` that the client asked for.
pub(crate) fn of(site: &Site, headers: &HeaderMap) -> String {
    if let Some(url) = &site.public_url {
        return url.to_string();
    }
    let first = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?.split(',').next()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let scheme =
        first("x-forwarded-proto").filter(|scheme| scheme == "https").unwrap_or_else(|| "http".into());
    let host =
        first("x-forwarded-host").or_else(|| first(HOST.as_str())).unwrap_or_else(|| "localhost".into());
    format!("{scheme}://{host}")
}

/// Whether a page of this site made the browser send a request, as far as browsers tell: by `Sec-Fetch-Site`, which no
/// page can set, and where that is not sent (plain HTTP to another machine) by `Origin`.
pub(crate) fn is_same(origin: &str, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some(site) => site == "same-origin",
        // A proxy may have ended the encryption without telling: the host has to be the same.
        None => text("origin").is_some_and(|sent| host(sent).is_some() && host(sent) == host(origin)),
    }
}

fn host(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}

/// The address that a request came from: what a proxy in front says, or the other end of the connection.
/// Good for counting, not for trusting; empty when it is not known.
pub(crate) fn sender(parts: &Parts) -> String {
    let told = parts.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    if let Some(first) = told.and_then(|told| told.split(',').next()) {
        return first.trim().chars().take(100).collect();
    }
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    connection.map(|ConnectInfo(address)| address.ip().to_string()).unwrap_or_default()
}
