//! `/administration/events`: who did what, the newest first.

use askama::Template;
use limpide_hub::{EventQuery, Told};

use crate::pages::administration::{ASKED, Section, cut, tabs};
use crate::pages::list::address;
use crate::pages::new::Choice;
use crate::pages::page::{Shown, page};
use crate::pages::repo::Tab;
use crate::pages::visit::{Frame, Visit};

/// What can be done, as events call it.
const ACTIONS: [&str; 30] = [
    "account.password",
    "account.profile",
    "attestation.add",
    "attestation.withdraw",
    "commit",
    "content.damaged",
    "content.purge",
    "file.acknowledge",
    "file.revoke",
    "key.add",
    "key.remove",
    "organization.create",
    "organization.member",
    "organization.profile",
    "owner.safety",
    "push",
    "ref.create",
    "ref.delete",
    "repo.create",
    "repo.delete",
    "repo.move",
    "repo.settings",
    "session.begin",
    "session.end",
    "session.end-others",
    "squash",
    "token.create",
    "token.revoke",
    "user.create",
    "user.password",
];

#[derive(Template)]
#[template(path = "administration/events.html")]
struct Events {
    frame: Frame,
    tabs: Vec<Tab>,
    actions: Vec<Choice>,
    repo: String,
    events: Vec<Row>,
    more: Option<String>,
}

struct Row {
    at: String,
    actor: String,
    action: String,
    repo: String,
    root: String,
    detail: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    visit.caller.administrator()?;
    let t = visit.words;
    let asked = |name: &str| visit.asked(name).map(str::trim).filter(|text| !text.is_empty());
    let (action, repo) = (asked("action"), asked("repo"));
    let query = EventQuery {
        action: action.map(str::to_owned),
        repo: repo.map(str::parse).transpose()?,
        before: asked("before").map(str::to_owned),
    };
    let (events, goes_on) = cut(visit.hub.told_events(&visit.caller, &query, ASKED).await?);
    let last = events.last().filter(|_| goes_on).map(|event| event.id.clone());
    let row = |event: &Told| {
        let place = event.kind.zip(event.owner.as_ref().zip(event.name.as_ref()));
        let repo = place.map(|(kind, (owner, name))| (kind, format!("{owner}/{name}")));
        Row {
            at: t.moment(event.at),
            actor: event.actor.as_ref().map(ToString::to_string).unwrap_or_default(),
            action: t.named("event", &event.action),
            root: repo.as_ref().map(|(kind, repo)| format!("/{}{repo}", kind.prefix())).unwrap_or_default(),
            repo: repo.map(|(_, repo)| repo).unwrap_or_default(),
            detail: event.detail.clone(),
        }
    };
    let choice = |name: &&str| Choice {
        value: (*name).to_owned(),
        label: t.named("event", name),
        is_chosen: action == Some(*name),
    };
    page(&Events {
        frame: visit.frame(),
        tabs: tabs(Section::Events, t),
        actions: ACTIONS.iter().map(choice).collect(),
        repo: repo.unwrap_or_default().to_owned(),
        events: events.iter().map(row).collect(),
        more: last.map(|last| {
            let pairs = [
                ("action", action.unwrap_or_default()),
                ("repo", repo.unwrap_or_default()),
                ("before", last.as_str()),
            ];
            address("/administration/events", pairs.into_iter())
        }),
    })
}
