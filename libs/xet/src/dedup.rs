//! The answer to "who has this chunk?": a shard of nearby xorbs whose chunk names are hidden behind a key.
//!
//! A chunk's name is a capability: whoever knows the names of a range may register it in a file. So names never
//! leave the server. The client hashes its own chunks with the key in the footer and compares; it can recognise
//! only what it already has.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::shard::FOOTER_LEN;
use crate::shard_builder::{Footer, ShardWriter};
use crate::table::ChunkTable;

/// Writes dedup answers under one key.
///
/// ```
/// use limpide_xet::{DedupAnswer, XorbBuilder, chunk_hash};
/// let mut builder = XorbBuilder::new();
/// builder.push(b"shared", &mut Vec::new())?;
/// let xorb = builder.finish().ok_or("no chunks")?;
/// let answer = DedupAnswer::new(chunk_hash(b"secret of the day"), 1_800_000_000, 1_800_604_800)?;
/// let shard = answer.write([(xorb.hash, &xorb.table)]);
/// assert!(shard.starts_with(b"HFRepoMetaData"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct DedupAnswer {
    key: Hash,
    created: u64,
    expires: u64,
}

/// The answer would not be safe, or of no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DedupError {
    /// Clients read a key of zeros as "the names are not hidden".
    #[error("a dedup answer needs a key that is not all zeros")]
    ZeroKey,
    /// Clients drop an answer whose expiry lies in the past; zero is the past too.
    #[error("a dedup answer created at {created} cannot expire at {expires}")]
    Expired {
        /// When it was made, in seconds since 1970.
        created: u64,
        /// When it expires, in seconds since 1970.
        expires: u64,
    },
}

impl DedupAnswer {
    /// Takes the key that hides the names, and the times between which it is valid, in seconds since 1970.
    pub fn new(key: Hash, created: u64, expires: u64) -> Result<DedupAnswer, DedupError> {
        if key == Hash::ZERO {
            return Err(DedupError::ZeroKey);
        }
        if expires <= created {
            return Err(DedupError::Expired { created, expires });
        }
        Ok(DedupAnswer { key, created, expires })
    }

    /// Returns the answer that offers these xorbs: 344 bytes, 60 more per xorb and 64 more per chunk.
    pub fn write<'t>(&self, xorbs: impl IntoIterator<Item = (Hash, &'t ChunkTable)>) -> Vec<u8> {
        let xorbs: BTreeMap<Hash, &ChunkTable> = xorbs.into_iter().collect();
        let mut writer = ShardWriter::start(FOOTER_LEN);
        writer.end_files();
        for (hash, table) in xorbs {
            writer.xorb(hash, table, Some(&self.key));
        }
        writer.end_xorbs();
        writer.finish(&Footer { key: Some(self.key), created: self.created, expires: self.expires })
    }
}
