//! The checkers: one for each criterion. Each reads the survey, enters claims and evidence into the books, and says
//! what it found; none of them knows of another.

mod access;
mod architecture;
mod code;
mod compute;
mod data;
mod documents;
mod evaluation;
mod licence;
mod papers;
mod weights;

pub(crate) use code::trains_at_all as trains;
pub(crate) use data::{inherit, is_summary};
pub(crate) use licence::{claim_of_tag, data_fact as data_licence_fact, fact as licence_fact};
pub(crate) use papers::{addresses as cited_papers, has_telling_name, is_about};
pub(crate) use weights::Checkpoints;

use std::ops::Range;

use crate::ledger::Ledger;
use crate::report::{Checker, Claim, Evidence, EvidenceKind, Finding, Locator, Strength};
use crate::status::Degree;
use crate::survey::{Survey, Text};
use crate::{Criterion, Remark};

/// A checker: what it decides, its name and version, and how.
struct Rule {
    criterion: Criterion,
    checker: &'static str,
    /// Raised whenever the same bytes may give another answer.
    version: u32,
    check: fn(&mut Desk<'_>) -> Finding,
}

const fn rule(
    criterion: Criterion,
    checker: &'static str,
    version: u32,
    check: fn(&mut Desk<'_>) -> Finding,
) -> Rule {
    Rule { criterion, checker, version, check }
}

/// Every criterion's checker, in the order of reports.
const RULES: [Rule; 27] = [
    rule(Criterion::FinalWeights, "weights", 1, weights::of_the_model),
    rule(Criterion::BaseWeights, "base-weights", 1, weights::of_the_base),
    rule(Criterion::Checkpoints, "checkpoints", 1, weights::checkpoints),
    rule(Criterion::Architecture, "architecture", 1, architecture::code),
    rule(Criterion::TrainingCode, "training-code", 1, code::training),
    rule(Criterion::DataCode, "data-code", 1, code::data),
    rule(Criterion::InferenceCode, "inference-code", 1, architecture::inference),
    rule(Criterion::EvaluationCode, "evaluation-code", 1, code::evaluation),
    rule(Criterion::Tooling, "tooling", 1, architecture::tooling),
    rule(Criterion::TrainingData, "training-data", 1, data::training_data),
    rule(Criterion::DataInformation, "data-information", 1, data::information),
    rule(Criterion::DataCard, "data-card", 1, data::card),
    rule(Criterion::EvaluationData, "evaluation-data", 1, data::evaluation_data),
    rule(Criterion::EvaluationResults, "evaluation-results", 1, evaluation::results),
    rule(Criterion::ModelCard, "model-card", 1, documents::model_card),
    rule(Criterion::Report, "report", 1, papers::report),
    rule(Criterion::Paper, "paper", 1, papers::paper),
    rule(Criterion::Compute, "compute", 1, compute::check),
    rule(Criterion::WeightsLicence, "licence", 1, licence::of_weights),
    rule(Criterion::CodeLicence, "licence", 1, licence::of_code),
    rule(Criterion::DataLicence, "licence", 1, licence::of_data),
    rule(Criterion::DocumentLicence, "licence", 1, licence::of_documents),
    rule(Criterion::Unrestricted, "restrictions", 1, licence::restrictions),
    rule(Criterion::Access, "access", 1, access::check),
    rule(Criterion::CopyrightPolicy, "copyright-policy", 1, documents::copyright_policy),
    rule(Criterion::UsePolicy, "use-policy", 1, documents::use_policy),
    rule(Criterion::Integrity, "integrity", 1, access::integrity),
];

/// One finding for each criterion.
pub(crate) fn findings(survey: &Survey<'_>, ledger: &mut Ledger) -> Vec<Finding> {
    let finding = |rule: &Rule| {
        if !rule.criterion.concerns(survey.subject.kind) {
            return Finding::not_applicable(rule.criterion);
        }
        let mut finding = (rule.check)(&mut Desk {
            survey,
            ledger,
            criterion: rule.criterion,
            checker: rule.checker,
            version: rule.version,
        });
        if finding.extent.verified == Degree::Full {
            finding.advice.clear();
        }
        finding
    };
    RULES.iter().map(finding).collect()
}

/// Where a checker works: the survey before it, the books at hand.
pub(crate) struct Desk<'a> {
    pub(crate) survey: &'a Survey<'a>,
    pub(crate) ledger: &'a mut Ledger,
    pub(crate) criterion: Criterion,
    pub(crate) checker: &'static str,
    pub(crate) version: u32,
}

impl Desk<'_> {
    /// Enters what bytes show.
    pub(crate) fn shows(&mut self, strength: Strength, shows: Remark, locator: Locator) -> String {
        self.enter(EvidenceKind::Bytes, strength, shows, locator)
    }

    /// Enters that something is not in a list that was read whole.
    pub(crate) fn absent(&mut self, shows: Remark, locator: Locator) -> String {
        self.enter(EvidenceKind::Absence, Strength::Exact, shows, locator)
    }

    /// Enters what a hub said of a repository.
    pub(crate) fn told(&mut self, shows: Remark, locator: Locator) -> String {
        self.enter(EvidenceKind::Hub, Strength::Exact, shows, locator)
    }

    /// Enters evidence of any kind.
    pub(crate) fn enter(
        &mut self,
        kind: EvidenceKind,
        strength: Strength,
        shows: Remark,
        locator: Locator,
    ) -> String {
        let checker = Checker { name: self.checker.to_owned(), version: self.version };
        self.ledger.evidence(Evidence { criterion: self.criterion, kind, strength, shows, locator, checker })
    }

    /// Enters what a part of a text says.
    pub(crate) fn claim(&mut self, value: impl Into<String>, text: &Text, span: Range<usize>) -> String {
        let quote = text.quote(span.clone());
        let locator = text.locate(span);
        self.ledger.claim(Claim { criterion: self.criterion, value: value.into(), quote, locator })
    }

    /// A finding that one derived piece of evidence shows to `degree`.
    pub(crate) fn verified(&mut self, degree: Degree, says: Remark, locator: Locator) -> Finding {
        let shown = self.shows(Strength::Derived, says.clone(), locator);
        Finding::verified(self.criterion, degree, degree).because(says).showing([shown])
    }

    /// What was searched when a whole repository was.
    pub(crate) fn all_files(&self) -> String {
        format!("all {} files of the repository", self.survey.files.len())
    }
}
