//! Reads a body of lines (NDJSON) as it arrives, holding one line at a time.

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures::StreamExt;
use limpide_hub::Error;

use crate::error::ApiError;

/// The lines of a body.
pub(crate) struct Lines {
    body: BodyDataStream,
    held: BytesMut,
    /// How many of the held bytes are known to hold no line break.
    searched: usize,
    /// How many bytes may still arrive.
    allowance: u64,
    /// How long a line may be.
    longest: usize,
}

impl Lines {
    /// The lines of `body`, which has at most `limit` bytes, each of at most `longest`.
    pub(crate) fn of(body: Body, limit: u64, longest: usize) -> Self {
        Self { body: body.into_data_stream(), held: BytesMut::new(), searched: 0, allowance: limit, longest }
    }

    /// The next line that is not blank, without its line break; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            if let Some(line) = self.take_line()? {
                if !line.trim_ascii().is_empty() {
                    return Ok(Some(line));
                }
            } else if !self.receive().await? {
                let rest = self.held.split().freeze();
                self.searched = 0;
                return Ok((!rest.trim_ascii().is_empty()).then_some(rest));
            }
        }
    }

    fn take_line(&mut self) -> Result<Option<Bytes>, ApiError> {
        let found = self.held[self.searched..].iter().position(|byte| *byte == b'\n');
        let length = found.map_or(self.held.len(), |at| self.searched + at);
        if length > self.longest {
            let words = format!("A line of the body has more than the {} bytes allowed here.", self.longest);
            return Err(Error::TooLarge(words).into());
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

    /// Waits for more bytes; false when there are none.
    async fn receive(&mut self) -> Result<bool, ApiError> {
        let Some(piece) = self.body.next().await else { return Ok(false) };
        let piece =
            piece.map_err(|_| Error::Invalid("The body ended before its announced length.".into()))?;
        let length = piece.len() as u64;
        let Some(rest) = self.allowance.checked_sub(length) else {
            return Err(Error::TooLarge(
                "The body is larger than is allowed here; send it in several.".into(),
            )
            .into());
        };
        self.allowance = rest;
        self.held.extend_from_slice(&piece);
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A body that arrives in pieces of this length.
    fn body(text: &str, piece: usize) -> Body {
        let pieces: Vec<_> = text.as_bytes().chunks(piece).map(Bytes::copy_from_slice).collect();
        Body::from_stream(futures::stream::iter(pieces.into_iter().map(Ok::<_, std::io::Error>)))
    }

    #[tokio::test]
    async fn lines_come_out_the_same_however_the_body_is_cut() {
        let text = "one\n\n  \ntwo\r\nthree and more";
        for piece in 1..text.len() {
            let mut lines = Lines::of(body(text, piece), 1000, 100);
            let mut seen = Vec::new();
            while let Some(line) = lines.next().await.unwrap() {
                seen.push(String::from_utf8(line.to_vec()).unwrap());
            }
            assert_eq!(seen, ["one", "two\r", "three and more"]);
        }
    }

    #[tokio::test]
    async fn a_line_or_a_body_that_is_too_long_is_refused() {
        let mut lines = Lines::of(body("short\nmuch longer\n", 4), 1000, 8);
        assert!(lines.next().await.unwrap().is_some());
        assert!(matches!(lines.next().await.unwrap_err().error(), Error::TooLarge(_)));

        let mut lines = Lines::of(body("short\nlonger\n", 4), 9, 100);
        assert!(lines.next().await.unwrap().is_some());
        assert!(matches!(lines.next().await.unwrap_err().error(), Error::TooLarge(_)));
    }
}
