//! A report for people on a terminal: the grades, what is contradicted, what is open, what is only claimed, and what
//! would raise the grade.

mod findings;
mod grades;

use anstyle::Style;
use limpide_openness::{Parameters, Report};

use crate::page::{self, Page, bytes, counted, plain, short};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The report as text. Styles are written as escapes; whoever prints leaves them out where there is no terminal.
pub(super) fn of(report: &Report, page: &Page) -> String {
    let mut out = String::new();
    head(report, page, &mut out);
    grades::table(report, page, &mut out);
    findings::contradictions(report, page, &mut out);
    findings::groups(report, page, &mut out);
    attestations(report, page, &mut out);
    findings::advice(report, page, &mut out);
    notes(report, page, &mut out);
    out
}

/// What was audited, and how much of it there is.
fn head(report: &Report, page: &Page, out: &mut String) {
    let subject = &report.subject;
    let name = plain(subject.repository.as_deref().unwrap_or("a folder"));
    let mut words = vec![format!("{BOLD}{name}{BOLD:#}"), subject.kind.to_string()];
    words.extend(subject.commit.as_deref().map(|commit| format!("commit {}", short(commit))));
    words.extend(subject.hub.as_deref().map(plain));
    page.line(0, &words.join(" · "), out);
    let facts = &report.facts;
    let mut sizes = vec![counted(facts.files, "file"), bytes(facts.bytes)];
    sizes.extend(facts.parameters.as_ref().map(parameters));
    let claimed = facts.claimed_parameters.map(|count| format!("{} claimed", page::rounded(count)));
    sizes.extend(
        claimed.filter(|_| facts.parameters.as_ref().map(|found| found.total) != facts.claimed_parameters),
    );
    page.line(0, &format!("{DIM}{}{DIM:#}", sizes.join(", ")), out);
}

/// `1.2 billion parameters (BF16)`.
fn parameters(found: &Parameters) -> String {
    let types: Vec<String> = found.by_type.keys().map(|name| plain(name)).collect();
    format!("{} parameters ({})", page::rounded(found.total), types.join(", "))
}

/// What was signed, by whom, and whether it counts.
fn attestations(report: &Report, page: &Page, out: &mut String) {
    if report.attestations.is_empty() {
        return;
    }
    page.heading("Attestations", Style::new(), out);
    for shown in &report.attestations {
        let statement = &shown.attestation.statement;
        let standing = shown.standing.as_str();
        let signer = plain(&statement.signer);
        let words = format!("{signer}: “{}” {DIM}· {standing}{DIM:#}", plain(&statement.statement));
        page.item(statement.criterion.code(), &words, out);
    }
}

/// What could not be read, and what this was made with.
fn notes(report: &Report, page: &Page, out: &mut String) {
    if !report.notes.is_empty() {
        page.heading("Notes", DIM, out);
        report.notes.iter().for_each(|note| page.item("", &plain(&note.text), out));
    }
    let made = &report.made;
    let licences = match made.licences.as_str() {
        "" => String::new(),
        version => format!(", licences {}", plain(version)),
    };
    out.push('\n');
    page.line(0, &format!("{DIM}checkers {}{licences}{DIM:#}", plain(&made.checkers)), out);
}

#[cfg(test)]
mod tests;
