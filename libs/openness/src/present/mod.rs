//! A report for readers and for other programs: a page, Markdown, SARIF, the model files of two indexes, a badge.
//!
//! Every function is pure, and treats what a repository says as text, never as markup.

mod badge;
mod exchange;
mod html;
mod markdown;
mod sarif;

pub use badge::{badge_json, badge_svg};
pub use exchange::{mot_yaml, osai_yaml};
pub use html::html;
pub use markdown::markdown;
pub use sarif::{SARIF_SCHEMA, path_in_address, sarif};

use crate::report::{Finding, Grade, Locator, Outcome, Report, Severity, Subject};
use crate::rubric::{self, HEADLINE, Method};
use crate::status::{Belief, Degree, Status};

/// The name of what was audited.
fn name(subject: &Subject) -> &str {
    subject.repository.as_deref().unwrap_or("a folder")
}

fn headline(report: &Report) -> Option<&Outcome> {
    report.grade(HEADLINE)
}

/// The rubrics beside the headline.
fn others(report: &Report) -> impl Iterator<Item = &Outcome> {
    report.grades.iter().filter(|outcome| outcome.rubric != HEADLINE)
}

/// What a belief is called in tables.
fn belief(belief: Belief) -> &'static str {
    match belief {
        Belief::Verified => "verified",
        Belief::Attested => "with attestations",
        Belief::Claimed => "with claims",
    }
}

/// How far a finding goes by one belief; a dash where nothing is asked for, or nothing is known.
fn degree(finding: &Finding, belief: Belief) -> &'static str {
    match (finding.extent.at(belief), finding.status) {
        (Degree::None, Status::NotApplicable | Status::Unchecked) => "–",
        (Degree::None, _) => "no",
        (Degree::Partial, _) => "in part",
        (Degree::Full, _) => "yes",
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Proves => "the bytes show otherwise",
        Severity::Suggests => "the bytes suggest otherwise",
    }
}

/// `58 %`.
fn percent(score: u32) -> String {
    format!("{} %", score / 10)
}

/// What a part of a rubric is worth: an answer where the rubric asks questions, else a percentage.
fn worth(outcome: &Outcome, value: u32) -> String {
    let asks =
        rubric::rubric(&outcome.rubric).is_some_and(|rubric| matches!(rubric.method, Method::Rules(_)));
    match (asks, value) {
        (true, 1000) => "yes".to_owned(),
        (true, 0) => "no".to_owned(),
        (true, _) => "for review".to_owned(),
        (false, value) => percent(value),
    }
}

/// `C · open weights`.
fn grade(grade: &Grade) -> String {
    match grade.label.as_str() {
        "" => grade.name.clone(),
        label => format!("{} · {label}", grade.name),
    }
}

/// The distance between what is claimed and what is verified, as a sentence.
fn distance(outcome: &Outcome) -> String {
    match outcome.gap {
        0 => "The grade is the same by what is verified and by what is claimed.".to_owned(),
        gap => {
            format!("What is claimed lies {} above what is verified.", percent(gap).replace(" %", " points"))
        }
    }
}

/// What is known of a criterion, with the sub-state of a claim.
fn status(finding: &Finding) -> String {
    match finding.probable {
        true => format!("{} (probable)", finding.status.as_str()),
        false => finding.status.as_str().to_owned(),
    }
}

/// Where something stands: `model:ada/base@abc LICENSE, bytes 0 to 120`.
fn place(locator: &Locator) -> String {
    let mut words: Vec<String> = Vec::new();
    if let Some(repository) = &locator.repository {
        let commit = locator.commit.as_deref().map(|commit| format!("@{commit}")).unwrap_or_default();
        words.push(format!("{repository}{commit}"));
    }
    words.extend(locator.path.clone());
    words.extend(locator.address.clone());
    let mut place = words.join(" ");
    if let Some(span) = locator.span {
        place.push_str(&format!(", bytes {} to {}", span.start, span.end));
    }
    if let Some(status) = locator.status {
        place.push_str(&format!(", answered {status}"));
    }
    place
}

/// Characters that change how text is laid out, or that no text has, shown as what they are: not to be read.
fn readable(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().map(|character| match character {
        '\n' | '\r' | '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => '\u{fffd}',
        control if control.is_control() => '\u{fffd}',
        character => character,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Span;

    #[test]
    fn a_place_names_repository_file_bytes_and_answer() {
        let sha256 = crate::canonical::sha256(b"");
        let locator = Locator {
            repository: Some("model:ada/base".to_owned()),
            commit: Some("abc".to_owned()),
            path: Some("LICENSE".to_owned()),
            span: Some(Span { start: 2, end: 9, sha256 }),
            ..Locator::default()
        };
        assert_eq!(place(&locator), "model:ada/base@abc LICENSE, bytes 2 to 9");
        let page = Locator {
            address: Some("https://a.example".to_owned()),
            status: Some(404),
            ..Locator::default()
        };
        assert_eq!(place(&page), "https://a.example, answered 404");
    }
}
