//! `/{owner}/{name}`: the card of a repository, and how to use what is in it.

use askama::Template;
use limpide_hub::{Entry, Listing, What};
use limpide_rendering::markdown::{self, Document};

use crate::error::ApiError;
use crate::pages::page::{Shown, page, see};
use crate::pages::repo::using::{Recipe, recipes};
use crate::pages::repo::{Head, Place, Section, rendering_words, writing_place};
use crate::pages::visit::{Frame, Visit};

/// The longest card that is read.
const LONGEST_CARD: u64 = 2 << 20;

/// The file that is the card.
const CARD: &str = "README.md";

/// Headings of the table of contents.
const MOST_HEADINGS: usize = 60;

#[derive(Template)]
#[template(path = "repo/overview.html")]
struct Overview {
    frame: Frame,
    head: Head,
    card: Card,
    contents: Vec<Heading>,
    recipes: Vec<Recipe>,
    edit: String,
    upload: String,
}

/// What there is of a card.
enum Card {
    Shown(Document),
    /// There is none.
    None,
    /// There is one, for those who were let in.
    Gated,
}

struct Heading {
    id: String,
    text: String,
    is_deeper: bool,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let listing = Listing { folder: None, recursive: false, expand: false, cursor: None, limit: None };
    let entries = match visit.hub.list_tree(&place.readable, &place.revision, &listing).await {
        Ok(found) => found.entries,
        // A repository whose `main` was deleted, or that has none yet.
        Err(limpide_hub::Error::NotFound(..)) => Vec::new(),
        Err(other) => return Err(other.into()),
    };
    let card = card(&visit, &place, &entries).await?;
    let contents = match &card {
        Card::Shown(document) => contents(document),
        _ => Vec::new(),
    };
    page(&Overview {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Card).await?,
        recipes: recipes(&place, &visit.origin, &entries),
        edit: place.address("edit", CARD),
        upload: place.address("upload", ""),
        card,
        contents,
    })
}

/// The card, rendered.
async fn card(visit: &Visit, place: &Place, entries: &[Entry]) -> Result<Card, ApiError> {
    let Some(entry) = entries.iter().find(|entry| entry.path == CARD) else { return Ok(Card::None) };
    if matches!(entry.what, What::Folder) {
        return Ok(Card::None);
    }
    // A card says what a repository is: whoever may know of it reads its front matter, and no more.
    let Some(content) = place.readable.content() else { return Ok(Card::Gated) };
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let file = visit.hub.resolve(&content, &commit, &CARD.parse()?).await?;
    let bytes = visit.hub.look(&content, &file, |bytes| bytes.bytes_at(0, LONGEST_CARD as usize)).await?;
    let (files, media, folder) = writing_place(place, CARD);
    let words = rendering_words(visit.words);
    let at = limpide_rendering::Place { files: &files, bytes: &media, folder: &folder, words: &words };
    Ok(Card::Shown(markdown::render(&String::from_utf8_lossy(&bytes), &at)))
}

/// The headings of the two upper levels.
fn contents(document: &Document) -> Vec<Heading> {
    let top = document.headings.iter().map(|heading| heading.level).min().unwrap_or(1);
    let upper = document.headings.iter().filter(|heading| heading.level <= top + 1).take(MOST_HEADINGS);
    let heading = |heading: &markdown::Heading| Heading {
        id: heading.id.clone(),
        text: heading.text.clone(),
        is_deeper: heading.level > top,
    };
    upper.map(heading).collect()
}

/// `POST /{owner}/{name}/like`: likes it, or likes it no more.
pub(crate) async fn like(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let back = place.root();
    let (call, _) = visit.form().await?;
    let likes = call.hub.likes_it(&call.caller, &place.readable).await?;
    call.hub.like(&call.caller, place.kind, &place.id, !likes).await?;
    see(&back)
}
