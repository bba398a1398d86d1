//! Keeps what follows from the card on `main`: its front matter, tags, and the facets by which lists are narrowed.

use std::time::Duration;

use limpide_db::repos::Repo;
use limpide_db::{Tx, facets, listing, repos, tags};
use limpide_formats::card::Card;
use limpide_licences::{Permission, Tag};
use limpide_words::Kind;
use moka::future::Cache;
use serde_json::Value;

use crate::Hub;
use crate::error::Result;

pub use limpide_db::listing::FacetCount;

/// The facets that follow from a card.
const OF_CARDS: [&str; 5] = ["task", "library", "language", "licence", "permits"];

/// The facets that a scan sees.
const OF_FILES: [&str; 3] = ["format", "size", "safety"];

/// The longest value, and the most of one repository.
const LONGEST: usize = 96;
const MOST: usize = 200;

/// How old counts may be: they are a picture of all repositories, and cost a look at each.
const COUNTED: Duration = Duration::from_secs(60);

/// Counts by what they were asked for.
pub(crate) type Counts = Cache<Narrowed, std::sync::Arc<Vec<FacetCount>>>;

/// Which repositories are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Narrowed {
    kind: &'static str,
    search: Vec<String>,
    facets: Vec<(String, String)>,
}

pub(crate) fn counts() -> Counts {
    Cache::builder().max_capacity(1000).time_to_live(COUNTED).build()
}

/// Keeps a card in place of the one before.
pub(crate) async fn keep(tx: &mut Tx, repo: &Repo, card: &Card) -> Result<()> {
    repos::set_card(tx, &repo.id, &card.json()).await?;
    tags::replace(tx, &repo.id, &card.tags).await?;
    facets::replace(tx, &repo.id, &OF_CARDS, &of_card(repo.kind, card)).await?;
    Ok(())
}

/// Keeps what a scan of `main` saw: the files by their paths, the bytes of all, and the worst level.
pub(crate) async fn keep_files(
    tx: &mut Tx,
    repository_id: &str,
    paths: impl Iterator<Item = &str>,
    (bytes, level): (u64, &str),
) -> Result<()> {
    let mut values: Vec<(&'static str, String)> = Vec::new();
    for format in paths.filter_map(format) {
        if !values.iter().any(|(_, known)| known == format) {
            values.push(("format", format.to_owned()));
        }
    }
    values.push(("size", size(bytes).to_owned()));
    values.push(("safety", level.to_owned()));
    facets::replace(tx, repository_id, &OF_FILES, &values).await?;
    Ok(())
}

impl Hub {
    /// How many public repositories of a kind have which facets, of those with all of these words and facets, the most
    /// frequent first. The counts may be a minute old.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn facet_counts(
        &self,
        kind: Kind,
        search: &[String],
        facets: &[(String, String)],
    ) -> Result<std::sync::Arc<Vec<FacetCount>>> {
        let mut facets = facets.to_vec();
        facets.sort();
        let search: Vec<String> = search.iter().map(|word| word.to_lowercase()).collect();
        let narrowed = Narrowed { kind: kind.as_str(), search, facets };
        if let Some(known) = self.counts().get(&narrowed).await {
            return Ok(known);
        }
        let counted = listing::facet_counts(self.db(), kind, &narrowed.search, &narrowed.facets).await?;
        let counted = std::sync::Arc::new(counted);
        self.counts().insert(narrowed, counted.clone()).await;
        Ok(counted)
    }
}

/// The facets of a card.
fn of_card(kind: Kind, card: &Card) -> Vec<(&'static str, String)> {
    let task = if kind == Kind::Dataset { "task_categories" } else { "pipeline_tag" };
    let library = if kind == Kind::Space { "sdk" } else { "library_name" };
    let mut values: Vec<(&'static str, String)> = Vec::new();
    for (facet, field) in
        [("task", task), ("library", library), ("language", "language"), ("licence", "license")]
    {
        values.extend(texts(card.fields.get(field)).map(|text| (facet, text)));
    }
    let licences: Vec<String> = texts(card.fields.get("license")).collect();
    values.extend(permitted(&licences).into_iter().map(|right| ("permits", right.to_owned())));
    values.truncate(MOST);
    values
}

/// What all of these licences permit to everybody.
fn permitted(tags: &[String]) -> Vec<&'static str> {
    let mut all: Option<Vec<&'static str>> = None;
    for tag in tags {
        let parsed = Tag::parse(tag);
        let rights = match parsed.licences()[..] {
            [licence] => licence.terms.as_ref().map(rights).unwrap_or_default(),
            _ => Vec::new(),
        };
        all = Some(match all {
            Some(before) => before.into_iter().filter(|right| rights.contains(right)).collect(),
            None => rights,
        });
    }
    all.unwrap_or_default()
}

fn rights(terms: &limpide_licences::Terms) -> Vec<&'static str> {
    let rights = [
        ("commercial-use", terms.commercial == Permission::Yes),
        ("modification", terms.derivatives),
        ("redistribution", terms.redistribution),
        ("any-field", !terms.field_of_use && !terms.research_only),
    ];
    rights.into_iter().filter(|(_, permitted)| *permitted).map(|(right, _)| right).collect()
}

/// The texts of a field that holds one or a list of them.
fn texts(value: Option<&Value>) -> impl Iterator<Item = String> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(item) => std::slice::from_ref(item),
        None => &[],
    };
    let texts = items.iter().filter_map(Value::as_str).map(str::trim);
    texts.filter(|text| !text.is_empty() && text.len() <= LONGEST).map(str::to_owned)
}

/// The format that the ending of a path promises, of those that people look for.
fn format(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "safetensors" => "safetensors",
        "gguf" => "gguf",
        "onnx" => "onnx",
        "pt" | "pth" | "bin" | "ckpt" => "pytorch",
        "pkl" | "pickle" | "joblib" => "pickle",
        "h5" | "keras" => "keras",
        "tflite" => "tflite",
        "parquet" => "parquet",
        "csv" | "tsv" => "csv",
        "jsonl" => "jsonl",
        "arrow" => "arrow",
        _ => return None,
    })
}

/// The class of a size.
fn size(bytes: u64) -> &'static str {
    match bytes {
        0..100_000_000 => "up-to-100-mb",
        100_000_000..1_000_000_000 => "up-to-1-gb",
        1_000_000_000..10_000_000_000 => "up-to-10-gb",
        10_000_000_000..100_000_000_000 => "up-to-100-gb",
        _ => "more",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_counts_when_every_licence_gives_it() {
        assert_eq!(
            permitted(&["apache-2.0".into()]),
            ["commercial-use", "modification", "redistribution", "any-field"]
        );
        assert!(!permitted(&["apache-2.0".into(), "cc-by-nc-4.0".into()]).contains(&"commercial-use"));
        assert!(permitted(&["other".into()]).is_empty());
        assert!(permitted(&[]).is_empty());
    }
}
