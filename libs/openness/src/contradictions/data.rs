//! Rules on data: X6, X15 and X16.

use std::collections::BTreeSet;

use super::Case;
use crate::Criterion;
use crate::checkers::{Desk, is_summary};
use crate::prose::Theme;
use crate::remark::{Remark, remark};
use crate::report::{Facts, Severity};
use crate::source::{Gate, Reach};
use crate::status::Degree;
use crate::survey::UsedDataset;

/// X6. "Open data", and every dataset that is named is missing, closed, gated or empty.
pub(super) fn open_data_that_is_not(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    if survey.is_dataset() {
        return Vec::new();
    }
    let Some((span, text)) = survey.card.said(Theme::OpenData).into_iter().next().zip(survey.card.text())
    else {
        return Vec::new();
    };
    let used: Vec<&UsedDataset> = survey.datasets.iter().filter(|dataset| !dataset.evaluation_only).collect();
    if used.iter().any(|dataset| matches!(dataset.reach, Reach::Unreachable(_))) {
        return Vec::new();
    }
    if used.iter().any(|dataset| is_open(dataset)) {
        return sample(desk, &used, span, text).into_iter().collect();
    }
    if used.is_empty() && survey.card.leads_elsewhere(&span) {
        return Vec::new();
    }
    let claim = desk.claim("open-data", text, span);
    if used.is_empty() {
        let remark =
            remark!("x6-unnamed", "the card says that the training data is open, and names no dataset");
        let absent = desk.absent(remark.clone(), text.place());
        return vec![Case::new(Severity::Suggests, claim, vec![absent], remark)];
    }
    let against = used.iter().map(|dataset| {
        let (id, state) = (&dataset.id, state(dataset));
        desk.told(remark!("dataset-not-open", "`{id}` {state}", id, state), dataset.locator())
    });
    let against = against.collect();
    let named = used.iter().map(|dataset| format!("`{}`", dataset.id)).collect::<Vec<_>>().join(", ");
    let remark =
        remark!("x6", "the card says that the training data is open; of {named}, nobody gets data", named);
    vec![Case::new(Severity::Proves, claim, against, remark)]
}

/// Datasets that anybody gets, and that are a tenth at most of the tokens that the card tells of.
fn sample(
    desk: &mut Desk<'_>,
    used: &[&UsedDataset],
    span: std::ops::Range<usize>,
    text: &crate::survey::Text,
) -> Option<Case> {
    let tokens = desk.survey.claimed_tokens()?;
    let sizes = used.iter().map(|dataset| match &dataset.reach {
        Reach::Found(report) => report.facts.data_bytes,
        _ => 0,
    });
    let bytes = sizes.fold(0, u64::saturating_add);
    if bytes >= tokens / 10 {
        return None;
    }
    let claim = desk.claim("open-data", text, span);
    let remark = remark!(
        "x6-sample",
        "the card says that the training data is open, and tells of {tokens} tokens; the datasets that it names hold {bytes} bytes",
        tokens,
        bytes
    );
    let holds = |dataset: &&UsedDataset| {
        let (id, state) = (&dataset.id, state(dataset));
        desk.told(remark!("dataset-holds", "`{id}` {state}", id, state), dataset.locator())
    };
    let against = used.iter().map(holds).collect();
    Some(Case::new(Severity::Suggests, claim, against, remark))
}

fn is_open(dataset: &UsedDataset) -> bool {
    let Reach::Found(report) = &dataset.reach else { return false };
    let gated = matches!(report.facts.gate, Some(Gate::Auto | Gate::Manual));
    !gated
        && report
            .finding(Criterion::TrainingData)
            .is_some_and(|finding| finding.extent.claimed > Degree::None)
}

fn state(dataset: &UsedDataset) -> String {
    match &dataset.reach {
        Reach::Found(report) if matches!(report.facts.gate, Some(Gate::Auto | Gate::Manual)) => {
            "is gated".to_owned()
        }
        Reach::Found(report) if report.facts.data_files > 0 => {
            format!("holds {} bytes of data", report.facts.data_bytes)
        }
        Reach::Found(_) => "holds no data".to_owned(),
        Reach::Absent(answer) => format!("does not exist: {answer}"),
        Reach::Closed(answer) => format!("is not open to everybody: {answer}"),
        Reach::Unreachable(why) => format!("was not looked at: {why}"),
    }
}

/// X15. The datasets of the card, and a summary of training content that names others.
pub(super) fn sources_left_out(desk: &mut Desk<'_>) -> Vec<Case> {
    let survey = desk.survey;
    let named = survey.card.texts("datasets");
    let (false, Some(card)) = (named.is_empty(), survey.card.text()) else { return Vec::new() };
    let summary = survey.documents().filter(|file| file.path.ends_with(".md") && is_summary(&file.path));
    let mut cases = Vec::new();
    for file in summary.take(4) {
        let Some(text) = survey.text(file) else { continue };
        let Ok(words) = std::str::from_utf8(&text.bytes) else { continue };
        let others: Vec<(String, std::ops::Range<usize>)> = dataset_links(words)
            .into_iter()
            .filter(|(id, _)| !named.iter().any(|known| known.eq_ignore_ascii_case(id)))
            .collect();
        let Some((first, _)) = others.first() else { continue };
        let path = &file.path;
        let remark = remark!(
            "x15",
            "the card names its datasets; `{path}` names others, such as `{first}`",
            path,
            first
        );
        let claim = desk.claim(format!("datasets={}", named.join(",")), card, survey.card.span("datasets"));
        let against = others.iter().take(5).map(|(id, span)| {
            desk.shows(
                crate::Strength::Exact,
                remark!("summary-names", "`{path}` names `{id}`", path, id),
                text.locate(span.clone()),
            )
        });
        let against = against.collect();
        cases.push(Case::new(Severity::Proves, claim, against, remark));
    }
    cases
}

/// `owner/name` after each `/datasets/` of a text, each once.
fn dataset_links(text: &str) -> Vec<(String, std::ops::Range<usize>)> {
    let mut found: Vec<(String, std::ops::Range<usize>)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, mark) in text.match_indices("/datasets/") {
        let start = at + mark.len();
        let rest = &text[start..];
        let end = rest
            .find(|letter: char| !(letter.is_ascii_alphanumeric() || "/._-".contains(letter)))
            .unwrap_or(rest.len());
        let mut parts = rest[..end].split('/');
        let (Some(owner), Some(name)) = (parts.next(), parts.next()) else { continue };
        let id = format!("{owner}/{}", name.trim_end_matches('.'));
        if !owner.is_empty() && !name.is_empty() && seen.insert(id.clone()) {
            found.push((id, start..start + end));
        }
    }
    found
}

/// X16. "No synthetic data" or "no user data", and a dataset that says it is just that.
pub(super) fn denied_data(desk: &mut Desk<'_>) -> Vec<Case> {
    let synthetic = remark!(
        "x16",
        "the card says that no synthetic data was used; a dataset that it names says that it is made by machines"
    );
    let of_users = remark!(
        "x16-users",
        "the card says that no data of users was used; a dataset that it names says that it holds some"
    );
    let made = |desk: &mut Desk<'_>, dataset: &UsedDataset| {
        let id = &dataset.id;
        let says = remark!("dataset-synthetic", "the card of `{id}` says that it is made by machines", id);
        desk.told(says, dataset.locator())
    };
    let wrote = |desk: &mut Desk<'_>, dataset: &UsedDataset| {
        let id = &dataset.id;
        let says =
            remark!("dataset-of-users", "the card of `{id}` says that it holds what users wrote or did", id);
        desk.told(says, dataset.locator())
    };
    let mut cases = denied(
        desk,
        Denied {
            theme: Theme::NoSyntheticData,
            value: "no-synthetic-data",
            is: |facts| facts.machine_made,
            shown: made,
            remark: synthetic,
        },
    );
    cases.extend(denied(
        desk,
        Denied {
            theme: Theme::NoUserData,
            value: "no-user-data",
            is: |facts| facts.of_users,
            shown: wrote,
            remark: of_users,
        },
    ));
    cases
}

/// A kind of data that a card may say was not used.
struct Denied<S> {
    theme: Theme,
    value: &'static str,
    is: fn(&Facts) -> bool,
    shown: S,
    remark: Remark,
}

fn denied(desk: &mut Desk<'_>, kind: Denied<impl Fn(&mut Desk<'_>, &UsedDataset) -> String>) -> Vec<Case> {
    let survey = desk.survey;
    let Some((span, text)) = survey.card.said(kind.theme).into_iter().next().zip(survey.card.text()) else {
        return Vec::new();
    };
    let is_such = |dataset: &&UsedDataset| match &dataset.reach {
        Reach::Found(report) => !dataset.evaluation_only && (kind.is)(&report.facts),
        _ => false,
    };
    let against: Vec<String> =
        survey.datasets.iter().filter(is_such).map(|dataset| (kind.shown)(desk, dataset)).collect();
    if against.is_empty() {
        return Vec::new();
    }
    let claim = desk.claim(kind.value, text, span);
    vec![Case::new(Severity::Suggests, claim, against, kind.remark)]
}
