//! Findings as SARIF 2.1.0, which code forges and editors show beside the files.
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::BTreeMap;

use limpide_openness::present::{SARIF_SCHEMA, path_in_address};
use limpide_safety::{Level, Reason};
use serde_json::{Value, json};

use super::{Findings, Found, Seen};

/// The rule for files that could not be read.
const UNREAD: &str = "unread";

/// The findings as SARIF: what is malicious or suspicious is an error, what was not understood a warning, the rest a note.
pub(super) fn of(findings: &Findings) -> Value {
    let results: Vec<Value> = findings.files.iter().flat_map(of_file).collect();
    let driver = json!({
        "name": "limpide",
        "version": findings.policy.version,
        "rules": rules(findings),
    });
    json!({
        "$schema": SARIF_SCHEMA,
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "results": results }],
    })
}

fn of_file(file: &Found) -> Vec<Value> {
    match &file.seen {
        Seen::Scanned { verdict, .. } => verdict.reasons.iter().map(|reason| result(file, reason)).collect(),
        Seen::Unread { error } => vec![json!({
            "ruleId": UNREAD,
            "level": level(file.level),
            "message": { "text": error },
            "locations": [location(&file.path, None)],
        })],
    }
}

fn result(file: &Found, reason: &Reason) -> Value {
    let member = reason.event.as_ref().and_then(|event| event.member.as_deref());
    let member = member.or(reason.gap.as_ref().and_then(|gap| gap.member.as_deref()));
    let at = reason.event.as_ref().map(|event| event.at).or(reason.gap.as_ref().map(|gap| gap.begin));
    json!({
        "ruleId": reason.rule,
        "level": level(reason.level),
        "message": { "text": reason.says },
        // Offsets within a member are none of the file.
        "locations": [location(&file.path, at.filter(|_| member.is_none()))],
        "properties": { "level": reason.level, "event": reason.event, "gap": reason.gap },
    })
}

fn location(path: &str, at: Option<u64>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": path_in_address(path) } });
    if let Some(at) = at {
        physical["region"] = json!({ "byteOffset": at });
    }
    json!({ "physicalLocation": physical })
}

/// Each rule that a result names, once.
fn rules(findings: &Findings) -> Vec<Value> {
    let mut rules: BTreeMap<&str, &str> = BTreeMap::new();
    for file in &findings.files {
        match &file.seen {
            Seen::Scanned { verdict, .. } => {
                rules.extend(
                    verdict.reasons.iter().map(|reason| (reason.rule.as_str(), reason.says.as_str())),
                );
            }
            Seen::Unread { .. } => {
                rules.insert(UNREAD, "The file could not be read");
            }
        }
    }
    rules.into_iter().map(|(id, text)| json!({ "id": id, "shortDescription": { "text": text } })).collect()
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Malicious | Level::Suspicious => "error",
        Level::Partial => "warning",
        Level::NeedsReview => "note",
        Level::Clean => "none",
    }
}
