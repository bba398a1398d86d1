//! Contradictions: a claim, what stands against it, and the rule that says both cannot be true. The sentences name
//! claim, bytes and rule; they say nothing of people.

mod code;
mod data;
mod generators;
mod history;
mod licence;
mod papers;
mod promises;
mod weights;

use crate::checkers::Desk;
use crate::ledger::Ledger;
use crate::report::{Contradiction, Finding, Report, Severity};
use crate::survey::Survey;
use crate::{Criterion, Remark};

/// A rule: its number, the criterion that it concerns, whether a proof makes that criterion count for nothing, and how
/// it is looked for.
struct Rule {
    id: &'static str,
    criterion: Criterion,
    strikes: bool,
    look: fn(&mut Desk<'_>) -> Vec<Case>,
}

/// A claim and what stands against it.
pub(crate) struct Case {
    claim: String,
    against: Vec<String>,
    severity: Severity,
    remark: Remark,
    /// Another criterion than the rule's own, for rules on several kinds of artefact.
    criterion: Option<Criterion>,
}

impl Case {
    fn new(severity: Severity, claim: String, against: Vec<String>, remark: Remark) -> Self {
        Self { claim, against, severity, remark, criterion: None }
    }

    fn on(self, criterion: Criterion) -> Self {
        Self { criterion: Some(criterion), ..self }
    }
}

const fn rule(
    id: &'static str,
    criterion: Criterion,
    strikes: bool,
    look: fn(&mut Desk<'_>) -> Vec<Case>,
) -> Rule {
    Rule { id, criterion, strikes, look }
}

/// Raised whenever a rule may say something else of the same bytes.
const VERSION: u32 = 2;

/// The rules that need no grade. X14 and X17 compare a claim with a grade, X18 with an earlier report.
const RULES: [Rule; 15] = [
    rule("X1", Criterion::Unrestricted, true, licence::open_source_under_restrictions),
    rule("X2", Criterion::WeightsLicence, true, licence::tag_and_text_differ),
    rule("X3", Criterion::WeightsLicence, false, licence::no_text),
    rule("X4", Criterion::WeightsLicence, true, licence::base_is_stricter),
    rule("X5", Criterion::DataLicence, false, licence::source_is_stricter),
    rule("X6", Criterion::TrainingData, true, data::open_data_that_is_not),
    rule("X7", Criterion::TrainingCode, true, code::training_code_that_is_not),
    rule("X8", Criterion::FinalWeights, true, weights::weights_that_are_not),
    rule("X9", Criterion::FinalWeights, false, weights::parameters_and_origin),
    rule("X10", Criterion::Checkpoints, true, weights::checkpoints_that_are_the_same),
    rule("X11", Criterion::Report, true, papers::papers_that_are_not),
    rule("X12", Criterion::EvaluationResults, false, promises::results_that_differ),
    rule("X13", Criterion::Unrestricted, true, licence::commercial_use_that_is_not),
    rule("X15", Criterion::DataInformation, false, data::sources_left_out),
    rule("X16", Criterion::DataInformation, false, data::denied_data),
];

/// Looks for contradictions, and strikes the findings that a proof speaks against.
pub(crate) fn find(survey: &Survey<'_>, ledger: &mut Ledger, findings: &mut [Finding]) -> Vec<Contradiction> {
    let mut found = Vec::new();
    for rule in &RULES {
        let mut desk = Desk { survey, ledger, criterion: rule.criterion, checker: rule.id, version: VERSION };
        for case in (rule.look)(&mut desk) {
            let criterion = case.criterion.unwrap_or(rule.criterion);
            if rule.strikes && case.severity == Severity::Proves {
                strike(findings, criterion, &case.against);
            }
            found.push(contradiction(rule.id, criterion, case));
        }
    }
    found
}

/// The contradictions between a claim and a grade, which no grade depends on.
pub(crate) fn with_grades(survey: &Survey<'_>, ledger: &mut Ledger, report: &Report) -> Vec<Contradiction> {
    let mut found = Vec::new();
    let mut desk =
        Desk { survey, ledger, criterion: Criterion::CopyrightPolicy, checker: "X14", version: VERSION };
    found.extend(
        promises::ai_act(&mut desk, report)
            .into_iter()
            .map(|case| contradiction("X14", Criterion::CopyrightPolicy, case)),
    );
    let mut desk = Desk { survey, ledger, criterion: Criterion::ModelCard, checker: "X17", version: VERSION };
    found.extend(
        promises::badge(&mut desk, report)
            .into_iter()
            .map(|case| contradiction("X17", Criterion::ModelCard, case)),
    );
    found
}

/// What was changed since an earlier report.
pub(crate) fn since(
    survey: &Survey<'_>,
    ledger: &mut Ledger,
    earlier: &Report,
    now: &Report,
) -> Vec<Contradiction> {
    let mut desk =
        Desk { survey, ledger, criterion: Criterion::WeightsLicence, checker: "X18", version: VERSION };
    let cases = history::changes(&mut desk, earlier, now);
    cases
        .into_iter()
        .map(|case| {
            let criterion = case.criterion.unwrap_or(Criterion::WeightsLicence);
            contradiction("X18", criterion, case)
        })
        .collect()
}

/// Puts them in the order of their rules.
pub(crate) fn sort(found: &mut [Contradiction]) {
    let number = |rule: &str| rule.trim_start_matches('X').parse::<u32>().unwrap_or(0);
    found.sort_by(|one, other| {
        (number(&one.rule), &one.claim, &one.remark.text).cmp(&(
            number(&other.rule),
            &other.claim,
            &other.remark.text,
        ))
    });
}

fn strike(findings: &mut [Finding], criterion: Criterion, against: &[String]) {
    if let Some(finding) = findings.iter_mut().find(|finding| finding.criterion == criterion) {
        finding.contradict(against);
    }
}

fn contradiction(rule: &str, criterion: Criterion, case: Case) -> Contradiction {
    Contradiction {
        rule: rule.to_owned(),
        criterion,
        severity: case.severity,
        claim: case.claim,
        counter_evidence: case.against,
        remark: case.remark,
    }
}
