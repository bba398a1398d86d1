//! Rules on weights: X8 to X10.

use super::Case;
use crate::Criterion;
use crate::checkers::Desk;
use crate::prose::{self, Theme};
use crate::remark::remark;
use crate::report::{Severity, Strength};
use crate::source::{Content, Gate, Reach};

/// X8. "The weights are released", and files, objects or access are missing.
pub(super) fn weights_that_are_not(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let mut cases = Vec::new();
    let said = survey.card.said(Theme::Weights).into_iter().next().zip(survey.card.text());
    for missing in &survey.weights.missing {
        let Some(index) = &missing.index else { continue };
        let (lacking, total, path) = (missing.names.len(), missing.total, &index.path);
        let remark = remark!(
            "x8-shards",
            "`{path}` names {total} files of weights; {lacking} of them are not in the repository",
            path,
            total,
            lacking
        );
        let claim = desk.claim(format!("shards={total}"), index, 0..index.bytes.len().min(200));
        let against = vec![desk.absent(remark.clone(), survey.whole())];
        cases.push(Case::new(Severity::Proves, claim, against, remark));
    }
    let Some((span, text)) = said else { return cases };
    let weights = &survey.weights;
    // A sentence with a link may speak of weights elsewhere.
    if weights.files.is_empty()
        && weights.missing.is_empty()
        && !survey.card.leads_elsewhere(&span)
        && survey.subject.kind == limpide_words::Kind::Model
    {
        let remark = remark!(
            "x8-none",
            "the card says that the weights are released; no file of the repository holds weights"
        );
        let claim = desk.claim("weights", text, span.clone());
        let against = vec![desk.absent(remark.clone(), survey.whole())];
        cases.push(Case::new(Severity::Proves, claim, against, remark));
    }
    let lost: Vec<_> = weights.files.iter().filter(|weight| weight.file.content == Content::Lost).collect();
    if let Some(first) = lost.first() {
        let path = &first.file.path;
        let remark = remark!(
            "x8-lost",
            "the card says that the weights are released; the object that `{path}` points to is not in the store",
            path
        );
        let claim = desk.claim("weights", text, span.clone());
        let against = vec![desk.shows(Strength::Exact, remark.clone(), first.locator.clone())];
        cases.push(Case::new(Severity::Proves, claim, against, remark));
    }
    if survey.standing.gate == Some(Gate::Manual) {
        let remark = remark!(
            "x8-gated",
            "the card says that the weights are released; one has to be let in by somebody to get them"
        );
        let claim = desk.claim("weights", text, span);
        let against = vec![desk.told(remark.clone(), survey.whole())];
        cases.push(Case::new(Severity::Proves, claim, against, remark).on(Criterion::Access));
    }
    cases
}

/// X9. A number of parameters, or an origin, that the weights do not have.
pub(super) fn parameters_and_origin(desk: &mut Desk<'_>) -> Vec<Case> {
    let mut cases = parameters(desk);
    cases.extend(origin(desk));
    cases
}

fn parameters(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    if survey.is_packed() || survey.is_adapter() {
        return Vec::new();
    }
    let Some(counted) = survey.parameters() else { return Vec::new() };
    let total = counted.total;
    // A twentieth, or what rounding explains: "7B" may be anything that rounds to it.
    let far = |value: u64, rounding: u64, part: u64| total.abs_diff(value) > (value / part).max(rounding);
    let figures = survey.card.parameters();
    let place = survey.weights.files.first().map_or_else(|| survey.whole(), |weight| weight.locator.clone());
    if let (Some(figure), Some(text)) = (figures.first(), survey.card.text()) {
        if !figures.iter().all(|figure| far(figure.value, figure.rounding, 20)) {
            return Vec::new();
        }
        let value = figure.value;
        let claim = desk.claim(format!("parameters={value}"), text, figure.span.clone());
        let remark =
            remark!("x9-count", "the card gives {value} parameters; the tensors hold {total}", value, total);
        let against = vec![desk.shows(
            Strength::Derived,
            remark!("tensors-sum", "the tensors hold {total} elements", total),
            place,
        )];
        // Several numbers may be about several models.
        let severity = if figures.len() == 1 { Severity::Proves } else { Severity::Suggests };
        return vec![Case::new(severity, claim, against, remark)];
    }
    let Some((value, rounding)) = prose::parameters_in_name(survey.name()) else { return Vec::new() };
    let Some(text) = survey.card.text().filter(|_| far(value, rounding, 4)) else { return Vec::new() };
    let name = survey.name().to_owned();
    let claim = desk.claim(format!("parameters={value}"), text, 0..0);
    let remark = remark!(
        "x9-name",
        "the name `{name}` speaks of {value} parameters; the tensors hold {total}",
        name,
        value,
        total
    );
    let against = vec![desk.shows(
        Strength::Derived,
        remark!("tensors-sum", "the tensors hold {total} elements", total),
        place,
    )];
    vec![Case::new(Severity::Suggests, claim, against, remark)]
}

fn origin(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let Some(text) = survey.card.text() else { return Vec::new() };
    let scratch = survey.card.said(Theme::FromScratch).into_iter().next();
    let mut cases = Vec::new();
    let claimed = |desk: &mut Desk<'_>| match &scratch {
        Some(span) => desk.claim("from-scratch", text, span.clone()),
        None => desk.claim(
            "base_model=none",
            text,
            survey.card.document().map_or(0..0, |document| {
                document.sections.first().map_or(0..0, |section| section.heading_span.clone())
            }),
        ),
    };
    if !survey.bases.is_empty() {
        return cases;
    }
    if let Some((name, place)) = loaded_from(desk) {
        let claim = claimed(desk);
        let remark =
            remark!("x9-config", "no base model is named; `config.json` was saved from `{name}`", name);
        let against = vec![desk.shows(Strength::Derived, remark.clone(), place)];
        cases.push(Case::new(Severity::Suggests, claim, against, remark));
    }
    if let Some((holder, path, place)) = same_bytes(desk) {
        let claim = claimed(desk);
        let remark = remark!(
            "x9-same",
            "no base model is named; `{path}` has the same bytes as a file of `{holder}`",
            path,
            holder
        );
        let against = vec![desk.shows(Strength::Exact, remark.clone(), place)];
        // Which of the two was there first cannot be seen: the other may be the copy.
        cases.push(Case::new(Severity::Suggests, claim, against, remark));
    }
    if survey.is_quantized() {
        let claim = claimed(desk);
        let remark = remark!(
            "x9-quantized",
            "no base model is named; the weights are packed, as one makes them from those of another model"
        );
        let place =
            survey.weights.files.first().map_or_else(|| survey.whole(), |weight| weight.locator.clone());
        let against = vec![desk.shows(Strength::Derived, remark.clone(), place)];
        cases.push(Case::new(Severity::Suggests, claim, against, remark));
    }
    cases
}

/// The model that `config.json` was loaded from, when it is another's.
fn loaded_from(desk: &Desk<'_>) -> Option<(String, crate::report::Locator)> {
    let survey = desk.survey;
    let (text, config) = survey.config.as_ref()?;
    let name = config.name_or_path.clone()?;
    let id: limpide_words::RepoId = name.parse().ok()?;
    let own = survey.subject.repository.as_deref().unwrap_or_default();
    let own_owner = own.split('/').next().unwrap_or_default();
    (!id.to_string().eq_ignore_ascii_case(own) && !id.owner.as_str().eq_ignore_ascii_case(own_owner))
        .then(|| (name, text.place()))
}

/// Another repository that holds a file of weights with the same bytes.
fn same_bytes(desk: &Desk<'_>) -> Option<(String, String, crate::report::Locator)> {
    let survey = desk.survey;
    let own = survey.subject.repository.as_ref().map(|id| format!("{}:{id}", survey.subject.kind));
    survey.weights.files.iter().filter(|weight| weight.file.size > 1024).take(8).find_map(|weight| {
        let Reach::Found(holders) = survey.neighbours.world.holders(weight.file.sha256?) else { return None };
        let other = holders.into_iter().find(|holder| Some(holder) != own.as_ref())?;
        Some((other, weight.file.path.clone(), weight.locator.clone()))
    })
}

/// X10. "Checkpoints are released", and they are not there, or all the same.
pub(super) fn checkpoints_that_are_the_same(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let Some((span, text)) = survey.card.said(Theme::Checkpoints).into_iter().next().zip(survey.card.text())
    else {
        return Vec::new();
    };
    let found = survey.checkpoints();
    if matches!(survey.refs, Reach::Unreachable(_)) && found.named == 0
        || found.unknown > 0
        || found.distinct() >= 2
        || (found.named < 2 && survey.card.leads_elsewhere(&span))
    {
        return Vec::new();
    }
    let (named, distinct) = (found.named, found.distinct());
    let claim = desk.claim("checkpoints", text, span);
    let remark = remark!(
        "x10",
        "the card says that checkpoints are released; {named} are named, with {distinct} different contents",
        named,
        distinct
    );
    let against = vec![desk.shows(Strength::Exact, remark.clone(), survey.whole())];
    // Checkpoints may lie in a repository of their own.
    let severity = if named >= 2 { Severity::Proves } else { Severity::Suggests };
    vec![Case::new(severity, claim, against, remark)]
}
