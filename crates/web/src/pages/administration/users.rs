//! `/administration`: who there is; users are made, and get other passwords.

use askama::Template;
use axum::http::StatusCode;
use limpide_hub::{Error, NewUser, Owner};
use limpide_words::OwnerName;

use crate::pages::administration::{ASKED, Section, cut, tabs};
use crate::pages::list::address;
use crate::pages::note::{Note, no_such_act};
use crate::pages::page::{Shown, see, with_status};
use crate::pages::repo::Tab;
use crate::pages::visit::{Form, Frame, Visit};

#[derive(Template)]
#[template(path = "administration/users.html")]
struct Users {
    frame: Frame,
    tabs: Vec<Tab>,
    note: Note,
    users: Vec<Row>,
    more: Option<String>,
}

struct Row {
    name: String,
    full_name: String,
    email: String,
    since: String,
    is_admin: bool,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let note = Note::done(&visit, &["done-created", "done-password-reset"]);
    again(&visit, StatusCode::OK, note).await
}

pub(crate) async fn change(visit: Visit) -> Shown {
    visit.caller.administrator()?;
    let form = visit.fields().await?;
    let done = match form.get("act") {
        "create" => create(&visit, &form).await.map(|()| "done-created"),
        "reset" => reset(&visit, &form).await.map(|()| "done-password-reset"),
        other => Err(no_such_act(other)),
    };
    let refused = match done {
        Ok(done) => return see(&format!("/administration?done={done}")),
        Err(refused) => refused,
    };
    let message = match &refused {
        Error::Conflict(_) => Some("join-taken"),
        Error::Unprocessable(_) => Some("user-invalid"),
        Error::Invalid(_) => Some("password-help"),
        Error::NotFound(..) => Some("member-unknown"),
        _ => None,
    };
    let (status, note) = Note::refused(refused, message, form, visit.words)?;
    again(&visit, status, note).await
}

async fn create(visit: &Visit, form: &Form) -> Result<(), Error> {
    let name = form.get("username").trim();
    let email = form.get("email").trim();
    let new = NewUser {
        name: name.parse().map_err(|_| Error::Unprocessable(format!("`{name}` cannot be a user name.")))?,
        full_name: form.get("fullname").trim().to_owned(),
        email: (!email.is_empty()).then(|| email.to_owned()),
        password: Some(form.get("password").to_owned()),
        is_admin: form.is_ticked("admin"),
    };
    visit.hub.add_user(&visit.caller, new).await.map(|_| ())
}

async fn reset(visit: &Visit, form: &Form) -> Result<(), Error> {
    let name = form.get("username").trim();
    let name: OwnerName = name.parse().map_err(|_| Error::missing(format!("There is no user {name}.")))?;
    visit.hub.reset_password(&visit.caller, &name, form.get("password")).await
}

async fn again(visit: &Visit, status: StatusCode, note: Note) -> Shown {
    visit.caller.administrator()?;
    let t = visit.words;
    let after: Option<OwnerName> = visit.asked("after").map(str::parse).transpose()?;
    let (users, goes_on) = cut(visit.hub.users_after(&visit.caller, after.as_ref(), ASKED).await?);
    let last = users.last().filter(|_| goes_on).map(|user| user.name.to_string());
    let row = |user: &Owner| Row {
        name: user.name.to_string(),
        full_name: user.full_name.clone(),
        email: user.email.clone().unwrap_or_default(),
        since: t.date(user.created),
        is_admin: user.is_admin,
    };
    let page = Users {
        frame: visit.frame(),
        tabs: tabs(Section::Users, t),
        note,
        users: users.iter().map(row).collect(),
        more: last.map(|last| address("/administration", [("after", last.as_str())].into_iter())),
    };
    with_status(status, &page)
}
