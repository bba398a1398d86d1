//! Rubrics: versioned data files that turn findings into grades.
//!
//! One engine reads them all. A rubric has parts, each an [`expression::Expression`] with a value in thousandths at
//! each belief, and a [`Method`] that makes one grade of them. Nothing in an expression falls when more is believed,
//! so that no grade does.

pub(crate) mod classes;
mod compute;
mod expression;
mod letters;

use std::sync::LazyLock;

use limpide_words::Kind;
use serde::Deserialize;

use crate::Criterion;
use crate::report::{Grade, Outcome, Part, Report};
use crate::status::Belief;
use expression::{Expression, View};

/// The data files. The headline looks at the grades of the others, and therefore stands last.
const FILES: [&str; 6] = [
    include_str!("../../data/rubrics/eu-exemption-2025-07.toml"),
    include_str!("../../data/rubrics/mof-1.0-mot.toml"),
    include_str!("../../data/rubrics/mof-1.0-spec.toml"),
    include_str!("../../data/rubrics/osai-2026-03.toml"),
    include_str!("../../data/rubrics/osaid-1.0.toml"),
    include_str!("../../data/rubrics/limpide-2026-11.toml"),
];

/// The id of the rubric behind the headline letter.
pub const HEADLINE: &str = "limpide-2026-11";

/// What every rubric says of a report, in the order of their ids. A rubric that asks nothing of the report's kind
/// says nothing.
pub fn grades(report: &Report) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for rubric in rubrics().iter().filter(|rubric| rubric.kinds.contains(&report.subject.kind)) {
        let outcome = rubric.outcome(report, &outcomes);
        outcomes.push(outcome);
    }
    outcomes.sort_by(|one, other| one.rubric.cmp(&other.rubric));
    outcomes
}

/// The rubrics, each read once. A test sees to it that every file can be read.
pub(crate) fn rubrics() -> &'static [Rubric] {
    static RUBRICS: LazyLock<Vec<Rubric>> =
        LazyLock::new(|| FILES.iter().filter_map(|file| toml::from_str(file).ok()).collect());
    &RUBRICS
}

/// The rubric of that id.
pub(crate) fn rubric(id: &str) -> Option<&'static Rubric> {
    rubrics().iter().find(|rubric| rubric.id == id)
}

/// One data file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rubric {
    pub(crate) id: String,
    version: String,
    title: String,
    /// Where the rubric was published.
    source: String,
    kinds: Vec<Kind>,
    /// What is said beside every grade.
    #[serde(default)]
    notice: String,
    pub(crate) method: Method,
    #[serde(rename = "part")]
    pub(crate) parts: Vec<PartRule>,
}

/// One of a rubric's own criteria.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PartRule {
    pub(crate) id: String,
    pub(crate) title: String,
    #[serde(default)]
    source: String,
    /// The kinds it asks about; all of the rubric's when none is named.
    #[serde(default)]
    kinds: Vec<Kind>,
    #[serde(default)]
    role: Role,
    value: Expression,
    /// For rubrics with classes: where the part belongs.
    pub(crate) component: Option<classes::Component>,
}

impl PartRule {
    /// The criteria that it rests on, each once.
    pub(crate) fn criteria(&self) -> Vec<Criterion> {
        let mut criteria = self.value.criteria();
        criteria.sort_unstable();
        criteria.dedup();
        criteria
    }
}

/// What a part is to the grade.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Role {
    /// It counts.
    #[default]
    Condition,
    /// It says whether the rubric applies at all.
    Scope,
    /// It is shown, and counts for nothing.
    Note,
}

/// How the values of parts become one grade.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Method {
    /// All parts must be met.
    All(Verdicts),
    /// The mean of the parts, as a percentage.
    Mean(Percentage),
    /// Three-valued rules, of which the worst decides.
    Rules(Verdicts),
    /// Cumulative classes of components.
    Classes(classes::Classes),
    /// Letters, with caps, and a ladder of labels.
    Letters(letters::Letters),
}

/// The words for the ways a rule can end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Verdicts {
    yes: String,
    /// Neither yes nor no can be said.
    review: String,
    no: String,
    /// The rubric does not apply.
    outside: String,
}

/// A percentage needs no words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Percentage {}

/// A part that applies, with its value at each belief.
pub(super) struct Valued<'a> {
    pub(super) rule: &'a PartRule,
    /// In the order of [`Belief::ALL`].
    pub(super) values: [u32; 3],
}

impl Valued<'_> {
    fn at(&self, belief: Belief) -> u32 {
        let [verified, attested, claimed] = self.values;
        match belief {
            Belief::Verified => verified,
            Belief::Attested => attested,
            Belief::Claimed => claimed,
        }
    }
}

impl Rubric {
    fn outcome(&self, report: &Report, earlier: &[Outcome]) -> Outcome {
        let views = Belief::ALL.map(|belief| View { report, belief, earlier });
        let parts: Vec<Valued<'_>> =
            self.parts.iter().filter_map(|rule| self.valued(rule, report.subject.kind, &views)).collect();
        let [verified, attested, claimed] = views.map(|view| self.grade(&view, &parts));
        Outcome {
            rubric: self.id.clone(),
            version: self.version.clone(),
            title: self.title.clone(),
            source: self.source.clone(),
            gap: claimed.score.saturating_sub(verified.score),
            verified,
            attested,
            claimed,
            parts: parts.iter().map(shown).collect(),
            notice: self.notice.clone(),
        }
    }

    /// A part with its values; none when it does not apply.
    fn valued<'a>(&self, rule: &'a PartRule, kind: Kind, views: &[View<'_>; 3]) -> Option<Valued<'a>> {
        if !rule.kinds.is_empty() && !rule.kinds.contains(&kind) {
            return None;
        }
        let [verified, attested, claimed] =
            views.each_ref().map(|view| match (&self.method, &rule.component) {
                (Method::Classes(classes), Some(component)) => {
                    Some(classes.state(component, &rule.value, view).per_mille())
                }
                _ => rule.value.at(view),
            });
        Some(Valued { rule, values: [verified?, attested?, claimed?] })
    }

    fn grade(&self, view: &View<'_>, parts: &[Valued<'_>]) -> Grade {
        match &self.method {
            Method::All(verdicts) => all(verdicts, view.belief, parts),
            Method::Mean(Percentage {}) => percentage(view.belief, parts),
            Method::Rules(verdicts) => rules(verdicts, view.belief, parts),
            Method::Classes(classes) => classes.grade(&self.parts, view),
            Method::Letters(letters) => letters.grade(view, parts),
        }
    }
}

fn shown(part: &Valued<'_>) -> Part {
    let [verified, attested, claimed] = part.values;
    Part {
        id: part.rule.id.clone(),
        title: part.rule.title.clone(),
        source: part.rule.source.clone(),
        verified,
        attested,
        claimed,
    }
}

/// Met when every part is; how near it is follows from the mean.
fn all(verdicts: &Verdicts, belief: Belief, parts: &[Valued<'_>]) -> Grade {
    let met = parts.iter().all(|part| part.at(belief) == 1000);
    let name = if met { &verdicts.yes } else { &verdicts.no };
    Grade { name: name.clone(), score: mean(parts.iter().map(|part| part.at(belief))), label: String::new() }
}

fn percentage(belief: Belief, parts: &[Valued<'_>]) -> Grade {
    let score = mean(parts.iter().map(|part| part.at(belief)));
    Grade { name: format!("{} %", score / 10), score, label: String::new() }
}

/// The worst of scope and conditions decides: 1000 is yes, 0 no, and what lies between is for people to look at.
fn rules(verdicts: &Verdicts, belief: Belief, parts: &[Valued<'_>]) -> Grade {
    let worst = |role: Role| {
        parts.iter().filter(|part| part.rule.role == role).map(|part| part.at(belief)).min().unwrap_or(1000)
    };
    let (scope, conditions) = (worst(Role::Scope), worst(Role::Condition));
    let score = scope.min(conditions);
    let name = match (scope, score) {
        (0, _) => &verdicts.outside,
        (_, 0) => &verdicts.no,
        (_, 1000) => &verdicts.yes,
        _ => &verdicts.review,
    };
    Grade { name: name.clone(), score, label: String::new() }
}

/// The mean, rounded down; of nothing, nothing.
fn mean(values: impl ExactSizeIterator<Item = u32>) -> u32 {
    let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
    values.sum::<u32>().checked_div(count).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_data_file_can_be_read_and_names_itself_once() {
        for file in FILES {
            let read: Result<Rubric, _> = toml::from_str(file);
            assert!(read.is_ok(), "{read:?}");
        }
        let mut ids: Vec<&str> = rubrics().iter().map(|rubric| rubric.id.as_str()).collect();
        ids.dedup();
        assert_eq!(ids.len(), FILES.len());
        assert_eq!(ids.last(), Some(&HEADLINE));
    }

    #[test]
    fn parts_have_ids_of_their_own_and_classes_have_components() {
        for rubric in rubrics() {
            let mut ids: Vec<&str> = rubric.parts.iter().map(|part| part.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), rubric.parts.len(), "{}", rubric.id);
            let classes = matches!(rubric.method, Method::Classes(_));
            assert!(rubric.parts.iter().all(|part| part.component.is_some() == classes), "{}", rubric.id);
        }
    }

    #[test]
    fn the_documentation_names_every_rubric_and_every_part() {
        let page = include_str!("../../../../docs/openness-rubrics.md");
        for rubric in rubrics() {
            assert!(page.contains(&format!("| `{}` | {} |", rubric.id, rubric.version)), "{}", rubric.id);
            for part in &rubric.parts {
                assert!(page.contains(&format!("`{}`", part.id)), "{}: {}", rubric.id, part.id);
            }
        }
    }
}
