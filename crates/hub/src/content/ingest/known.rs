//! Recognises content that is already stored: by key chunks first, then by following the file they lead to.

use std::collections::{HashMap, HashSet, VecDeque};

use bytes::Bytes;
use limpide_db::{files, key_chunks, xorbs};
use limpide_xet::{ChunkTable, Hash, Terms};

use super::packer::Source;
use crate::Hub;
use crate::content::damaged;
use crate::content::token::WritePass;
use crate::error::Result;

/// How many xorbs of a recognised file are loaded at a time: a gigabyte of content.
const LOADED_AT_ONCE: usize = 16;

/// When so few loaded xorbs are left ahead, the next ones are loaded.
const AHEAD: usize = 4;

/// How many chunks are remembered: those of 16 GB, in some 40 MB of memory.
const REMEMBERED: usize = 256 * 1024;

/// The chunks that can be named instead of being stored again.
#[derive(Default)]
pub(super) struct Known {
    chunks: HashMap<Hash, (Source, u32)>,
    tables: HashMap<Source, Table>,
    /// The tables, those first that were loaded first.
    order: VecDeque<Source>,
    trails: HashMap<Hash, Trail>,
    /// Files whose next xorbs will soon be needed.
    wanted: HashSet<Hash>,
}

struct Table {
    chunks: ChunkTable,
    /// The file that led here, and where in its trail.
    on_trail: Option<(Hash, usize)>,
}

/// A stored file that the new one seems to continue.
struct Trail {
    xorbs: Vec<Hash>,
    /// Up to where they are loaded.
    loaded: usize,
}

impl Hub {
    /// Looks up those of these chunks by which stored files can be recognised, and loads what follows them.
    pub(super) async fn recognise(
        &self,
        pass: &WritePass,
        known: &mut Known,
        first: bool,
        chunks: &[(Hash, Bytes)],
    ) -> Result<()> {
        for file in std::mem::take(&mut known.wanted) {
            let from = known.trails.get(&file).map_or(0, |trail| trail.loaded);
            self.follow(pass, known, file, from).await?;
        }
        let asked = chunks
            .iter()
            .enumerate()
            .filter(|(at, (chunk, _))| first && *at == 0 || chunk.is_dedup_eligible());
        let asked: Vec<Hash> =
            asked.map(|(_, (chunk, _))| *chunk).filter(|chunk| !known.chunks.contains_key(chunk)).collect();
        if asked.is_empty() {
            return Ok(());
        }
        for hit in key_chunks::find(self.db(), &pass.domain, &asked).await? {
            let trail = match known.trails.remove(&hit.file) {
                Some(trail) => trail,
                None => {
                    let file = files::find(self.db(), hit.file).await?;
                    let terms = file.map(|file| Terms::parse(&file.terms)).transpose().map_err(damaged)?;
                    Trail::of(terms, hit.xorb)
                }
            };
            let place = trail.xorbs.iter().position(|xorb| *xorb == hit.xorb).unwrap_or(0);
            known.trails.insert(hit.file, trail);
            self.follow(pass, known, hit.file, place).await?;
        }
        Ok(())
    }

    /// Loads the tables of the next xorbs of a recognised file.
    async fn follow(&self, pass: &WritePass, known: &mut Known, file: Hash, from: usize) -> Result<()> {
        let Some(trail) = known.trails.get_mut(&file) else { return Ok(()) };
        let end = trail.xorbs.len().min(from + LOADED_AT_ONCE);
        trail.loaded = end;
        let next: Vec<(usize, Hash)> = (from..end).map(|place| (place, trail.xorbs[place])).collect();
        let next: Vec<(usize, Hash)> =
            next.into_iter().filter(|(_, xorb)| !known.tables.contains_key(&Source::Stored(*xorb))).collect();
        let hashes: Vec<Hash> = next.iter().map(|(_, xorb)| *xorb).collect();
        // From here on they are kept for as long as this upload can take, also when no other file needs them.
        for xorb in self.tell_of(xorbs::known(self.db(), &pass.domain, &hashes).await?).await? {
            let place = next.iter().find(|(_, hash)| *hash == xorb.hash).map(|(place, _)| (file, *place));
            known.remember(Source::Stored(xorb.hash), self.table(xorb.object).await?, place);
        }
        Ok(())
    }
}

impl Known {
    /// Where a chunk is.
    pub(super) fn find(&self, chunk: &Hash) -> Option<(Source, u32)> {
        self.chunks.get(chunk).copied()
    }

    /// The name of a chunk in a loaded xorb.
    pub(super) fn chunk(&self, source: Source, index: u32) -> Option<Hash> {
        self.tables.get(&source)?.chunks.hash(index)
    }

    /// Adds the chunks of a xorb; when there are too many, those of the xorb loaded first go.
    pub(super) fn remember(&mut self, source: Source, chunks: ChunkTable, on_trail: Option<(Hash, usize)>) {
        while self.chunks.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.forget(oldest);
        }
        for (index, (chunk, _)) in (0..).zip(chunks.chunks()) {
            self.chunks.entry(chunk).or_insert((source, index));
        }
        self.order.push_back(source);
        self.tables.insert(source, Table { chunks, on_trail });
    }

    /// Notes that the new file goes on as a stored one does.
    pub(super) fn used(&mut self, source: Source) {
        let Some((file, place)) = self.tables.get(&source).and_then(|table| table.on_trail) else { return };
        let Some(trail) = self.trails.get(&file) else { return };
        if place + AHEAD >= trail.loaded && trail.loaded < trail.xorbs.len() {
            self.wanted.insert(file);
        }
    }

    fn forget(&mut self, source: Source) {
        let Some(table) = self.tables.remove(&source) else { return };
        for (chunk, _) in table.chunks.chunks() {
            if self.chunks.get(&chunk).is_some_and(|(of, _)| *of == source) {
                self.chunks.remove(&chunk);
            }
        }
    }
}

impl Trail {
    /// The xorbs of a file in its order; only the one of the hit when the file is gone.
    fn of(terms: Option<Terms>, hit: Hash) -> Self {
        let mut seen = HashSet::new();
        let terms = terms.as_ref().map_or(&[][..], Terms::as_slice);
        let mut xorbs: Vec<Hash> =
            terms.iter().map(|term| term.xorb).filter(|xorb| seen.insert(*xorb)).collect();
        if !seen.contains(&hit) {
            xorbs = vec![hit];
        }
        Self { xorbs, loaded: 0 }
    }
}
