//! Cuts Python into statements of words, without comments. Texts are single words.

use super::patterns::{Statement, Word};

/// Words that begin a statement of Python.
const KEYWORDS: [&str; 25] = [
    "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "nonlocal", "pass", "raise", "return", "try",
    "while", "with", "yield",
];

/// Those that are Python's own, and not just any word.
const TELLING: [&str; 4] = ["class", "def", "from", "import"];

/// The statements of a source.
pub(super) fn read(text: &str) -> Vec<Statement<'_>> {
    let (mut statements, mut open, mut depth) = (Vec::new(), Statement::default(), 0_usize);
    let (mut at, mut line) = (0, 0);
    while let Some(first) = text[at..].chars().next() {
        let length = match first {
            '#' => text[at..].find('\n').unwrap_or(text.len() - at),
            '\n' => {
                if depth == 0 && !open.words.is_empty() {
                    statements.push(std::mem::take(&mut open));
                }
                line = at + 1;
                1
            }
            // The next line belongs to this one.
            '\\' if text[at + 1..].starts_with(['\n', '\r']) => {
                1 + text[at + 1..].find('\n').map_or(1, |end| end + 1)
            }
            blank if blank.is_whitespace() => blank.len_utf8(),
            _ => {
                if open.words.is_empty() {
                    open.column = at - line;
                }
                depth = match first {
                    '(' | '[' | '{' => depth + 1,
                    ')' | ']' | '}' => depth.saturating_sub(1),
                    _ => depth,
                };
                let (length, is_text) = word(&text[at..]);
                open.words.push(Word { text: &text[at..at + length], is_text, span: at..at + length });
                length
            }
        };
        at += length;
    }
    if !open.words.is_empty() {
        statements.push(open);
    }
    statements
}

/// The bytes of the word at the beginning, and whether it is a text.
fn word(text: &str) -> (usize, bool) {
    let is_name = |sign: char| sign.is_alphanumeric() || sign == '_';
    let name = text.find(|sign| !is_name(sign)).unwrap_or(text.len());
    let is_prefix = name <= 2 && text[..name].chars().all(|sign| "rbfuRBFU".contains(sign));
    if is_prefix && text[name..].starts_with(['"', '\'']) {
        return (name + text_length(&text[name..]), true);
    }
    match name {
        0 => (text.chars().next().map_or(0, char::len_utf8), false),
        name => (name, false),
    }
}

/// The bytes of the text at the beginning, its quotes included. One that is not closed ends with its line, or with the
/// file where it has three quotes.
fn text_length(text: &str) -> usize {
    let quote = &text[..1];
    let long = quote.repeat(3);
    let (quote, ends_with_line) =
        if text.starts_with(&long) { (long.as_str(), false) } else { (quote, true) };
    let mut at = quote.len();
    while let Some(sign) = text[at..].chars().next() {
        match sign {
            '\\' => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
            '\n' if ends_with_line => return at,
            _ if text[at..].starts_with(quote) => return at + quote.len(),
            other => at += other.len_utf8(),
        }
    }
    text.len()
}

/// The statements that do something: a text alone is a comment.
pub(super) fn count(code: &[Statement]) -> u64 {
    code.iter().filter(|statement| statement.words.iter().any(|word| !word.is_text)).count() as u64
}

/// Whether a source is Python: nearly all statements begin as Python's do, and one of them as no prose does.
pub(super) fn is_likely(text: &str, code: &[Statement]) -> bool {
    let has_shebang =
        text.starts_with("#!") && text.lines().next().is_some_and(|line| line.contains("python"));
    // A backtick is no sign of Python, and a fence of Markdown.
    let is_other = code.iter().flat_map(|statement| &statement.words).any(|word| word.text == "`");
    let odd = code.iter().filter(|statement| !is_plausible(statement)).count();
    let is_telling = |statement: &Statement| match &*statement.words {
        [first, second, ..] if TELLING.contains(&first.text) => {
            second.text.starts_with(|sign: char| sign.is_alphabetic() || sign == '_' || sign == '.')
        }
        [first, second, ..] => {
            !first.is_text && (second.text == "(" || second.text == "=" || second.text == ".")
        }
        _ => false,
    };
    let is_python = odd * 10 <= code.len() && code.iter().any(is_telling);
    !is_other && !code.is_empty() && (has_shebang || is_python)
}

fn is_plausible(statement: &Statement) -> bool {
    match &*statement.words {
        [first, ..] if first.is_text || KEYWORDS.contains(&first.text) || "@([{.".contains(first.text) => {
            true
        }
        [_, second, ..] => !second.is_text && "=(.[:,+-*/|&^%;)]}@".contains(second.text),
        // Notebooks show what stands alone.
        [first] => first.text.starts_with(|sign: char| sign.is_alphabetic() || sign == '_'),
        [] => false,
    }
}
