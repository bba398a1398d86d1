//! Code as lines of HTML, in which comments, strings and other parts have classes.
//!
//! A reader of our own, of one pass and without regular expressions: it looks at each character a bounded number of
//! times, so that a hostile file costs no more than any other. It knows what stands out in a language, not its
//! grammar.
//!
//! The classes: `hl-comment`, `hl-string`, `hl-keyword`, `hl-number`, `hl-function`, `hl-type`, `hl-constant`, `hl-tag`
//! (tags of markup, keys of data), `hl-inserted` and `hl-deleted` (lines of a difference), and `hl-hidden`: a
//! character that changes the order in which others are shown, written out by its number.

mod languages;
mod lines;
mod reader;
mod written;

pub use languages::Language;
use languages::Manner;

use crate::code::lines::Marked;
use crate::code::reader::{Ahead, read_line};
use crate::code::written::Line;

/// Beyond this a text is shown without colours.
pub const LONGEST: usize = 512 * 1024;

/// A text with a line beyond this is shown without colours.
pub const LONGEST_LINE: usize = 4 * 1024;

/// The lines of a text as HTML, without line ends. A text that is too long for it is shown without colours.
///
/// ```
/// use limpide_rendering::code::{Language, highlight};
///
/// let lines = highlight("x = 1  # one", Language::of_file("tiny.py"));
/// assert_eq!(lines[0], "x = <span class=\"hl-number\">1</span>  <span class=\"hl-comment\"># one</span>");
/// ```
pub fn highlight(text: &str, language: Language) -> Vec<String> {
    let fits = text.len() <= LONGEST && text.lines().all(|line| line.len() <= LONGEST_LINE);
    let mut ahead = Ahead::default();
    let mut marked = Marked::default();
    let one = |line: &str| {
        let mut written = Line::default();
        match language.manner() {
            Manner::Code(grammar) if fits => read_line(line, grammar, &mut ahead, &mut written),
            Manner::Markup { templates } if fits => marked.markup(line, *templates, &mut written),
            Manner::Markdown if fits => marked.markdown(line, &mut written),
            Manner::Difference if fits => lines::difference(line, &mut written),
            _ => written.push("", line),
        }
        written.finish()
    };
    text.lines().map(one).collect()
}
