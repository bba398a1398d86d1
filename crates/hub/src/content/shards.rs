//! Takes in shards: checks every statement about files against what is stored, then registers the files.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Weak};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use limpide_db::key_chunks::KeyChunk;
use limpide_db::xorbs::Xorb;
use limpide_db::{files, xorbs};
use limpide_words::Sha256;
use limpide_xet::{
    CheckedFile, ChunkTable, Hash, MAX_FILE_CHUNKS, Shard, ShardFile, Terms, check_file_within,
    check_xorb_section,
};
use sha2::Digest;
use tokio::sync::watch;

use super::read::{Reader, Taker};
use super::register::NewFile;
use super::tables::Held;
use super::token::WritePass;
use super::{aside, broken_off, damaged, not_stored};
use crate::Hub;
use crate::error::{Error, Result};

/// How many KiB of shards are worked on at once: two of the largest, or thousands of ordinary ones. What is made
/// of a shard in memory is about five times as long as the shard.
pub(super) const ALLOWANCE: usize = 128 << 10;

/// How many xorbs are looked up in one statement.
const LOOKED_UP_AT_ONCE: usize = 1000;

/// How far the registration of a shard has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Files are being put together and hashed.
    Validating {
        /// How many are done.
        verified: u64,
        /// How many there are.
        total: u64,
    },
    /// What was checked is being recorded.
    Committing,
}

/// A shard whose files are registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registered {
    /// The name under which the hub keeps it, in its own writing.
    pub shard: Hash,
    /// Whether a file of it was new.
    pub new: bool,
}

impl Hub {
    /// Registers the files of a shard for the repository of the pass, where they wait to be committed.
    ///
    /// Nothing of the shard is believed: lengths and hashes are compared with the stored chunks, and each SHA-256
    /// is computed from the bytes.
    ///
    /// # Errors
    /// `Invalid` when a statement is not true, or names what is not stored; then no file is registered.
    pub async fn register_shard(
        &self,
        pass: &WritePass,
        bytes: Bytes,
        progress: &watch::Sender<Progress>,
    ) -> Result<Registered> {
        let kilobytes = u32::try_from(bytes.len() / 1024 + 1).unwrap_or(u32::MAX);
        let room = self.content_state().shards.acquire_many(kilobytes).await;
        let _room = room.map_err(|error| Error::Internal(error.into()))?;
        let shard = aside(move || Shard::parse(bytes).map_err(|error| refused(&error))).await?;
        let checked = self.check_shard(pass, shard).await?;
        let (files, new) = self.verify(checked, progress).await?;
        progress.send_replace(Progress::Committing);
        let shard = self.register(pass, files, Vec::new()).await?;
        Ok(Registered { shard, new })
    }

    /// Compares everything in a shard but the SHA-256 with what is stored.
    async fn check_shard(&self, pass: &WritePass, shard: Shard) -> Result<Vec<Checked>> {
        let (named, shard) = aside(move || Ok((xorbs_of(&shard), shard))).await?;
        let stored = self.stored_xorbs(pass, &named).await?;
        for section in shard.xorbs() {
            let xorb = stored.get(&section.hash).ok_or_else(|| not_stored(&section.hash))?;
            let table = self.table(xorb.object).await?;
            aside(move || check_xorb_section(&section, &table).map_err(|error| refused(&error))).await?;
        }
        let mut allowance = MAX_FILE_CHUNKS;
        let mut checked = Vec::new();
        for file in shard.files() {
            let named: BTreeSet<Hash> = file.terms.iter().map(|term| term.xorb).collect();
            let tables = self.hold_tables(named.iter().filter_map(|xorb| stored.get(xorb))).await?;
            let file = aside(move || check_file(&file, &tables, allowance)).await?;
            if file.file.terms.size() > self.settings().limits.file {
                return Err(Error::TooLarge(format!(
                    "The file {} has {} bytes; this hub takes files of up to {}.",
                    file.file.hash,
                    file.file.terms.size(),
                    self.settings().limits.file
                )));
            }
            allowance -= file.file.chunks;
            checked.push(file);
        }
        Ok(checked)
    }

    /// The xorbs that a shard names, all of which must be there for this caller.
    async fn stored_xorbs(&self, pass: &WritePass, named: &[Hash]) -> Result<HashMap<Hash, Xorb>> {
        let mut stored = HashMap::new();
        for some in named.chunks(LOOKED_UP_AT_ONCE) {
            let found = xorbs::known(self.db(), &pass.domain, some).await?;
            stored.extend(found.into_iter().map(|xorb| (xorb.hash, xorb)));
            if let Some(missing) = some.iter().find(|xorb| !stored.contains_key(xorb)) {
                return Err(not_stored(missing));
            }
        }
        Ok(stored)
    }

    /// Computes each SHA-256 that is not yet known, and compares it with the claim. So no file is ever found
    /// under the SHA-256 of other bytes, whichever way it is asked for.
    async fn verify(
        &self,
        checked: Vec<Checked>,
        progress: &watch::Sender<Progress>,
    ) -> Result<(Vec<NewFile>, bool)> {
        let hashes: Vec<Hash> = checked.iter().map(|file| file.file.hash).collect();
        let mut known = HashMap::new();
        for some in hashes.chunks(LOOKED_UP_AT_ONCE) {
            let found = files::names(self.db(), some).await?;
            known.extend(found.into_iter().map(|file| (file.hash, file.sha256)));
        }
        let total = checked.len() as u64;
        progress.send_replace(Progress::Validating { verified: 0, total });
        let verified = futures::stream::iter(checked)
            .map(|file| self.verify_one(file, &known))
            // The order matters not; each waits for its turn at a processor.
            .buffer_unordered(8)
            .inspect_ok(|_| {
                progress.send_modify(|progress| {
                    if let Progress::Validating { verified, .. } = progress {
                        *verified += 1;
                    }
                });
            });
        let verified: Vec<NewFile> = verified.try_collect().await?;
        let new = verified.iter().any(|file| !known.contains_key(&file.checked.hash));
        Ok((verified, new))
    }

    async fn verify_one(&self, file: Checked, known: &HashMap<Hash, Sha256>) -> Result<NewFile> {
        let Checked { file: checked, keys } = file;
        let sha256 = match known.get(&checked.hash) {
            Some(sha256) => *sha256,
            None => self.sha256_of(Arc::new(checked.terms.clone())).await?,
        };
        if let Some(claimed) = checked.sha256.map(Sha256).filter(|claimed| *claimed != sha256) {
            return Err(Error::Invalid(format!(
                "The file {} has the SHA-256 {sha256}, not {claimed} as the shard says.",
                checked.hash
            )));
        }
        Ok(NewFile { checked, sha256, keys })
    }

    /// The SHA-256 of a file, from its bytes.
    async fn sha256_of(&self, terms: Arc<Terms>) -> Result<Sha256> {
        let turn = self.content_state().hashing.clone().acquire_owned().await;
        let turn = turn.map_err(|error| Error::Internal(error.into()))?;
        // A client that hangs up drops this future, not the thread: the thread looks whether we still wait.
        let waiting = Arc::new(());
        let waited_for = Arc::downgrade(&waiting);
        let size = terms.size();
        let (hub, runtime) = (self.clone(), tokio::runtime::Handle::current());
        // Read, unpacked and hashed on one thread: the bytes are still in its processor's cache.
        let sha256 = aside(move || {
            let _turn = turn;
            let mut hashed = Hashed { sha256: sha2::Sha256::new(), length: 0, waited_for };
            runtime.block_on(hub.send_range(terms, 0..size, &mut hashed))?;
            if hashed.waited_for.strong_count() == 0 {
                return Err(broken_off(std::io::ErrorKind::ConnectionAborted.into()));
            }
            match hashed.length == size {
                true => Ok(Sha256(hashed.sha256.finalize().into())),
                false => Err(damaged(format!("a file of {size} bytes gave {}", hashed.length))),
            }
        });
        let sha256 = sha256.await?;
        drop(waiting);
        Ok(sha256)
    }
}

/// Takes the bytes of a file for its SHA-256, as long as somebody waits for it.
struct Hashed {
    sha256: sha2::Sha256,
    length: u64,
    waited_for: Weak<()>,
}

impl Taker for Hashed {
    async fn take(&mut self, piece: Bytes) -> Reader {
        self.sha256.update(&piece);
        self.length += piece.len() as u64;
        if self.waited_for.strong_count() > 0 { Reader::There } else { Reader::Gone }
    }
}

/// A file that the stored chunks really make; its SHA-256 is still only claimed.
struct Checked {
    file: CheckedFile,
    keys: Vec<KeyChunk>,
}

/// Every xorb that a shard speaks of, once.
fn xorbs_of(shard: &Shard) -> Vec<Hash> {
    let mut named: BTreeSet<Hash> = shard.xorbs().map(|section| section.hash).collect();
    named.extend(shard.files().flat_map(|file| file.terms).map(|term| term.xorb));
    named.into_iter().collect()
}

fn check_file(file: &ShardFile, tables: &Held, allowance: u64) -> Result<Checked> {
    let checked =
        check_file_within(file, allowance, |xorb| tables.get(xorb)).map_err(|error| refused(&error))?;
    let keys = key_chunks(checked.hash, &checked.terms, |xorb| tables.get(xorb));
    Ok(Checked { file: checked, keys })
}

/// The chunks by which clients will look for this file's content: its first, and one in 1,024.
fn key_chunks<'t>(
    file: Hash,
    terms: &Terms,
    tables: impl Fn(&Hash) -> Option<&'t ChunkTable>,
) -> Vec<KeyChunk> {
    let mut keys = Vec::new();
    for (at, term) in terms.as_slice().iter().enumerate() {
        let hashes =
            tables(&term.xorb).and_then(|table| table.hashes(term.start..term.end)).into_iter().flatten();
        let wanted =
            hashes.enumerate().filter(|(place, chunk)| (at, *place) == (0, 0) || chunk.is_dedup_eligible());
        keys.extend(wanted.map(|(_, chunk)| KeyChunk { chunk, xorb: term.xorb, file }));
    }
    keys
}

/// The refusal of a shard, or of something in it.
fn refused(error: &impl std::fmt::Display) -> Error {
    Error::Invalid(format!("This shard cannot be registered: {error}."))
}
