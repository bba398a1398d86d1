//! Reads a line of a programming language: comments, strings, numbers and words.

use super::languages::{Grammar, Quote};
use super::written::Line;

/// What a line leaves open for the next.
#[derive(Debug, Default)]
pub(super) enum Ahead {
    /// Nothing.
    #[default]
    Nothing,
    /// A comment that ends with this.
    Comment(&'static str),
    /// A string.
    Text(&'static Quote),
}

/// Reads one line and writes it.
pub(super) fn read_line(line: &str, grammar: &'static Grammar, ahead: &mut Ahead, written: &mut Line) {
    let mut reading = Reading { line, at: 0, grammar };
    match std::mem::take(ahead) {
        Ahead::Nothing => {}
        Ahead::Comment(end) => reading.comment(0, end, ahead, written),
        Ahead::Text(quote) => reading.text(0, quote, ahead, written),
    }
    while reading.at < line.len() {
        reading.next(ahead, written);
    }
}

struct Reading<'a> {
    line: &'a str,
    at: usize,
    grammar: &'static Grammar,
}

impl<'a> Reading<'a> {
    fn next(&mut self, ahead: &mut Ahead, written: &mut Line) {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return };
        if let Some((begin, end)) = self.grammar.blocks.iter().find(|(begin, _)| rest.starts_with(begin)) {
            self.comment(begin.len(), end, ahead, written);
        } else if self.begins_comment(rest) {
            written.push("hl-comment", rest);
            self.at = self.line.len();
        } else if first.is_ascii_digit() {
            self.number(written);
        } else if self.is_word(first) || self.grammar.sigils.contains(first) {
            self.word(first, ahead, written);
        } else if let Some(quote) = self.quote(rest) {
            self.text(quote.begin.len(), quote, ahead, written);
        } else {
            written.push("", rest.get(..first.len_utf8()).unwrap_or_default());
            self.at += first.len_utf8();
        }
    }

    fn rest(&self) -> &'a str {
        self.line.get(self.at..).unwrap_or_default()
    }

    fn begins_comment(&self, rest: &str) -> bool {
        let alone = || self.line.as_bytes().get(self.at.wrapping_sub(1)).is_none_or(u8::is_ascii_whitespace);
        self.grammar.comments.iter().any(|begin| rest.starts_with(begin) && (*begin != "#" || alone()))
    }

    /// A comment of several lines, of which so many bytes are its beginning.
    fn comment(&mut self, begin: usize, end: &'static str, ahead: &mut Ahead, written: &mut Line) {
        let rest = self.rest();
        let found = rest.get(begin..).and_then(|inner| inner.find(end));
        let length = found.map_or(rest.len(), |at| begin + at + end.len());
        if found.is_none() {
            *ahead = Ahead::Comment(end);
        }
        written.push("hl-comment", rest.get(..length).unwrap_or_default());
        self.at += length;
    }

    fn quote(&self, rest: &str) -> Option<&'static Quote> {
        let quote = self.grammar.quotes.iter().find(|quote| rest.starts_with(quote.begin))?;
        // In some languages one quote begins a character, or the name of a lifetime.
        if quote.one_character && !is_character(rest) {
            return None;
        }
        Some(quote)
    }

    /// A string, of which so many bytes are its beginning.
    fn text(&mut self, begin: usize, quote: &'static Quote, ahead: &mut Ahead, written: &mut Line) {
        let rest = self.rest();
        let end = end_of_text(rest, begin, quote);
        let length = end.unwrap_or(rest.len());
        if end.is_none() && quote.many_lines {
            *ahead = Ahead::Text(quote);
        }
        let text = rest.get(..length).unwrap_or_default();
        self.at += length;
        let class = if self.before_key() { "hl-tag" } else { "hl-string" };
        written.push(class, text);
    }

    fn number(&mut self, written: &mut Line) {
        let rest = self.rest();
        let mut last = '0';
        let belongs = |character: char| {
            let sign = matches!(character, '+' | '-') && matches!(last, 'e' | 'E');
            let belongs = sign || character.is_ascii_alphanumeric() || matches!(character, '.' | '_');
            last = character;
            !belongs
        };
        let length = rest.find(belongs).unwrap_or(rest.len());
        self.at += length;
        written.push("hl-number", rest.get(..length).unwrap_or_default());
    }

    fn word(&mut self, first: char, ahead: &mut Ahead, written: &mut Line) {
        let rest = self.rest();
        let after = first.len_utf8();
        let tail = rest.get(after..).unwrap_or_default();
        let length = after + tail.find(|character| !self.is_word(character)).unwrap_or(tail.len());
        let word = rest.get(..length).unwrap_or_default();
        self.at += length;
        let class = self.class_of(word, first);
        written.push(class, word);
        // A string may follow its prefix, as in `r"…"`: it is one all the same.
        if let Some(quote) = self.quote(self.rest()) {
            self.text(quote.begin.len(), quote, ahead, written);
        }
    }

    fn class_of(&self, word: &str, first: char) -> &'static str {
        let grammar = self.grammar;
        let known = |words: &[&str]| {
            if grammar.any_case {
                words.iter().any(|known| known.eq_ignore_ascii_case(word))
            } else {
                words.contains(&word)
            }
        };
        let called = grammar.calls && self.rest().starts_with('(');
        match first {
            _ if self.before_key() => "hl-tag",
            _ if known(grammar.keywords) => "hl-keyword",
            _ if known(grammar.constants) => "hl-constant",
            _ if known(grammar.types) => "hl-type",
            '@' | '#' if word.len() > 1 => "hl-keyword",
            '$' => "hl-constant",
            _ if called => "hl-function",
            first if grammar.calls && first.is_uppercase() => match word {
                word if word.len() > 1 && !word.chars().any(char::is_lowercase) => "hl-constant",
                _ => "hl-type",
            },
            _ => "",
        }
    }

    /// Whether what was just read is a key, because the sign of one follows.
    fn before_key(&self) -> bool {
        let rest = self.rest().trim_start_matches([' ', '\t']);
        let mut signs = rest.chars();
        let sign = signs.next().is_some_and(|sign| self.grammar.keys.contains(sign));
        sign && signs.next().is_none_or(|next| next != '/' && next != '=')
    }

    fn is_word(&self, character: char) -> bool {
        character == '_' || character.is_alphanumeric() || self.grammar.letters.contains(character)
    }
}

/// Where a string ends, behind its closing quote.
fn end_of_text(rest: &str, begin: usize, quote: &Quote) -> Option<usize> {
    let bytes = rest.as_bytes();
    let mut at = begin;
    while at < bytes.len() {
        if quote.escapes && bytes.get(at) == Some(&b'\\') {
            at += 2;
        } else if bytes.get(at..).is_some_and(|rest| rest.starts_with(quote.end.as_bytes())) {
            return Some(at + quote.end.len());
        } else {
            at += 1;
        }
    }
    None
}

/// Whether a quote begins one character in quotes: `'a'`, `'\n'`, `'\u{2026}'`.
fn is_character(rest: &str) -> bool {
    let mut characters = rest.chars().skip(1);
    match characters.next() {
        Some('\\') => characters.take(12).any(|character| character == '\''),
        Some(_) => characters.next() == Some('\''),
        None => false,
    }
}
