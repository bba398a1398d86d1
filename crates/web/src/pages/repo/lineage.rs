//! `…/lineage`: what a model says it is made from, up to the roots, and what says it is made from it, as trees.

use std::collections::HashMap;

use askama::Template;
use limpide_hub::Listed;
use limpide_words::{Kind, RepoId};

use crate::error::ApiError;
use crate::pages::page::{Shown, page};
use crate::pages::repo::kin::{self, MOST, Step, Tree};
use crate::pages::repo::{Head, Place, Section};
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "repo/lineage.html")]
struct Lineage {
    frame: Frame,
    head: Head,
    bases: Option<Tree>,
    datasets: Vec<Named>,
    derivatives: Option<Tree>,
    /// The list of all models that say that they are made from this.
    all_derivatives: String,
}

/// A dataset that a card names.
struct Named {
    name: String,
    /// Its page, where it is one of this hub that the visitor may see.
    address: Option<String>,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let root = visit.hub.listed(&place.readable).await?;
    let bases = kin::bases(&visit, &root).await?;
    let derivatives = kin::derivatives(&visit, &root, bases.len()).await?;
    let tag = kin::tag(&root);
    page(&Lineage {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Lineage).await?,
        bases: bases.tree(&visit, &root).await?,
        datasets: datasets(&visit, &root).await?,
        derivatives: derivatives.tree(&visit, &root).await?,
        all_derivatives: crate::pages::list::address("/models", [("tag", tag.as_str())].into_iter()),
    })
}

/// The datasets that the card names.
async fn datasets(visit: &Visit, root: &Listed) -> Result<Vec<Named>, ApiError> {
    let mut names = kin::named(root, "datasets");
    names.truncate(MOST);
    let ids: Vec<RepoId> = names.iter().filter_map(|name| name.parse().ok()).collect();
    let known: HashMap<String, Listed> = visit.hub.called(&visit.caller, Kind::Dataset, &ids).await?;
    let named = |name: String| {
        let address = known.get(&name.to_lowercase()).map(|listed| format!("/datasets/{}", listed.repo.id()));
        Named { name, address }
    };
    Ok(names.into_iter().map(named).collect())
}
