//! `/models`, `/datasets` and `/spaces`: searched, narrowed, sorted. The address holds all of it.

use askama::Template;
use limpide_hub::{Error, Query, Sort};
use limpide_words::Kind;

use crate::error::ApiError;
use crate::pages::card::{RepoCard, list_address};
use crate::pages::page::{Shown, page};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::Words;

/// Repositories of a page.
const PAGE: usize = 30;

/// The facets of a list, as its address writes them, each with its title.
const FACETS: [(&str, &str); 8] = [
    ("task", "facet-task"),
    ("library", "facet-library"),
    ("language", "facet-language"),
    ("licence", "facet-licence"),
    ("permits", "facet-permits"),
    ("format", "facet-format"),
    ("size", "facet-size"),
    ("safety", "facet-safety"),
];

/// Values of a facet that a page shows.
const VALUES: usize = 12;

/// The letters that a list can ask for, at least.
const LETTERS: [char; 5] = ['A', 'B', 'C', 'D', 'E'];

/// The orders of a list, as its address writes them.
const SORTS: [(&str, Sort, &str); 6] = [
    ("trending", Sort::Trending, "sort-trending"),
    ("openness", Sort::Openness, "sort-openness"),
    ("modified", Sort::Modified, "sort-modified"),
    ("created", Sort::Created, "sort-created"),
    ("downloads", Sort::Downloads, "sort-downloads"),
    ("likes", Sort::Likes, "sort-likes"),
];

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    title: &'static str,
    path: String,
    search: String,
    sorts: Vec<Choice>,
    /// What the form repeats of the address.
    kept: Vec<(String, String)>,
    facets: Vec<Facet>,
    /// How many values the list is narrowed by.
    chosen: usize,
    is_narrowed: bool,
    cards: Vec<RepoCard>,
    next: Option<String>,
}

struct Choice {
    value: String,
    label: String,
    address: String,
    count: String,
    chosen: bool,
}

struct Facet {
    title: String,
    choices: Vec<Choice>,
}

/// What the address says, as it is repeated in links.
struct Asked<'a> {
    path: &'a str,
    pairs: Vec<(&'a str, &'a str)>,
}

impl Asked<'_> {
    /// The address with `name` set to `value`, or without it; a list begins anew.
    fn with(&self, name: &str, value: Option<&str>) -> String {
        let kept = self.pairs.iter().filter(|(key, _)| *key != name && *key != "cursor").copied();
        address(self.path, kept.chain(value.map(|value| (name, value))))
    }
}

/// An address with a query.
pub(crate) fn address<'a>(path: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let encode = |text: &str| {
        percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
    };
    let query: Vec<String> = pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| format!("{}={}", encode(key), encode(value)))
        .collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

pub(crate) async fn models(visit: Visit) -> Shown {
    show(visit, Kind::Model, "kind-models").await
}

pub(crate) async fn datasets(visit: Visit) -> Shown {
    show(visit, Kind::Dataset, "kind-datasets").await
}

pub(crate) async fn spaces(visit: Visit) -> Shown {
    show(visit, Kind::Space, "kind-spaces").await
}

async fn show(visit: Visit, kind: Kind, title: &'static str) -> Shown {
    let t = visit.words;
    let path = list_address(kind);
    let asked = Asked { path: &path, pairs: visit.query_without(&[]).collect() };
    let query = query(&visit, kind)?;
    let found = visit.hub.list(&visit.caller, query).await?;
    let sort = sort_of(&visit)?.0;
    let facets = facets(&visit, kind, &asked).await?;
    let next = found.next.as_deref().map(|cursor| asked.with("cursor", Some(cursor)));
    page(&ListPage {
        frame: visit.frame(),
        title,
        search: visit.asked("search").unwrap_or_default().to_owned(),
        sorts: SORTS.iter().map(|(value, _, label)| choice(value, t.say(label), *value == sort)).collect(),
        kept: kept(&asked),
        chosen: facets.iter().flat_map(|facet| &facet.choices).filter(|choice| choice.chosen).count(),
        facets,
        is_narrowed: asked.pairs.iter().any(|(key, _)| !["sort", "cursor"].contains(key)),
        cards: found.repos.iter().map(|listed| RepoCard::of(listed, t)).collect(),
        next,
        path: path.clone(),
    })
}

fn choice(value: &str, label: String, chosen: bool) -> Choice {
    Choice { value: value.to_owned(), label, address: String::new(), count: String::new(), chosen }
}

fn kept(asked: &Asked<'_>) -> Vec<(String, String)> {
    let own = ["search", "sort", "cursor"];
    let kept = asked.pairs.iter().filter(|(key, _)| !own.contains(key));
    kept.map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// What narrows the list further, with how many public repositories would be left.
async fn facets(visit: &Visit, kind: Kind, asked: &Asked<'_>) -> Result<Vec<Facet>, ApiError> {
    let t = visit.words;
    let (search, chosen) = (words(visit), chosen(visit));
    let counts = visit.hub.facet_counts(kind, &search, &chosen).await?;
    let mut facets = vec![grades(visit, asked, t)];
    for (facet, title) in FACETS {
        let now = visit.asked(facet).unwrap_or_default();
        let of_facet =
            counts.iter().filter(|count| count.facet == facet && (now.is_empty() || count.value == now));
        let choices: Vec<Choice> = of_facet
            .take(VALUES)
            .map(|count| Choice {
                value: count.value.clone(),
                label: t.named(title, &count.value),
                address: asked.with(facet, (now != count.value).then_some(count.value.as_str())),
                count: t.number(count.repositories),
                chosen: now == count.value,
            })
            .collect();
        if !choices.is_empty() {
            facets.push(Facet { title: t.say(title), choices });
        }
    }
    Ok(facets)
}

/// The words of the search.
fn words(visit: &Visit) -> Vec<String> {
    visit.asked("search").unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}

/// The facets that the address narrows by.
fn chosen(visit: &Visit) -> Vec<(String, String)> {
    let value = |facet: &str| visit.asked(facet).filter(|value| !value.is_empty());
    FACETS.iter().filter_map(|(facet, _)| Some(((*facet).to_owned(), value(facet)?.to_owned()))).collect()
}

fn grades(visit: &Visit, asked: &Asked<'_>, t: Words) -> Facet {
    let now = visit.asked("openness").unwrap_or_default();
    // Everything with a grade is E or better.
    let choices = LETTERS.iter().filter(|letter| **letter != 'E').map(|letter| {
        let value = letter.to_string();
        let chosen = now == value;
        Choice {
            label: t.about("grade-at-least", "letter", value.as_str()),
            address: asked.with("openness", (!chosen).then_some(value.as_str())),
            count: String::new(),
            chosen,
            value,
        }
    });
    Facet { title: t.say("facet-openness"), choices: choices.collect() }
}

fn query(visit: &Visit, kind: Kind) -> Result<Query, ApiError> {
    Ok(Query {
        kind: Some(kind),
        owner: visit.asked("owner").filter(|name| !name.is_empty()).map(str::parse).transpose()?,
        search: words(visit),
        facets: chosen(visit),
        tags: visit.all_asked("tag").map(str::to_owned).collect(),
        openness: visit.asked("openness").filter(|word| !word.is_empty()).map(letter).transpose()?,
        sort: sort_of(visit)?.1,
        after: visit.asked("cursor").map(str::to_owned),
        limit: PAGE,
        ..Query::of_all()
    })
}

fn letter(word: &str) -> Result<char, Error> {
    let known = LETTERS.into_iter().find(|letter| word == letter.to_string());
    known.ok_or_else(|| Error::Invalid(format!("`openness` is a letter from A to E, not `{word}`.")))
}

fn sort_of(visit: &Visit) -> Result<(&'static str, Sort), Error> {
    let word = visit.asked("sort").unwrap_or("trending");
    let known = SORTS.iter().find(|(value, _, _)| *value == word);
    known.map(|(value, sort, _)| (*value, *sort)).ok_or_else(|| {
        Error::Invalid(format!(
            "`sort` is trending, openness, modified, created, downloads or likes, not `{word}`."
        ))
    })
}
