//! Files of the content store: that their terms lead to the chunks that make them, and their bytes to their SHA-256.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use limpide_blobs::Key;
use limpide_db::check::content::{self, FileRow};
use limpide_xet::{ChunkReader, ChunkTable, FileHasher, Hash, Terms, chunk_hash};
use sha2::Digest;
use uuid::Uuid;

use super::finding::Finding;
use super::progress::Count;
use super::{Check, Depth, PAGE, Sound};
use crate::content::aside;
use crate::error::Result;

/// How many files are looked at before the shards are read once for all of them: 64 bytes of memory each.
const AT_ONCE: usize = 1 << 20;

/// About how many bytes are read and unpacked in one step, and how many steps ahead of the SHA-256.
const STEP: u64 = 4 << 20;
const AHEAD: usize = 3;

/// The chunks that were read and had their hashes: whatever is proven by a file is not read again for its xorb.
#[derive(Default)]
pub(super) struct Proven(Mutex<HashMap<Uuid, Vec<u64>>>);

/// What describes a file: its terms and its SHA-256, hashed together.
pub(super) type Described = HashMap<Hash, Hash>;

/// A run of chunks of one xorb.
struct Step {
    object: Uuid,
    table: ChunkTable,
    start: u32,
    end: u32,
}

impl Proven {
    fn note(&self, object: Uuid, chunks: std::ops::Range<u32>) {
        let mut proven = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let bits = proven.entry(object).or_default();
        for chunk in chunks {
            let (word, bit) = (chunk as usize / 64, chunk % 64);
            bits.resize(bits.len().max(word + 1), 0);
            bits[word] |= 1 << bit;
        }
    }

    /// Whether all chunks of an object are proven.
    pub(super) fn is_whole(&self, object: &Uuid, table: Option<&ChunkTable>) -> bool {
        let proven = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = proven.get(object).map_or(0, |bits| bits.iter().map(|word| word.count_ones()).sum());
        table.is_some_and(|table| table.len() == count)
    }
}

impl Check<'_> {
    pub(super) async fn files_and_shards(&self, proven: &Proven) -> Result<()> {
        let mut after = String::new();
        loop {
            self.progress.enter("files");
            let described = Mutex::new(Described::new());
            let mut seen = 0;
            while seen < AT_ONCE {
                let page = content::file_names(self.hub.db(), &after, PAGE).await?;
                let Some(last) = page.last() else { break };
                after = last.clone();
                seen += page.len();
                self.progress.add(Count::Files, page.len() as u64);
                let all = futures::stream::iter(page).map(|hash| {
                    let described = &described;
                    async move { self.look(|| self.file(&hash, proven, described)).await }
                });
                all.buffer_unordered(self.at_once).try_collect::<Vec<()>>().await?;
            }
            self.shards(described.into_inner().unwrap_or_else(PoisonError::into_inner)).await?;
            if seen < AT_ONCE {
                return Ok(());
            }
        }
    }

    async fn file(&self, hash: &str, proven: &Proven, described: &Mutex<Described>) -> Result<Vec<Finding>> {
        let Some(row) = content::file(self.hub.db(), hash).await? else { return Ok(Vec::new()) };
        if let (Ok(name), Ok(sha256)) = (row.hash.parse::<Hash>(), row.sha256.parse()) {
            let digest = description(&row.terms, sha256);
            described.lock().unwrap_or_else(PoisonError::into_inner).insert(name, digest);
        }
        let Err(what) = self.file_is_right(&row, proven).await? else { return Ok(Vec::new()) };
        let affects = self.places(content::uses_of_file(self.hub.db(), hash, 20).await?);
        let finding =
            Finding::damage("file", what).at(format!("file {hash}, tables `files` and `file_xorbs`"));
        let remedy = "restore what its xorbs or its row lost from a backup, or upload the file again";
        Ok(vec![finding.affects(affects).remedy(remedy)])
    }

    async fn file_is_right(&self, row: &FileRow, proven: &Proven) -> Result<Sound<()>> {
        let terms = match Terms::parse(&row.terms) {
            Ok(terms) => terms,
            Err(error) => return Ok(Err(format!("its terms are damaged: {error}"))),
        };
        if terms.size() != row.size.unsigned_abs() {
            return Ok(Err(format!(
                "its size is noted as {}, its terms add up to {}",
                row.size,
                terms.size()
            )));
        }
        let noted = content::xorbs_of_file(self.hub.db(), &row.hash).await?;
        let needed: Vec<String> = terms.xorbs().iter().map(ToString::to_string).collect();
        if noted.iter().collect::<BTreeSet<_>>() != needed.iter().collect() {
            return Ok(Err("the xorbs noted for it are not those of its terms".into()));
        }
        let mut objects = HashMap::new();
        for some in needed.chunks(1000) {
            let places = content::xorb_places(self.hub.db(), some).await?;
            objects.extend(places.into_iter().map(|place| (place.hash, place.object)));
        }
        let steps = match self.steps(row, &terms, &objects).await {
            Ok(steps) => steps,
            Err(what) => return Ok(Err(what)),
        };
        match self.depth {
            Depth::WithoutContent => Ok(Ok(())),
            Depth::Whole => self.sha256(row, steps, proven).await,
        }
    }

    /// Follows the terms to their chunks: these must make the file of this name. Gives what is to be read.
    async fn steps(
        &self,
        row: &FileRow,
        terms: &Terms,
        objects: &HashMap<String, String>,
    ) -> Sound<Vec<Step>> {
        let (mut steps, mut hasher) = (Vec::new(), FileHasher::new());
        for term in terms.as_slice() {
            let object = objects.get(&term.xorb.to_string()).and_then(|object| object.parse().ok());
            let Some(object) = object else { return Err(format!("its xorb {} is not there", term.xorb)) };
            let table = self.hub.table(object).await;
            let table = table.map_err(|error| {
                format!("the chunk table of its xorb {}: {:#}", term.xorb, anyhow::Error::from(error))
            })?;
            let range = term.start..term.end;
            if table.unpacked_len(range.clone()) != Some(term.unpacked.into()) {
                return Err(format!(
                    "a term names chunks {range:?} of the xorb {} with another length",
                    term.xorb
                ));
            }
            let mut start = term.start;
            for (at, (hash, length)) in (0..term.end).zip(table.chunks()).skip(term.start as usize) {
                hasher.push(hash, length.into());
                if table.unpacked_len(start..at + 1).is_some_and(|length| length >= STEP)
                    || at + 1 == term.end
                {
                    steps.push(Step { object, table: table.clone(), start, end: at + 1 });
                    start = at + 1;
                }
            }
        }
        match hasher.finish().to_string() {
            made if made == row.hash => Ok(steps),
            made => Err(format!("its chunks make the file {made}")),
        }
    }

    async fn sha256(&self, row: &FileRow, steps: Vec<Step>, proven: &Proven) -> Result<Sound<()>> {
        let mut sha256 = sha2::Sha256::new();
        let read = futures::stream::iter(steps).map(|step| self.step(step, proven)).buffered(AHEAD);
        let mut read = std::pin::pin!(read);
        while let Some(step) = read.next().await {
            let chunks = match step? {
                Ok(chunks) => chunks,
                Err(what) => return Ok(Err(what)),
            };
            sha256 = aside(move || {
                chunks.iter().for_each(|chunk| sha256.update(chunk));
                Ok(sha256)
            })
            .await?;
        }
        let real = hex::encode(sha256.finalize());
        Ok(if real == row.sha256 {
            Ok(())
        } else {
            Err(format!("its bytes have the SHA-256 {real}, not {}", row.sha256))
        })
    }

    /// The chunks of a step, each of which had its hash.
    async fn step(&self, step: Step, proven: &Proven) -> Result<Sound<Vec<Bytes>>> {
        let key = Key::Xorb(step.object);
        let place = self.hub.blobs().place(&key);
        let Some(physical) = step.table.physical(step.start..step.end) else {
            return Ok(Err(format!("{place}: its chunk table is too short")));
        };
        let bytes = match self.hub.blobs().range(&key, physical).await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(format!("{place} cannot be read: {error}"))),
        };
        self.progress.add(Count::Bytes, bytes.len() as u64);
        let (object, range) = (step.object, step.start..step.end);
        let chunks = aside(move || Ok(unpacked(&step, bytes))).await?;
        if chunks.is_ok() {
            proven.note(object, range);
        }
        Ok(chunks.map_err(|what| format!("{place}: {what}")))
    }
}

fn unpacked(step: &Step, bytes: Bytes) -> Sound<Vec<Bytes>> {
    let mut reader = ChunkReader::over(bytes);
    let mut chunks = Vec::new();
    for index in step.start..step.end {
        let chunk = reader.next_piece().map_err(|error| error.to_string())?;
        let chunk = chunk.ok_or_else(|| format!("it ends within chunk {index}"))?;
        if Some(chunk_hash(&chunk)) != step.table.hash(index) {
            return Err(format!("chunk {index} has another hash than its table says"));
        }
        chunks.push(chunk);
    }
    reader.finish().map_err(|error| error.to_string())?;
    Ok(chunks)
}

/// Terms and SHA-256 as one hash.
pub(super) fn description(terms: &[u8], sha256: limpide_words::Sha256) -> Hash {
    chunk_hash(&[terms, &sha256.0].concat())
}
