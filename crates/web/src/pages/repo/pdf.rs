//! A PDF, page by page, as pictures that the hub draws: no browser opens what a stranger wrote. `…/blob/…?page=3` shows a
//! page, and `…/drawing/{revision}/{path}?page=3` is its picture.

use anyhow::anyhow;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use limpide_formats::pdf::Pdf;
use limpide_hub::{Commit, Content, Error, Language, Picture, Resolved, Thing, Undrawn};

use crate::download::{Download, Part, set};
use crate::error::ApiError;
use crate::pages::list::address;
use crate::pages::page::Shown;
use crate::pages::repo::{Place, path_segments};
use crate::pages::visit::Visit;
use crate::pages::words::Words;

/// What is shown of a PDF.
pub(crate) struct PdfView {
    /// What the document says of itself.
    pub(crate) facts: Pdf,
    /// The ways to other pages, where it is known how many there are.
    pub(crate) turning: Option<Turning>,
    /// The page that is asked for.
    pub(crate) picture: Option<PictureView>,
    /// Why it is not shown.
    pub(crate) note: Option<String>,
}

/// The ways from a page to others.
pub(crate) struct Turning {
    pub(crate) says: String,
    pub(crate) number: u32,
    pub(crate) pages: u32,
    pub(crate) here: String,
    pub(crate) first: Option<String>,
    pub(crate) previous: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) last: Option<String>,
}

/// A page, as a picture and as text.
pub(crate) struct PictureView {
    pub(crate) source: String,
    pub(crate) alternative: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) text: String,
}

/// The page that is asked for; the last one where there are fewer.
pub(crate) async fn view(
    visit: &Visit,
    place: &Place,
    (content, commit, file): (&Content, &Commit, &Resolved),
    facts: Pdf,
) -> Result<PdfView, ApiError> {
    let mut number = visit.number("page")?.unwrap_or(1).max(1);
    let mut drawn = visit.hub.draw_page(content, file, number).await;
    if let Ok(Err(Undrawn::NoPage(pages))) = drawn {
        number = pages;
        drawn = visit.hub.draw_page(content, file, number).await;
    }
    let (pages, picture, note) = match drawn {
        Ok(Ok(picture)) => {
            (Some(picture.pages), Some(picture_view(visit, place, (commit, file, number), &picture)), None)
        }
        Ok(Err(undrawn)) => {
            // One page may take too much, and others not.
            let are_others = matches!(undrawn, Undrawn::TooMuch | Undrawn::Busy);
            let pages = facts.pages.filter(|_| are_others).and_then(|pages| u32::try_from(pages).ok());
            (pages, None, Some(sentence(undrawn, visit.words)))
        }
        Err(Error::Quarantined(_)) => (None, None, Some(visit.words.say("pdf-held-back"))),
        Err(error) => return Err(error.into()),
    };
    let turning = pages.map(|pages| turning(visit, number, pages));
    Ok(PdfView { facts, turning, picture, note })
}

/// The ways to the pages around this one, each of which leads to where the page begins.
fn turning(visit: &Visit, number: u32, pages: u32) -> Turning {
    let here = visit.uri.path();
    let at = |number: u32| format!("{here}?page={number}#page");
    Turning {
        says: page_of(number, pages, visit.words),
        number,
        pages,
        here: format!("{here}#page"),
        first: (number > 2).then(|| at(1)),
        previous: (number > 1).then(|| at(number - 1)),
        next: (number < pages).then(|| at(number + 1)),
        last: (number.saturating_add(1) < pages).then(|| at(pages)),
    }
}

fn picture_view(
    visit: &Visit,
    place: &Place,
    (commit, file, number): (&Commit, &Resolved, u32),
    picture: &Picture,
) -> PictureView {
    let path = file.path.as_str();
    let name = path.rsplit('/').next().unwrap_or_default();
    let says = page_of(number, picture.pages, visit.words);
    // At its commit a picture never changes: a browser may keep it.
    let at = format!("{}/drawing/{}/{}", place.root(), commit.id, path_segments(path));
    PictureView {
        source: address(&at, [("page", number.to_string().as_str())].into_iter()),
        alternative: visit.words.about_both("pdf-page-alternative", ("page", &says), ("name", name)),
        width: picture.width,
        height: picture.height,
        text: picture.text.clone(),
    }
}

fn page_of(number: u32, pages: u32, t: Words) -> String {
    t.about_both("pdf-page-of", ("page", &t.number(number)), ("pages", &t.number(pages)))
}

/// Why no page is shown.
fn sentence(undrawn: Undrawn, t: Words) -> String {
    match undrawn {
        Undrawn::TooLarge => t.say("pdf-too-large"),
        Undrawn::Encrypted => t.say("pdf-encrypted"),
        Undrawn::Broken | Undrawn::NoPage(_) => t.say("pdf-broken"),
        Undrawn::TooMuch => t.say("pdf-too-much"),
        Undrawn::Busy => t.say("pdf-busy"),
        Undrawn::Never => t.say("pdf-not-shown"),
    }
}

/// The picture of a page. It is of the file's own content: what holds the file back holds it back.
pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let nothing = || Error::NotFound(Thing::Entry, "No page is there.".to_owned());
    let path = visit.path()?.ok_or_else(nothing)?;
    let commit = visit.hub.commit_at(&place.readable, &place.revision).await?;
    let content = visit.hub.content(&visit.caller, place.kind, &place.id).await?;
    let file = visit.hub.resolve(&content, &commit, &path).await?;
    let number = visit.number("page")?.unwrap_or(1);
    let picture = match visit.hub.draw_page(&content, &file, number).await? {
        Ok(picture) => picture,
        Err(Undrawn::NoPage(_) | Undrawn::Broken | Undrawn::Never) => return Err(nothing().into()),
        Err(Undrawn::Busy) => return Err(Error::Busy(anyhow!("too many pages are being drawn")).into()),
        Err(undrawn) => {
            return Err(Error::Unprocessable(sentence(undrawn, Words { language: Language::English })).into());
        }
    };
    let is_fixed = place.revision.as_str() == commit.id.to_string();
    let etag = format!("{}-{number}-{}", file.hash(), picture.width);
    let download =
        Download { size: picture.png.len() as u64, etag, modified: None, headers: headers(is_fixed) };
    let part = download.part(&visit.headers)?;
    let bytes = match &part {
        Part::Whole => picture.png.clone(),
        Part::Range(range) => {
            picture.png.get(range.start as usize..range.end as usize).unwrap_or_default().to_vec()
        }
        Part::Nothing => Vec::new(),
    };
    Ok(download.answer(&part, Body::from(bytes)))
}

/// What browsers are told of a picture.
fn headers(is_fixed: bool) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let kept = if is_fixed { "private, max-age=86400, immutable" } else { "private, no-cache" };
    for (name, value) in [
        (header::CONTENT_TYPE, "image/png"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"),
        (header::CACHE_CONTROL, kept),
    ] {
        set(&mut headers, name, value);
    }
    headers
}
