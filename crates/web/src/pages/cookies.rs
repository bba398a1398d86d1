//! The two cookies of the site: whose session it is, and the language that a visitor without an account chose.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

/// Holds the secret of a session.
pub(crate) const SESSION: &str = "limpide_session";
/// Holds a language.
pub(crate) const LANGUAGE: &str = "limpide_language";

/// The value of a cookie.
pub(crate) fn get<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// Sets a cookie for so long; for no time at all to forget it. `origin` tells whether it may travel unencrypted.
pub(crate) fn set(headers: &mut HeaderMap, name: &str, value: &str, lasts: Duration, origin: &str) {
    let secure = if origin.starts_with("https://") { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax{secure}", lasts.as_secs());
    if let Ok(cookie) = HeaderValue::try_from(cookie) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=b; limpide_session=x=y ;limpide_language=fr"),
        );
        assert_eq!(get(&headers, SESSION), Some("x=y"));
        assert_eq!(get(&headers, LANGUAGE), Some("fr"));
        assert_eq!(get(&headers, "session"), None);
    }

    #[test]
    fn a_session_travels_encrypted_where_the_site_does() {
        let mut headers = HeaderMap::new();
        set(&mut headers, SESSION, "x", Duration::from_secs(60), "https://hub.example.org");
        set(&mut headers, SESSION, "x", Duration::ZERO, "http://127.0.0.1:8080");
        let set: Vec<_> =
            headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(set[0], "limpide_session=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set[1], "limpide_session=x; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }
}
