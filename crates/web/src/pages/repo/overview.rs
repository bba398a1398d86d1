//! `/{owner}/{name}`: the card of a repository, and how to use it.

use askama::Template;

use crate::pages::page::{Shown, page, see};
use crate::pages::repo::{Head, Place, Section};
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "repo/overview.html")]
struct Overview {
    frame: Frame,
    head: Head,
    card: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    page(&Overview {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Card).await?,
        card: String::new(),
    })
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
