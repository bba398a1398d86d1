//! Cumulative classes of components, as the Model Openness Framework has them.
//!
//! A class is reached when every component is there, openly licensed, that it or a class below it requires. The
//! algorithm is that of the Model Openness Tool (`ModelEvaluator.php`), with its numbers in the data file.

use serde::Deserialize;

use super::PartRule;
use super::expression::{Expression, View};
use crate::Criterion;
use crate::report::{Grade, Report};
use crate::status::{Belief, Status};

/// The classes of a rubric.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Classes {
    /// From the least open to the most.
    pub(crate) levels: Vec<Level>,
    /// What is said when not even the first is reached.
    unclassified: String,
    /// From which value on a component is there.
    present_from: u32,
    licences: Licences,
    waiver: Waiver,
}

/// One class.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Level {
    /// Its number; components name it.
    pub(crate) class: u8,
    name: String,
}

/// What makes a licence open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Licences {
    /// Its id, by the list of the Model Openness Tool.
    Mot,
    /// What the audit found of the licence of that kind of artefact.
    Found,
}

/// A component that may be left out when another is there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiver {
    of: String,
    by: String,
}

/// Where a part belongs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Component {
    /// The class that asks for it.
    class: u8,
    required: bool,
    /// `code`, `data` or `document`: by which licence of a whole release it is covered.
    pub(crate) content: String,
    /// Which of the licences of a report covers it.
    artefact: Artefact,
    /// Any licence will do, and none.
    #[serde(default)]
    any_licence: bool,
}

/// A kind of artefact, with the criterion that asks about its licence.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Artefact {
    Code,
    Data,
    Documents,
    Weights,
}

/// What is known of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It is not there.
    Missing,
    /// It is there without a licence.
    Unlicensed,
    /// It is there, and its licence is not open.
    Invalid,
    /// It is there under an open licence.
    Included,
}

/// How far a class is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Required components that are included; none as long as a lower class is not complete.
    pub have: u32,
    /// Required components.
    pub of: u32,
}

/// What the algorithm says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Classified {
    /// How far each class is reached, from the least open on.
    pub(crate) progress: Vec<Progress>,
    /// How many classes are complete.
    pub(crate) complete: usize,
}

impl Classes {
    /// What is known of a component, by one belief.
    pub(super) fn state(&self, component: &Component, value: &Expression, view: &View<'_>) -> State {
        match value.at(view) {
            None => State::Included,
            Some(present) if present < self.present_from => State::Missing,
            Some(_) if component.any_licence => State::Included,
            Some(_) => self.licence(component.artefact, view),
        }
    }

    fn licence(&self, artefact: Artefact, view: &View<'_>) -> State {
        let (met, id) = (view.met(artefact.criterion()), view.licence(artefact));
        let status = view.report.finding(artefact.criterion()).map(|finding| finding.status);
        let open = match self.licences {
            _ if met.is_none() => true,
            _ if status == Some(Status::Contradicted) => false,
            Licences::Found => met == Some(1000),
            // A signed statement says that a licence is open, and seldom which one it is.
            Licences::Mot => {
                id.is_some_and(limpide_licences::mot::is_open)
                    || status == Some(Status::Attested) && met == Some(1000)
            }
        };
        match (open, id) {
            (true, _) => State::Included,
            (false, Some(_)) => State::Invalid,
            (false, None) => State::Unlicensed,
        }
    }

    /// The class that a report reaches. The score tells also how much of the next class is there.
    pub(super) fn grade(&self, parts: &[PartRule], view: &View<'_>) -> Grade {
        let classified = self.classify(parts, |part, component| self.state(component, &part.value, view));
        let name = match classified.complete.checked_sub(1).and_then(|highest| self.levels.get(highest)) {
            Some(level) => &level.name,
            None => &self.unclassified,
        };
        let next = classified.progress.get(classified.complete).map_or(0, |progress| progress.per_mille());
        let (complete, levels) = (count(classified.complete), count(self.levels.len()).max(1));
        Grade { name: name.clone(), score: (complete * 1000 + next) / levels, label: String::new() }
    }

    /// The algorithm.
    pub(crate) fn classify(
        &self,
        parts: &[PartRule],
        state: impl Fn(&PartRule, &Component) -> State,
    ) -> Classified {
        let components: Vec<Held<'_>> = parts
            .iter()
            .filter_map(|part| {
                let component = part.component.as_ref()?;
                Some(Held { id: &part.id, component, state: state(part, component) })
            })
            .collect();
        let mut progress: Vec<Progress> = Vec::new();
        let mut complete = 0;
        for index in 0..self.levels.len() {
            let reached = self.progress(&components, index);
            if complete < index {
                progress.push(Progress { have: 0, ..reached });
                continue;
            }
            complete += usize::from(reached.have == reached.of);
            progress.push(reached);
        }
        Classified { progress, complete }
    }

    /// How far a class is reached, those below it being complete.
    fn progress(&self, components: &[Held<'_>], index: usize) -> Progress {
        let required: Vec<&Held<'_>> = components
            .iter()
            .filter(|held| held.component.required)
            .filter(|held| self.levels[..=index].iter().any(|level| level.class == held.component.class))
            .collect();
        let included =
            |id: &str| components.iter().any(|held| held.id == id && held.state == State::Included);
        let waived = !included(&self.waiver.of) && included(&self.waiver.by);
        let asks_for_both = required.iter().any(|held| held.id == self.waiver.by);
        let have = count(required.iter().filter(|held| held.state == State::Included).count());
        let of = count(required.len());
        match (waived, asks_for_both) {
            // What is waived is not asked for, and where the other is not asked for it stands in.
            (true, true) => Progress { have, of: of - 1 },
            (true, false) => Progress { have: have + 1, of },
            (false, _) => Progress { have, of },
        }
    }
}

/// A component with its state.
struct Held<'a> {
    id: &'a str,
    component: &'a Component,
    state: State,
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

impl State {
    /// In thousandths: what lacks only a licence is half there.
    pub(super) fn per_mille(self) -> u32 {
        match self {
            Self::Missing => 0,
            Self::Unlicensed | Self::Invalid => 500,
            Self::Included => 1000,
        }
    }
}

impl Progress {
    /// In thousandths, rounded down.
    pub fn per_mille(self) -> u32 {
        (self.have * 1000).checked_div(self.of).unwrap_or(1000)
    }
}

impl Component {
    /// The licence that covers it in a report, by id, and where its text stands. None where the claim of a licence
    /// is contradicted.
    pub(crate) fn licence_of<'a>(
        &self,
        report: &'a Report,
        belief: Belief,
    ) -> Option<(&'a str, Option<&'a str>)> {
        let finding = report.finding(self.artefact.criterion());
        if finding.is_some_and(|finding| finding.status == Status::Contradicted) {
            return None;
        }
        let id = View { report, belief, earlier: &[] }.licence(self.artefact)?;
        let fact = report.facts.licences.get(self.artefact.word())?;
        Some((id, fact.path.as_deref()))
    }
}

impl Artefact {
    fn criterion(self) -> Criterion {
        match self {
            Self::Code => Criterion::CodeLicence,
            Self::Data => Criterion::DataLicence,
            Self::Documents => Criterion::DocumentLicence,
            Self::Weights => Criterion::WeightsLicence,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Data => "data",
            Self::Documents => "documents",
            Self::Weights => "weights",
        }
    }
}

impl<'a> View<'a> {
    /// The licence of a kind of artefact: whose exact text is there, and, for whoever believes claims, which one is
    /// named. A text that is not that of a known licence is not outweighed by a name.
    fn licence(&self, artefact: Artefact) -> Option<&'a str> {
        let fact = self.report.facts.licences.get(artefact.word())?;
        let claims = self.belief == Belief::Claimed;
        match fact.text.as_deref() {
            Some("exact") => fact.found_id.as_deref(),
            Some("probable") if claims => fact.found_id.as_deref(),
            None if claims => fact.declared_id.as_deref(),
            _ => None,
        }
    }
}
