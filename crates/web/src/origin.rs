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
