//! The rule on history: X18.

use super::Case;
use crate::Criterion;
use crate::checkers::Desk;
use crate::remark::remark;
use crate::report::{Locator, Report, Severity, Strength};

/// X18. A licence, a base or datasets that an earlier commit claimed otherwise: an event, for readers to see.
pub(super) fn changes(desk: &mut Desk<'_>, earlier: &Report, now: &Report) -> Vec<Case> {
    let survey = desk.survey;
    let Some(text) = survey.card.text() else { return Vec::new() };
    let commit = earlier.subject.commit.clone().unwrap_or_default();
    let pairs = [
        (Criterion::WeightsLicence, survey.licences.field, "license", licence(earlier), licence(now)),
        (Criterion::BaseWeights, "base_model", "base_model", bases(earlier), bases(now)),
        (Criterion::TrainingData, "datasets", "datasets", datasets(earlier), datasets(now)),
    ];
    let mut cases = Vec::new();
    for (criterion, field, what, before, after) in pairs {
        if before.is_empty() || before == after {
            continue;
        }
        let after = if after.is_empty() { "nothing".to_owned() } else { after };
        let remark = remark!(
            "x18",
            "`{what}` was {before} at commit {commit}, and is {after} now",
            what,
            before,
            commit,
            after
        );
        let claim = desk.claim(format!("{what}={after}"), text, survey.card.span(field));
        let locator =
            Locator { commit: Some(commit.clone()), path: Some(text.path.clone()), ..Locator::default() };
        let says = remark!("was-claimed", "at commit {commit}, `{what}` was {before}", commit, what, before);
        let against = vec![desk.shows(Strength::Exact, says, locator)];
        cases.push(Case::new(Severity::Proves, claim, against, remark).on(criterion));
    }
    cases
}

fn licence(report: &Report) -> String {
    let facts = report.facts.licences.values().next();
    facts.and_then(|fact| fact.declared.clone()).unwrap_or_default()
}

fn bases(report: &Report) -> String {
    report.facts.bases.iter().map(|base| base.repository.clone()).collect::<Vec<_>>().join(", ")
}

fn datasets(report: &Report) -> String {
    let named = report.facts.datasets.iter().filter(|dataset| !dataset.evaluation_only);
    named.map(|dataset| dataset.repository.clone()).collect::<Vec<_>>().join(", ")
}
