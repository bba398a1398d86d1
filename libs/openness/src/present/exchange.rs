//! A report as the files that two indexes of open models collect: ready for a pull request, after a reading.
//!
//! Both hold what is verified and nothing else; what is only claimed is named in a comment.

use serde_json::Value;

use super::name;
use crate::report::{Outcome, Part, Report};
use crate::rubric::PartRule;
use crate::status::Belief;
use crate::{Criterion, rubric};

/// The rubrics whose parts are these indexes' own.
const MOT: &str = "mof-1.0-mot";
const INDEX: &str = "osai-2026-03";

/// The model file of the Model Openness Tool: `models/*.yml` of <https://github.com/lfai/model_openness_tool>.
/// Empty for what is no model.
pub fn mot_yaml(report: &Report) -> String {
    let (Some(outcome), Some(rubric)) = (report.grade(MOT), rubric::rubric(MOT)) else {
        return String::new();
    };
    let mut lines = comments(report, outcome);
    lines.extend(
        ["framework:", "  name: Model Openness Framework", "  version: '1.0'", "  date: '2024-12-15'"]
            .map(String::from),
    );
    lines.push("release:".to_owned());
    lines.push(format!("  name: {}", quoted(short(report))));
    lines.push("  version: ''".to_owned());
    lines.push("  origin: ''".to_owned());
    lines.push(format!("  producer: {}", quoted(owner(report))));
    lines.push("  contact: ''".to_owned());
    lines.push(format!("  huggingface: {}", quoted(&address(report))));
    lines.push("  license: {}".to_owned());
    let present =
        rubric.parts.iter().filter(|rule| part(outcome, &rule.id).is_some_and(|part| part.verified > 0));
    let components: Vec<String> = present.flat_map(|rule| component(report, rule)).collect();
    match components.is_empty() {
        true => lines.push("  components: []".to_owned()),
        false => lines.push("  components:".to_owned()),
    }
    lines.extend(components);
    text(&lines)
}

fn component(report: &Report, rule: &PartRule) -> Vec<String> {
    let mut lines = vec![format!("    - name: {}", quoted(&rule.title))];
    let licence =
        rule.component.as_ref().and_then(|component| component.licence_of(report, Belief::Verified));
    match licence {
        Some((id, path)) => {
            lines.push(format!("      license: {}", quoted(id)));
            lines.extend(path.map(|path| format!("      license_path: {}", quoted(path))));
        }
        None => lines.push("      license: unlicensed".to_owned()),
    }
    let path = places(report, rule).into_iter().next();
    lines.extend(path.map(|path| format!("      component_path: {}", quoted(&path))));
    lines
}

/// The entry of the European Open Source AI Index: a file of
/// <https://github.com/Language-Technology-Assessment/main-database>. Empty for what is no model.
pub fn osai_yaml(report: &Report) -> String {
    let (Some(outcome), Some(rubric)) = (report.grade(INDEX), rubric::rubric(INDEX)) else {
        return String::new();
    };
    let base = report.facts.bases.first().map_or(short(report), |base| base.repository.as_str());
    let licence = report.facts.licences.get("weights").and_then(|licence| licence.found_id.as_deref());
    let mut lines = vec!["---".to_owned()];
    lines.extend(comments(report, outcome));
    lines.push("system:".to_owned());
    for (key, value) in [
        ("name", short(report)),
        ("link", &address(report)),
        ("type", kind(report)),
        ("performanceclass", ""),
        ("basemodelname", base),
        ("endmodelname", short(report)),
        ("endmodellicense", licence.unwrap_or_default()),
        ("releasedate", ""),
        ("notes", ""),
    ] {
        lines.push(format!("    {key}: {}", quoted(value)));
    }
    lines.push("\norg:".to_owned());
    for (key, value) in [("name", owner(report)), ("link", ""), ("notes", "")] {
        lines.push(format!("    {key}: {}", quoted(value)));
    }
    for rule in &rubric.parts {
        lines.extend(part(outcome, &rule.id).into_iter().flat_map(|part| entry(report, rule, part)));
    }
    text(&lines)
}

fn entry(report: &Report, rule: &PartRule, part: &Part) -> Vec<String> {
    let class = match part.verified {
        1000 => "open",
        0 => "closed",
        _ => "partial",
    };
    let links: Vec<Value> = places(report, rule).into_iter().map(Value::String).collect();
    let link = match links.as_slice() {
        [] => String::new(),
        [one] => format!(" {one}"),
        several => format!(" {}", Value::Array(several.to_vec())),
    };
    let findings = rule.criteria().into_iter().filter_map(|criterion| report.finding(criterion));
    let remarks = findings.flat_map(|finding| finding.remarks.iter().map(|remark| remark.text.as_str()));
    vec![
        format!("\n{}:", part.id),
        format!("    class: {class}"),
        format!("    link:{link}"),
        format!("    notes: {}", quoted(&remarks.collect::<Vec<_>>().join("; "))),
    ]
}

/// What stands above: where it comes from, and what is claimed beyond it.
fn comments(report: &Report, outcome: &Outcome) -> Vec<String> {
    let commit = report.subject.commit.as_deref().unwrap_or("no commit");
    let mut lines = vec![
        "# Made from evidence by limpide: only what is verified counts.".to_owned(),
        format!("# Repository: {} at {}", comment(name(&report.subject)), comment(commit)),
    ];
    let claimed = outcome.parts.iter().filter(|part| part.claimed > part.verified);
    lines.extend(claimed.map(|part| format!("# Claimed and not verified: {}", comment(&part.title))));
    lines
}

fn comment(text: &str) -> String {
    super::readable(text).collect()
}

fn part<'a>(outcome: &'a Outcome, id: &str) -> Option<&'a Part> {
    outcome.parts.iter().find(|part| part.id == id)
}

/// Where the evidence for a part lies, in the order of criteria, each place once.
fn places(report: &Report, rule: &PartRule) -> Vec<String> {
    let mut places: Vec<String> = Vec::new();
    for criterion in rule.criteria() {
        for place in evidence(report, criterion) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

fn evidence(report: &Report, criterion: Criterion) -> impl Iterator<Item = String> {
    let ids = report.finding(criterion).into_iter().flat_map(|finding| finding.evidence.iter());
    let found = ids.filter_map(|id| report.evidence.get(id));
    found.filter_map(|evidence| evidence.locator.address.clone().or_else(|| evidence.locator.path.clone()))
}

fn owner(report: &Report) -> &str {
    name(&report.subject).split_once('/').map_or("", |(owner, _)| owner)
}

fn short(report: &Report) -> &str {
    let name = name(&report.subject);
    name.split_once('/').map_or(name, |(_, name)| name)
}

/// Where the repository is read; nothing for a folder.
fn address(report: &Report) -> String {
    match (&report.subject.hub, &report.subject.repository) {
        (Some(hub), Some(repository)) => format!("{hub}/{}{repository}", report.subject.kind.prefix()),
        _ => String::new(),
    }
}

/// What kind of model it is, in the index's words.
fn kind(report: &Report) -> &'static str {
    match report.facts.task.as_deref() {
        Some(task) if task.ends_with("to-image") => "image",
        Some(task) if task.ends_with("to-video") => "video",
        Some(task) if task.ends_with("to-speech") || task.ends_with("to-audio") => "audio",
        Some(task) if task.contains("text") => "text",
        _ => "",
    }
}

/// A text as a JSON string, which YAML reads as the same text whatever it holds.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

fn text(lines: &[String]) -> String {
    let mut text = lines.join("\n");
    text.push('\n');
    text
}
