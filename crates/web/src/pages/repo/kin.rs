//! The family of a repository, as cards tell it: what it is made from and what is made from it, looked up level by level,
//! and written as a tree.

use std::collections::{HashMap, HashSet};

use limpide_hub::{Listed, Query, Sort};
use limpide_words::{Kind, RepoId};
use serde_json::Value;

use crate::error::ApiError;
use crate::pages::card::{Grade, texts};
use crate::pages::visit::Visit;
use crate::pages::words::Words;

/// How many steps a tree goes away from the repository: each costs one look at the database.
const DEEPEST: usize = 5;

/// How many repositories a page names in all, and how many of them as bases.
pub(crate) const MOST: usize = 100;
const MOST_BASES: usize = 50;

/// How many lines a tree has: a repository may hang in it more than once.
const MOST_LINES: usize = 200;

/// A tree, as it is written: lines within lists within lines.
pub(crate) struct Tree {
    pub(crate) steps: Vec<Step>,
    /// Whether there is more than is shown.
    pub(crate) is_cut: bool,
}

/// One step of writing a tree.
pub(crate) enum Step {
    /// A line begins.
    Begin(Box<Line>),
    /// A list begins within the line.
    Deeper,
    /// That list ends.
    Back,
    /// The line ends.
    End,
}

/// A repository in a tree.
pub(crate) struct Line {
    pub(crate) name: String,
    /// Its page, where it is one of this hub that the visitor may see.
    pub(crate) address: Option<String>,
    /// Whether it is the repository that the page is about.
    pub(crate) is_current: bool,
    pub(crate) private: bool,
    /// What it is to what it was made from.
    pub(crate) relation: Option<String>,
    pub(crate) openness: Option<Grade>,
    /// What a scan found, and its class, where it found something.
    pub(crate) safety: Option<(String, &'static str)>,
    /// Why nothing hangs from it here.
    pub(crate) note: Option<&'static str>,
    /// Where the tree goes on.
    pub(crate) further: Option<String>,
}

/// Who is who, and what hangs from whom.
#[derive(Default)]
pub(crate) struct Family {
    /// Whom the visitor may see, by the folded name that a card writes.
    members: HashMap<String, Listed>,
    /// The names that hang from a repository, by its id.
    kin: HashMap<String, Vec<String>>,
    /// All names that were looked for, as they are written.
    names: HashMap<String, String>,
    /// Repositories, by their ids, from which more hangs than was looked for.
    deeper: HashSet<String>,
    is_cut: bool,
}

/// What a repository is made from, up to those that are made from nothing.
pub(crate) async fn bases(visit: &Visit, root: &Listed) -> Result<Family, ApiError> {
    let mut family = Family::default();
    let mut level = vec![root.clone()];
    for _ in 0..DEEPEST {
        let mut asked: Vec<RepoId> = Vec::new();
        for listed in level.drain(..) {
            family.hang_bases(&listed, &mut asked);
        }
        let mut called = visit.hub.called(&visit.caller, Kind::Model, &asked).await?;
        for name in asked.iter().map(RepoId::folded) {
            let Some(listed) = called.remove(&name) else { continue };
            if !family.has(&listed.repo.id) {
                level.push(listed.clone());
            }
            family.members.insert(name, listed);
        }
    }
    let deeper = level.iter().filter(|listed| !named(listed, "base_model").is_empty());
    family.deeper = deeper.map(|listed| listed.repo.id.clone()).collect();
    Ok(family)
}

/// What is made from a repository, and what from that.
pub(crate) async fn derivatives(visit: &Visit, root: &Listed, used: usize) -> Result<Family, ApiError> {
    let mut family = Family::default();
    let room = MOST.saturating_sub(used);
    let mut level = vec![root.clone()];
    for depth in 0..=DEEPEST {
        if level.is_empty() {
            break;
        }
        let query = Query {
            kind: Some(Kind::Model),
            any_tag: Some(level.iter().map(tag).collect()),
            sort: Sort::Downloads,
            limit: MOST,
            ..Query::of_all()
        };
        let page = visit.hub.list(&visit.caller, query).await?;
        family.is_cut |= page.next.is_some() && depth < DEEPEST;
        let parents = std::mem::take(&mut level);
        for listed in page.repos {
            let from = parents.iter().filter(|parent| listed.tags.contains(&tag(parent)));
            if depth == DEEPEST {
                family.deeper.extend(from.map(|parent| parent.repo.id.clone()));
            } else if family.hang_derivative(&listed, from, room) && listed.repo.id != root.repo.id {
                level.push(listed);
            }
        }
    }
    Ok(family)
}

/// The tag of what says that it is made from this repository.
pub(crate) fn tag(listed: &Listed) -> String {
    let word = if listed.repo.kind == Kind::Dataset { "dataset" } else { "base_model" };
    format!("{word}:{}", listed.repo.id())
}

/// The names in a field of a card, each once.
pub(crate) fn named(listed: &Listed, field: &str) -> Vec<String> {
    let fields: Value = serde_json::from_str(&listed.repo.card).unwrap_or_default();
    let mut seen = HashSet::new();
    let mut names: Vec<String> = texts(&fields[field]).iter().map(|name| name.trim().to_owned()).collect();
    names.retain(|name| !name.is_empty() && seen.insert(name.to_lowercase()));
    names
}

impl Family {
    /// How many names it holds.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    fn has(&self, id: &str) -> bool {
        self.kin.contains_key(id) || self.members.values().any(|member| member.repo.id == id)
    }

    /// Hangs the bases that a card names below it; new ones are to be looked for.
    fn hang_bases(&mut self, listed: &Listed, asked: &mut Vec<RepoId>) {
        let mut kin = Vec::new();
        for name in named(listed, "base_model") {
            let folded = name.to_lowercase();
            if !self.names.contains_key(&folded) {
                if self.names.len() >= MOST_BASES {
                    self.is_cut = true;
                    continue;
                }
                asked.extend(name.parse::<RepoId>());
                self.names.insert(folded.clone(), name);
            }
            kin.push(folded);
        }
        self.kin.insert(listed.repo.id.clone(), kin);
    }

    /// Hangs a derivative below what it is made from, and says whether it is new.
    fn hang_derivative<'a>(
        &mut self,
        listed: &Listed,
        from: impl Iterator<Item = &'a Listed>,
        room: usize,
    ) -> bool {
        let folded = listed.repo.id().folded();
        let is_new = !self.names.contains_key(&folded);
        if is_new && self.names.len() >= room {
            self.is_cut = true;
            return false;
        }
        self.names.insert(folded.clone(), listed.repo.id().to_string());
        self.members.insert(folded.clone(), listed.clone());
        for parent in from {
            self.kin.entry(parent.repo.id.clone()).or_default().push(folded.clone());
        }
        is_new
    }

    /// The tree that begins with a repository; none when nothing hangs from it.
    pub(crate) async fn tree(&self, visit: &Visit, root: &Listed) -> Result<Option<Tree>, ApiError> {
        if self.kin.get(&root.repo.id).is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let mut ids: Vec<&str> = self.members.values().map(|member| member.repo.id.as_str()).collect();
        ids.push(&root.repo.id);
        let safety = visit.hub.safety_levels(&ids).await?;
        let mut writing = Writing {
            family: self,
            t: visit.words,
            safety,
            trail: Vec::new(),
            written: HashSet::new(),
            tree: Tree { steps: Vec::new(), is_cut: self.is_cut },
            lines: 0,
        };
        writing.repository(root);
        Ok(Some(writing.tree))
    }
}

/// A tree while it is written.
struct Writing<'a> {
    family: &'a Family,
    t: Words,
    safety: HashMap<String, String>,
    /// The repositories from the root down to here, by their ids.
    trail: Vec<String>,
    /// Those below which everything is written already.
    written: HashSet<String>,
    tree: Tree,
    lines: usize,
}

impl Writing<'_> {
    /// A repository of this hub, and what hangs from it.
    fn repository(&mut self, listed: &Listed) {
        let (id, family) = (&listed.repo.id, self.family);
        let kin = family.kin.get(id).map_or(&[][..], Vec::as_slice);
        let further = family.deeper.contains(id).then(|| format!("{}/lineage", address(listed)));
        let note = match () {
            () if self.trail.contains(id) => Some("kin-circle"),
            () if !kin.is_empty() && self.written.contains(id) => Some("kin-above"),
            () => None,
        };
        let line = self.line(listed, note, further);
        self.begin(line);
        if note.is_none() && !kin.is_empty() {
            self.trail.push(id.clone());
            self.written.insert(id.clone());
            self.tree.steps.push(Step::Deeper);
            for name in kin {
                self.name(name);
            }
            self.tree.steps.push(Step::Back);
            self.trail.pop();
        }
        self.tree.steps.push(Step::End);
    }

    /// What a card calls by a name.
    fn name(&mut self, name: &str) {
        if self.lines >= MOST_LINES {
            self.tree.is_cut = true;
            return;
        }
        let family = self.family;
        if let Some(listed) = family.members.get(name) {
            return self.repository(listed);
        }
        let written = family.names.get(name).map_or(name, String::as_str);
        self.begin(Line::of_elsewhere(written));
        self.tree.steps.push(Step::End);
    }

    fn begin(&mut self, line: Line) {
        self.lines += 1;
        self.tree.steps.push(Step::Begin(Box::new(line)));
    }

    fn line(&self, listed: &Listed, note: Option<&'static str>, further: Option<String>) -> Line {
        let (repo, t) = (&listed.repo, self.t);
        let fields: Value = serde_json::from_str(&repo.card).unwrap_or_default();
        Line {
            name: repo.id().to_string(),
            address: Some(address(listed)),
            is_current: self.trail.is_empty(),
            private: repo.private,
            relation: fields["base_model_relation"].as_str().map(|relation| t.named("relation", relation)),
            openness: listed.openness.as_ref().and_then(|openness| Grade::of(openness, t)),
            safety: self.safety.get(&repo.id).and_then(|level| alarming(level, t)),
            note,
            further,
        }
    }
}

impl Line {
    /// A name that leads nowhere the visitor may go.
    pub(crate) fn of_elsewhere(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            address: None,
            is_current: false,
            private: false,
            relation: None,
            openness: None,
            safety: None,
            note: Some("not-here"),
            further: None,
        }
    }
}

fn address(listed: &Listed) -> String {
    format!("/{}{}", listed.repo.kind.prefix(), listed.repo.id())
}

/// What a scan found, in words, and its class: nothing of what is clean.
fn alarming(level: &str, t: Words) -> Option<(String, &'static str)> {
    let class = match level {
        "needs-review" => "level-needs-review",
        "partial" => "level-partial",
        "suspicious" => "level-suspicious",
        "malicious" => "level-malicious",
        _ => return None,
    };
    Some((t.named("facet-safety", level), class))
}
