//! `/settings/keys`: the keys with which somebody signs.

use askama::Template;
use axum::http::StatusCode;
use limpide_hub::{Error, Key};

use crate::pages::note::{Note, no_such_act};
use crate::pages::page::{Shown, see, with_status};
use crate::pages::repo::Tab;
use crate::pages::settings::{Section, tabs};
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "settings/keys.html")]
struct Keys {
    frame: Frame,
    tabs: Vec<Tab>,
    note: Note,
    keys: Vec<Row>,
}

struct Row {
    name: String,
    key: String,
    created: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let note = Note::done(&visit, &["done-added", "done-removed"]);
    again(&visit, StatusCode::OK, note).await
}

pub(crate) async fn change(visit: Visit) -> Shown {
    visit.caller.user()?;
    let form = visit.fields().await?;
    let (hub, caller, name) = (&visit.hub, &visit.caller, form.get("name"));
    let done = match form.get("act") {
        "add" => hub.add_key(caller, name, form.get("key")).await.map(|_| "done-added"),
        "remove" => hub.remove_key(caller, name).await.map(|()| "done-removed"),
        other => Err(no_such_act(other)),
    };
    let refused = match done {
        Ok(done) => return see(&format!("/settings/keys?done={done}")),
        Err(refused) => refused,
    };
    let message = match &refused {
        Error::Invalid(_) => Some("key-invalid"),
        Error::Conflict(_) => Some("key-taken"),
        Error::TooLarge(_) => Some("key-too-many"),
        Error::NotFound(..) => Some("key-gone"),
        _ => None,
    };
    let (status, note) = Note::refused(refused, message, form, visit.words)?;
    again(&visit, status, note).await
}

async fn again(visit: &Visit, status: StatusCode, note: Note) -> Shown {
    let t = visit.words;
    let keys = visit.hub.keys(&visit.caller.user()?.name).await?;
    let row =
        |key: &Key| Row { name: key.name.clone(), key: key.public_key.clone(), created: t.date(key.created) };
    let keys = keys.iter().map(row).collect();
    with_status(status, &Keys { frame: visit.frame(), tabs: tabs(Section::Keys, t), note, keys })
}
