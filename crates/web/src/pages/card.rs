//! A repository as lists show it: what it is, how open it is, in a few words.

use limpide_hub::{Listed, Openness};
use limpide_words::Kind;
use serde_json::Value;

use crate::pages::words::Words;

/// A repository in a list.
pub(crate) struct RepoCard {
    pub(crate) address: String,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) private: bool,
    pub(crate) gated: bool,
    pub(crate) openness: Option<Grade>,
    /// Whether it gets a grade at all: a space does not.
    pub(crate) is_graded: bool,
    /// Task, library, licence, size.
    pub(crate) words: Vec<String>,
    pub(crate) changed: String,
    pub(crate) downloads: String,
    pub(crate) likes: String,
}

/// A letter and what it stands for.
pub(crate) struct Grade {
    pub(crate) letter: String,
    pub(crate) label: String,
    /// What is verified, and what is claimed.
    pub(crate) figures: String,
}

impl RepoCard {
    pub(crate) fn of(listed: &Listed, t: Words) -> Self {
        let repo = &listed.repo;
        let fields: Value = serde_json::from_str(&repo.card).unwrap_or_default();
        let field = |name: &str| first_text(&fields[name]);
        let mut words: Vec<String> = Vec::new();
        words.extend(
            field("pipeline_tag").or_else(|| field("task_categories")).map(|task| t.named("task", &task)),
        );
        words.extend(field("library_name"));
        words.extend(field("license"));
        if repo.size > 0 {
            words.push(t.size(repo.size));
        }
        Self {
            address: format!("/{}{}", repo.kind.prefix(), repo.id()),
            owner: repo.owner.to_string(),
            name: repo.name.to_string(),
            private: repo.private,
            gated: repo.gated != "false",
            is_graded: repo.kind != Kind::Space,
            openness: listed.openness.as_ref().and_then(|openness| Grade::of(openness, t)),
            words,
            changed: t.about("changed-on", "date", t.date(repo.modified)),
            downloads: t.count("downloads", repo.downloads),
            likes: t.count("likes", repo.likes),
        }
    }
}

impl Grade {
    /// None for what gets no grade, such as a space.
    pub(crate) fn of(openness: &Openness, t: Words) -> Option<Self> {
        if openness.grade.is_empty() {
            return None;
        }
        let (verified, claimed) = (t.percent(openness.verified), t.percent(openness.claimed));
        Some(Self {
            letter: openness.grade.clone(),
            label: t.named("rubric-label", &openness.label),
            figures: t.about_both("verified-and-claimed", ("verified", &verified), ("claimed", &claimed)),
        })
    }
}

/// The text of a field that may be a text or a list of texts.
pub(crate) fn first_text(value: &Value) -> Option<String> {
    let text = value.as_array().map_or(value, |list| list.first().unwrap_or(&Value::Null)).as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// What a kind of repository is called in addresses of lists.
pub(crate) fn list_address(kind: Kind) -> String {
    format!("/{}", kind.plural())
}

/// The texts of a field that may be a text or a list of texts.
pub(crate) fn texts(value: &Value) -> Vec<String> {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
