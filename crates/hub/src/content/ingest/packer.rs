//! Decides for each chunk of a new file whether to name a stored one or to pack it into a new xorb.

use std::collections::HashMap;

use bytes::Bytes;
use limpide_db::key_chunks::KeyChunk;
use limpide_words::Sha256;
use limpide_xet::{BuiltXorb, CheckedFile, FileHasher, Hash, Term, Terms, XorbBuilder, term_hash};

use super::known::Known;
use crate::content::damaged;
use crate::content::register::{NewFile, NewXorb};
use crate::error::{Error, Result};

/// So many chunks in a row are named where they are, wherever that is.
const RUN: usize = 8;

/// While terms are this long on average, single chunks may be named where they are too. A file of many short
/// terms would be slow to read: better to store some chunks twice.
const MEAN_TERM: u64 = 512 * 1024;

/// Where a chunk is: in a stored xorb, or in one built for this file, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Source {
    Stored(Hash),
    Built(usize),
}

/// What is to be written.
pub(super) enum Step {
    /// More of the xorb that is being built.
    Bytes(Vec<u8>),
    /// It is complete: what follows belongs to the next one.
    End(BuiltXorb),
}

/// Packs the chunks of one file.
#[derive(Default)]
pub(super) struct Packer {
    pub(super) known: Known,
    builder: XorbBuilder,
    /// The chunks of the xorb that is being built, and where each is in it.
    open: Vec<Hash>,
    places: HashMap<Hash, u32>,
    built: usize,
    file: Draft,
    run: Option<Run>,
}

/// What is known of the new file so far.
#[derive(Default)]
pub(super) struct Draft {
    hasher: FileHasher,
    size: u64,
    chunks: u64,
    terms: Vec<(Source, Term)>,
    verification: Vec<Hash>,
    keys: Vec<(Hash, Source)>,
}

/// The term that is being extended.
struct Run {
    source: Source,
    start: u32,
    unpacked: u32,
    chunks: Vec<Hash>,
}

impl Packer {
    /// Whether no chunk has come yet.
    pub(super) fn is_empty(&self) -> bool {
        self.file.chunks == 0
    }

    /// Takes the next chunks of the file; gives what is to be written.
    pub(super) fn pack(&mut self, chunks: &[(Hash, Bytes)]) -> Result<Vec<Step>> {
        let (mut steps, mut encoded) = (Vec::new(), Vec::new());
        for (at, (hash, chunk)) in chunks.iter().enumerate() {
            let (source, index) = match self.stored(&chunks[at..]) {
                Some(place) => place,
                None => {
                    if !self.builder.has_room(chunk.len()) {
                        steps.push(Step::Bytes(std::mem::take(&mut encoded)));
                        steps.extend(self.close().map(Step::End));
                    }
                    self.builder
                        .push_hashed(*hash, chunk, &mut encoded)
                        .map_err(|error| Error::Internal(error.into()))?;
                    self.added(*hash)
                }
            };
            self.place(source, index, *hash, chunk.len());
        }
        steps.push(Step::Bytes(encoded));
        Ok(steps)
    }

    /// The file ends here.
    pub(super) fn finish(mut self) -> (Vec<Step>, Draft) {
        self.end_run();
        let steps = self.close().map(Step::End).into_iter().collect();
        (steps, self.file)
    }

    /// Where the next chunk is, if it is worth naming it there.
    fn stored(&self, chunks: &[(Hash, Bytes)]) -> Option<(Source, u32)> {
        let (hash, _) = chunks.first()?;
        if let Some(run) = &self.run
            && self.chunk(run.source, run.end()) == Some(*hash)
        {
            return Some((run.source, run.end()));
        }
        let open = self.places.get(hash).map(|index| (Source::Built(self.built), *index));
        let (source, index) = open.or_else(|| self.known.find(hash))?;
        let alike = chunks.iter().zip(index..).take(RUN);
        let run = alike.take_while(|((hash, _), index)| self.chunk(source, *index) == Some(*hash)).count();
        let short_terms = self.file.size < MEAN_TERM * (self.file.terms.len() as u64);
        (run == RUN.min(chunks.len()) || !short_terms).then_some((source, index))
    }

    fn chunk(&self, source: Source, index: u32) -> Option<Hash> {
        match source {
            Source::Built(number) if number == self.built => self.open.get(index as usize).copied(),
            source => self.known.chunk(source, index),
        }
    }

    /// Notes that a chunk was added to the open xorb.
    fn added(&mut self, hash: Hash) -> (Source, u32) {
        let index = self.builder.len() - 1;
        self.open.push(hash);
        self.places.entry(hash).or_insert(index);
        (Source::Built(self.built), index)
    }

    /// Adds a chunk to the file.
    fn place(&mut self, source: Source, index: u32, hash: Hash, length: usize) {
        let goes_on = self.run.as_ref().is_some_and(|run| run.source == source && run.end() == index);
        if !goes_on {
            self.end_run();
        }
        let run = self.run.get_or_insert(Run { source, start: index, unpacked: 0, chunks: Vec::new() });
        // A chunk has at most 128 KiB, a term at most the 64 MiB of its xorb.
        run.unpacked += length as u32;
        run.chunks.push(hash);
        if self.file.chunks == 0 || hash.is_dedup_eligible() {
            self.file.keys.push((hash, source));
        }
        self.file.hasher.push(hash, length as u64);
        self.file.chunks += 1;
        self.file.size += length as u64;
        self.known.used(source);
    }

    fn end_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        // The name of a xorb that is being built is not known yet: see `Draft::named`.
        let term = Term { xorb: Hash::ZERO, start: run.start, end: run.end(), unpacked: run.unpacked };
        self.file.terms.push((run.source, term));
        self.file.verification.push(term_hash(&run.chunks));
    }

    /// Ends the open xorb, whose chunks can still be named.
    fn close(&mut self) -> Option<BuiltXorb> {
        let xorb = self.builder.finish()?;
        self.known.remember(Source::Built(self.built), xorb.table.clone(), None);
        self.built += 1;
        self.open.clear();
        self.places.clear();
        Some(xorb)
    }
}

impl Run {
    fn end(&self) -> u32 {
        self.start + self.chunks.len() as u32
    }
}

impl Draft {
    /// The file, now that all its xorbs have names.
    pub(super) fn named(self, sha256: Sha256, xorbs: &[NewXorb]) -> Result<NewFile> {
        let name = |source: Source| match source {
            Source::Stored(hash) => Ok(hash),
            Source::Built(number) => xorbs
                .get(number)
                .map(|xorb| xorb.hash)
                .ok_or_else(|| damaged(format!("no built xorb {number}"))),
        };
        let terms = self.terms.into_iter().map(|(source, term)| Ok(Term { xorb: name(source)?, ..term }));
        let terms = Terms::new(terms.collect::<Result<_>>()?).map_err(damaged)?;
        let file = self.hasher.finish();
        let keys =
            self.keys.into_iter().map(|(chunk, source)| Ok(KeyChunk { chunk, xorb: name(source)?, file }));
        let keys = keys.collect::<Result<_>>()?;
        let verification = self.verification;
        let checked =
            CheckedFile { hash: file, terms, verification, sha256: Some(sha256.0), chunks: self.chunks };
        Ok(NewFile { checked, sha256, keys })
    }
}
