//! A report as Markdown: for pull requests, issues and terminals.

use std::fmt::{self, Write};

use super::{belief, degree, distance, grade, headline, name, others, place, readable, severity, status};
use crate::report::{Contradiction, Outcome, Report};
use crate::status::Belief;

/// The report as Markdown, in the dialect of GitHub.
pub fn markdown(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> fmt::Result {
    let subject = &report.subject;
    writeln!(out, "# Openness of {}\n", plain(name(subject)))?;
    if let Some(commit) = &subject.commit {
        writeln!(out, "{} at commit `{}`.\n", subject.kind, code(commit))?;
    }
    grades(report, out)?;
    contradictions(report, out)?;
    criteria(report, out)?;
    advice(report, out)?;
    attestations(report, out)?;
    evidence(report, out)?;
    let made = &report.made;
    writeln!(out, "Checkers {}, licences {}.", plain(&made.checkers), plain(&made.licences))
}

fn grades(report: &Report, out: &mut String) -> fmt::Result {
    writeln!(out, "| | {} |", Belief::ALL.map(belief).join(" | "))?;
    writeln!(out, "|---|---|---|---|")?;
    for outcome in headline(report).into_iter().chain(others(report)) {
        writeln!(out, "| {} | {} |", plain(&outcome.title), grades_of(outcome).join(" | "))?;
    }
    writeln!(out)?;
    if let Some(outcome) = headline(report) {
        writeln!(out, "{}\n", distance(outcome))?;
    }
    let notices = report.grades.iter().filter(|outcome| !outcome.notice.is_empty());
    for outcome in notices {
        writeln!(out, "{}: {}\n", plain(&outcome.title), plain(&outcome.notice))?;
    }
    Ok(())
}

fn grades_of(outcome: &Outcome) -> [String; 3] {
    Belief::ALL.map(|belief| plain(&grade(outcome.at(belief))))
}

fn contradictions(report: &Report, out: &mut String) -> fmt::Result {
    if report.contradictions.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Claims and bytes that differ\n")?;
    for found in &report.contradictions {
        contradiction(report, found, out)?;
    }
    writeln!(out)
}

fn contradiction(report: &Report, found: &Contradiction, out: &mut String) -> fmt::Result {
    let (rule, criterion) = (plain(&found.rule), found.criterion);
    writeln!(out, "- **{rule}**, {criterion}, {}: {}", severity(found.severity), plain(&found.remark.text))?;
    if let Some(claim) = report.claims.get(&found.claim) {
        writeln!(out, "  - claim: “{}” ({})", plain(&claim.quote), plain(&place(&claim.locator)))?;
    }
    for id in &found.counter_evidence {
        if let Some(evidence) = report.evidence.get(id) {
            writeln!(
                out,
                "  - bytes: {} ({})",
                plain(&evidence.shows.text),
                plain(&place(&evidence.locator))
            )?;
        }
    }
    Ok(())
}

fn criteria(report: &Report, out: &mut String) -> fmt::Result {
    writeln!(out, "## Criteria\n")?;
    writeln!(out, "| | criterion | status | verified | with claims | why |")?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    for finding in report.findings.iter().filter(|finding| finding.criterion.concerns(report.subject.kind)) {
        let why: Vec<String> = finding.remarks.iter().map(|remark| plain(&remark.text)).collect();
        let (code, title) = (finding.criterion.code(), finding.criterion.title());
        let (verified, claimed) = (degree(finding, Belief::Verified), degree(finding, Belief::Claimed));
        writeln!(
            out,
            "| {code} | {title} | {} | {verified} | {claimed} | {} |",
            status(finding),
            why.join("; ")
        )?;
    }
    writeln!(out)
}

fn advice(report: &Report, out: &mut String) -> fmt::Result {
    let advised: Vec<_> = report.findings.iter().filter(|finding| !finding.advice.is_empty()).collect();
    if advised.is_empty() {
        return Ok(());
    }
    writeln!(out, "## What would raise the grade\n")?;
    for finding in advised {
        for advice in &finding.advice {
            writeln!(out, "- {} {}: {}", finding.criterion, finding.criterion.title(), plain(&advice.text))?;
        }
    }
    writeln!(out)
}

fn attestations(report: &Report, out: &mut String) -> fmt::Result {
    if report.attestations.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Attestations\n")?;
    for shown in &report.attestations {
        let statement = &shown.attestation.statement;
        let (signer, words) = (plain(&statement.signer), plain(&statement.statement));
        let (criterion, standing) = (statement.criterion, shown.standing.as_str());
        writeln!(
            out,
            "- {criterion}, signed by {signer} until {}, {standing}: “{words}”",
            statement.expires
        )?;
    }
    writeln!(out)
}

fn evidence(report: &Report, out: &mut String) -> fmt::Result {
    if report.evidence.is_empty() {
        return Ok(());
    }
    writeln!(out, "## Evidence\n")?;
    for (id, evidence) in &report.evidence {
        let place = plain(&place(&evidence.locator));
        let sha256 = evidence.locator.sha256.map(|hash| format!(", SHA-256 `{hash}`")).unwrap_or_default();
        let (criterion, shows) = (evidence.criterion, plain(&evidence.shows.text));
        writeln!(out, "- `{}` {criterion}: {shows} ({place}{sha256})", code(id))?;
    }
    writeln!(out)
}

/// Text with everything escaped that Markdown gives a meaning to, on one line.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in readable(text) {
        if character.is_ascii_punctuation()
            && !matches!(character, ',' | ';' | '.' | '/' | '-' | '%' | '\'' | '?')
        {
            plain.push('\\');
        }
        plain.push(character);
    }
    // A line that begins with these would be a list, a rule or a heading; addresses would become links.
    let plain = if plain.starts_with(['-', '.']) { format!("\\{plain}") } else { plain };
    plain.replace("www.", "www\\.")
}

/// Text between backticks.
fn code(text: &str) -> String {
    readable(text).filter(|character| *character != '`').collect()
}
