//! Patterns over the words of statements, written as they are read: `*opt* . step (`.
//!
//! A word stands for itself. `*` in it stands for any letters of a name. `..` stands for any words
//! of the same statement, `"` for any text, `"word` for a text that holds the word.

use std::collections::HashMap;

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
    /// A statement in the block that this one begins, such as a class, begins with another pattern.
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
const FARTHEST: usize = 32;

/// What is found of a table.
pub(super) fn find(table: &[Pattern], code: &[Statement]) -> Vec<Signal> {
    let (index, mut found) = (Index::new(code), Vec::new());
    for pattern in table {
        let places = index.places(pattern.words);
        if places.is_empty() || !index.has(&pattern.when) {
            continue;
        }
        let counts = places.into_iter().filter(|(at, _)| here(&pattern.when, &code[*at..]));
        let signal = |(_, span)| Signal { kind: pattern.kind, span, pattern: pattern.words };
        found.extend(counts.take(super::MOST_OF_A_KIND).map(signal));
    }
    found
}

/// Where each word stands, so that a pattern is tried only where one of its words is.
struct Index<'a> {
    code: &'a [Statement<'a>],
    /// The statement, and the place in it.
    places: HashMap<&'a str, Vec<(usize, usize)>>,
}

impl<'a> Index<'a> {
    fn new(code: &'a [Statement<'a>]) -> Self {
        let mut places = HashMap::<_, Vec<_>>::new();
        for (statement, Statement { words, .. }) in code.iter().enumerate() {
            for (at, word) in words.iter().enumerate().filter(|(_, word)| !word.is_text) {
                places.entry(word.text).or_default().push((statement, at));
            }
        }
        Self { code, places }
    }

    /// The statements in which a pattern is found, and where, in the order of the source.
    fn places(&self, pattern: &str) -> Vec<(usize, Span)> {
        let pattern: Vec<&str> = pattern.split(' ').collect();
        // A dot or a bracket is everywhere: it is the first name that says where to look.
        let is_name = |like: &&str| like.len() > 1 && !like.starts_with(['"', '.']);
        let Some(anchor) = pattern.iter().position(is_name) else { return Vec::new() };
        let mut places = Vec::new();
        let mut try_each = |anchors: &[(usize, usize)]| {
            let starts =
                anchors.iter().filter_map(|(statement, at)| Some((*statement, at.checked_sub(anchor)?)));
            let found =
                starts.filter_map(|(at, start)| Some((at, found_at(&pattern, &self.code[at].words, start)?)));
            places.extend(found);
        };
        let like = pattern[anchor];
        if like.contains('*') {
            self.places.iter().filter(|(word, _)| is_like_name(like, word)).for_each(|(_, at)| try_each(at));
        } else if let Some(at) = self.places.get(like) {
            try_each(at);
        }
        places.sort_by_key(|(at, span)| (*at, span.start));
        places
    }

    fn has(&self, when: &When) -> bool {
        match when {
            When::With(others) => others.iter().any(|other| !self.places(other).is_empty()),
            _ => true,
        }
    }
}

/// Whether the pattern counts in the first of these statements.
fn here(when: &When, code: &[Statement]) -> bool {
    let Some((statement, rest)) = code.split_first() else { return false };
    match when {
        When::Around(others) => {
            let mut block = rest.iter().take_while(|inner| inner.column > statement.column);
            block.any(|inner| others.iter().any(|other| begins_with(other, inner)))
        }
        When::Unless(likes) => {
            !statement.words.iter().any(|word| likes.iter().any(|like| is_like(like, word)))
        }
        _ => true,
    }
}

fn begins_with(pattern: &str, statement: &Statement) -> bool {
    let mut likes = pattern.split(' ').zip(&statement.words);
    likes.all(|(like, word)| is_like(like, word)) && statement.words.len() >= pattern.split(' ').count()
}

/// The words that a pattern takes from there on, when it is found there.
fn found_at(pattern: &[&str], words: &[Word], at: usize) -> Option<Span> {
    let is_definition = |word: &str| matches!(word, "def" | "class");
    // A definition begins its statement, and is no use of what it defines.
    if at > 0 && (is_definition(pattern[0]) || is_definition(words[at - 1].text)) {
        return None;
    }
    let length = length(pattern, &words[at..])?;
    Some(words[at].span.start..words[at + length - 1].span.end)
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
    // Most words differ in their first letter, and this is asked of each word for each pattern.
    if !like.starts_with('*') && like.as_bytes().first() != name.as_bytes().first() {
        return false;
    }
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
