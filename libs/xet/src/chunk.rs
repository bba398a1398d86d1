//! One chunk of a xorb: its eight-byte header, and its bytes packed or stored.
//!
//! Header: version `u8` = 0, packed length `u24`, scheme `u8`, unpacked length `u24`, all little-endian.

use lz4_flex::block::CompressTable;

use crate::frame::{self, FrameError};
use crate::{CHUNK_HEADER_LEN, MAX_CHUNK_LEN, MAX_PACKED_CHUNK_LEN, byte_groups};

/// What a xorb object's footer starts with, where a chunk header could be: `XORB_OBJECT_FORMAT_IDENT`.
const FOOTER_TAG: &[u8; 7] = b"XETBLOB";

/// How the bytes of a chunk are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// As they are.
    Stored = 0,
    /// As an LZ4 frame.
    Lz4 = 1,
    /// In byte groups (every fourth byte together), then as an LZ4 frame.
    GroupedLz4 = 2,
}

/// A chunk header whose every field was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkHeader {
    packed_len: u32,
    scheme: Scheme,
    unpacked_len: u32,
}

/// A chunk is not what its header or the format says.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// Written by a version of the format that is not known here.
    #[error("chunk version {found}, expected 0")]
    Version {
        /// The version byte.
        found: u8,
    },
    /// A xorb object's footer stands where a chunk should: uploads carry chunks only.
    #[error("a xorb footer instead of a chunk; send the chunks alone")]
    Footer,
    /// A packing that no reader knows. 99 means "choose for me" inside clients and is never stored.
    #[error("compression scheme {found}, expected 0 (none), 1 (LZ4) or 2 (byte groups and LZ4)")]
    Scheme {
        /// The scheme byte.
        found: u8,
    },
    /// The announced unpacked length is out of bounds.
    #[error("a chunk of {found} unpacked bytes, expected 1 to {MAX_CHUNK_LEN}")]
    UnpackedLen {
        /// The announced length.
        found: u32,
    },
    /// The announced packed length is out of bounds.
    #[error("a chunk of {found} packed bytes, expected 1 to {MAX_PACKED_CHUNK_LEN}")]
    PackedLen {
        /// The announced length.
        found: u32,
    },
    /// The bytes at hand are not as many as the header announces.
    #[error("{found} packed bytes, expected {expected}")]
    Payload {
        /// The announced packed length.
        expected: u32,
        /// How many bytes there are.
        found: usize,
    },
    /// The LZ4 frame is damaged, or holds more than the header announces.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The chunk unpacks to another length than the header announces.
    #[error("the chunk unpacks to {found} bytes, expected {expected}")]
    UnpacksTo {
        /// The announced length.
        expected: u32,
        /// The length that came out.
        found: usize,
    },
}

impl ChunkHeader {
    /// Reads and checks a header.
    ///
    /// ```
    /// use limpide_xet::{ChunkHeader, Scheme};
    /// let header = ChunkHeader::parse([0, 5, 0, 0, 0, 5, 0, 0])?;
    /// assert_eq!((header.scheme(), header.packed_len(), header.unpacked_len()), (Scheme::Stored, 5, 5));
    /// # Ok::<(), limpide_xet::ChunkError>(())
    /// ```
    pub fn parse(bytes: [u8; CHUNK_HEADER_LEN]) -> Result<ChunkHeader, ChunkError> {
        if bytes.starts_with(FOOTER_TAG) {
            return Err(ChunkError::Footer);
        }
        let [version, p0, p1, p2, scheme, u0, u1, u2] = bytes;
        if version != 0 {
            return Err(ChunkError::Version { found: version });
        }
        let scheme = match scheme {
            0 => Scheme::Stored,
            1 => Scheme::Lz4,
            2 => Scheme::GroupedLz4,
            found => return Err(ChunkError::Scheme { found }),
        };
        let unpacked_len = u32::from_le_bytes([u0, u1, u2, 0]);
        if unpacked_len == 0 || unpacked_len as usize > MAX_CHUNK_LEN {
            return Err(ChunkError::UnpackedLen { found: unpacked_len });
        }
        let packed_len = u32::from_le_bytes([p0, p1, p2, 0]);
        if packed_len == 0 || packed_len as usize > MAX_PACKED_CHUNK_LEN {
            return Err(ChunkError::PackedLen { found: packed_len });
        }
        if scheme == Scheme::Stored && packed_len != unpacked_len {
            return Err(ChunkError::UnpacksTo { expected: unpacked_len, found: packed_len as usize });
        }
        Ok(ChunkHeader { packed_len, scheme, unpacked_len })
    }

    /// Returns the length of the packed bytes that follow the header.
    pub fn packed_len(&self) -> usize {
        self.packed_len as usize
    }

    /// Returns how the bytes are packed.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// Returns the length of the chunk itself.
    pub fn unpacked_len(&self) -> usize {
        self.unpacked_len as usize
    }

    fn to_bytes(self) -> [u8; CHUNK_HEADER_LEN] {
        let [p0, p1, p2, _] = self.packed_len.to_le_bytes();
        let [u0, u1, u2, _] = self.unpacked_len.to_le_bytes();
        [0, p0, p1, p2, self.scheme as u8, u0, u1, u2]
    }
}

/// Unpacks one chunk into `out`, which must have room for its announced length, and returns what was unpacked.
///
/// Whoever unpacks many chunks keeps a [`ChunkDecoder`], which brings its own buffers.
pub fn decode_chunk<'a>(
    header: &ChunkHeader,
    payload: &[u8],
    out: &'a mut [u8],
) -> Result<&'a [u8], ChunkError> {
    let room = out.len();
    let Some(out) = out.get_mut(..header.unpacked_len()) else {
        return Err(ChunkError::UnpacksTo { expected: header.unpacked_len, found: room });
    };
    ChunkDecoder::new().decode_into(header, payload, out)?;
    Ok(out)
}

/// Unpacks chunks one after the other in buffers of 128 KiB that it keeps.
///
/// ```
/// use limpide_xet::{ChunkDecoder, ChunkHeader};
/// let header = ChunkHeader::parse([0, 2, 0, 0, 0, 2, 0, 0])?;
/// let mut decoder = ChunkDecoder::new();
/// assert_eq!(decoder.decode(&header, b"hi")?, b"hi");
/// # Ok::<(), limpide_xet::ChunkError>(())
/// ```
#[derive(Default)]
pub struct ChunkDecoder {
    unpacked: Vec<u8>,
    grouped: Vec<u8>,
}

impl ChunkDecoder {
    /// Returns a decoder; its buffers come with the first packed chunk.
    pub fn new() -> ChunkDecoder {
        ChunkDecoder::default()
    }

    /// Returns the chunk's bytes: `payload` itself where it is stored, else the decoder's buffer.
    pub fn decode<'a>(&'a mut self, header: &ChunkHeader, payload: &'a [u8]) -> Result<&'a [u8], ChunkError> {
        if header.scheme == Scheme::Stored {
            check_payload(header, payload)?;
            return Ok(payload);
        }
        let mut unpacked = std::mem::take(&mut self.unpacked);
        unpacked.resize(MAX_CHUNK_LEN, 0);
        let decoded = self.decode_into(header, payload, &mut unpacked[..header.unpacked_len()]);
        self.unpacked = unpacked;
        decoded?;
        Ok(&self.unpacked[..header.unpacked_len()])
    }

    /// Unpacks the chunk into `out`, whose length is the header's unpacked length.
    pub fn decode_into(
        &mut self,
        header: &ChunkHeader,
        payload: &[u8],
        out: &mut [u8],
    ) -> Result<(), ChunkError> {
        check_payload(header, payload)?;
        let unpacks_to = |found| ChunkError::UnpacksTo { expected: header.unpacked_len, found };
        if out.len() != header.unpacked_len() {
            return Err(unpacks_to(out.len()));
        }
        let found = match header.scheme {
            Scheme::Stored => {
                out.copy_from_slice(payload);
                payload.len()
            }
            Scheme::Lz4 => frame::decode(payload, out)?,
            Scheme::GroupedLz4 => {
                self.grouped.resize(MAX_CHUNK_LEN, 0);
                let grouped = &mut self.grouped[..out.len()];
                let found = frame::decode(payload, grouped)?;
                if found == out.len() {
                    byte_groups::regroup(grouped, out);
                }
                found
            }
        };
        if found == out.len() { Ok(()) } else { Err(unpacks_to(found)) }
    }
}

impl std::fmt::Debug for ChunkDecoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChunkDecoder").finish_non_exhaustive()
    }
}

fn check_payload(header: &ChunkHeader, payload: &[u8]) -> Result<(), ChunkError> {
    if payload.len() != header.packed_len() {
        return Err(ChunkError::Payload { expected: header.packed_len, found: payload.len() });
    }
    Ok(())
}

/// Packs chunks, choosing for each the scheme that a sample of its neighbourhood recommends.
pub(crate) struct ChunkEncoder {
    table: CompressTable,
    grouped: Vec<u8>,
    packed: Vec<u8>,
    scheme: Scheme,
    until_probe: u32,
}

/// How many chunks share one decision, about 1 MiB: content changes slowly within a file.
const PROBE_INTERVAL: u32 = 16;

/// How much of a chunk is tried: less would hide what byte grouping gains. Data that does not shrink is skipped
/// over at several gigabytes a second.
const SAMPLE_LEN: usize = 64 * 1024;

impl ChunkEncoder {
    pub(crate) fn new() -> ChunkEncoder {
        ChunkEncoder {
            table: CompressTable::large(),
            grouped: vec![0; MAX_CHUNK_LEN],
            packed: vec![0; frame::max_encoded_len(MAX_CHUNK_LEN)],
            scheme: Scheme::Stored,
            until_probe: 0,
        }
    }

    /// Forgets what the last chunks looked like: another file begins.
    pub(crate) fn probe_next(&mut self) {
        self.until_probe = 0;
    }

    /// Appends header and payload of a chunk of 1 to 128 KiB to `out` and returns the payload's length.
    pub(crate) fn encode(&mut self, chunk: &[u8], out: &mut Vec<u8>) -> usize {
        if self.until_probe == 0 {
            self.scheme = self.probe(chunk);
            self.until_probe = PROBE_INTERVAL;
        }
        self.until_probe -= 1;
        let (scheme, payload) = match self.pack(self.scheme, chunk) {
            Some(len) if len < chunk.len() => (self.scheme, &self.packed[..len]),
            _ => (Scheme::Stored, chunk),
        };
        if scheme != self.scheme {
            // The recommendation did not hold: look again at the next chunk.
            self.until_probe = 0;
        }
        let header =
            ChunkHeader { packed_len: payload.len() as u32, scheme, unpacked_len: chunk.len() as u32 };
        out.reserve(CHUNK_HEADER_LEN + payload.len());
        out.extend_from_slice(&header.to_bytes());
        out.extend_from_slice(payload);
        payload.len()
    }

    /// Returns the scheme that packs a sample from the middle of the chunk best, if it gains a thirty-second part.
    fn probe(&mut self, chunk: &[u8]) -> Scheme {
        let len = chunk.len().min(SAMPLE_LEN);
        let start = ((chunk.len() - len) / 2) & !3;
        let sample = &chunk[start..start + len];
        let mut best = (Scheme::Stored, len - len / 32);
        for scheme in [Scheme::Lz4, Scheme::GroupedLz4] {
            if let Some(packed) = self.pack(scheme, sample)
                && packed < best.1
            {
                best = (scheme, packed);
            }
        }
        best.0
    }

    /// Packs `data` into the buffer and returns the packed length; nothing for stored data.
    fn pack(&mut self, scheme: Scheme, data: &[u8]) -> Option<usize> {
        match scheme {
            Scheme::Stored => None,
            Scheme::Lz4 => frame::encode(data, &mut self.table, &mut self.packed),
            Scheme::GroupedLz4 => {
                let grouped = self.grouped.get_mut(..data.len())?;
                byte_groups::split(data, grouped);
                frame::encode(grouped, &mut self.table, &mut self.packed)
            }
        }
    }
}

impl std::fmt::Debug for ChunkEncoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChunkEncoder").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}
