//! `…/lineage`: what a model says it is made from, and what says it is made from it.

use askama::Template;
use limpide_hub::Query;
use limpide_words::{Kind, RepoId};
use serde_json::Value;

use crate::error::ApiError;
use crate::pages::card::{RepoCard, texts};
use crate::pages::page::{Shown, page};
use crate::pages::repo::{Head, Place, Section};
use crate::pages::visit::{Frame, Visit};

/// Derivatives that the page shows.
const DERIVATIVES: usize = 100;

#[derive(Template)]
#[template(path = "repo/lineage.html")]
struct Lineage {
    frame: Frame,
    head: Head,
    relation: Option<String>,
    bases: Vec<Named>,
    datasets: Vec<Named>,
    derivatives: Vec<RepoCard>,
    all_derivatives: Option<String>,
}

/// A repository that a card names.
struct Named {
    name: String,
    /// Its page, where it is one of this hub that the visitor may see.
    address: Option<String>,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let fields: Value = serde_json::from_str(&place.readable.repo().card).unwrap_or_default();
    let tag = format!("{}:{}", if place.kind == Kind::Dataset { "dataset" } else { "base_model" }, place.id);
    let query =
        Query { kind: Some(Kind::Model), tags: vec![tag.clone()], limit: DERIVATIVES, ..Query::of_all() };
    let derived = visit.hub.list(&visit.caller, query).await?;
    let relation = fields["base_model_relation"].as_str().map(|relation| t.named("relation", relation));
    page(&Lineage {
        frame: visit.frame(),
        head: Head::of(&visit, &place, Section::Lineage).await?,
        relation,
        bases: named(&visit, Kind::Model, &texts(&fields["base_model"])).await?,
        datasets: named(&visit, Kind::Dataset, &texts(&fields["datasets"])).await?,
        derivatives: derived.repos.iter().map(|listed| RepoCard::of(listed, t)).collect(),
        all_derivatives: derived
            .next
            .map(|_| crate::pages::list::address("/models", [("tag", tag.as_str())].into_iter())),
    })
}

/// Those of these names that lead somewhere.
async fn named(visit: &Visit, kind: Kind, names: &[String]) -> Result<Vec<Named>, ApiError> {
    let mut named = Vec::new();
    for name in names.iter().take(DERIVATIVES) {
        let id: Option<RepoId> = name.parse().ok();
        let is_here = match &id {
            Some(id) => visit.hub.readable(&visit.caller, kind, id).await.is_ok(),
            None => false,
        };
        let address = id.filter(|_| is_here).map(|id| format!("/{}{id}", kind.prefix()));
        named.push(Named { name: name.clone(), address });
    }
    Ok(named)
}
