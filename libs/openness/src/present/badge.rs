//! A badge: the verified grade, and the claimed one beside it.

use serde_json::{Value, json};

use crate::report::{Grade, Report};
use crate::rubric::HEADLINE;

/// What stands on the left.
const LABEL: &str = "openness";

/// Pixels of a character at the badge's size, of the space around a text, and of the height.
const CHARACTER: usize = 7;
const MARGIN: usize = 12;
const HEIGHT: usize = 20;

/// The badge as SVG, with its words as title for those who do not see it.
pub fn badge_svg(report: &Report) -> String {
    let (message, colour) = (message(report), colour(report));
    let (left, right) = (width(LABEL), width(&message));
    let all = left + right;
    let (left_middle, right_middle) = (left / 2, left + right / 2);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="{HEIGHT}" role="img" aria-labelledby="t">
<title id="t">{LABEL}: {message}</title>
<rect width="{all}" height="{HEIGHT}" rx="3" fill="{colour}"/>
<path d="M3 0h{straight}v{HEIGHT}H3a3 3 0 0 1-3-3V3a3 3 0 0 1 3-3z" fill="#3a3f44"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">
<text x="{left_middle}" y="14" textLength="{left_text}">{LABEL}</text>
<text x="{right_middle}" y="14" textLength="{right_text}">{message}</text>
</g>
</svg>
"##,
        straight = left - 3,
        left_text = left - MARGIN,
        right_text = right - MARGIN,
    )
}

/// The badge as JSON: an endpoint of shields.io, with the grades beside it.
/// Source: <https://shields.io/badges/endpoint-badge>, which leaves out fields that it does not know.
pub fn badge_json(report: &Report) -> Value {
    let proved = report.contradictions.len();
    let mut badge = json!({
        "schemaVersion": 1,
        "label": LABEL,
        "message": message(report),
        "color": colour(report),
        "rubric": HEADLINE,
        "contradictions": proved,
    });
    if let (Some(outcome), Some(fields)) = (report.grade(HEADLINE), badge.as_object_mut()) {
        fields.insert("verified".to_owned(), json!(outcome.verified));
        fields.insert("attested".to_owned(), json!(outcome.attested));
        fields.insert("claimed".to_owned(), json!(outcome.claimed));
        fields.insert("gap".to_owned(), json!(outcome.gap));
    }
    badge
}

/// Grades have names of the rubric: nothing in them comes from a repository.
fn message(report: &Report) -> String {
    match report.grade(HEADLINE) {
        Some(outcome) if outcome.verified.name == outcome.claimed.name => {
            format!("{} verified", outcome.verified.name)
        }
        Some(outcome) => format!("{} verified / {} claimed", outcome.verified.name, outcome.claimed.name),
        None => "not graded".to_owned(),
    }
}

/// Dark enough for white letters (a contrast of 4.5 to 1 or more).
fn colour(report: &Report) -> &'static str {
    let letter =
        report.grade(HEADLINE).map(|outcome| &outcome.verified).map(|Grade { name, .. }| name.as_str());
    match letter {
        Some("A") => "#1a7f37",
        Some("B") => "#2f7d5b",
        Some("C") => "#8a6100",
        Some("D") => "#b3541e",
        Some("E") => "#b3261e",
        _ => "#5c6370",
    }
}

fn width(text: &str) -> usize {
    text.chars().count() * CHARACTER + MARGIN
}
