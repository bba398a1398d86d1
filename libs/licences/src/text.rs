//! Which licence a text is, found by its words: how a text is normalised, what is kept of known texts, and how
//! one is compared with the others.

mod identify;
mod notices;
mod pieces;
mod store;
mod words;

pub use identify::{Contained, Identification, LONGEST, Removed, TooLong, Verdict, identify};
pub use store::{Malformed, Store};
pub(crate) use words::{Pause, Words};

/// A part of a text, in bytes from its beginning; both ends are boundaries of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The first byte after it.
    pub end: usize,
}

impl Span {
    /// The words themselves, or nothing where the span is of another text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}
