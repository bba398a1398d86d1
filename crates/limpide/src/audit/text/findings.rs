//! The findings of a report, sorted by what is known of them.

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};
use limpide_openness::{
    Belief, Claim, Contradiction, Degree, Evidence, Finding, Locator, Report, Severity, Status,
};

use super::{BOLD, DIM, Page};
use crate::page::{plain, short};

const RED: Style = AnsiColor::Red.on_default();
const GREEN: Style = AnsiColor::Green.on_default();
const CYAN: Style = AnsiColor::Cyan.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();

/// What each status is called over the findings that have it. Contradictions have a part of their own.
const GROUPS: [(Status, &str, Style); 5] = [
    (Status::Verified, "Open: shown by the bytes", GREEN),
    (Status::Attested, "Attested: signed for, not shown", CYAN),
    (Status::Claimed, "Only claimed: said, not shown", YELLOW),
    (Status::Missing, "Missing: searched for, not there", Style::new()),
    (Status::Unchecked, "Not checked: could not be looked at", DIM),
];

/// How many places of evidence are shown where not all are.
const PLACES: usize = 2;

/// Each claim that does not hold: its words, the bytes against it, and the rule.
pub(super) fn contradictions(report: &Report, page: &Page, out: &mut String) {
    let told = |finding: &Finding| {
        report.contradictions.iter().any(|contradiction| contradiction.criterion == finding.criterion)
    };
    let with = |status| report.findings.iter().filter(move |finding| finding.status == status);
    let untold: Vec<&Finding> = with(Status::Contradicted).filter(|finding| !told(finding)).collect();
    if report.contradictions.is_empty() && untold.is_empty() {
        return;
    }
    page.heading("Contradicted: claim and bytes differ", RED, out);
    for contradiction in &report.contradictions {
        one(report, contradiction, page, out);
    }
    untold.into_iter().for_each(|finding| entry(report, finding, page, out));
}

fn one(report: &Report, contradiction: &Contradiction, page: &Page, out: &mut String) {
    let criterion = contradiction.criterion;
    let severity = match contradiction.severity {
        Severity::Proves => "the bytes prove it",
        Severity::Suggests => "the bytes suggest it",
    };
    page.item(
        criterion.code(),
        &format!("{BOLD}{}{BOLD:#} {DIM}· {severity}{DIM:#}", criterion.title()),
        out,
    );
    if let Some(claim) = report.claims.get(&contradiction.claim) {
        page.detail("claim", &claimed(claim), out);
    }
    for evidence in contradiction.counter_evidence.iter().filter_map(|id| report.evidence.get(id)) {
        page.detail("bytes", &seen(evidence, page), out);
    }
    let rule = format!("{}: {}", plain(&contradiction.rule), plain(&contradiction.remark.text));
    page.detail("rule", &rule, out);
}

/// The findings of each status, under a heading that says what it means.
pub(super) fn groups(report: &Report, page: &Page, out: &mut String) {
    for (status, title, style) in GROUPS {
        let mut findings = report.findings.iter().filter(|finding| finding.status == status).peekable();
        if findings.peek().is_some() {
            page.heading(title, style, out);
            findings.for_each(|finding| entry(report, finding, page, out));
        }
    }
    let codes =
        |finding: &Finding| (finding.status == Status::NotApplicable).then(|| finding.criterion.code());
    let none: Vec<&str> = report.findings.iter().filter_map(codes).collect();
    if !none.is_empty() {
        page.heading("Not asked for here", DIM, out);
        page.line(2, &none.join(" "), out);
    }
}

fn entry(report: &Report, finding: &Finding, page: &Page, out: &mut String) {
    let criterion = finding.criterion;
    let qualities = qualities(finding);
    let qualities = if qualities.is_empty() {
        String::new()
    } else {
        format!(" {DIM}· {}{DIM:#}", qualities.join(", "))
    };
    page.item(criterion.code(), &format!("{}{qualities}", criterion.title()), out);
    for remark in &finding.remarks {
        page.item("", &plain(&remark.text), out);
    }
    match page.verbose {
        true => grounds(report, finding, page, out),
        false => places(report, finding, page, out),
    }
}

/// What qualifies a status: met in part, probable, taken over from another repository.
fn qualities(finding: &Finding) -> Vec<String> {
    let mut qualities = Vec::new();
    let belief = match finding.status {
        Status::Verified => Some(Belief::Verified),
        Status::Attested => Some(Belief::Attested),
        Status::Claimed => Some(Belief::Claimed),
        _ => None,
    };
    let extent = finding.extent;
    if let Some(belief) = belief {
        qualities.extend((extent.at(belief) == Degree::Partial).then(|| "in part".to_owned()));
        let more = belief != Belief::Claimed && extent.claimed > extent.at(belief);
        qualities.extend(more.then(|| "more is claimed".to_owned()));
    }
    qualities.extend(finding.probable.then(|| "probable".to_owned()));
    qualities.extend(finding.inherited.as_deref().map(|from| format!("as {}", plain(from))));
    qualities
}

/// Everything that a finding rests on.
fn grounds(report: &Report, finding: &Finding, page: &Page, out: &mut String) {
    for claim in finding.claims.iter().filter_map(|id| report.claims.get(id)) {
        page.detail("claim", &claimed(claim), out);
    }
    for (word, ids) in [("evidence", &finding.evidence), ("against", &finding.counter_evidence)] {
        for evidence in ids.iter().filter_map(|id| report.evidence.get(id)) {
            page.detail(word, &seen(evidence, page), out);
        }
    }
    if !finding.searched.is_empty() {
        page.detail("searched", &plain(&finding.searched.join(", ")), out);
    }
}

/// The first places of what shows it, in one line.
fn places(report: &Report, finding: &Finding, page: &Page, out: &mut String) {
    let mut places: Vec<String> = Vec::new();
    for evidence in finding.evidence.iter().filter_map(|id| report.evidence.get(id)) {
        let place = place(&evidence.locator);
        if !place.is_empty() && !places.contains(&place) {
            places.push(place);
        }
    }
    if places.is_empty() {
        return;
    }
    let more = places.len().saturating_sub(PLACES);
    places.truncate(PLACES);
    let more = if more == 0 { String::new() } else { format!(", and {more} more") };
    page.item("", &format!("{DIM}{}{more}{DIM:#}", places.join(", ")), out);
}

/// `README.md 3f2a91c: “license: mit”`.
fn claimed(claim: &Claim) -> String {
    format!("{}: “{}”", place(&claim.locator), plain(&claim.quote))
}

/// `LICENSE 3f2a91c: what it shows`, and who looked.
fn seen(evidence: &Evidence, page: &Page) -> String {
    let shows = plain(&evidence.shows.text);
    let place = place(&evidence.locator);
    let text = if place.is_empty() { shows } else { format!("{place}: {shows}") };
    match page.verbose {
        true => {
            let checker = &evidence.checker;
            format!("{text} {DIM}({} {}){DIM:#}", plain(&checker.name), checker.version)
        }
        false => text,
    }
}

/// A place that can be looked at again: the repository if it is another, the path or address, and the hash.
fn place(locator: &Locator) -> String {
    let commit = |commit: &String| format!("@{}", short(commit));
    let repository = locator
        .repository
        .as_deref()
        .map(|name| format!("{}{}", plain(name), locator.commit.as_ref().map(commit).unwrap_or_default()));
    let hash = locator.sha256.or_else(|| locator.span.map(|span| span.sha256));
    let status = locator.status.map(|status| format!("answered {status}"));
    let parts = [
        repository,
        locator.path.as_deref().map(plain),
        locator.address.as_deref().map(plain),
        status,
        hash.map(|hash| short(&hash.to_string())),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// What would raise the grades: each advice once, with the criteria it helps.
pub(super) fn advice(report: &Report, page: &Page, out: &mut String) {
    let mut order: Vec<&str> = Vec::new();
    let mut helps: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for finding in &report.findings {
        for advice in &finding.advice {
            let criteria = helps.entry(&advice.text).or_default();
            if criteria.is_empty() {
                order.push(&advice.text);
            }
            criteria.push(finding.criterion.code());
        }
    }
    if order.is_empty() {
        return;
    }
    page.heading("What would raise the grades", CYAN, out);
    for text in order {
        let criteria = helps.get(text).map(|codes| codes.join(", ")).unwrap_or_default();
        page.item("→", &format!("{} {DIM}({criteria}){DIM:#}", plain(text)), out);
    }
}
