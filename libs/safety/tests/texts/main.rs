//! Texts as people write them who mean harm, and as they write them who do not: templates, configurations, code, secrets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod code;
mod configurations;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod properties;
mod secrets;
mod templates;

use limpide_safety::{Level, Policy, Scan, What, scan};

/// What is seen of a text under a name.
fn look(text: &str, name: &str) -> Scan {
    scan(&text.as_bytes().to_vec(), name)
}

fn judge(scan: &Scan) -> Level {
    Policy::built_in().unwrap().judge(scan).level
}

/// The level of a text under a name, and what was seen of it where that is not what was hoped for.
#[track_caller]
fn is(level: Level, text: &str, name: &str) {
    let scan = look(text, name);
    assert_eq!(judge(&scan), level, "{name}: {text}\n{:?} {:?}", scan.events, scan.account.gaps);
}

/// The kinds of events of templates.
fn kinds(scan: &Scan) -> Vec<&str> {
    let kinds = scan.events.iter().filter_map(|event| match &event.what {
        What::Template { kind, .. } => Some(&**kind),
        _ => None,
    });
    kinds.collect()
}

#[test]
fn seeds_are_scanned_without_a_panic() {
    each_seed::each_seed("text_scan", properties::text_scan);
}
