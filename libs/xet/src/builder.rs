//! Packs chunks into xorbs on the server, for content that arrives without Xet.

use crate::chunk::ChunkEncoder;
use crate::hash::{Hash, chunk_hash};
use crate::table::{ChunkTable, TableBuilder};
use crate::{MAX_CHUNK_LEN, MAX_XORB_CHUNKS, MAX_XORB_UNPACKED};

/// Builds one xorb after the other; the encoded bytes go to the caller as they come, none are kept.
///
/// Each chunk is stored, packed with LZ4, or grouped and packed. A sample of one chunk in sixteen decides, so
/// that data which does not shrink costs little more than a copy.
///
/// ```
/// use limpide_xet::{XorbBuilder, XorbValidator};
/// let mut body = Vec::new();
/// let mut builder = XorbBuilder::new();
/// let chunk = b"the same words again ".repeat(1000);
/// builder.push(&chunk, &mut body)?;
/// assert!(body.len() < chunk.len() / 10);
/// let xorb = builder.finish().ok_or("no chunks")?;
///
/// let mut validator = XorbValidator::new();
/// validator.push(&body)?;
/// assert_eq!(validator.finish(xorb.hash)?, xorb.table);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct XorbBuilder {
    encoder: ChunkEncoder,
    table: TableBuilder,
}

/// A xorb whose bytes have all been handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltXorb {
    /// Its name.
    pub hash: Hash,
    /// Its chunks.
    pub table: ChunkTable,
}

/// A chunk cannot be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// The chunk is empty or too long.
    #[error("a chunk of {len} bytes, expected 1 to {MAX_CHUNK_LEN}")]
    ChunkLen {
        /// The length of the chunk.
        len: usize,
    },
    /// The xorb would pass its limits: finish it and push the chunk again.
    #[error("the xorb is full ({MAX_XORB_CHUNKS} chunks or {MAX_XORB_UNPACKED} bytes); finish it first")]
    Full,
}

impl XorbBuilder {
    /// Returns a builder of an empty xorb.
    pub fn new() -> XorbBuilder {
        XorbBuilder { encoder: ChunkEncoder::new(), table: TableBuilder::default() }
    }

    /// Tells whether a chunk of `len` bytes still fits into the xorb.
    pub fn has_room(&self, len: usize) -> bool {
        self.table.has_room(len)
    }

    /// Says that the next chunk comes from another file, whose content may pack differently.
    pub fn start_file(&mut self) {
        self.encoder.probe_next();
    }

    /// Appends the encoded chunk to `encoded` and returns the chunk's name.
    pub fn push(&mut self, chunk: &[u8], encoded: &mut Vec<u8>) -> Result<Hash, BuildError> {
        let hash = chunk_hash(chunk);
        self.push_hashed(hash, chunk, encoded)?;
        Ok(hash)
    }

    /// Like [`XorbBuilder::push`] for a caller who already has the chunk's name, and answers for it.
    pub fn push_hashed(&mut self, hash: Hash, chunk: &[u8], encoded: &mut Vec<u8>) -> Result<(), BuildError> {
        if chunk.is_empty() || chunk.len() > MAX_CHUNK_LEN {
            return Err(BuildError::ChunkLen { len: chunk.len() });
        }
        if !self.has_room(chunk.len()) {
            return Err(BuildError::Full);
        }
        let packed_len = self.encoder.encode(chunk, encoded);
        self.table.push(hash, packed_len, chunk.len());
        Ok(())
    }

    /// Returns how many chunks the xorb has so far: the index of the next one.
    pub fn len(&self) -> u32 {
        self.table.count
    }

    /// Tells whether the xorb has no chunk yet.
    pub fn is_empty(&self) -> bool {
        self.table.count == 0
    }

    /// Returns how many encoded bytes the xorb has so far.
    pub fn body_len(&self) -> u64 {
        self.table.body_len
    }

    /// Ends the xorb and returns it, or nothing if it is empty; the builder is ready for the next one.
    pub fn finish(&mut self) -> Option<BuiltXorb> {
        if self.is_empty() {
            return None;
        }
        let (hash, table) = std::mem::take(&mut self.table).finish();
        Some(BuiltXorb { hash, table })
    }
}

impl Default for XorbBuilder {
    fn default() -> XorbBuilder {
        XorbBuilder::new()
    }
}
