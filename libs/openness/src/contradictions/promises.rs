//! Rules on what a card promises: X12, X14 and X17.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use super::Case;
use crate::checkers::Desk;
use crate::prose::{self, Theme};
use crate::remark::remark;
use crate::report::{Locator, Report, Severity, Strength};
use crate::survey::{StructuredResult, TabledResult};

/// X12. Two structured results on the same dataset with the same metric, and another value.
pub(super) fn results_that_differ(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let results = survey.results();
    let Some(text) = survey.card.text() else { return Vec::new() };
    // Results of several models in one card may well differ.
    let models = survey.card.field("model-index").and_then(serde_json::Value::as_array).map_or(0, Vec::len);
    if models > 1 {
        return Vec::new();
    }
    let results = &results[..results.len().min(MOST_RESULTS)];
    let sole = sole_metrics(results);
    let mut cases = Vec::new();
    for (at, (one, place)) in results.iter().enumerate() {
        let others = results[at + 1..].iter().filter(|(other, _)| measures_the_same(one, other, &sole));
        for (other, other_place) in others {
            let (Some(first), Some(second)) = (one.number(), other.number()) else { continue };
            if same_number(first, second) {
                continue;
            }
            let dataset = one.dataset.clone().unwrap_or_default();
            let metric = one.metric.clone().or(other.metric.clone()).unwrap_or_default();
            let (value, different) =
                (one.value.clone().unwrap_or_default(), other.value.clone().unwrap_or_default());
            let remark = remark!(
                "x12",
                "for {metric} on {dataset}, one place gives {value} and another {different}",
                metric,
                dataset,
                value,
                different
            );
            let claim = desk.claim(
                format!("result={dataset}/{metric}={value}"),
                text,
                survey.card.span("model-index"),
            );
            let against =
                [place, other_place].map(|place| desk.shows(Strength::Exact, remark.clone(), place.clone()));
            // Where one of them names no metric, it may be another.
            let sure = one.metric.is_some() && other.metric.is_some();
            let severity = if sure { Severity::Proves } else { Severity::Suggests };
            cases.push(Case::new(severity, claim, against.to_vec(), remark));
        }
    }
    cases.extend(tables_that_differ(desk, results, &sole));
    cases.truncate(20);
    cases
}

/// What the metadata gives for a dataset, and a table of the same card otherwise.
fn tables_that_differ(
    desk: &mut Desk<'_>,
    results: &[(StructuredResult, Locator)],
    sole: &BTreeSet<&str>,
) -> Vec<Case> {
    let survey = desk.survey;
    let Some(text) = survey.card.text() else { return Vec::new() };
    let tabled = survey.tabled_results();
    let mut cases = Vec::new();
    for (result, place) in results.iter().filter(|(result, _)| result.metric.is_some()) {
        let Some(dataset) = result.dataset.as_deref().filter(|dataset| sole.contains(dataset)) else {
            continue;
        };
        let short = dataset.rsplit('/').next().unwrap_or(dataset);
        let is_of_it =
            |label: &str| label == dataset || label == short || Some(label) == result.dataset_name.as_deref();
        let cells: Vec<&TabledResult<'_>> = tabled.iter().filter(|cell| is_of_it(&cell.label)).collect();
        // One cell of several may be of another setting.
        let [cell] = cells.as_slice() else { continue };
        let Some(value) = result.value.as_deref() else { continue };
        let (Some(first), Some(second)) = (Rounded::read(value), Rounded::read(cell.value)) else { continue };
        if first.may_be(&second) {
            continue;
        }
        let different = cell.value.trim();
        let remark = remark!(
            "x12-table",
            "for {dataset}, the metadata of the card gives {value}, and a table of it {different}",
            dataset,
            value,
            different
        );
        let claim = desk.claim(format!("result={dataset}={different}"), text, cell.span.clone());
        let against = vec![desk.shows(Strength::Derived, remark.clone(), place.clone())];
        cases.push(Case::new(Severity::Suggests, claim, against, remark));
    }
    cases
}

/// A number, and how far the true one may lie from it: half a unit of its last digit.
struct Rounded {
    value: f64,
    half: f64,
}

impl Rounded {
    fn read(text: &str) -> Option<Self> {
        let digits = text.trim_matches(['*', '_', '`', ' ', '%']);
        let value: f64 = digits.parse().ok().filter(|value: &f64| value.is_finite())?;
        let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len());
        Some(Self { value, half: 0.5 * 0.1_f64.powi(i32::try_from(decimals).ok()?) })
    }

    /// Whether both may be one number, each rounded, and one of them maybe per cent.
    fn may_be(&self, other: &Self) -> bool {
        let scaled = |factor: f64| {
            (self.value * factor - other.value).abs() <= (self.half * factor + other.half) * 1.01
        };
        same_number(self.value, other.value) || [1.0, 100.0, 0.01].into_iter().any(scaled)
    }
}

/// Results that are compared with each other.
const MOST_RESULTS: usize = 500;

/// Whether two results are of the same dataset, setting and metric. `.eval_results` name no metric; where the card
/// gives one metric alone for the dataset, that is the one.
fn measures_the_same(one: &StructuredResult, other: &StructuredResult, sole: &BTreeSet<&str>) -> bool {
    let Some(dataset) = one.dataset.as_deref().filter(|_| one.dataset == other.dataset) else { return false };
    match (&one.metric, &other.metric) {
        (Some(metric), Some(another)) => metric == another && one.setting == other.setting,
        (None, None) => false,
        _ => sole.contains(dataset),
    }
}

/// Datasets for which all results that name a metric name the same, in the same setting.
fn sole_metrics(results: &[(StructuredResult, Locator)]) -> BTreeSet<&str> {
    let mut metrics: BTreeMap<&str, BTreeSet<_>> = BTreeMap::new();
    for (result, _) in results {
        if let (Some(dataset), Some(metric)) = (&result.dataset, &result.metric) {
            metrics.entry(dataset).or_default().insert((metric, &result.setting));
        }
    }
    metrics.into_iter().filter(|(_, named)| named.len() == 1).map(|(dataset, _)| dataset).collect()
}

/// Equal, or equal when one is a share and the other per cent.
fn same_number(one: f64, other: f64) -> bool {
    let close = |one: f64, other: f64| (one - other).abs() <= 0.005 * one.abs().max(other.abs()).max(0.01);
    close(one, other) || close(one * 100.0, other) || close(one, other * 100.0)
}

/// X14. "Complies with the AI Act" or "exempt", and the rules say no, or no summary of training content is there.
pub(super) fn ai_act(desk: &mut Desk<'_>, report: &Report) -> Vec<Case> {
    let survey = desk.survey;
    let Some((span, text)) = survey.card.said(Theme::AiAct).into_iter().next().zip(survey.card.text()) else {
        return Vec::new();
    };
    // Whoever is not exempt may still comply.
    let is_exemption = text.quote(span.clone()).to_lowercase().contains("exempt");
    let denies = |outcome: &&crate::report::Outcome| {
        is_exemption && outcome.rubric.starts_with("eu-") && outcome.claimed.score == 0
    };
    let denied = report.grades.iter().find(denies);
    let summary = survey.documents().any(|file| {
        let path = file.path.to_lowercase();
        path.contains("summary") || path.contains("training_content") || path.contains("training-content")
    });
    let mentions = survey.card.body().to_lowercase().contains("summary of")
        || survey.card.body().to_lowercase().contains("training-content");
    let remark = match (denied, summary || mentions) {
        (Some(outcome), _) => {
            remark!(
                "x14-rules",
                "the card speaks of an exemption under the AI Act; the rules of {rubric} say no",
                rubric = outcome.rubric
            )
        }
        (None, false) => remark!(
            "x14-summary",
            "the card speaks of complying with the AI Act; a summary of training content (Article 53(1)(d)), which no exemption waives, was not found"
        ),
        (None, true) => return Vec::new(),
    };
    let claim = desk.claim("ai-act", text, span);
    let against = vec![desk.absent(remark.clone(), survey.whole())];
    vec![Case::new(Severity::Suggests, claim, against, remark)]
}

/// `MOF Class I`, `Class II - Open Tooling`.
static BADGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:mof|model openness framework)[^.\n]{0,40}\bclass[ -]?(iii|ii|i|3|2|1)\b|\bclass (iii|ii|i)\b[ –:-]{1,4}open (?:science|tooling|model)").ok()
});

/// X17. A class of the Model Openness Framework, and a recomputed one that is lower whatever one believes.
pub(super) fn badge(desk: &mut Desk<'_>, report: &Report) -> Vec<Case> {
    let survey = desk.survey;
    let (Some(text), Some(pattern)) = (survey.card.text(), BADGE.as_ref()) else { return Vec::new() };
    let badges = survey.card.sentences().filter(|(sentence, _)| sentence.len() < 1000);
    let badges =
        badges.filter_map(|(sentence, span)| Some((pattern.captures(sentence)?, sentence, span.start)));
    let mut own = badges.filter(|(_, sentence, _)| !prose::is_denied(sentence));
    let Some((found, _, begin)) = own.next() else { return Vec::new() };
    let class = found.get(1).or(found.get(2)).map(|class| class.as_str().to_lowercase()).unwrap_or_default();
    let claimed = match class.as_str() {
        "i" | "1" => 3,
        "ii" | "2" => 2,
        _ => 1,
    };
    let Some(outcome) = report.grade("mof-1.0-mot") else { return Vec::new() };
    let rank = |name: &str| match name {
        "I" => 3,
        "II" => 2,
        "III" => 1,
        _ => 0,
    };
    let recomputed = &outcome.claimed.name;
    if rank(recomputed) >= claimed {
        return Vec::new();
    }
    let span = found.get(0).map_or(0..0, |found| begin + found.start()..begin + found.end());
    let class = class.to_uppercase();
    let remark = remark!(
        "x17",
        "the card names class {class} of the Model Openness Framework; with all claims believed it is {recomputed}",
        class,
        recomputed
    );
    let claim = desk.claim(format!("mof-class={class}"), text, span.clone());
    let against = vec![desk.shows(Strength::Derived, remark.clone(), text.locate(span))];
    vec![Case::new(Severity::Proves, claim, against, remark)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_per_cent_are_the_same_number() {
        assert!(same_number(0.713, 71.3) && same_number(71.3, 71.31) && same_number(5.0, 5.0));
        assert!(!same_number(71.3, 75.0) && !same_number(0.5, 0.6));
    }

    #[test]
    fn badges_are_read() {
        let pattern = BADGE.as_ref().unwrap();
        assert_eq!(&pattern.captures("MOF: Class I").unwrap()[1], "I");
        assert_eq!(&pattern.captures("It is Class II - Open Tooling.").unwrap()[2], "II");
        assert!(pattern.captures("a class i of problems").is_none());
    }
}
