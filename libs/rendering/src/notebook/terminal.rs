//! Text that was meant for a terminal, as plain text.

use crate::escape::reorders;

/// The text without the sequences that colour it or move about, and without characters that nobody sees.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\u{1b}' => match characters.next() {
                // `ESC [ … m`: parameters, then one letter or sign that ends it.
                Some('[') => {
                    let _end = characters.by_ref().find(|next| matches!(next, '@'..='~' | '\n'));
                }
                // `ESC ] …`: up to a bell or another escape.
                Some(']') => {
                    while let Some(next) = characters.next() {
                        let escape = next == '\u{1b}' && characters.next_if_eq(&'\\').is_some();
                        if escape || matches!(next, '\u{7}' | '\n') {
                            break;
                        }
                    }
                }
                _ => {}
            },
            '\r' if characters.peek() != Some(&'\n') => plain.push('\n'),
            '\n' | '\t' => plain.push(character),
            _ if character.is_control() || reorders(character) => {}
            _ => plain.push(character),
        }
    }
    plain
}
