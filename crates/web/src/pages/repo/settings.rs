//! `…/settings`: who sees a repository and how, its name, its branches and tags, its end.

use askama::Template;
use axum::http::StatusCode;
use limpide_hub::{Error, NamedRef, NewTag, RepoSettings, Thing};
use limpide_words::{RepoId, Revision};

use crate::pages::new::Choice;
use crate::pages::note::{Note, no_such_act};
use crate::pages::page::{Shown, see, with_status};
use crate::pages::repo::{Head, Place, Section};
use crate::pages::visit::{Form, Frame, Visit};

/// What the page says after a form was taken.
const DONE: [&str; 4] = ["done-saved", "done-moved", "done-created", "done-deleted"];

#[derive(Template)]
#[template(path = "repo/settings.html")]
struct SettingsPage {
    frame: Frame,
    head: Head,
    note: Note,
    gates: Vec<Choice>,
    owners: Vec<Choice>,
    branches: Vec<RefRow>,
    tags: Vec<RefRow>,
}

struct RefRow {
    name: String,
    short: String,
    address: String,
    is_main: bool,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (kind, id) = visit.repo()?;
    visit.hub.manageable(&visit.caller, kind, &id).await?;
    let place = Place::of(&visit).await?;
    let note = Note::done(&visit, &DONE);
    again(&visit, &place, StatusCode::OK, note).await
}

pub(crate) async fn change(visit: Visit) -> Shown {
    let (kind, id) = visit.repo()?;
    visit.hub.manageable(&visit.caller, kind, &id).await?;
    let place = Place::of(&visit).await?;
    let form = visit.fields().await?;
    let refused = match act(&visit, &place, &form).await {
        Ok(address) => return see(&address),
        Err(refused) => refused,
    };
    let (status, note) = Note::refused(refused.0, refused.1, form, visit.words)?;
    again(&visit, &place, status, note).await
}

/// A refusal, and the message that tells it.
type Refused = (Error, Option<&'static str>);

/// Does what the form asks, and says where to go then.
async fn act(visit: &Visit, place: &Place, form: &Form) -> Result<String, Refused> {
    let settings = |done: &str| format!("{}/settings?done={done}", place.root());
    let told = |message: fn(&Error) -> Option<&'static str>| {
        move |refused: Error| {
            let message = message(&refused);
            (refused, message)
        }
    };
    match form.get("act") {
        "visibility" => {
            let private = Some(form.get("visibility") == "private");
            let change = RepoSettings { private, gated: None };
            set(visit, place, change).await.map(|()| settings("done-saved"))
        }
        "gating" => {
            let gated = Some(form.get("gated").to_owned());
            let change = RepoSettings { private: None, gated };
            set(visit, place, change).await.map(|()| settings("done-saved"))
        }
        "move" => return rename(visit, place, form).await.map_err(told(why_not_moved)),
        "delete" => return delete(visit, place, form).await.map_err(told(why_not_deleted)),
        name @ ("create-branch" | "create-tag") => {
            let made = create_ref(visit, place, form, name == "create-tag").await;
            return made.map(|()| settings("done-created")).map_err(told(why_no_ref));
        }
        name @ ("delete-branch" | "delete-tag") => {
            let gone = delete_ref(visit, place, form, name == "delete-tag").await;
            return gone.map(|()| settings("done-deleted")).map_err(told(why_no_ref));
        }
        other => Err(no_such_act(other)),
    }
    .map_err(|refused| (refused, None))
}

async fn set(visit: &Visit, place: &Place, change: RepoSettings) -> Result<(), Error> {
    visit.hub.set_repo_settings(&visit.caller, place.kind, &place.id, change).await
}

async fn rename(visit: &Visit, place: &Place, form: &Form) -> Result<String, Error> {
    let to: RepoId = format!("{}/{}", form.get("owner"), form.get("name").trim()).parse()?;
    visit.hub.move_repo(&visit.caller, place.kind, &place.id, &to).await?;
    Ok(format!("/{}{to}/settings?done=done-moved", place.kind.prefix()))
}

fn why_not_moved(refused: &Error) -> Option<&'static str> {
    match refused {
        Error::Conflict(_) => Some("new-taken"),
        Error::Forbidden(_) => Some("new-forbidden"),
        Error::Invalid(_) => Some("name-invalid"),
        _ => None,
    }
}

/// Only whoever types the whole name means it.
async fn delete(visit: &Visit, place: &Place, form: &Form) -> Result<String, Error> {
    if form.get("confirm").trim() != place.id.to_string() {
        return Err(Error::Invalid(format!("Type {} to delete it.", place.id)));
    }
    visit.hub.delete_repo(&visit.caller, place.kind, &place.id).await?;
    Ok(format!("/{}", place.id.owner))
}

fn why_not_deleted(refused: &Error) -> Option<&'static str> {
    matches!(refused, Error::Invalid(_)).then_some("delete-mismatch")
}

async fn create_ref(visit: &Visit, place: &Place, form: &Form, is_tag: bool) -> Result<(), Error> {
    let repo = visit.hub.writable(&visit.caller, place.kind, &place.id).await?;
    let name = form.get("name").trim();
    let from: Revision = match form.get("from").trim() {
        "" => "main".parse()?,
        from => from.parse()?,
    };
    if is_tag {
        let message = form.given("message").map(str::to_owned);
        return visit.hub.create_tag(&repo, &from, NewTag { name: name.to_owned(), message }).await;
    }
    visit.hub.create_branch(&repo, name, Some(&from)).await
}

async fn delete_ref(visit: &Visit, place: &Place, form: &Form, is_tag: bool) -> Result<(), Error> {
    let repo = visit.hub.writable(&visit.caller, place.kind, &place.id).await?;
    match is_tag {
        true => visit.hub.delete_tag(&repo, form.get("name")).await,
        false => visit.hub.delete_branch(&repo, form.get("name")).await,
    }
}

fn why_no_ref(refused: &Error) -> Option<&'static str> {
    match refused {
        Error::NotFound(Thing::Revision, _) => Some("refusal-no-revision"),
        Error::Conflict(_) => Some("ref-taken"),
        Error::Invalid(_) | Error::Unprocessable(_) => Some("ref-invalid"),
        Error::Forbidden(_) => Some("ref-main"),
        Error::TooLarge(_) => Some("ref-message-long"),
        _ => None,
    }
}

async fn again(visit: &Visit, place: &Place, status: StatusCode, note: Note) -> Shown {
    let (t, repo) = (visit.words, place.readable.repo());
    let refs = visit.hub.list_refs(&place.readable).await?;
    let row = |named: &NamedRef| {
        let short = named.commit.to_string().chars().take(8).collect();
        let address = format!("{}/commit/{}", place.root(), named.commit);
        let is_main = named.full.as_str() == "refs/heads/main";
        RefRow { name: named.name.clone(), short, address, is_main }
    };
    let gate = |(value, label): (&str, &str)| Choice {
        value: value.to_owned(),
        label: t.say(label),
        is_chosen: value == repo.gated,
    };
    let mut owners = visit.hub.places(&visit.caller).await?;
    if !owners.contains(&repo.owner) {
        owners.push(repo.owner.clone());
    }
    let chosen = note.typed_or("move", "owner", repo.owner.as_str()).to_owned();
    let owner = |owner: &limpide_words::OwnerName| Choice {
        value: owner.to_string(),
        label: owner.to_string(),
        is_chosen: owner.as_str() == chosen,
    };
    let page = SettingsPage {
        frame: visit.frame(),
        head: Head::of(visit, place, Section::Settings).await?,
        gates: [("false", "gate-open"), ("auto", "gate-auto"), ("manual", "gate-manual")].map(gate).into(),
        owners: owners.iter().map(owner).collect(),
        branches: refs.branches.iter().map(row).collect(),
        tags: refs.tags.iter().map(row).collect(),
        note,
    };
    with_status(status, &page)
}
