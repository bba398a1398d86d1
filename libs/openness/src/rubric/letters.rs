//! The headline: a letter for how open a repository is, and a label that says what it may be called.

use limpide_words::Kind;
use serde::Deserialize;

use super::Valued;
use super::expression::{Expression, View};
use crate::Criterion;
use crate::report::{Grade, Severity};
use crate::status::Belief;

/// The constants of the headline.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Letters {
    /// How much of what is attested, and not verified, counts for those who believe it, in thousandths.
    attested: u32,
    /// How much of what is not verified counts for those who believe claims.
    claimed: u32,
    /// From the best on.
    letters: Vec<Letter>,
    caps: Vec<Cap>,
    /// From the least open on.
    ladder: Vec<Rung>,
}

/// A letter, and the least score for it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Letter {
    name: String,
    from: u32,
}

/// A letter above which nothing helps.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cap {
    /// The best letter that is left.
    letter: String,
    kind: Kind,
    /// When a claim about one of these is proved false.
    #[serde(default)]
    proved_false: Vec<Criterion>,
    /// When there is nothing of this.
    without: Option<Expression>,
}

/// A label, and when it may be used.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rung {
    label: String,
    kind: Kind,
    when: Expression,
}

impl Letters {
    pub(super) fn grade(&self, view: &View<'_>, parts: &[Valued<'_>]) -> Grade {
        let weighed = super::mean(parts.iter().map(|part| self.weighed(part, view.belief)));
        let score = self.capped(weighed, view);
        let letter = self.letters.iter().find(|letter| score >= letter.from);
        Grade {
            name: letter.map(|letter| letter.name.clone()).unwrap_or_default(),
            score,
            label: self.label(view),
        }
    }

    /// What is verified counts whole; what is said beyond it, by its weight.
    fn weighed(&self, part: &Valued<'_>, belief: Belief) -> u32 {
        let weight = match belief {
            Belief::Verified => 0,
            Belief::Attested => self.attested,
            Belief::Claimed => self.claimed,
        };
        let verified = part.at(Belief::Verified);
        verified + part.at(belief).saturating_sub(verified) * weight / 1000
    }

    /// The score, kept below the letter above the best that is left.
    fn capped(&self, score: u32, view: &View<'_>) -> u32 {
        let holding = self.caps.iter().filter(|cap| cap.kind == view.report.subject.kind && cap.holds(view));
        holding.filter_map(|cap| self.ceiling(&cap.letter)).fold(score, u32::min)
    }

    fn ceiling(&self, letter: &str) -> Option<u32> {
        let place = self.letters.iter().position(|known| known.name == letter)?;
        let above = self.letters.get(place.checked_sub(1)?)?;
        Some(above.from.saturating_sub(1))
    }

    /// The highest rung that is reached.
    fn label(&self, view: &View<'_>) -> String {
        let rungs = self.ladder.iter().filter(|rung| rung.kind == view.report.subject.kind);
        let reached = rungs.rev().find(|rung| rung.when.at(view) == Some(1000));
        reached.map(|rung| rung.label.clone()).unwrap_or_default()
    }
}

impl Cap {
    fn holds(&self, view: &View<'_>) -> bool {
        let proved =
            view.report.contradictions.iter().any(|found| {
                found.severity == Severity::Proves && self.proved_false.contains(&found.criterion)
            });
        proved || self.without.as_ref().is_some_and(|asked| asked.at(view) == Some(0))
    }
}
