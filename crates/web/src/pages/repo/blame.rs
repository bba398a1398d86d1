//! `…/blame/{revision}/{path}`: which commit last changed each line of a text.

use askama::Template;
use limpide_rendering::code;

use crate::pages::page::{Shown, page, see};
use crate::pages::repo::{Head, Place, Section};
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "repo/blame.html")]
struct BlamePage {
    frame: Frame,
    head: Head,
    root: String,
    crumbs: Vec<(String, String)>,
    name: String,
    file: String,
    groups: Vec<Group>,
    is_cut: bool,
}

/// Lines that follow one another and are of one commit.
struct Group {
    title: String,
    address: String,
    date: String,
    author: String,
    lines: Vec<(usize, String)>,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let Some(path) = visit.path()? else { return see(&place.address("tree", "")) };
    let content = visit.hub.content(&visit.caller, place.kind, &place.id).await?;
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let blame = visit.hub.blame(&content, &commit, &path).await?;
    let html = code::highlight(&blame.text, code::Language::of_file(path.as_str()));
    let mut groups: Vec<(usize, Group)> = Vec::new();
    for (index, (line, version)) in html.into_iter().zip(&blame.lines).enumerate() {
        let line = (index + 1, line);
        match groups.last_mut() {
            Some((last, group)) if last == version => group.lines.push(line),
            _ => {
                let commit = &blame.commits[*version];
                let group = Group {
                    title: commit.title.clone(),
                    address: format!("{}/commit/{}", place.root(), commit.id),
                    date: t.date(commit.date),
                    author: commit.author.clone(),
                    lines: vec![line],
                };
                groups.push((*version, group));
            }
        }
    }
    page(&BlamePage {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Files).await?,
        root: place.address("tree", ""),
        crumbs: place.crumbs(Some(&path)),
        name: path.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
        file: place.address("blob", path.as_str()),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        is_cut: blame.is_cut,
    })
}
