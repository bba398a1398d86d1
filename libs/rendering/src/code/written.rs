//! A line of code while it is written as HTML.

use crate::escape::{push_escaped, reorders};

/// The HTML of one line. Neighbours of one class share an element.
#[derive(Debug, Default)]
pub(super) struct Line {
    html: String,
    class: &'static str,
}

impl Line {
    /// Adds a piece of a class, or of none.
    pub(super) fn push(&mut self, class: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        self.turn(class);
        let mut rest = text;
        while let Some((at, character)) = rest.char_indices().find(|(_, character)| hidden(*character)) {
            let (before, from) = rest.split_at(at);
            push_escaped(&mut self.html, before);
            self.turn("hl-hidden");
            self.html.push_str(&format!("U+{:04X}", u32::from(character)));
            self.turn(class);
            rest = from.get(character.len_utf8()..).unwrap_or_default();
        }
        push_escaped(&mut self.html, rest);
    }

    /// The finished HTML.
    pub(super) fn finish(mut self) -> String {
        self.turn("");
        self.html
    }

    fn turn(&mut self, class: &'static str) {
        if self.class == class {
            return;
        }
        if !self.class.is_empty() {
            self.html.push_str("</span>");
        }
        if !class.is_empty() {
            self.html.push_str("<span class=\"");
            self.html.push_str(class);
            self.html.push_str("\">");
        }
        self.class = class;
    }
}

/// Whether a reader would not see the character, or see others elsewhere because of it.
fn hidden(character: char) -> bool {
    reorders(character) || (character.is_control() && character != '\t') || character == '\u{200B}'
}
