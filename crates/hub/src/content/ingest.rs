//! Takes in a plain stream of bytes: cuts it as Xet clients do, stores the chunks that are not there yet, and
//! registers the file.
//!
//! Two things go on at the same time: one batch arrives, is hashed and cut, while the chunks of the one before
//! are looked up, packed and written. In memory are a few batches, the tables of the stored xorbs that the file
//! seems to continue, and the file's own terms.

mod known;
mod packer;
mod writer;

use std::sync::Arc;

use bytes::Bytes;
use limpide_words::Sha256;
use limpide_xet::{Hash, Splitter, chunk_hash};
use sha2::Digest;

use super::read::StoredFile;
use super::token::WritePass;
use super::{Body, aside, gather};
use crate::Hub;
use crate::error::{Error, Result};
use packer::Packer;
use writer::Writer;

/// What the sender says about the bytes to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Declared {
    /// Their SHA-256.
    pub sha256: Sha256,
    /// How many there are.
    pub size: u64,
}

impl Hub {
    /// Stores a file that arrives as plain bytes and registers it for the repository of the pass.
    ///
    /// # Errors
    /// `Unprocessable` when the bytes are not those declared, `TooLarge` for more than the hub takes; then
    /// nothing of them can be seen.
    pub async fn ingest(
        &self,
        pass: &WritePass,
        declared: Option<Declared>,
        body: Body<'_>,
    ) -> Result<StoredFile> {
        let most = self.settings().limits.file;
        if declared.is_some_and(|declared| declared.size > most) {
            return Err(too_large(most));
        }
        let mut writer = Writer::new(self);
        let taken = self.take_in(pass, declared, body, &mut writer).await;
        if taken.is_err() {
            writer.give_up().await;
        }
        taken
    }

    async fn take_in(
        &self,
        pass: &WritePass,
        declared: Option<Declared>,
        mut body: Body<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<StoredFile> {
        let most = declared.map_or(self.settings().limits.file, |declared| declared.size);
        let (mut cutter, mut packer, mut chunks) = (Cutter::default(), Packer::default(), Vec::new());
        while !cutter.ended || !chunks.is_empty() {
            let (cut, packed) = tokio::join!(cutter.next(&mut body), self.keep(pass, packer, chunks, writer));
            (cutter, chunks) = cut?;
            packer = packed?;
            if cutter.length > most {
                return Err(declared
                    .map_or_else(|| too_large(most), |declared| mismatch(&declared, "more bytes came")));
            }
        }
        let (sha256, size) = (Sha256(cutter.sha256.finalize().into()), cutter.length);
        if let Some(declared) = declared.filter(|declared| *declared != Declared { sha256, size }) {
            return Err(mismatch(&declared, &format!("{size} bytes with the SHA-256 {sha256} came")));
        }
        let (steps, draft) = packer.finish();
        writer.write(steps).await?;
        let xorbs = writer.published().await?;
        let file = draft.named(sha256, &xorbs)?;
        let (hash, terms) = (file.checked.hash, Arc::new(file.checked.terms.clone()));
        self.register(pass, vec![file], xorbs).await.map_err(|error| match error {
            // A xorb that was recognised went away in between: sent again, its chunks are stored anew.
            Error::Invalid(why) => Error::Conflict(format!("{why} Send the file again.")),
            other => other,
        })?;
        Ok(StoredFile { hash, size, sha256, terms })
    }

    /// Stores those of these chunks that are not yet there.
    async fn keep(
        &self,
        pass: &WritePass,
        mut packer: Packer,
        chunks: Vec<(Hash, Bytes)>,
        writer: &mut Writer<'_>,
    ) -> Result<Packer> {
        if chunks.is_empty() {
            return Ok(packer);
        }
        let first = packer.is_empty();
        self.recognise(pass, &mut packer.known, first, &chunks).await?;
        let (packer, steps) = aside(move || {
            let steps = packer.pack(&chunks)?;
            Ok((packer, steps))
        })
        .await?;
        writer.write(steps).await?;
        Ok(packer)
    }
}

/// Hashes the bytes as they come and cuts them into chunks.
#[derive(Default)]
struct Cutter {
    sha256: sha2::Sha256,
    splitter: Splitter,
    length: u64,
    ended: bool,
}

impl Cutter {
    /// The chunks that the next batch completes.
    async fn next(mut self, body: &mut Body<'_>) -> Result<(Self, Vec<(Hash, Bytes)>)> {
        if self.ended {
            return Ok((self, Vec::new()));
        }
        let pieces = gather(body).await?;
        aside(move || {
            let mut chunks = Vec::new();
            let mut keep = |chunk: Bytes| chunks.push((chunk_hash(&chunk), chunk));
            for piece in &pieces {
                self.sha256.update(piece);
                self.length += piece.len() as u64;
                self.splitter.push(piece.clone(), &mut keep);
            }
            if pieces.is_empty() {
                self.ended = true;
                self.splitter.finish().into_iter().for_each(keep);
            }
            Ok((self, chunks))
        })
        .await
    }
}

fn too_large(most: u64) -> Error {
    Error::TooLarge(format!(
        "A file on this hub has at most {most} bytes: split it, or ask the administrator."
    ))
}

fn mismatch(declared: &Declared, what: &str) -> Error {
    let Declared { sha256, size } = declared;
    Error::Unprocessable(format!(
        "{size} bytes with the SHA-256 {sha256} were announced, but {what}. Nothing was stored: send the file again."
    ))
}
