//! Keys of YAML files: settings of trainings, tasks of evaluations.

use super::signals::{EVALUATION_KEYS, HYPER_PARAMETERS};
use super::{Signal, SignalKind};
use crate::card::Span;

/// A key, and the line it stands in.
pub(super) struct Key<'a> {
    name: &'a str,
    span: Span,
}

/// The keys of a source, when every line of it could be one of YAML, and some are keys.
pub(super) fn keys(text: &str) -> Option<Vec<Key<'_>>> {
    let (mut keys, mut at, mut block) = (Vec::new(), 0, None);
    for line in text.split_inclusive('\n') {
        let (begin, content) = (at, line.trim_end());
        at += line.len();
        let column = content.len() - content.trim_start().len();
        if content.trim().is_empty() || content.trim_start().starts_with('#') {
            continue;
        }
        // Lines of a text that a key has begun with `|` or `>`.
        if block.is_some_and(|outer| column > outer) {
            continue;
        }
        block = content.ends_with(['|', '>', '-', '+']).then_some(column).filter(|_| is_block(content));
        let items = content.trim_start();
        let item = items.trim_start_matches("- ");
        if let Some(name) = key(item) {
            let start = begin + content.len() - item.len();
            keys.push(Key { name, span: start..begin + content.len() });
        } else if !(items.starts_with('-') || items == "..." || column > 0) {
            return None;
        }
    }
    (keys.len() > 1).then_some(keys)
}

fn is_block(line: &str) -> bool {
    line.trim_end_matches(['-', '+']).ends_with([':', ' ', '|', '>']) && line.contains(['|', '>'])
}

/// The name before a colon.
fn key(line: &str) -> Option<&str> {
    let (name, rest) = line.split_once(':')?;
    let name = name.trim_matches(['"', '\'']);
    let is_name =
        !name.is_empty() && name.chars().all(|sign| sign.is_alphanumeric() || "_-./".contains(sign));
    (is_name && (rest.is_empty() || rest.starts_with([' ', '\t']))).then_some(name)
}

/// Two settings of a training are a sign of one; three keys of a task are a sign of an evaluation.
pub(super) fn signals(keys: &[Key]) -> Vec<Signal> {
    let mut found = Vec::new();
    for (kind, known, least) in [
        (SignalKind::HyperParameters, HYPER_PARAMETERS.as_slice(), 2),
        (SignalKind::Evaluation, EVALUATION_KEYS.as_slice(), 3),
    ] {
        let of_kind =
            |key: &Key| known.iter().find(|name| **name == key.name).map(|name| (*name, key.span.clone()));
        let places: Vec<_> = keys.iter().filter_map(of_kind).collect();
        let mut names: Vec<_> = places.iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        if names.len() >= least {
            found.extend(places.into_iter().map(|(pattern, span)| Signal { kind, span, pattern }));
        }
    }
    found
}
