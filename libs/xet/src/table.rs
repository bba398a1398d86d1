//! What the server keeps of a xorb it has validated: each chunk's hash, and where the chunk ends.
//!
//! A table is kept as its bytes, so that reading one from storage copies nothing:
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `XETTABLE` |
//! | 4 | version, 1 |
//! | 4 | n, the number of chunks |
//! | 32 n | chunk hashes |
//! | 4 n | where each chunk ends in the xorb's body |
//! | 4 n | where each chunk ends in the unpacked xorb |
//! | 32 | BLAKE3 of everything before |
//!
//! Numbers are `u32`, little-endian. The format is limpide's own: clients never see it.

use std::ops::Range;

use bytes::Bytes;

use crate::hash::{Hash, term_hash_of};
use crate::merkle::TreeHasher;
use crate::{
    CHUNK_HEADER_LEN, MAX_CHUNK_LEN, MAX_PACKED_CHUNK_LEN, MAX_XORB_BODY, MAX_XORB_CHUNKS, MAX_XORB_UNPACKED,
};

const MAGIC: &[u8; 8] = b"XETTABLE";
const VERSION: u32 = 1;
const HEAD_LEN: usize = 16;
const ENTRY_LEN: usize = 32 + 4 + 4;
const CHECKSUM_LEN: usize = 32;

/// The chunks of one stored xorb: hashes, and where each ends packed and unpacked. Cheap to clone.
///
/// ```
/// use limpide_xet::{ChunkTable, XorbBuilder};
/// let mut body = Vec::new();
/// let mut builder = XorbBuilder::new();
/// builder.push(b"first", &mut body)?;
/// builder.push(b"second", &mut body)?;
/// let xorb = builder.finish().ok_or("no chunks")?;
/// let table = ChunkTable::parse(xorb.table.to_bytes())?;
/// assert_eq!(table.xorb_hash(), xorb.hash);
/// assert_eq!(table.physical(1..2), Some(13..27));
/// assert_eq!(table.chunk_at(5), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ChunkTable {
    bytes: Bytes,
    count: u32,
}

/// The bytes are no chunk table, or a damaged one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// The bytes start differently.
    #[error("no chunk table: it starts with other bytes than `XETTABLE`")]
    Magic,
    /// Written by a version of the format that is not known here.
    #[error("chunk table version {found}, expected {VERSION}")]
    Version {
        /// The version in the table.
        found: u32,
    },
    /// The number of chunks is out of bounds.
    #[error("a chunk table of {found} chunks, expected 1 to {MAX_XORB_CHUNKS}")]
    Count {
        /// The number in the table.
        found: u32,
    },
    /// The table is shorter or longer than its number of chunks says.
    #[error("a chunk table of {found} bytes, expected {expected}")]
    Len {
        /// The length that the number of chunks asks for.
        expected: usize,
        /// The length at hand.
        found: usize,
    },
    /// Bytes changed since the table was written.
    #[error("the chunk table is damaged: its checksum does not match")]
    Checksum,
    /// A chunk is empty, too long, or ends before it starts.
    #[error("the chunk table gives chunk {chunk} an impossible end")]
    End {
        /// The index of the chunk.
        chunk: u32,
    },
}

impl ChunkTable {
    /// Reads a table and checks that it is whole and makes sense.
    pub fn parse(bytes: Bytes) -> Result<ChunkTable, TableError> {
        let Some((head, rest)) = bytes.split_first_chunk::<HEAD_LEN>() else {
            return Err(TableError::Len {
                expected: HEAD_LEN + ENTRY_LEN + CHECKSUM_LEN,
                found: bytes.len(),
            });
        };
        if !head.starts_with(MAGIC) {
            return Err(TableError::Magic);
        }
        let [_, _, version, count] = head.as_chunks::<4>().0 else { return Err(TableError::Magic) };
        let (version, count) = (u32::from_le_bytes(*version), u32::from_le_bytes(*count));
        if version != VERSION {
            return Err(TableError::Version { found: version });
        }
        if count == 0 || count > MAX_XORB_CHUNKS {
            return Err(TableError::Count { found: count });
        }
        let expected = count as usize * ENTRY_LEN + CHECKSUM_LEN;
        if rest.len() != expected {
            return Err(TableError::Len { expected: HEAD_LEN + expected, found: bytes.len() });
        }
        let (signed, checksum) = bytes.split_at(bytes.len() - CHECKSUM_LEN);
        if blake3::hash(signed).as_bytes() != checksum {
            return Err(TableError::Checksum);
        }
        let table = ChunkTable { bytes, count };
        table.check_ends()?;
        Ok(table)
    }

    /// Returns the bytes that [`ChunkTable::parse`] reads.
    pub fn to_bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// Returns the number of chunks, 1 to 8,192.
    #[allow(clippy::len_without_is_empty, reason = "a xorb has at least one chunk")]
    pub fn len(&self) -> u32 {
        self.count
    }

    /// Returns the name of one chunk.
    pub fn hash(&self, index: u32) -> Option<Hash> {
        let hashes = self.hash_bytes(index..index.checked_add(1)?)?;
        hashes.first_chunk::<32>().map(|hash| Hash::from_bytes(*hash))
    }

    /// Returns the names of the chunks in `range`, or nothing where the table is shorter.
    pub fn hashes(&self, range: Range<u32>) -> Option<impl ExactSizeIterator<Item = Hash> + '_> {
        let hashes = self.hash_bytes(range)?.as_chunks::<32>().0;
        Some(hashes.iter().map(|hash| Hash::from_bytes(*hash)))
    }

    /// Returns the verification hash of the chunks in `range`; see [`term_hash`](crate::term_hash).
    pub fn term_hash(&self, range: Range<u32>) -> Option<Hash> {
        self.hash_bytes(range).map(term_hash_of)
    }

    /// Returns where the chunks in `range` lie in the xorb's body, headers included.
    pub fn physical(&self, range: Range<u32>) -> Option<Range<u64>> {
        self.span(self.physical_ends(), range)
    }

    /// Returns where the chunks in `range` lie in the unpacked xorb.
    pub fn unpacked(&self, range: Range<u32>) -> Option<Range<u64>> {
        self.span(self.unpacked_ends(), range)
    }

    /// Returns how many bytes the chunks in `range` unpack to.
    pub fn unpacked_len(&self, range: Range<u32>) -> Option<u64> {
        self.unpacked(range).map(|span| span.end - span.start)
    }

    /// Returns the length of the xorb's body.
    pub fn body_len(&self) -> u64 {
        last_end(self.physical_ends())
    }

    /// Returns the length of the unpacked xorb.
    pub fn total_unpacked(&self) -> u64 {
        last_end(self.unpacked_ends())
    }

    /// Returns the chunk that holds the byte at `offset` of the unpacked xorb.
    pub fn chunk_at(&self, offset: u64) -> Option<u32> {
        let index = self.unpacked_ends().partition_point(|end| u64::from(u32::from_le_bytes(*end)) <= offset);
        u32::try_from(index).ok().filter(|index| *index < self.count)
    }

    /// Returns each chunk's name and unpacked length, in order.
    pub fn chunks(&self) -> impl ExactSizeIterator<Item = (Hash, u32)> + '_ {
        self.chunks_in(0..self.count as usize)
    }

    /// Returns name and unpacked length of the chunks in `range`, or nothing where the table is shorter.
    pub(crate) fn chunks_of(
        &self,
        range: Range<u32>,
    ) -> Option<impl ExactSizeIterator<Item = (Hash, u32)> + '_> {
        self.hash_bytes(range.clone())?;
        Some(self.chunks_in(range.start as usize..range.end as usize))
    }

    /// Computes the xorb's name from the chunks.
    pub fn xorb_hash(&self) -> Hash {
        let mut tree = TreeHasher::new();
        for (hash, len) in self.chunks() {
            tree.push(hash, u64::from(len));
        }
        tree.root()
    }

    /// Gives the chunks of a range that was checked.
    fn chunks_in(&self, range: Range<usize>) -> impl ExactSizeIterator<Item = (Hash, u32)> + '_ {
        let ends = &self.unpacked_ends()[..range.end];
        let mut start = if range.start == 0 { 0 } else { u32::from_le_bytes(ends[range.start - 1]) };
        let hashes = &self.all_hashes().as_chunks::<32>().0[range.clone()];
        hashes.iter().zip(&ends[range.start..]).map(move |(hash, end)| {
            let end = u32::from_le_bytes(*end);
            let len = end - start;
            start = end;
            (Hash::from_bytes(*hash), len)
        })
    }

    fn all_hashes(&self) -> &[u8] {
        &self.bytes[HEAD_LEN..HEAD_LEN + 32 * self.count as usize]
    }

    fn hash_bytes(&self, range: Range<u32>) -> Option<&[u8]> {
        self.all_hashes().get(32 * range.start as usize..32 * range.end as usize)
    }

    fn physical_ends(&self) -> &[[u8; 4]] {
        let start = HEAD_LEN + 32 * self.count as usize;
        self.bytes[start..start + 4 * self.count as usize].as_chunks().0
    }

    fn unpacked_ends(&self) -> &[[u8; 4]] {
        let start = HEAD_LEN + 36 * self.count as usize;
        self.bytes[start..start + 4 * self.count as usize].as_chunks().0
    }

    fn span(&self, ends: &[[u8; 4]], range: Range<u32>) -> Option<Range<u64>> {
        if range.start > range.end || range.end > self.count {
            return None;
        }
        let end_of = |chunks: u32| match chunks.checked_sub(1) {
            None => 0,
            Some(last) => u64::from(u32::from_le_bytes(ends[last as usize])),
        };
        Some(end_of(range.start)..end_of(range.end))
    }

    fn check_ends(&self) -> Result<(), TableError> {
        let header = CHUNK_HEADER_LEN as u64;
        let lens = [
            (self.physical_ends(), header + 1..=header + MAX_PACKED_CHUNK_LEN as u64, MAX_XORB_BODY),
            (self.unpacked_ends(), 1..=MAX_CHUNK_LEN as u64, MAX_XORB_UNPACKED),
        ];
        for (ends, allowed, limit) in lens {
            let mut start = 0;
            for (chunk, end) in (0u32..).zip(ends) {
                let end = u64::from(u32::from_le_bytes(*end));
                let len = end.saturating_sub(start);
                if !allowed.contains(&len) || end > limit {
                    return Err(TableError::End { chunk });
                }
                start = end;
            }
        }
        Ok(())
    }
}

fn last_end(ends: &[[u8; 4]]) -> u64 {
    ends.last().map_or(0, |end| u64::from(u32::from_le_bytes(*end)))
}

impl std::fmt::Debug for ChunkTable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChunkTable")
            .field("len", &self.count)
            .field("body_len", &self.body_len())
            .field("total_unpacked", &self.total_unpacked())
            .finish()
    }
}

/// Collects the chunks of a xorb while it is read or written.
#[derive(Debug, Clone, Default)]
pub(crate) struct TableBuilder {
    hashes: Vec<u8>,
    physical_ends: Vec<u8>,
    unpacked_ends: Vec<u8>,
    pub(crate) count: u32,
    pub(crate) body_len: u64,
    pub(crate) unpacked: u64,
    tree: TreeHasher,
}

impl TableBuilder {
    /// Tells whether a xorb with one more chunk of `len` bytes keeps within its limits.
    pub(crate) fn has_room(&self, len: usize) -> bool {
        self.count < MAX_XORB_CHUNKS && self.unpacked + len as u64 <= MAX_XORB_UNPACKED
    }

    /// Adds a chunk by its packed length, header not counted, and its unpacked length.
    ///
    /// The callers keep count and lengths within the limits of a xorb, so that every end fits 32 bits.
    pub(crate) fn push(&mut self, hash: Hash, packed: usize, unpacked: usize) {
        self.count += 1;
        self.body_len += (CHUNK_HEADER_LEN + packed) as u64;
        self.unpacked += unpacked as u64;
        self.hashes.extend_from_slice(hash.as_bytes());
        self.physical_ends.extend_from_slice(&(self.body_len as u32).to_le_bytes());
        self.unpacked_ends.extend_from_slice(&(self.unpacked as u32).to_le_bytes());
        self.tree.push(hash, unpacked as u64);
    }

    /// Returns the xorb's name and table.
    pub(crate) fn finish(self) -> (Hash, ChunkTable) {
        let mut bytes = Vec::with_capacity(HEAD_LEN + self.count as usize * ENTRY_LEN + CHECKSUM_LEN);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(&self.count.to_le_bytes());
        bytes.extend_from_slice(&self.hashes);
        bytes.extend_from_slice(&self.physical_ends);
        bytes.extend_from_slice(&self.unpacked_ends);
        let checksum = blake3::hash(&bytes);
        bytes.extend_from_slice(checksum.as_bytes());
        (self.tree.root(), ChunkTable { bytes: bytes.into(), count: self.count })
    }
}
