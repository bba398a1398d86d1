//! What lies around a repository: the models it is made from, the datasets it was trained with, code elsewhere. Other
//! repositories are audited like this one, each once, and never in a circle.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use limpide_words::{Kind, RepoId};
use serde_json::Value;

use super::code::{Linked, Repository};
use super::read::{MOST_TEXT, MOST_TEXT_AROUND};
use super::{Survey, Text};
use crate::checkers::Desk;
use crate::report::{Locator, Report};
use crate::source::{Reach, Source, World};

/// Models above models that are followed.
const DEEPEST: usize = 8;

/// Bases, datasets and addresses that are looked at.
const MOST_BASES: usize = 8;
const MOST_DATASETS: usize = 32;
const MOST_LINKED: usize = 4;

/// Other repositories that one audit looks at in all: a base may have bases and datasets of its own.
const MOST_REPOSITORIES: usize = 128;

/// Audits a source with these neighbours.
type Auditor = fn(&dyn Source, &Neighbours<'_>) -> Option<Report>;

/// The world around the repositories of one audit, and what is known of it already.
pub(crate) struct Neighbours<'a> {
    pub(crate) world: &'a dyn World,
    /// The repositories that led here: `kind:owner/name`, the first one first.
    trail: Vec<String>,
    known: Rc<RefCell<BTreeMap<String, Reach<Rc<Report>>>>>,
    auditor: Auditor,
}

/// A model that this one is made from.
pub(crate) struct BaseModel {
    /// `owner/name`, as it is written.
    pub(crate) id: String,
    pub(crate) relation: Option<String>,
    pub(crate) reach: Reach<Rc<Report>>,
    /// Where it is named: the card's field, or another file.
    named: Named,
}

/// Where something is named.
enum Named {
    Card(&'static str),
    Adapter,
    /// In the header of weights, by the path of the file.
    Header,
}

/// A dataset that the card names.
pub(crate) struct UsedDataset {
    /// `owner/name`, as it is written.
    pub(crate) id: String,
    pub(crate) reach: Reach<Rc<Report>>,
    /// Named among evaluation results only.
    pub(crate) evaluation_only: bool,
    /// Where it is named, in the card.
    pub(crate) span: std::ops::Range<usize>,
}

impl<'a> Neighbours<'a> {
    /// Neighbours in this world, of whom nothing is known yet.
    pub(crate) fn new(world: &'a dyn World, auditor: Auditor) -> Self {
        Self { world, trail: Vec::new(), known: Rc::default(), auditor }
    }

    /// How much text is read of a repository with these neighbours: most of the one that is audited.
    pub(crate) fn most_text(&self) -> u64 {
        if self.trail.is_empty() { MOST_TEXT } else { MOST_TEXT_AROUND }
    }

    /// The same world for a repository to which this one leads.
    fn beyond(&self, place: &str) -> Neighbours<'a> {
        let place = Some(place).filter(|place| self.trail.last().is_none_or(|last| last != place));
        let trail = self.trail.iter().cloned().chain(place.map(ToOwned::to_owned)).collect();
        Neighbours { trail, known: Rc::clone(&self.known), ..*self }
    }

    /// What an audit says of another repository.
    fn report(&self, kind: Kind, id: &str) -> Reach<Rc<Report>> {
        let Ok(id) = id.parse::<RepoId>() else {
            return Reach::Unreachable("the card names no owner of it".to_owned());
        };
        let place = format!("{kind}:{}", id.folded());
        if self.trail.contains(&place) {
            return Reach::Unreachable("it is made from itself, by a circle of names".to_owned());
        }
        if self.trail.len() >= DEEPEST {
            return Reach::Unreachable(format!("it stands more than {DEEPEST} models away"));
        }
        if let Some(known) = self.known.borrow().get(&place) {
            return known.clone();
        }
        if self.known.borrow().len() >= MOST_REPOSITORIES {
            return Reach::Unreachable(format!(
                "{MOST_REPOSITORIES} other repositories were looked at before it"
            ));
        }
        // It counts from now on, not only when all around it was looked at too.
        let looking = Reach::Unreachable("it is being looked at".to_owned());
        self.known.borrow_mut().insert(place.clone(), looking);
        let audited =
            |source: Box<dyn Source>| (self.auditor)(source.as_ref(), &self.beyond(&place)).map(Rc::new);
        let reach = self.world.repository(kind, &id).and_then(|source| found_or_unlisted(audited(source)));
        self.known.borrow_mut().insert(place, reach.clone());
        reach
    }

    /// The models that a repository is made from.
    pub(crate) fn bases(&self, survey: &Survey<'_>) -> Vec<BaseModel> {
        if survey.subject.kind != Kind::Model {
            return Vec::new();
        }
        let relation = survey.card.texts("base_model_relation").into_iter().next();
        let mut named: Vec<(String, Named)> =
            survey.card.texts("base_model").into_iter().map(|id| (id, Named::Card("base_model"))).collect();
        if named.is_empty() {
            let adapter = survey.adapter.as_ref().and_then(|(_, adapter)| adapter.base_model.clone());
            named.extend(adapter.map(|id| (id, Named::Adapter)));
        }
        if named.is_empty() {
            named.extend(survey.weights.bases().into_iter().map(|id| (id, Named::Header)));
        }
        let mut seen = BTreeSet::new();
        named.retain(|(id, _)| seen.insert(id.to_lowercase()));
        let base = |(id, named): (String, Named)| {
            let reach = self.around(survey).report(Kind::Model, &id);
            BaseModel { id, relation: relation.clone(), reach, named }
        };
        named.into_iter().take(MOST_BASES).map(base).collect()
    }

    /// The datasets that a repository names: as training data, in links, or among its results.
    pub(crate) fn datasets(&self, survey: &Survey<'_>) -> Vec<UsedDataset> {
        let mut used = Vec::new();
        let mut seen = BTreeSet::new();
        let field = if survey.is_dataset() { "source_datasets" } else { "datasets" };
        let span = survey.card.span(field);
        let named = survey.card.texts(field).into_iter().map(|id| (id, false, span.clone()));
        let links = survey.linked_datasets().into_iter().map(|(id, span)| (id, false, span));
        let results = survey.card.span("model-index");
        let evaluated =
            evaluated(survey.card.field("model-index")).into_iter().map(|id| (id, true, results.clone()));
        for (id, evaluation_only, span) in named.chain(links).chain(evaluated) {
            // `original` and `extended|…` say something of a dataset, and name none.
            let names_one = !survey.is_dataset() || id.parse::<RepoId>().is_ok();
            if used.len() < MOST_DATASETS && names_one && seen.insert(id.to_lowercase()) {
                let reach = self.around(survey).report(Kind::Dataset, &id);
                used.push(UsedDataset { id, reach, evaluation_only, span });
            }
        }
        used
    }

    /// Code elsewhere that the card links to.
    pub(crate) fn linked(&self, survey: &Survey<'_>) -> Vec<Linked> {
        let linked = survey.code_links().into_iter().take(MOST_LINKED);
        linked
            .map(|(address, sentence)| {
                let read =
                    |source: Box<dyn Source>| Repository::read(source.as_ref(), &address, self.most_text());
                let reach = self.world.code(&address).and_then(|source| found_or_unlisted(read(source)));
                Linked { address, sentence, reach }
            })
            .collect()
    }

    /// Neighbours of the repository that is being surveyed: it is on the trail itself.
    fn around(&self, survey: &Survey<'_>) -> Neighbours<'a> {
        match &survey.subject.repository {
            Some(id) => self.beyond(&format!("{}:{}", survey.subject.kind, id.to_lowercase())),
            None => self.beyond("folder:"),
        }
    }
}

fn found_or_unlisted<T>(found: Option<T>) -> Reach<T> {
    found.map_or_else(|| Reach::Unreachable("its files could not be listed".to_owned()), Reach::Found)
}

impl BaseModel {
    /// The claim that names it.
    pub(crate) fn claim(&self, desk: &mut Desk<'_>) -> Option<String> {
        let survey = desk.survey;
        let value = format!("base_model={}", self.id);
        match self.named {
            Named::Card(field) => Some(desk.claim(value, survey.card.text()?, survey.card.span(field))),
            Named::Adapter => {
                let text: &Text = survey.adapter.as_ref().map(|(text, _)| text)?;
                Some(desk.claim(value, text, 0..text.bytes.len().min(300)))
            }
            Named::Header => None,
        }
    }

    /// Where it is.
    pub(crate) fn locator(&self) -> Locator {
        located(Kind::Model, &self.id, &self.reach)
    }
}

impl UsedDataset {
    /// Where it is.
    pub(crate) fn locator(&self) -> Locator {
        located(Kind::Dataset, &self.id, &self.reach)
    }
}

fn located(kind: Kind, id: &str, reach: &Reach<Rc<Report>>) -> Locator {
    let commit = match reach {
        Reach::Found(report) => report.subject.commit.clone(),
        _ => None,
    };
    Locator { repository: Some(format!("{kind}:{id}")), commit, ..Locator::default() }
}

/// The datasets that `model-index` names.
fn evaluated(index: Option<&Value>) -> Vec<String> {
    let lists = |value: Option<&Value>, field: &str| -> Vec<Value> {
        value.and_then(|value| value.get(field)).and_then(Value::as_array).cloned().unwrap_or_default()
    };
    let models = index.and_then(Value::as_array).cloned().unwrap_or_default();
    let results = models.iter().flat_map(|model| lists(Some(model), "results"));
    results
        .filter_map(|result| Some(result.get("dataset")?.get("type")?.as_str()?.to_owned()))
        .take(200)
        .collect()
}
