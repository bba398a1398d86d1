//! `/`: what this is, what is new, and how open what is here is.

use askama::Template;
use limpide_hub::{Commons, Query, Sort};

use crate::pages::card::RepoCard;
use crate::pages::chart::{self, Bar};
use crate::pages::page::{Shown, page};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::Words;

/// Repositories of the newest that the page shows.
const NEWEST: usize = 6;

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    frame: Frame,
    commons: Commons,
    commons_sentence: String,
    chart: String,
    newest: Vec<RepoCard>,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let t = visit.words;
    let query = Query { limit: NEWEST, sort: Sort::Modified, ..Query::of_all() };
    let newest = visit.hub.list(&visit.caller, query).await?;
    let commons = visit.hub.commons().await?;
    let says = t.about_both(
        "home-openness-says",
        ("audited", &t.number(commons.audited)),
        ("open", &t.number(commons.graded("A") + commons.graded("B"))),
    );
    page(&Home {
        frame: visit.frame(),
        chart: chart::columns(&bars(&commons, t), &says),
        commons_sentence: says,
        commons,
        newest: newest.repos.iter().map(|listed| RepoCard::of(listed, t)).collect(),
    })
}

/// How many public repositories have each letter.
fn bars(commons: &Commons, t: Words) -> Vec<Bar> {
    let bar = |letter: &str| Bar {
        label: letter.to_owned(),
        class: format!("bar-{letter}"),
        count: commons.graded(letter),
        written: t.number(commons.graded(letter)),
    };
    ["A", "B", "C", "D", "E"].into_iter().map(bar).collect()
}
