//! Evaluation results: numbers, each with a dataset and a metric.

use super::Desk;
use crate::remark::remark;
use crate::report::{Finding, Strength};
use crate::status::Degree;

/// E1. Structured results, or tables that name benchmarks; that the numbers are true nobody can tell from here.
pub(super) fn results(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let results = survey.results();
    let mut evidence = Vec::new();
    let whole = results.iter().filter(|(result, _)| result.is_whole()).count();
    if let Some((_, place)) = results.first() {
        let all = results.len();
        let says = remark!(
            "results-structured",
            "{whole} of {all} structured results have a dataset, a metric and a value",
            whole,
            all
        );
        evidence.push(desk.shows(Strength::Derived, says, place.clone()));
    }
    let tables = survey.result_tables();
    if let Some((count, span)) = tables.first() {
        let says =
            remark!("results-table", "a table gives {count} numbers for benchmarks that it names", count);
        evidence.extend(
            survey.card.text().map(|text| desk.shows(Strength::Derived, says, text.locate(span.clone()))),
        );
    }
    let numbers: usize = tables.iter().map(|(count, _)| count).sum();
    let section = survey.card.sections(crate::survey::Topic::Evaluation, 12);
    let finding = if whole > 0 || numbers >= 3 {
        Finding::verified(criterion, Degree::Full, Degree::Full)
            .because(remark!("results-there", "results are given, with what was measured on which data"))
    } else if !results.is_empty() || numbers > 0 {
        Finding::verified(criterion, Degree::Partial, Degree::Partial)
            .because(remark!("results-partly", "results are given, and parts of what they mean are not"))
    } else if !section.is_empty() {
        Finding::claimed(criterion, Degree::Partial).because(remark!(
            "results-said",
            "the card speaks of evaluation, without results that can be read"
        ))
    } else {
        Finding::missing(criterion).because(remark!("no-results", "no evaluation results were found"))
    };
    finding
        .raised_by(remark!(
            "add-results",
            "give results with dataset, metric and value, in `model-index` or `.eval_results`"
        ))
        .showing(evidence)
        .searching("the card and `.eval_results`")
}
