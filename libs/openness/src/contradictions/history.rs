//! The rule on history: X18.

use super::Case;
use crate::Criterion;
use crate::checkers::Desk;
use crate::remark::remark;
use crate::report::{Locator, Report, Severity, Strength};

/// X18. A licence, its text, a base or datasets that an earlier commit claimed otherwise: an event, for readers to see.
pub(super) fn changes(desk: &mut Desk<'_>, earlier: &Report, now: &Report) -> Vec<Case> {
    let mut cases = changed_claims(desk, earlier, now);
    cases.extend(changed_text(desk, earlier, now));
    cases
}

fn changed_claims(desk: &mut Desk<'_>, earlier: &Report, now: &Report) -> Vec<Case> {
    let survey = desk.survey;
    let Some(text) = survey.card.text() else { return Vec::new() };
    let commit = earlier.subject.commit.clone().unwrap_or_default();
    let pairs = [
        (licence_criterion(desk), survey.licences.field, "license", licence(earlier), licence(now)),
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

/// The text of the licence became another, whatever the metadata says.
fn changed_text(desk: &mut Desk<'_>, earlier: &Report, now: &Report) -> Option<Case> {
    let survey = desk.survey;
    let artefact = survey.main_artefact();
    let (before, after) = (text_of(earlier, desk)?, text_of(now, desk)?);
    let text = &survey.licences.covering(artefact)?.text;
    if before == after {
        return None;
    }
    let commit = earlier.subject.commit.clone().unwrap_or_default();
    let path = &text.path;
    let remark = remark!(
        "x18-text",
        "the text of the licence was {before} at commit {commit}, and `{path}` is {after} now",
        before,
        commit,
        path,
        after
    );
    let claim = desk.claim(format!("licence-text={after}"), text, 0..text.bytes.len().min(300));
    let locator = Locator { commit: Some(commit.clone()), ..Locator::default() };
    let says =
        remark!("was-text", "at commit {commit}, the text of the licence was {before}", commit, before);
    let against = vec![desk.shows(Strength::Exact, says, locator)];
    Some(Case::new(Severity::Proves, claim, against, remark).on(licence_criterion(desk)))
}

fn licence_criterion(desk: &Desk<'_>) -> Criterion {
    if desk.survey.is_dataset() { Criterion::DataLicence } else { Criterion::WeightsLicence }
}

/// The licence that a report found as a text, and how surely.
fn text_of(report: &Report, desk: &Desk<'_>) -> Option<String> {
    let artefact = if desk.survey.is_dataset() { "data" } else { "weights" };
    let fact = report.facts.licences.get(artefact)?;
    let (licence, certainty) = (fact.found_id.as_deref().unwrap_or("its own"), fact.text.as_deref()?);
    Some(format!("{licence} ({certainty})"))
}

/// What the metadata means, so that another spelling is no change.
fn licence(report: &Report) -> String {
    let fact = report.facts.licences.values().next();
    fact.and_then(|fact| fact.declared_id.clone().or_else(|| fact.declared.clone())).unwrap_or_default()
}

fn bases(report: &Report) -> String {
    in_order(report.facts.bases.iter().map(|base| base.repository.clone()))
}

fn datasets(report: &Report) -> String {
    let named = report.facts.datasets.iter().filter(|dataset| !dataset.evaluation_only);
    in_order(named.map(|dataset| dataset.repository.clone()))
}

/// Names in one order: which one stands first is no claim.
fn in_order(names: impl Iterator<Item = String>) -> String {
    names.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
}
