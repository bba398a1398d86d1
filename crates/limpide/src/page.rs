//! Lines on a terminal: how wide they are, where they break, and how numbers and names look.

use std::fmt::Write;

use anstyle::Style;
use textwrap::Options;

/// Where codes of criteria end and words begin.
const INDENT: usize = 6;

/// Terminals narrower than this break lines themselves; wider lines tire the eye.
const NARROWEST: usize = 60;
const WIDEST: usize = 120;

/// How a report is laid out.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    /// Columns.
    pub(crate) width: usize,
    /// Whether each finding shows all that it rests on.
    pub(crate) verbose: bool,
}

impl Page {
    /// As wide as the terminal; 80 columns where there is none.
    pub(crate) fn for_terminal(verbose: bool) -> Self {
        let size = rustix::termios::tcgetwinsize(std::io::stdout());
        let columns = size.ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0);
        let variable = || std::env::var("COLUMNS").ok()?.parse().ok();
        let width = columns.or_else(variable).unwrap_or(80).clamp(NARROWEST, WIDEST);
        Self { width, verbose }
    }

    /// Text from a column on, wrapped there.
    pub(crate) fn line(&self, indent: usize, text: &str, out: &mut String) {
        self.hanging((indent, ""), (indent, text), out);
    }

    /// The title of a part, after an empty line.
    pub(crate) fn heading(&self, title: &str, style: Style, out: &mut String) {
        let style = style.bold();
        out.push('\n');
        self.line(0, &format!("{style}{title}{style:#}"), out);
    }

    /// A code in front, and words beside it.
    pub(crate) fn item(&self, code: &str, text: &str, out: &mut String) {
        self.hanging((2, code), (INDENT, text), out);
    }

    /// A word in front, such as `claim`, and beside it what it says, deeper than an item.
    pub(crate) fn detail(&self, word: &str, text: &str, out: &mut String) {
        self.hanging((INDENT, word), (INDENT + 10, text), out);
    }

    /// A word at one column, and text at another, wrapped there.
    fn hanging(&self, (indent, first): (usize, &str), (column, text): (usize, &str), out: &mut String) {
        let gap = column.saturating_sub(indent);
        let start = format!("{}{first:gap$}", " ".repeat(indent));
        let rest = " ".repeat(column);
        let options =
            Options::new(self.width).initial_indent(&start).subsequent_indent(&rest).break_words(false);
        for line in textwrap::wrap(text, options) {
            // A terminal is a `String` here: writing to it does not fail.
            _ = writeln!(out, "{}", line.trim_end());
        }
    }
}

/// Rows as lines, each column as wide as its longest cell; the last is left out where the lines would be wider than the page.
pub(crate) fn columns(rows: &[Vec<String>], width: usize) -> Vec<String> {
    let count = rows.first().map_or(0, Vec::len);
    let cells = |column: usize| rows.iter().filter_map(move |row| row.get(column));
    let widths: Vec<usize> = (0..count)
        .map(|column| cells(column).map(|cell| textwrap::core::display_width(cell)).max().unwrap_or(0) + 3)
        .collect();
    let fits = widths.iter().sum::<usize>() <= width + 3;
    let shown = if fits { count } else { count.saturating_sub(1) };
    let padded = |(cell, width): (&String, &usize)| {
        format!("{cell}{}", " ".repeat(width.saturating_sub(textwrap::core::display_width(cell))))
    };
    let line = |row: &Vec<String>| {
        row.iter().zip(&widths).take(shown).map(padded).collect::<String>().trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// Text from outside: nothing in it moves the cursor, colours the terminal or turns the direction of writing.
pub(crate) fn plain(text: &str) -> String {
    let turns = |character| matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let hidden = |character: char| character.is_control() || turns(character);
    text.chars()
        .map(|character| if hidden(character) { char::REPLACEMENT_CHARACTER } else { character })
        .collect()
}

/// The beginning of a hash, as long as git shows it.
pub(crate) fn short(hash: &str) -> String {
    plain(hash).chars().take(7).collect()
}

/// `1 file`, `1 024 files`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", grouped(count))
}

/// `1 048 576`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    text
}

/// `70.6 billion`: three digits at least, as people name sizes of models.
pub(crate) fn rounded(count: u64) -> String {
    scaled(count, &[(1_000_000_000_000, " trillion"), (1_000_000_000, " billion"), (1_000_000, " million")])
        .unwrap_or_else(|| grouped(count))
}

/// `141.1 GB`.
pub(crate) fn bytes(count: u64) -> String {
    scaled(count, &[(1_000_000_000_000, " TB"), (1_000_000_000, " GB"), (1_000_000, " MB"), (1000, " kB")])
        .unwrap_or_else(|| counted(count, "byte"))
}

/// In the first unit that it reaches, with one digit after the point.
fn scaled(count: u64, units: &[(u64, &str)]) -> Option<String> {
    let (unit, name) = units.iter().find(|(unit, _)| count >= *unit)?;
    let tenths = (u128::from(*unit) / 2 + u128::from(count) * 10) / u128::from(*unit);
    Some(format!("{}.{}{name}", tenths / 10, tenths % 10))
}
