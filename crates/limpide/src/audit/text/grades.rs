//! The grades by each rubric: what is verified, what is attested, what is claimed, and the distance.

use std::fmt::Write;

use limpide_openness::{Belief, Outcome};

use super::page::plain;
use super::{BOLD, DIM, Page};

/// The width of a column of grades.
const COLUMN: usize = 12;

/// A row for each rubric; with everything shown, also a row for each of its own criteria.
pub(super) fn table(grades: &[Outcome], page: &Page, out: &mut String) {
    if grades.is_empty() {
        return;
    }
    let names = grades.iter().map(|outcome| outcome.rubric.chars().count() + 2).max().unwrap_or_default();
    let first = names.clamp(12, page.width.saturating_sub(4 * COLUMN).max(12));
    out.push('\n');
    let mut head = format!("{BOLD}{:first$}{BOLD:#}{DIM}", "Grades");
    for word in ["verified", "attested", "claimed", "gap"] {
        _ = write!(head, "{word:COLUMN$}");
    }
    _ = writeln!(out, "{}{DIM:#}", head.trim_end());
    for outcome in grades {
        row(outcome, first, out);
        if page.verbose {
            parts(outcome, page, out);
        }
    }
}

fn row(outcome: &Outcome, first: usize, out: &mut String) {
    let mut line = format!("{:first$}", plain(&outcome.rubric));
    for belief in Belief::ALL {
        let name = plain(&outcome.at(belief).name);
        // Columns are counted in characters here; the style comes around them afterwards.
        let cell = format!("{name:COLUMN$}");
        line += &if belief == Belief::Verified { format!("{BOLD}{cell}{BOLD:#}") } else { cell };
    }
    line += &share(outcome.gap);
    _ = writeln!(out, "{}", line.trim_end());
}

/// Thousandths as per cent; a dash for none.
fn share(thousandths: u32) -> String {
    match thousandths {
        0 => "–".to_owned(),
        _ => format!("{}.{} %", thousandths / 10, thousandths % 10),
    }
}

/// A rubric's own criteria, by what is verified and what is claimed.
fn parts(outcome: &Outcome, page: &Page, out: &mut String) {
    for part in &outcome.parts {
        let source = if part.source.is_empty() { String::new() } else { format!(" ({})", plain(&part.source)) };
        let values = [part.verified, part.attested, part.claimed].map(share).join(" / ");
        page.line(4, &format!("{} {}{DIM}{source}{DIM:#}: {values}", plain(&part.id), plain(&part.title)), out);
    }
}
