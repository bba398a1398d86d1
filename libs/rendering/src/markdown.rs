//! Markdown as HTML: what cards, discussions and cells of notebooks are written in.
//!
//! CommonMark, with what GitHub adds to it (tables, task lists, footnotes, alerts, bare addresses, strikethrough),
//! formulas, and the HTML that people put into cards as far as it is harmless.

mod addresses;
mod blocks;

use pulldown_cmark::{Options, Parser, html};

use crate::names::Names;
use crate::place::Place;
use crate::tidy::tidy;

/// How much of a text is shown.
pub const LONGEST: usize = 1024 * 1024;

/// A rendered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// What a page may hold, with classes of [`CLASSES`].
    pub html: String,
    /// The headings in order, for a table of contents.
    pub headings: Vec<Heading>,
    /// Whether the text was longer than what is shown, or had more parts.
    pub truncated: bool,
}

/// A heading of a rendered text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 2 to 6: one level below what was written, because the page has a heading of its own.
    pub level: u8,
    /// The id of the element.
    pub id: String,
    /// What it says, without markup; not escaped.
    pub text: String,
}

pub use crate::allowed::CLASSES;

/// Renders a text that stands at a place.
pub fn render(text: &str, place: &Place<'_>) -> Document {
    render_among(text, place, &mut Names::default())
}

/// Renders the texts of one page, such as the comments of a discussion, so that no id is given twice.
pub fn render_all(texts: &[&str], place: &Place<'_>) -> Vec<Document> {
    let mut names = Names::default();
    texts.iter().map(|text| render_among(text, place, &mut names)).collect()
}

/// Renders a text that shares a page with others.
pub(crate) fn render_among(text: &str, place: &Place<'_>, names: &mut Names) -> Document {
    let (text, truncated) = beginning(text);
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let events = Parser::new_ext(without_front_matter(text), options);
    let events = blocks::rewrite(events, place.words, names.documents);
    let mut written = String::with_capacity(text.len() + text.len() / 2);
    html::push_html(&mut written, events.into_iter());
    names.documents += 1;
    let tidied = tidy(&written, place, names);
    Document { html: tidied.html, headings: tidied.headings, truncated: truncated || tidied.truncated }
}

/// The text up to the longest that is shown, cut at the end of a line if there is one.
fn beginning(text: &str) -> (&str, bool) {
    if text.len() <= LONGEST {
        return (text, false);
    }
    let text = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
    let line = text.rfind('\n').filter(|end| *end > LONGEST / 2);
    (line.and_then(|end| text.get(..end)).unwrap_or(text), true)
}

/// The text without the YAML that a card begins with.
fn without_front_matter(text: &str) -> &str {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let mut lines = text.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_end() == "---") else { return text };
    let mut end = first.len();
    for line in lines {
        end += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            return text.get(end..).unwrap_or_default();
        }
    }
    text
}
