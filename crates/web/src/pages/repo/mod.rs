//! The pages of a repository. Each begins with the same head: the facts that matter, and tabs.

pub(crate) mod blame;
pub(crate) mod bytes;
pub(crate) mod cell;
pub(crate) mod commit;
pub(crate) mod commits;
pub(crate) mod edit;
pub(crate) mod file;
pub(crate) mod files;
pub(crate) mod kin;
pub(crate) mod lineage;
pub(crate) mod openness;
pub(crate) mod overview;
pub(crate) mod pdf;
pub(crate) mod rows;
pub(crate) mod safety;
pub(crate) mod settings;
pub(crate) mod statistics;
pub(crate) mod tensors;
pub(crate) mod text;
pub(crate) mod upload;
pub(crate) mod using;
pub(crate) mod viewer;

use limpide_hub::{Audited, Error, Language, Listed, Readable, Role, Safety};
use limpide_licences::{Permission, Tag};
use limpide_safety::Level;
use limpide_words::{FilePath, Kind, RepoId, Revision};
use serde_json::Value;

use crate::error::ApiError;
use crate::pages::card::{Grade, first_text, list_address};
use crate::pages::chart;
use crate::pages::visit::Visit;
use crate::pages::words::Words;

/// The head of a page of a repository.
pub(crate) struct Head {
    /// `/ada/tiny`, `/datasets/ada/words`.
    pub(crate) root: String,
    pub(crate) list: String,
    pub(crate) kind_name: String,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) private: bool,
    pub(crate) gated: bool,
    pub(crate) openness: Option<Grade>,
    /// Whether it gets a grade at all: a space does not.
    pub(crate) is_graded: bool,
    pub(crate) meter: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) tabs: Vec<Tab>,
    pub(crate) likes: String,
    pub(crate) is_signed_in: bool,
    pub(crate) may_write: bool,
}

/// A fact of the head: what it is called, what it is, how it looks.
pub(crate) struct Fact {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) class: &'static str,
}

pub(crate) struct Tab {
    pub(crate) label: String,
    pub(crate) address: String,
    pub(crate) is_open: bool,
}

/// Which tab a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Card,
    Rows,
    Files,
    Openness,
    Safety,
    Lineage,
    Settings,
}

/// A repository that a visitor looks at.
pub(crate) struct Place {
    pub(crate) kind: Kind,
    pub(crate) id: RepoId,
    pub(crate) readable: Readable,
    /// As the address names it; `main` when it names none.
    pub(crate) revision: Revision,
}

impl Place {
    /// The repository of the address, if the visitor may know of it.
    pub(crate) async fn of(visit: &Visit) -> Result<Self, ApiError> {
        let (kind, id) = visit.repo()?;
        let readable = visit.hub.readable(&visit.caller, kind, &id).await?;
        let revision = match visit.param("rev") {
            "" => "main".parse()?,
            _ => visit.revision()?,
        };
        // The name as its owner writes it.
        let id = readable.repo().id();
        Ok(Self { kind, id, readable, revision })
    }

    /// The address of the repository's pages.
    pub(crate) fn root(&self) -> String {
        format!("/{}{}", self.kind.prefix(), self.id)
    }

    /// The address of a page about a path at this revision: `/ada/tiny/blob/main/a%20b`.
    pub(crate) fn address(&self, page: &str, path: &str) -> String {
        let base = format!("{}/{page}/{}", self.root(), segment(self.revision.as_str()));
        if path.is_empty() { base } else { format!("{base}/{}", path_segments(path)) }
    }

    /// The folders above a path, each with its address.
    pub(crate) fn crumbs(&self, path: Option<&FilePath>) -> Vec<(String, String)> {
        let Some(path) = path else { return Vec::new() };
        let mut crumbs = Vec::new();
        let mut so_far = String::new();
        for part in path.as_str().split('/') {
            if !so_far.is_empty() {
                so_far.push('/');
            }
            so_far.push_str(part);
            crumbs.push((part.to_owned(), self.address("tree", &so_far)));
        }
        crumbs
    }
}

/// A text as one segment of an address.
pub(crate) fn segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, SEGMENT).to_string()
}

/// A path as segments of an address.
pub(crate) fn path_segments(path: &str) -> String {
    path.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// What may stand unencoded in a segment.
const SEGMENT: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl Head {
    /// The head of a page in one of the sections.
    pub(crate) async fn of(visit: &Visit, place: &Place, section: Section) -> Result<Self, ApiError> {
        let (t, repo) = (visit.words, place.readable.repo());
        let listed = visit.hub.listed(&place.readable).await?;
        let (may_write, may_manage) =
            (place.readable.allows(Role::Write), place.readable.allows(Role::Admin));
        Ok(Self {
            root: place.root(),
            list: list_address(place.kind),
            kind_name: t.say(kind_message(place.kind)),
            owner: repo.owner.to_string(),
            name: repo.name.to_string(),
            private: repo.private,
            gated: repo.gated != "false",
            is_graded: place.kind != Kind::Space,
            openness: listed.openness.as_ref().and_then(|openness| Grade::of(openness, t)),
            meter: meter(&listed, t),
            facts: facts(visit, place, &listed).await?,
            tabs: tabs(place, section, may_manage, t),
            likes: t.count("likes", repo.likes),
            is_signed_in: visit.session().is_some(),
            may_write,
        })
    }
}

pub(crate) fn kind_message(kind: Kind) -> &'static str {
    match kind {
        Kind::Model => "kind-models",
        Kind::Dataset => "kind-datasets",
        Kind::Space => "kind-spaces",
    }
}

fn meter(listed: &Listed, t: Words) -> String {
    let Some(openness) = &listed.openness else { return String::new() };
    let (verified, claimed) = (t.percent(openness.verified), t.percent(openness.claimed));
    let says = t.about_both("verified-and-claimed", ("verified", &verified), ("claimed", &claimed));
    chart::meter(openness.verified, openness.attested, openness.claimed, &says)
}

fn tabs(place: &Place, open: Section, may_manage: bool, t: Words) -> Vec<Tab> {
    let tab = |section: Section, label: &str, rest: &str| Tab {
        label: t.say(label),
        address: format!("{}{rest}", place.root()),
        is_open: section == open,
    };
    let mut tabs = vec![
        tab(Section::Card, "tab-card", ""),
        tab(Section::Files, "tab-files", "/tree/main"),
        tab(Section::Openness, "tab-openness", "/openness"),
        tab(Section::Safety, "tab-safety", "/safety"),
        tab(Section::Lineage, "tab-lineage", "/lineage"),
    ];
    if place.kind == Kind::Dataset {
        tabs.insert(1, tab(Section::Rows, "tab-rows", "/viewer"));
    }
    if may_manage {
        tabs.push(tab(Section::Settings, "tab-settings", "/settings"));
    }
    tabs
}

async fn facts(visit: &Visit, place: &Place, listed: &Listed) -> Result<Vec<Fact>, ApiError> {
    let (t, repo) = (visit.words, &listed.repo);
    let fields: Value = serde_json::from_str(&repo.card).unwrap_or_default();
    let fact = |name: &str, value: String| Fact { name: t.say(name), value, class: "" };
    let mut facts = Vec::new();
    if let Some(licence) = licence(&fields, t) {
        facts.push(fact("fact-licence", licence));
    }
    if let Some(parameters) = parameters(visit, place).await? {
        facts.push(fact("parameters", t.short(parameters)));
    }
    if repo.size > 0 {
        facts.push(fact("fact-size", t.size(repo.size)));
    }
    facts.push(safety_fact(visit, place, listed).await?);
    facts.push(fact("fact-changed", t.date(repo.modified)));
    facts.push(fact("fact-downloads", t.number(repo.downloads)));
    Ok(facts)
}

/// How many parameters the tensors of `main` hold, as the newest report sums them.
async fn parameters(visit: &Visit, place: &Place) -> Result<Option<u64>, ApiError> {
    if place.kind != Kind::Model {
        return Ok(None);
    }
    match visit.hub.openness(&place.readable, &"main".parse().map_err(Error::from)?).await {
        Ok(Audited::Report(made)) => Ok(made.report.facts.parameters.map(|parameters| parameters.total)),
        Ok(Audited::Pending(_)) | Err(Error::NotFound(..)) => Ok(None),
        Err(other) => Err(other.into()),
    }
}

/// The licence of the card, and in plain words what it permits.
fn licence(fields: &Value, t: Words) -> Option<String> {
    let tag = first_text(&fields["license"])?;
    let parsed = Tag::parse(&tag);
    let [licence] = parsed.licences()[..] else { return Some(tag) };
    let Some(terms) = &licence.terms else { return Some(licence.name.clone()) };
    let mut words = Vec::new();
    words.push(match terms.commercial {
        Permission::Yes => "licence-commercial",
        Permission::Conditional => "licence-commercial-conditions",
        Permission::No => "licence-not-commercial",
    });
    words.push(if terms.derivatives { "licence-may-change" } else { "licence-may-not-change" });
    if terms.field_of_use || terms.research_only {
        words.push("licence-some-uses");
    }
    let says: Vec<String> = words.iter().map(|key| t.say(key)).collect();
    Some(format!("{} — {}", licence.spdx.unwrap_or(&licence.name), says.join(", ")))
}

/// The worst that a scan found, or how far it is.
async fn safety_fact(visit: &Visit, place: &Place, listed: &Listed) -> Result<Fact, ApiError> {
    let t = visit.words;
    let name = t.say("fact-safety");
    if listed.head.is_none() {
        return Ok(Fact { name, value: t.say("safety-nothing"), class: "" });
    }
    let (key, class) = match visit.hub.safety(&place.readable, &"main".parse().map_err(Error::from)?).await? {
        Safety::Pending(pending) if pending.is_given_up() => ("safety-failed", "level-partial"),
        Safety::Pending(_) => ("safety-pending", ""),
        Safety::Scanned(safety) => {
            level_words(safety.flagged.first().map_or(Level::Clean, |worst| worst.level))
        }
    };
    Ok(Fact { name, value: t.say(key), class })
}

/// The message for a level, and its class.
pub(crate) fn level_words(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Clean => ("level-clean", "level-clean"),
        Level::NeedsReview => ("level-needs-review", "level-needs-review"),
        Level::Partial => ("level-partial", "level-partial"),
        Level::Suspicious => ("level-suspicious", "level-suspicious"),
        Level::Malicious => ("level-malicious", "level-malicious"),
    }
}

/// Where a text of a repository stands: what links to files and to bytes begin with, and its folder.
pub(crate) fn writing_place(place: &Place, path: &str) -> (String, String, String) {
    let revision = segment(place.revision.as_str());
    let folder = path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    (format!("{}/blob/{revision}/", place.root()), format!("{}/resolve/{revision}/", place.root()), folder)
}

/// What is said around the texts of others.
pub(crate) fn rendering_words(t: Words) -> limpide_rendering::Words<'static> {
    match t.language {
        Language::English => limpide_rendering::Words::ENGLISH,
        Language::French => limpide_rendering::Words::FRENCH,
    }
}
