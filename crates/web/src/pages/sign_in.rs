//! Coming in and going: `/login`, `/join`, `/logout`, and `/language`, which needs no account.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderMap, StatusCode, header};
use limpide_hub::{Begun, Error, Language, NewUser, SESSION};
use limpide_words::OwnerName;

use crate::call::Call;
use crate::pages::cookies;
use crate::pages::page::{Shown, page, see, with_status};
use crate::pages::visit::{Frame, Visit};

/// How long a browser remembers the language of a visitor without an account.
const REMEMBERED: Duration = Duration::from_secs(365 * 24 * 3600);

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignIn {
    frame: Frame,
    problem: String,
    username: String,
    next: String,
}

#[derive(Template)]
#[template(path = "join.html")]
struct Join {
    frame: Frame,
    problem: String,
    username: String,
    full_name: String,
    email: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let next = local(visit.asked("next").unwrap_or_default()).to_owned();
    if visit.session().is_some() {
        return see(&next);
    }
    page(&SignIn { frame: visit.frame(), problem: String::new(), username: String::new(), next })
}

pub(crate) async fn sign_in(visit: Visit) -> Shown {
    let frame = visit.frame();
    let (call, form) = visit.form().await?;
    let (username, next) = (form.get("username").trim().to_owned(), local(form.get("next")).to_owned());
    let problem = match enter(&call, &username, form.get("password")).await {
        Ok(begun) => return welcome(&call, &begun, &next),
        Err(Error::SignIn(_) | Error::Invalid(_)) => (StatusCode::UNAUTHORIZED, frame.t.say("sign-in-wrong")),
        Err(Error::TooOften(..)) => (StatusCode::TOO_MANY_REQUESTS, frame.t.say("sign-in-too-often")),
        Err(Error::Forbidden(_)) => (StatusCode::FORBIDDEN, frame.t.say("sign-in-weak-token")),
        Err(other) => return Err(other.into()),
    };
    with_status(problem.0, &SignIn { frame, problem: problem.1, username, next })
}

async fn enter(call: &Call, username: &str, secret: &str) -> Result<Begun, Error> {
    let name: OwnerName = username.parse()?;
    let user = call.hub.admit(&name, secret, &call.address).await?;
    call.hub.begin_session(user, agent(&call.headers)).await
}

pub(crate) async fn ask_to_join(visit: Visit) -> Shown {
    let (problem, username, full_name, email) = Default::default();
    page(&Join { frame: visit.frame(), problem, username, full_name, email })
}

pub(crate) async fn join(visit: Visit) -> Shown {
    let frame = visit.frame();
    let (call, form) = visit.form().await?;
    if !frame.may_join {
        let words = "Registration is closed on this hub: ask its administrator for an account.";
        return Err(Error::Forbidden(words.into()).into());
    }
    let text = |name: &str| form.get(name).trim().to_owned();
    let (username, full_name, email) = (text("username"), text("fullname"), text("email"));
    let made = async {
        let new = NewUser {
            name: username.parse().map_err(|_| Error::Unprocessable(String::new()))?,
            full_name: full_name.clone(),
            email: (!email.is_empty()).then(|| email.clone()),
            password: Some(form.get("password").to_owned()),
            is_admin: false,
        };
        let user = call.hub.create_user(new).await?;
        call.hub.begin_session(user, agent(&call.headers)).await
    };
    let (status, problem) = match made.await {
        Ok(begun) => return welcome(&call, &begun, "/"),
        Err(Error::Conflict(_)) => (StatusCode::CONFLICT, frame.t.say("join-taken")),
        Err(Error::Unprocessable(_)) => (StatusCode::UNPROCESSABLE_ENTITY, frame.t.say("username-help")),
        Err(Error::Invalid(_)) => (StatusCode::BAD_REQUEST, frame.t.say("password-help")),
        Err(other) => return Err(other.into()),
    };
    with_status(status, &Join { frame, problem, username, full_name, email })
}

pub(crate) async fn sign_out(visit: Visit) -> Shown {
    let (call, _) = visit.form().await?;
    if let Some(session) = call.session() {
        // It may have ended just now, on another page.
        match call.hub.end_session(&call.caller, session).await {
            Ok(()) | Err(Error::NotFound(..)) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let mut answer = see("/")?;
    cookies::set(answer.headers_mut(), cookies::SESSION, "", Duration::ZERO, &call.origin);
    Ok(answer)
}

/// `POST /language`: for an account that is signed in, else for this browser.
pub(crate) async fn choose_language(visit: Visit) -> Shown {
    let (call, form) = visit.form().await?;
    let language: Language = form.get("language").parse()?;
    let mut answer = see(local(form.get("next")))?;
    if call.session().is_some() {
        call.hub.choose_language(&call.caller, Some(language)).await?;
    }
    cookies::set(answer.headers_mut(), cookies::LANGUAGE, language.as_str(), REMEMBERED, &call.origin);
    Ok(answer)
}

/// Gives the browser its session.
fn welcome(call: &Call, begun: &Begun, next: &str) -> Shown {
    let mut answer = see(next)?;
    cookies::set(answer.headers_mut(), cookies::SESSION, &begun.secret, SESSION, &call.origin);
    Ok(answer)
}

/// What the browser calls itself.
fn agent(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// An address of this site, as a form or a link says it: nobody is sent elsewhere.
pub(crate) fn local(next: &str) -> &str {
    let stays = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if stays { next } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for next in [
            "",
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/a\n/b",
            "javascript:x",
            "/\t/evil",
        ] {
            assert_eq!(local(next), "/", "{next:?}");
        }
        assert_eq!(local("/ada/tiny?x=//y"), "/ada/tiny?x=//y");
    }
}
