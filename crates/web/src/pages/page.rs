//! How a page is answered: rendered, and fenced in by headers. No script or style stands in a page itself, and nothing is
//! asked of another host.

use askama::Template;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use limpide_hub::{Error, Language, Thing};

use crate::error::{ApiError, ERROR_CODE, MovedTo};
use crate::pages::visit::Frame;

/// What a handler of a page gives.
pub(crate) type Shown = Result<Response, ApiError>;

/// Scripts and styles from here alone, nothing in frames but documents of this site, no form to elsewhere.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     media-src 'self'; connect-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; \
     frame-ancestors 'none'";

/// The page.
pub(crate) fn page(template: &impl Template) -> Shown {
    with_status(StatusCode::OK, template)
}

/// The page, with another status than 200.
pub(crate) fn with_status(status: StatusCode, template: &impl Template) -> Shown {
    let html = template.render().map_err(|error| Error::Internal(error.into()))?;
    let mut answer = (status, Html(html)).into_response();
    fence(answer.headers_mut());
    Ok(answer)
}

/// What browsers are told of every page.
fn fence(headers: &mut HeaderMap) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::VARY, "Cookie, Accept-Language"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Sends the visitor to another page, after a form was taken.
pub(crate) fn see(address: &str) -> Shown {
    Ok(Redirect::to(address).into_response())
}

#[derive(Template)]
#[template(path = "refusal.html")]
struct RefusalPage {
    frame: Frame,
    title: &'static str,
    /// What the visitor can do about it.
    advice: &'static str,
    /// What the hub says, in English: in another language a detail for those who can help.
    message: String,
    is_english: bool,
    /// Whether signing in could help.
    offers_sign_in: bool,
}

/// A refusal, as a page that helps.
pub(crate) fn refusal(refused: ApiError, frame: &Frame) -> Response {
    let error = refused.error();
    if let Error::SignIn(_) = error
        && frame.user.is_none()
    {
        return Redirect::to(&format!("/login?next={}", frame.here_encoded())).into_response();
    }
    if let Error::Moved(id) = error {
        let mut answer = StatusCode::TEMPORARY_REDIRECT.into_response();
        answer.extensions_mut().insert(MovedTo(id.clone()));
        return answer;
    }
    let (title, advice) = sentences(error);
    let is_missing = matches!(error, Error::NotFound(..));
    let message = error.to_string();
    // A stranger is told that nothing is there, whether it is or not.
    let status = if is_missing { StatusCode::NOT_FOUND } else { refused.status() };
    let headers = refused.into_response().headers().clone();
    let page = RefusalPage {
        frame: frame.clone(),
        title,
        advice,
        message,
        is_english: frame.t.language == Language::English,
        offers_sign_in: frame.user.is_none(),
    };
    let mut answer = with_status(status, &page).unwrap_or_else(IntoResponse::into_response);
    for name in [header::RETRY_AFTER, ERROR_CODE] {
        if let Some(value) = headers.get(&name) {
            answer.headers_mut().insert(name, value.clone());
        }
    }
    answer
}

/// The messages for a refusal: what it is, and what helps.
fn sentences(error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::NotFound(Thing::Revision, _) => ("refusal-no-revision", "refusal-no-revision-advice"),
        Error::NotFound(Thing::Entry, _) => ("refusal-no-entry", "refusal-no-entry-advice"),
        Error::NotFound(..) => ("refusal-not-found", "refusal-not-found-advice"),
        Error::SignIn(_) | Error::Forbidden(_) => ("refusal-forbidden", "refusal-forbidden-advice"),
        Error::Expired(_) => ("refusal-expired", "refusal-expired-advice"),
        Error::Gated { .. } => ("refusal-gated", "refusal-gated-advice"),
        Error::Quarantined(_) => ("refusal-quarantined", "refusal-quarantined-advice"),
        Error::TooOften(..) => ("refusal-too-often", "refusal-too-often-advice"),
        Error::Conflict(_) | Error::RepoExists(..) => ("refusal-conflict", "refusal-conflict-advice"),
        Error::Outdated(_) => ("refusal-outdated", "refusal-outdated-advice"),
        Error::TooLarge(_) => ("refusal-too-large", "refusal-too-large-advice"),
        Error::Unsupported(_) => ("refusal-unsupported", "refusal-unsupported-advice"),
        Error::Full | Error::ReadOnly => ("refusal-no-room", "refusal-no-room-advice"),
        Error::Busy(_) => ("refusal-busy", "refusal-busy-advice"),
        Error::Internal(_) | Error::Moved(_) => ("refusal-broken", "refusal-broken-advice"),
        Error::Invalid(_) | Error::Unprocessable(_) | Error::PastEnd(_) => {
            ("refusal-invalid", "refusal-invalid-advice")
        }
    }
}
