//! `/settings`: name and address, password, language, and organisations.

use std::time::Duration;

use askama::Template;
use axum::http::StatusCode;
use limpide_hub::{Error, Language, Membership, Role};

use crate::pages::cookies;
use crate::pages::new::Choice;
use crate::pages::note::{Note, no_such_act};
use crate::pages::page::{Shown, see, with_status};
use crate::pages::repo::Tab;
use crate::pages::settings::{Section, tabs};
use crate::pages::visit::{Form, Frame, Visit};

#[derive(Template)]
#[template(path = "settings/profile.html")]
struct Profile {
    frame: Frame,
    tabs: Vec<Tab>,
    note: Note,
    full_name: String,
    email: String,
    has_password: bool,
    languages: Vec<Choice>,
    organizations: Vec<Belonging>,
}

/// An organisation of the user's.
struct Belonging {
    name: String,
    role: String,
    may_manage: bool,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let note = Note::done(&visit, &["done-saved", "done-password"]);
    again(&visit, StatusCode::OK, note).await
}

pub(crate) async fn change(visit: Visit) -> Shown {
    visit.caller.user()?;
    let form = visit.fields().await?;
    let (done, message): (_, fn(&Error) -> Option<&'static str>) = match form.get("act") {
        "profile" => {
            let (full_name, email) = (form.get("fullname"), form.get("email"));
            let done = visit.hub.set_profile(&visit.caller, full_name, email).await;
            (done.map(|()| "done-saved"), why_not_described)
        }
        "password" => {
            let passwords = (form.get("current"), form.get("password"));
            let (session, address) = (visit.session(), visit.address.as_str());
            let done = visit.hub.change_password(&visit.caller, passwords, session, address).await;
            (done.map(|_| "done-password"), why_not_let)
        }
        "language" => return choose_language(&visit, &form).await,
        other => return Err(no_such_act(other).into()),
    };
    match done {
        Ok(done) => see(&format!("/settings?done={done}")),
        Err(refused) => {
            let message = message(&refused);
            let (status, note) = Note::refused(refused, message, form, visit.words)?;
            again(&visit, status, note).await
        }
    }
}

fn why_not_described(refused: &Error) -> Option<&'static str> {
    match refused {
        Error::Unprocessable(_) => Some("full-name-invalid"),
        Error::Invalid(_) => Some("email-invalid"),
        _ => None,
    }
}

fn why_not_let(refused: &Error) -> Option<&'static str> {
    match refused {
        Error::Forbidden(_) => Some("password-current-wrong"),
        Error::TooOften(..) => Some("sign-in-too-often"),
        Error::Invalid(_) => Some("password-help"),
        _ => None,
    }
}

/// For the account; what this browser chose before counts no more.
async fn choose_language(visit: &Visit, form: &Form) -> Shown {
    let language: Option<Language> = match form.get("language") {
        "" => None,
        tag => Some(tag.parse()?),
    };
    visit.hub.choose_language(&visit.caller, language).await?;
    let mut answer = see("/settings?done=done-saved")?;
    cookies::set(answer.headers_mut(), cookies::LANGUAGE, "", Duration::ZERO, &visit.origin);
    Ok(answer)
}

async fn again(visit: &Visit, status: StatusCode, note: Note) -> Shown {
    let t = visit.words;
    let account = visit.hub.whoami(visit.caller.user()?).await?;
    let chosen = visit.language().map(Language::as_str).unwrap_or_default();
    let language = |(value, label): (&str, &str)| Choice {
        value: value.to_owned(),
        label: t.say(label),
        is_chosen: value == chosen,
    };
    let belonging = |membership: &Membership| Belonging {
        name: membership.name.to_string(),
        role: t.named("role", &membership.role),
        may_manage: membership.role == Role::Admin.as_str(),
    };
    let page = Profile {
        frame: visit.frame(),
        tabs: tabs(Section::Profile, t),
        full_name: note.typed_or("profile", "fullname", &account.owner.full_name).to_owned(),
        email: note
            .typed_or("profile", "email", account.owner.email.as_deref().unwrap_or_default())
            .to_owned(),
        has_password: account.owner.password.is_some(),
        languages: [("", "language-browser"), ("en", "language-en"), ("fr", "language-fr")]
            .map(language)
            .into(),
        organizations: account.organizations.iter().map(belonging).collect(),
        note,
    };
    with_status(status, &page)
}
