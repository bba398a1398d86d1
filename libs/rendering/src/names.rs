//! What a document may use once: the ids of its elements and the numbers of what has no name.

use std::collections::HashMap;

/// What every id begins with, so that none is taken for one of the page's own.
pub(crate) const PREFIX: &str = "user-content-";

const LONGEST: usize = 120;

/// The names that were given so far. Cells of one notebook share them.
#[derive(Debug, Default)]
pub(crate) struct Names {
    given: HashMap<String, usize>,
    /// How many tables have been shown.
    pub(crate) tables: usize,
    /// How many documents have been shown before this one.
    pub(crate) documents: usize,
}

impl Names {
    /// An id like this one, with the prefix, that nobody has yet.
    pub(crate) fn claim(&mut self, wanted: &str) -> String {
        let base = bare(wanted);
        let count = self.given.get(&base).copied();
        let Some(mut number) = count else {
            self.given.insert(base.clone(), 0);
            return format!("{PREFIX}{base}");
        };
        loop {
            number += 1;
            let name = format!("{base}-{number}");
            if !self.given.contains_key(&name) {
                self.given.insert(base, number);
                self.given.insert(name.clone(), 0);
                return format!("{PREFIX}{name}");
            }
        }
    }
}

/// The name that a heading gets from its text, as people know it from GitHub.
pub(crate) fn of_text(text: &str) -> String {
    let mut name = String::new();
    for character in text.trim().chars().flat_map(char::to_lowercase) {
        match character {
            ' ' | '-' => name.push('-'),
            _ if character.is_alphanumeric() || character == '_' => name.push(character),
            _ => {}
        }
    }
    if name.is_empty() { "section".to_owned() } else { name }
}

/// A name without prefix, without characters that an address would write otherwise, and not too long.
pub(crate) fn bare(name: &str) -> String {
    let name = name.strip_prefix(PREFIX).unwrap_or(name);
    let kept = |character: &char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | ':');
    let name: String = name.chars().filter(kept).take(LONGEST).collect();
    if name.is_empty() { "section".to_owned() } else { name }
}
