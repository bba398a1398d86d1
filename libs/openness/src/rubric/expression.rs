//! What a part of a rubric asks: criteria and facts, combined into thousandths.
//!
//! The same numbers stand for open, partial, closed and for yes, review, no. Every combination keeps order: where
//! more is believed, no value falls.

use serde::Deserialize;

use super::compute;
use crate::Criterion;
use crate::report::{Outcome, Report};
use crate::source::Gate;
use crate::status::{Belief, Degree, Status};

/// A report, seen by one belief, with the grades that earlier rubrics gave.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) report: &'a Report,
    pub(super) belief: Belief,
    pub(super) earlier: &'a [Outcome],
}

/// `"W1"`, or a rule such as `{ all = ["C1", "C2"] }`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expression {
    Criterion(Criterion),
    Rule(Box<Rule>),
}

/// A way to make one value of others, or of facts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Rule {
    /// The least.
    All(Vec<Expression>),
    /// The greatest.
    Any(Vec<Expression>),
    /// The mean, rounded down.
    Mean(Vec<Expression>),
    /// The first that applies.
    First(Vec<Expression>),
    /// The greatest but one, but two, …: `place = 2` is what two of them reach.
    Best { place: usize, of: Vec<Expression> },
    /// No more than `value`.
    AtMost { value: u32, of: Expression },
    /// All when `of` reaches `value`, else nothing.
    AtLeast { value: u32, of: Expression },
    /// A criterion by itself, before what it is made from is looked at.
    Own(Criterion),
    /// A criterion of what it is made from; does not apply where it is made from nothing.
    Base(Criterion),
    /// A criterion as a question: met is yes, missing or contradicted is no, and what is not decided is for review.
    Decided(Criterion),
    /// Words of the report, each answered by a list; the worst answer counts.
    Words(Words),
    /// The compute of training, as a power of ten in thousandths.
    Compute(compute::Range),
    /// Whether an earlier rubric gave at least that score.
    Rubric { id: String, score: u32 },
    /// The same whatever the report says.
    Always(u32),
}

/// Which words are asked about, and the answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    of: Topic,
    /// Words worth nothing.
    #[serde(default)]
    no: Vec<String>,
    /// Words worth all.
    #[serde(default)]
    yes: Vec<String>,
    /// What any other word is worth.
    other: u32,
    /// What it is worth that there are none.
    none: u32,
}

/// Words that a report holds.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Topic {
    /// What the licence of the weights restricts.
    WeightsRestrictions,
    /// What is asked of whoever wants files: `open`, `auto` or `manual`; none when it is unknown.
    Gate,
    /// The fields of the form at the gate.
    GateAsks,
    /// The task.
    Task,
    /// The architectures that the configuration names.
    Architectures,
    /// `described`, when the card says what goes in and comes out.
    Use,
    /// How it relates to what it is made from: `adapter`, `finetune`, … or `unsaid`.
    Bases,
}

impl Expression {
    /// Its value in thousandths; none when nothing is asked for.
    pub(super) fn at(&self, view: &View<'_>) -> Option<u32> {
        match self {
            Self::Criterion(criterion) => view.met(*criterion),
            Self::Rule(rule) => rule.at(view),
        }
    }
}

impl Rule {
    fn at(&self, view: &View<'_>) -> Option<u32> {
        match self {
            Self::All(of) => values(of, view).min(),
            Self::Any(of) => values(of, view).max(),
            Self::Mean(of) => {
                let values: Vec<u32> = values(of, view).collect();
                (!values.is_empty()).then(|| super::mean(values.into_iter()))
            }
            Self::First(of) => values(of, view).next(),
            Self::Best { place, of } => best(*place, values(of, view).collect()),
            Self::AtMost { value, of } => of.at(view).map(|reached| reached.min(*value)),
            Self::AtLeast { value, of } => of.at(view).map(|reached| all_or_nothing(reached >= *value)),
            Self::Own(criterion) => view.own(*criterion),
            Self::Base(criterion) => view.base(*criterion),
            Self::Decided(criterion) => view.decided(*criterion),
            Self::Words(words) => Some(words.answer(&view.words(words.of))),
            Self::Compute(range) => Some(range.answer(&view.report.facts)),
            Self::Rubric { id, score } => Some(all_or_nothing(view.score(id) >= *score)),
            Self::Always(value) => Some(*value),
        }
    }
}

impl Expression {
    /// The criteria that it asks about, in the order in which it names them.
    pub(super) fn criteria(&self) -> Vec<Criterion> {
        let all = |of: &[Self]| of.iter().flat_map(Self::criteria).collect();
        match self {
            Self::Criterion(criterion) => vec![*criterion],
            Self::Rule(rule) => match &**rule {
                Rule::All(of) | Rule::Any(of) | Rule::Mean(of) | Rule::First(of) | Rule::Best { of, .. } => {
                    all(of)
                }
                Rule::AtMost { of, .. } | Rule::AtLeast { of, .. } => of.criteria(),
                Rule::Decided(criterion) | Rule::Own(criterion) | Rule::Base(criterion) => vec![*criterion],
                Rule::Words(_) | Rule::Compute(_) | Rule::Rubric { .. } | Rule::Always(_) => Vec::new(),
            },
        }
    }
}

/// The values of those that apply.
fn values<'a>(of: &'a [Expression], view: &'a View<'_>) -> impl Iterator<Item = u32> + 'a {
    of.iter().filter_map(|expression| expression.at(view))
}

/// What does not apply leaves its place to others: the last is taken where there are too few.
fn best(place: usize, mut values: Vec<u32>) -> Option<u32> {
    values.sort_unstable_by(|one, other| other.cmp(one));
    values.get(place.saturating_sub(1)).or(values.last()).copied()
}

fn all_or_nothing(met: bool) -> u32 {
    if met { 1000 } else { 0 }
}

impl Words {
    fn answer(&self, words: &[&str]) -> u32 {
        words.iter().map(|word| self.worth(word)).min().unwrap_or(self.none)
    }

    fn worth(&self, word: &str) -> u32 {
        let among = |list: &[String]| list.iter().any(|listed| begins(word, listed));
        match () {
            () if among(&self.no) => 0,
            () if among(&self.yes) => 1000,
            () => self.other,
        }
    }
}

/// Whether a word is the listed one, whatever joins its pieces, with or without a number behind it:
/// `user_threshold:700000000` is a `user-threshold`.
fn begins(word: &str, listed: &str) -> bool {
    let pieces = |text: &str| -> Vec<String> {
        let pieces =
            text.split(|character: char| !character.is_alphanumeric()).filter(|piece| !piece.is_empty());
        pieces.map(str::to_lowercase).collect()
    };
    pieces(word).starts_with(&pieces(listed))
}

impl<'a> View<'a> {
    /// How far a criterion is met. What is contradicted counts for nothing, whatever one believes.
    pub(super) fn met(&self, criterion: Criterion) -> Option<u32> {
        let Some(finding) = self.report.finding(criterion) else { return Some(0) };
        match finding.status {
            Status::NotApplicable => None,
            Status::Contradicted => Some(0),
            _ => Some(finding.extent.at(self.belief).per_mille()),
        }
    }

    /// By itself, and never less than with what it is made from: what is attested of the whole holds of the part.
    fn own(&self, criterion: Criterion) -> Option<u32> {
        let met = self.met(criterion)?;
        let is_struck =
            self.report.finding(criterion).is_some_and(|finding| finding.status == Status::Contradicted);
        let own = self.report.facts.own.get(&criterion).filter(|_| !is_struck);
        Some(own.map_or(met, |own| met.max(own.at(self.belief).per_mille())))
    }

    fn base(&self, criterion: Criterion) -> Option<u32> {
        self.report.facts.base.get(&criterion).map(|base| base.at(self.belief).per_mille())
    }

    fn decided(&self, criterion: Criterion) -> Option<u32> {
        let Some(finding) = self.report.finding(criterion) else { return Some(500) };
        let status = match self.belief {
            Belief::Verified => finding.unattested.unwrap_or(finding.status),
            Belief::Attested | Belief::Claimed => finding.status,
        };
        match status {
            Status::NotApplicable => None,
            Status::Contradicted | Status::Missing => Some(0),
            _ if finding.extent.at(self.belief) == Degree::Full => Some(1000),
            _ => Some(500),
        }
    }

    fn score(&self, rubric: &str) -> u32 {
        let earlier = self.earlier.iter().find(|outcome| outcome.rubric == rubric);
        earlier.map_or(0, |outcome| outcome.at(self.belief).score)
    }

    fn words(&self, topic: Topic) -> Vec<&'a str> {
        let facts = &self.report.facts;
        let texts = |list: &'a [String]| list.iter().map(String::as_str).collect();
        match topic {
            Topic::WeightsRestrictions => {
                facts.licences.get("weights").map_or_else(Vec::new, |licence| texts(&licence.restrictions))
            }
            Topic::Gate => facts.gate.map(gate).into_iter().collect(),
            Topic::GateAsks => texts(&facts.gate_asks),
            Topic::Task => facts.task.as_deref().into_iter().collect(),
            Topic::Architectures => texts(&facts.architectures),
            Topic::Use => facts.describes_use.then_some("described").into_iter().collect(),
            Topic::Bases => {
                facts.bases.iter().map(|base| base.relation.as_deref().unwrap_or("unsaid")).collect()
            }
        }
    }
}

fn gate(gate: Gate) -> &'static str {
    match gate {
        Gate::Open => "open",
        Gate::Auto => "auto",
        Gate::Manual => "manual",
    }
}
