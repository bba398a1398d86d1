//! The rules about everything but pickles: rows, of which the first that fits holds.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Level, Opinion, PolicyProblem};

/// A row as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    event: String,
    #[serde(default)]
    is: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
    level: Level,
    reason: String,
}

/// All rows, by the event they are about.
#[derive(Debug, Clone)]
pub(super) struct Table {
    rows: HashMap<String, Vec<Row>>,
}

const EVENTS: [&str; 17] = [
    "structure",
    "persistent-id",
    "extension",
    "dynamic-name",
    "tensor-out-of-bounds",
    "patch",
    "member",
    "template",
    "target",
    "reference",
    "operation",
    "capability",
    "secret",
    "executable",
    "virus",
    "gap",
    "method",
];

impl Table {
    pub(super) fn new(rows: Vec<Row>) -> Result<Self, PolicyProblem> {
        let mut table: HashMap<String, Vec<Row>> = HashMap::new();
        for row in rows {
            if !EVENTS.contains(&row.event.as_str()) {
                return Err(PolicyProblem::Unknown(row.event));
            }
            // A star elsewhere would fit nothing, and nobody would notice.
            let misplaced = |pattern: &&String| {
                let inner = pattern.strip_suffix('*').or(pattern.strip_prefix('*')).unwrap_or(pattern);
                inner.contains('*')
            };
            if let Some(pattern) = row.is.iter().chain(&row.names).find(misplaced) {
                return Err(PolicyProblem::Unknown(pattern.clone()));
            }
            table.entry(row.event.clone()).or_default().push(row);
        }
        Ok(Self { rows: table })
    }

    /// What the first row says that fits. Where none does, it is suspicious: what nobody thought of is not clean.
    pub(super) fn opinion<'a>(&'a self, event: &'a str, is: &'a str, name: &'a str) -> Option<Opinion<'a>> {
        let rows = self.rows.get(event).map(Vec::as_slice).unwrap_or_default();
        let found = rows.iter().find(|row| fits(&row.is, is) && fits(&row.names, name));
        let rule = if is.is_empty() { event } else { is };
        Some(match found {
            Some(row) => Opinion { rule, level: row.level, says: &row.reason },
            None => Opinion { rule, level: Level::Suspicious, says: "No rule speaks of it." },
        })
    }
}

/// Whether one of the patterns fits; when there are none, all does.
fn fits(patterns: &[String], text: &str) -> bool {
    let one = |pattern: &String| match (pattern.strip_suffix('*'), pattern.strip_prefix('*')) {
        (Some(begin), _) => text.starts_with(begin),
        (None, Some(end)) => text.ends_with(end),
        (None, None) => pattern == text,
    };
    patterns.is_empty() || patterns.iter().any(one)
}
