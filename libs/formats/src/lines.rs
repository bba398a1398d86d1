//! Cuts a body that arrives in pieces into lines (NDJSON), holding one line at a time.

use bytes::{Bytes, BytesMut};

use crate::Problem;

/// The lines of a body of which some has arrived.
#[derive(Debug)]
pub struct Lines {
    held: BytesMut,
    /// How many of the held bytes are known to hold no line break.
    searched: usize,
    /// How many bytes may still arrive.
    allowance: u64,
    /// How long a line may be.
    longest: usize,
}

impl Lines {
    /// Takes at most `limit` bytes, in lines of at most `longest`.
    pub fn new(limit: u64, longest: usize) -> Self {
        Self { held: BytesMut::new(), searched: 0, allowance: limit, longest }
    }

    /// Takes the next piece of the body. Ask for its lines before the next one is pushed.
    ///
    /// # Errors
    /// `TooLarge` when more has arrived than is allowed.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Problem> {
        let Some(rest) = self.allowance.checked_sub(piece.len() as u64) else {
            let words = "The body is larger than is allowed here; send it in several.";
            return Err(Problem::TooLarge(words.into()));
        };
        self.allowance = rest;
        self.held.extend_from_slice(piece);
        Ok(())
    }

    /// The next line that has arrived whole and is not blank, without its line break.
    ///
    /// # Errors
    /// `TooLarge` for a line that is too long, whole or not.
    pub fn next_line(&mut self) -> Result<Option<Bytes>, Problem> {
        while let Some(line) = self.take_line()? {
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// What is left when the body has ended: its last line, if that has no line break and is not blank.
    pub fn rest(&mut self) -> Option<Bytes> {
        let rest = self.held.split().freeze();
        self.searched = 0;
        (!rest.trim_ascii().is_empty()).then_some(rest)
    }

    fn take_line(&mut self) -> Result<Option<Bytes>, Problem> {
        let found = self.held[self.searched..].iter().position(|byte| *byte == b'\n');
        let length = found.map_or(self.held.len(), |at| self.searched + at);
        if length > self.longest {
            let words = format!("A line of the body has more than the {} bytes allowed here.", self.longest);
            return Err(Problem::TooLarge(words));
        }
        self.searched = self.held.len();
        if found.is_none() {
            return Ok(None);
        }
        let line = self.held.split_to(length).freeze();
        let _line_break = self.held.split_to(1);
        self.searched = 0;
        Ok(Some(line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_out_the_same_however_the_body_is_cut() {
        let text = "one\n\n  \ntwo\r\nthree and more";
        for piece in 1..text.len() {
            let mut lines = Lines::new(1000, 100);
            let mut seen = Vec::new();
            for piece in text.as_bytes().chunks(piece) {
                lines.push(piece).unwrap();
                while let Some(line) = lines.next_line().unwrap() {
                    seen.push(line);
                }
            }
            seen.extend(lines.rest());
            assert_eq!(seen, ["one", "two\r", "three and more"]);
        }
    }

    #[test]
    fn a_line_or_a_body_that_is_too_long_is_refused() {
        let mut lines = Lines::new(1000, 8);
        lines.push(b"short\nmuch longer\n").unwrap();
        assert!(lines.next_line().unwrap().is_some());
        assert!(matches!(lines.next_line(), Err(Problem::TooLarge(_))));

        let mut lines = Lines::new(9, 100);
        lines.push(b"short\nlo").unwrap();
        assert!(matches!(lines.push(b"nger\n"), Err(Problem::TooLarge(_))));
    }
}
