//! `…/commits/{revision}`: what was changed when, the newest first.

use askama::Template;
use limpide_hub::CommitsQuery;

use crate::pages::page::{Shown, page};
use crate::pages::repo::files::{RefChoice, choices};
use crate::pages::repo::{Head, Place, Section, segment};
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "repo/commits.html")]
struct Commits {
    frame: Frame,
    head: Head,
    revision: String,
    refs: Vec<RefChoice>,
    commits: Vec<Row>,
    more: Option<String>,
}

struct Row {
    title: String,
    author: String,
    date: String,
    short: String,
    address: String,
    files: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let query = CommitsQuery { cursor: visit.asked("cursor").map(str::to_owned), skip: 0, limit: None };
    let found = visit.hub.list_commits(&place.readable, &place.revision, &query).await?;
    let root = place.root();
    let row = |commit: &limpide_hub::Commit| {
        let id = commit.id.to_string();
        Row {
            title: commit.title.clone(),
            author: commit.author.clone(),
            date: t.moment(commit.date),
            short: id.chars().take(8).collect(),
            address: format!("{root}/commit/{id}"),
            files: format!("{root}/tree/{id}"),
        }
    };
    page(&Commits {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Files).await?,
        refs: choices(&visit, &place, "commits").await?,
        commits: found.commits.iter().map(row).collect(),
        more: found
            .next
            .map(|cursor| format!("{}?cursor={}", place.address("commits", ""), segment(&cursor))),
        revision: place.revision.to_string(),
    })
}
