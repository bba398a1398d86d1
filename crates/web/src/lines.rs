//! Reads a body of lines (NDJSON) as it arrives, holding one line at a time.

use axum::body::{Body, BodyDataStream};
use bytes::Bytes;
use futures::StreamExt;
use limpide_formats::lines;
use limpide_hub::Error;

use crate::error::ApiError;

/// The lines of a body.
pub(crate) struct Lines {
    body: BodyDataStream,
    arrived: lines::Lines,
}

impl Lines {
    /// The lines of `body`, which has at most `limit` bytes, each of at most `longest`.
    pub(crate) fn of(body: Body, limit: u64, longest: usize) -> Self {
        Self { body: body.into_data_stream(), arrived: lines::Lines::new(limit, longest) }
    }

    /// The next line that is not blank, without its line break; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        loop {
            if let Some(line) = self.arrived.next_line()? {
                return Ok(Some(line));
            }
            let Some(piece) = self.body.next().await else { return Ok(self.arrived.rest()) };
            let piece =
                piece.map_err(|_| Error::Invalid("The body ended before its announced length.".into()))?;
            self.arrived.push(&piece)?;
        }
    }
}
