//! Patterns over the words of statements, written as they are read: `*opt* . step (`.
//!
//! A word stands for itself. `*` in it stands for any letters of a name. `..` stands for any words
//! of the same statement, `"` for any text, `"word` for a text that holds the word.

use super::{Signal, SignalKind};
use crate::card::Span;

/// What a pattern says, and when.
pub(super) struct Pattern {
    pub(super) kind: SignalKind,
    pub(super) words: &'static str,
    pub(super) when: When,
}

/// When a pattern counts.
pub(super) enum When {
    Always,
    /// Another pattern is found somewhere in the file as well.
    With(&'static [&'static str]),
    /// Another pattern is found in the block that the statement begins, such as a class.
    Around(&'static [&'static str]),
    /// No word of the statement is like this.
    Unless(&'static [&'static str]),
}

/// A word of a source, or a text in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word<'a> {
    pub(super) text: &'a str,
    pub(super) is_text: bool,
    pub(super) span: Span,
}

/// Words that belong together: a line of Python with all that its brackets hold, or a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Statement<'a> {
    pub(super) words: Vec<Word<'a>>,
    /// How far from the left it begins.
    pub(super) column: usize,
}

/// The most words that `..` passes over.
const FARTHEST: usize = 64;

/// What is found of a table.
pub(super) fn find(table: &[Pattern], code: &[Statement]) -> Vec<Signal> {
    let mut found = Vec::new();
    for pattern in table {
        let words: Vec<&str> = pattern.words.split(' ').collect();
        let places: Vec<(usize, Span)> = code
            .iter()
            .enumerate()
            .flat_map(|(at, statement)| places(&words, statement).map(move |span| (at, span)))
            .collect();
        if places.is_empty() || !anywhere(&pattern.when, code) {
            continue;
        }
        let counts = places.into_iter().filter(|(at, _)| here(&pattern.when, &code[*at..]));
        let signal = |(_, span)| Signal { kind: pattern.kind, span, pattern: pattern.words };
        found.extend(counts.take(super::MOST_OF_A_KIND).map(signal));
    }
    found
}

fn anywhere(when: &When, code: &[Statement]) -> bool {
    match when {
        When::With(others) => code.iter().any(|statement| holds(others, statement)),
        _ => true,
    }
}

/// Whether the pattern counts in the first of these statements.
fn here(when: &When, code: &[Statement]) -> bool {
    let Some((statement, rest)) = code.split_first() else { return false };
    match when {
        When::Around(others) => {
            let block = rest.iter().take_while(|inner| inner.column > statement.column);
            block.into_iter().any(|inner| holds(others, inner))
        }
        When::Unless(likes) => {
            !statement.words.iter().any(|word| likes.iter().any(|like| is_like(like, word)))
        }
        _ => true,
    }
}

fn holds(patterns: &[&str], statement: &Statement) -> bool {
    patterns.iter().any(|words| {
        let words: Vec<&str> = words.split(' ').collect();
        places(&words, statement).next().is_some()
    })
}

/// Where a pattern is found in a statement.
fn places(pattern: &[&str], statement: &Statement) -> impl Iterator<Item = Span> {
    let words = &statement.words;
    (0..words.len()).filter_map(move |at| {
        // A definition of something of this name is no use of it.
        let is_defined = at > 0 && matches!(words[at - 1].text, "def" | "class");
        let length = if is_defined { None } else { length(pattern, &words[at..]) }?;
        Some(words[at].span.start..words[at + length - 1].span.end)
    })
}

/// How many words a pattern takes, when they begin with it.
fn length(pattern: &[&str], words: &[Word]) -> Option<usize> {
    let Some((like, rest)) = pattern.split_first() else { return Some(0) };
    if *like == ".." {
        return (0..=words.len().min(FARTHEST)).find_map(|skip| Some(skip + length(rest, &words[skip..])?));
    }
    let (word, others) = words.split_first()?;
    if !is_like(like, word) {
        return None;
    }
    Some(1 + length(rest, others)?)
}

fn is_like(like: &str, word: &Word) -> bool {
    if let Some(inside) = like.strip_prefix('"') {
        return word.is_text && word.text.to_ascii_lowercase().contains(inside);
    }
    if word.is_text {
        return false;
    }
    match like {
        "*" => word.text.starts_with(|first: char| first.is_alphanumeric() || first == '_'),
        _ => is_like_name(like, word.text),
    }
}

/// Whether a name is like one in which each `*` stands for any letters.
fn is_like_name(like: &str, name: &str) -> bool {
    let Some((begin, rest)) = like.split_once('*') else { return like == name };
    let Some(name) = name.strip_prefix(begin) else { return false };
    let Some((rest, end)) = rest.rsplit_once('*') else { return name.ends_with(rest) };
    let Some(mut name) = name.strip_suffix(end) else { return false };
    rest.split('*').all(|part| {
        let found = name.find(part);
        name = found.map_or("", |at| &name[at + part.len()..]);
        found.is_some()
    })
}
