//! The grades by each rubric: what is verified, what is attested, what is claimed, and the distance.

use limpide_openness::{Belief, HEADLINE, Outcome, Report};

use super::{BOLD, DIM, Page};
use crate::page::{columns, plain};

/// A row for each rubric, the headline first; with everything shown, also a row for each of its own criteria.
pub(super) fn table(report: &Report, page: &Page, out: &mut String) {
    let mut grades: Vec<&Outcome> = report.grades.iter().collect();
    grades.sort_by_key(|outcome| outcome.rubric != HEADLINE);
    let Some(first) = grades.first() else { return };
    let beliefs = beliefs(&grades);
    let mut head = vec!["Grades".to_owned()];
    head.extend(beliefs.iter().map(|belief| word(*belief).to_owned()));
    head.push("gap".to_owned());
    let mut rows = vec![head];
    rows.extend(grades.iter().map(|outcome| row(outcome, &beliefs)));
    out.push('\n');
    for (at, line) in columns(&rows, page.width).into_iter().enumerate() {
        let style = if at < 2 { BOLD } else { anstyle::Style::new() };
        out.push_str(&format!("{style}{line}{style:#}\n"));
        if let Some(outcome) = at.checked_sub(1).and_then(|at| grades.get(at)).filter(|_| page.verbose) {
            parts(outcome, page, out);
        }
    }
    label(first, page, out);
}

/// Who believes attestations sees another column only where it says something else.
fn beliefs(grades: &[&Outcome]) -> Vec<Belief> {
    let attested = grades.iter().any(|outcome| outcome.attested != outcome.verified);
    Belief::ALL.into_iter().filter(|belief| *belief != Belief::Attested || attested).collect()
}

fn word(belief: Belief) -> &'static str {
    match belief {
        Belief::Verified => "verified",
        Belief::Attested => "attested",
        Belief::Claimed => "claimed",
    }
}

fn row(outcome: &Outcome, beliefs: &[Belief]) -> Vec<String> {
    let mut row = vec![plain(&outcome.rubric)];
    row.extend(beliefs.iter().map(|belief| plain(&outcome.at(*belief).name)));
    row.push(share(outcome.gap));
    row
}

/// Thousandths as per cent; a dash for none.
fn share(thousandths: u32) -> String {
    match thousandths {
        0 => "–".to_owned(),
        _ => format!("{} %", thousandths / 10),
    }
}

/// What it may be called, by the headline.
fn label(headline: &Outcome, page: &Page, out: &mut String) {
    let (verified, claimed) = (&headline.verified.label, &headline.claimed.label);
    if verified.is_empty() {
        return;
    }
    let more = if claimed == verified {
        String::new()
    } else {
        format!("; by what is claimed, “{}”", plain(claimed))
    };
    page.line(0, &format!("By what is verified this is “{}”{more}.", plain(verified)), out);
}

/// A rubric's own criteria, by what is verified and what is claimed, and what is to be said beside its grade.
fn parts(outcome: &Outcome, page: &Page, out: &mut String) {
    page.line(4, &format!("{DIM}{} ({}){DIM:#}", plain(&outcome.title), plain(&outcome.source)), out);
    for part in &outcome.parts {
        let source =
            if part.source.is_empty() { String::new() } else { format!(" ({})", plain(&part.source)) };
        let values = match (part.verified, part.claimed) {
            (verified, claimed) if verified == claimed => share(verified),
            (verified, claimed) => format!("{}, claimed {}", share(verified), share(claimed)),
        };
        page.line(4, &format!("{}{DIM}{source}{DIM:#}: {values}", plain(&part.title)), out);
    }
    if !outcome.notice.is_empty() {
        page.line(4, &format!("{DIM}{}{DIM:#}", plain(&outcome.notice)), out);
    }
}
