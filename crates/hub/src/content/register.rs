//! Makes new xorbs and files visible: all of an upload in one transaction, or nothing of it.

use std::collections::{BTreeSet, HashSet};

use limpide_blobs::Key;
use limpide_db::Tx;
use limpide_db::claims::{self, Claimant};
use limpide_db::files::{self, File};
use limpide_db::key_chunks::{self, KeyChunk};
use limpide_db::shards::{self, Shard};
use limpide_db::xorbs::{self, Xorb};
use limpide_words::Sha256;
use limpide_xet::{CheckedFile, ChunkTable, Hash, ShardBuilder, ShardFile, chunk_hash};
use uuid::Uuid;

use super::token::WritePass;
use super::{aside, not_stored, signed};
use crate::Hub;
use crate::changing;
use crate::error::{Error, Result};

/// A xorb whose bytes and table are durable and which no row names yet.
#[derive(Debug, Clone)]
pub(super) struct NewXorb {
    pub(super) hash: Hash,
    pub(super) object: Uuid,
    pub(super) table: ChunkTable,
}

/// A file of which everything is true: its chunks are stored, its names are computed from them.
#[derive(Debug, Clone)]
pub(super) struct NewFile {
    pub(super) checked: CheckedFile,
    pub(super) sha256: Sha256,
    pub(super) keys: Vec<KeyChunk>,
}

/// What became of a xorb that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    /// Its row names the new object.
    Now,
    /// It was there, under another object; the new one is nobody's.
    Before {
        /// Whether the sender's domain already knew.
        known_here: bool,
    },
}

/// How many rows, or bytes of terms, travel to the database in one statement.
const ROWS: usize = 5000;
const TERMS: usize = 4 << 20;

impl Hub {
    /// Registers files for the repository of the pass, with the xorbs that came along; gives the name of the
    /// shard that describes them.
    pub(super) async fn register(
        &self,
        pass: &WritePass,
        files: Vec<NewFile>,
        mut new_xorbs: Vec<NewXorb>,
    ) -> Result<Hash> {
        // Everybody takes hold of xorbs in the order of their names, so that no two wait for each other.
        new_xorbs.sort_unstable_by_key(|xorb| xorb.hash);
        let (files, shard) = self.keep_shard(files).await?;
        let mut tx = self.db().begin().await?;
        changing::keep(&mut tx, &pass.repository_id).await?;
        let mut spare = Vec::new();
        for xorb in &new_xorbs {
            if let Stored::Before { .. } = self.store_xorb(&mut tx, pass, xorb).await? {
                spare.push(xorb.object);
            }
        }
        self.hold_xorbs(&mut tx, &files).await?;
        self.record(&mut tx, pass, &files, &shard).await?;
        tx.commit().await?;
        for object in spare {
            self.forget_object(object).await;
        }
        Ok(shard.hash)
    }

    /// Stores the files as a shard of our own writing: from these their rows could be made anew.
    async fn keep_shard(&self, files: Vec<NewFile>) -> Result<(Vec<NewFile>, Shard)> {
        let write = move || {
            let mut shard = ShardBuilder::new();
            for file in &files {
                let checked = CheckedFile { sha256: Some(file.sha256.0), ..file.checked.clone() };
                shard.file(ShardFile::from(checked)).map_err(|error| Error::Internal(error.into()))?;
            }
            let bytes = shard.to_bytes();
            Ok((files, chunk_hash(&bytes), bytes))
        };
        let (files, hash, bytes) = aside(write).await?;
        let object = Uuid::now_v7();
        self.blobs().put(&Key::Shard(object), bytes.into()).await?;
        Ok((files, Shard { object, hash }))
    }

    /// Adds the row of a xorb, unless one is there: its bytes stay those that came first, because tables and
    /// links already speak of them.
    pub(super) async fn store_xorb(&self, tx: &mut Tx, pass: &WritePass, new: &NewXorb) -> Result<Stored> {
        let row = self.row_of(new);
        let stored = match xorbs::insert(tx, &row).await? {
            true => Stored::Now,
            false => match xorbs::find_for_update(tx, new.hash).await? {
                Some(_) => Stored::Before { known_here: false },
                // Collected between the two statements.
                None => {
                    return Err(Error::Conflict(format!(
                        "The xorb {} was just removed: send it again.",
                        new.hash
                    )));
                }
            },
        };
        let entered = xorbs::enter_domain(tx, &pass.domain, new.hash).await?;
        if stored == Stored::Now {
            return Ok(Stored::Now);
        }
        xorbs::touch(tx, &[new.hash], row.touched).await?;
        Ok(Stored::Before { known_here: !entered })
    }

    /// Holds the xorbs that files need, so that none is collected before the files are there to keep it.
    async fn hold_xorbs(&self, tx: &mut Tx, files: &[NewFile]) -> Result<()> {
        let needed: BTreeSet<Hash> = files.iter().flat_map(|file| file.checked.terms.xorbs()).collect();
        let needed: Vec<Hash> = needed.into_iter().collect();
        for some in needed.chunks(ROWS) {
            let held = xorbs::hold(tx, some).await?;
            if held.len() < some.len() {
                let gone = some.iter().find(|xorb| !held.contains(xorb));
                return Err(not_stored(gone.unwrap_or(&some[0])));
            }
            xorbs::touch(tx, some, self.clock().now()).await?;
        }
        Ok(())
    }

    async fn record(&self, tx: &mut Tx, pass: &WritePass, files: &[NewFile], shard: &Shard) -> Result<()> {
        let now = self.clock().now();
        shards::insert(tx, shard).await?;
        let mut cut_like_this = HashSet::new();
        for some in batches(files) {
            let rows: Vec<File> = some.iter().map(|file| file.row(shard.object, now)).collect();
            cut_like_this.extend(files::insert(tx, &rows).await?);
        }
        let needs = |file: &NewFile| {
            let name = file.checked.hash;
            file.checked.terms.xorbs().into_iter().map(move |xorb| (name, xorb))
        };
        // A file that was there keeps its terms: the xorbs that it came with this time are not needed for it.
        let kept = files.iter().filter(|file| cut_like_this.contains(&file.checked.hash));
        let pairs: Vec<(Hash, Hash)> = kept.flat_map(needs).collect();
        for some in pairs.chunks(ROWS) {
            files::insert_xorbs(tx, some).await?;
        }
        let claimant = Claimant {
            repository_id: &pass.repository_id,
            user_id: &pass.user_id,
            expires: now + self.settings().limits.claim,
        };
        // Two files of one shard may hold the same bytes, cut differently: one of them serves.
        let mut claimed: Vec<(Sha256, Hash)> =
            files.iter().map(|file| (file.sha256, file.checked.hash)).collect();
        claimed.sort_unstable();
        claimed.dedup_by_key(|(sha256, _)| *sha256);
        for some in claimed.chunks(ROWS) {
            claims::renew(tx, claimant, some).await?;
        }
        let keys: Vec<KeyChunk> = files.iter().flat_map(|file| file.keys.iter().cloned()).collect();
        for some in keys.chunks(ROWS) {
            key_chunks::insert(tx, some).await?;
        }
        Ok(())
    }

    fn row_of(&self, new: &NewXorb) -> Xorb {
        Xorb {
            hash: new.hash,
            object: new.object,
            length: signed(new.table.body_len()),
            unpacked_length: signed(new.table.total_unpacked()),
            chunks: i64::from(new.table.len()),
            touched: self.clock().now(),
        }
    }
}

impl NewFile {
    fn row(&self, shard: Uuid, now: limpide_words::Moment) -> File {
        File {
            hash: self.checked.hash,
            size: signed(self.checked.terms.size()),
            sha256: self.sha256,
            terms: self.checked.terms.encode(),
            shard,
            created: now,
        }
    }
}

/// Parts of a list of files whose terms are a few megabytes each, one file at least.
fn batches(files: &[NewFile]) -> Vec<&[NewFile]> {
    let (mut parts, mut start, mut terms) = (Vec::new(), 0, 0);
    for (at, file) in files.iter().enumerate() {
        let length = file.checked.terms.as_slice().len() * 44 + 200;
        if at > start && terms + length > TERMS {
            parts.push(&files[start..at]);
            (start, terms) = (at, 0);
        }
        terms += length;
    }
    if start < files.len() {
        parts.push(&files[start..]);
    }
    parts
}
