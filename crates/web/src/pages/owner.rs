//! `/{owner}`: a user or an organisation, and what is theirs.

use askama::Template;
use limpide_hub::{Error, Owner, Query, Sort};
use limpide_words::{Kind, OwnerName};

use crate::pages::card::{RepoCard, list_address};
use crate::pages::list::address;
use crate::pages::page::{Shown, page};
use crate::pages::repo::kind_message;
use crate::pages::visit::{Frame, Visit};

/// Repositories of a kind that the page shows.
const SHOWN: usize = 12;

#[derive(Template)]
#[template(path = "owner.html")]
struct OwnerPage {
    frame: Frame,
    name: String,
    full_name: String,
    is_organization: bool,
    /// Where to look after it, for those who may.
    settings: Option<String>,
    since: String,
    people: Vec<Person>,
    groups: Vec<Group>,
}

/// A member, or an organisation that a user is in.
struct Person {
    name: String,
    full_name: String,
    role: String,
}

struct Group {
    title: String,
    cards: Vec<RepoCard>,
    all: Option<String>,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let t = visit.words;
    let name: OwnerName = visit
        .param("owner")
        .parse()
        .map_err(|_| Error::missing(format!("There is nothing at {}.", visit.uri.path())))?;
    let (owner, people) = match visit.hub.account(&name).await {
        Ok(account) => (account.owner, account.organizations),
        Err(Error::NotFound(..)) => (visit.hub.organization(&name).await?, visit.hub.members(&name).await?),
        Err(other) => return Err(other.into()),
    };
    let mut groups = Vec::new();
    for kind in Kind::ALL {
        let query = Query {
            kind: Some(kind),
            owner: Some(owner.name.clone()),
            sort: Sort::Modified,
            limit: SHOWN,
            ..Query::of_all()
        };
        let found = visit.hub.list(&visit.caller, query).await?;
        let all =
            address(&list_address(kind), [("owner", owner.name.as_str()), ("sort", "modified")].into_iter());
        groups.push(Group {
            title: t.say(kind_message(kind)),
            cards: found.repos.iter().map(|listed| RepoCard::of(listed, t)).collect(),
            all: found.next.map(|_| all),
        });
    }
    let settings = settings(&visit, &owner).await;
    groups.retain(|group| !group.cards.is_empty());
    page(&OwnerPage {
        frame: visit.frame(),
        name: owner.name.to_string(),
        full_name: owner.full_name.clone(),
        is_organization: owner.kind == "organization",
        settings,
        since: t.about("member-since", "date", t.date(owner.created)),
        people: people
            .iter()
            .map(|person| Person {
                name: person.name.to_string(),
                full_name: person.full_name.clone(),
                role: t.named("role", &person.role),
            })
            .collect(),
        groups,
    })
}

/// The address of an owner's settings, if the visitor may change them.
async fn settings(visit: &Visit, owner: &Owner) -> Option<String> {
    let user = visit.caller.user().ok()?;
    if user.id == owner.id {
        return Some("/settings".to_owned());
    }
    let may =
        owner.kind == "organization" && visit.hub.administered(&visit.caller, &owner.name).await.is_ok();
    may.then(|| format!("/organizations/{}/settings", owner.name))
}
