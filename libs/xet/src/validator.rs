//! Checks an uploaded xorb while its body streams in, holding one chunk at a time.
//!
//! The body is a sequence of chunks and nothing else, as the published specification says. Stock clients of 1.8.0
//! send no footer, and the server built into `xet-client` refuses one in granted uploads, though not in direct
//! ones; here a footer is refused everywhere: it would be a second, unchecked statement about the same bytes.

use crc_fast::{CrcAlgorithm, Digest};

use crate::chunk::{ChunkDecoder, ChunkError, ChunkHeader};
use crate::hash::{Hash, chunk_hash};
use crate::table::{ChunkTable, TableBuilder};
use crate::{CHUNK_HEADER_LEN, MAX_XORB_BODY, MAX_XORB_CHUNKS, MAX_XORB_UNPACKED};

/// A xorb, or a run of its chunks, is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum XorbError {
    /// One chunk is wrong.
    #[error("chunk {index} at byte {at}: {problem}")]
    Chunk {
        /// The index of the chunk, from zero.
        index: u32,
        /// Where the chunk's header starts.
        at: u64,
        /// What is wrong with it.
        problem: ChunkError,
    },
    /// The bytes end within a chunk.
    #[error("the bytes end {missing} bytes before the end of chunk {index}, which starts at byte {at}")]
    Truncated {
        /// The index of the chunk, from zero.
        index: u32,
        /// Where the chunk's header starts.
        at: u64,
        /// How many bytes are missing, to the end of the header or of the chunk.
        missing: usize,
    },
    /// There is no chunk at all.
    #[error("an empty body, expected at least one chunk")]
    Empty,
    /// There are more chunks than a xorb may have.
    #[error("more than {MAX_XORB_CHUNKS} chunks; the first too many starts at byte {at}")]
    TooManyChunks {
        /// Where the first chunk starts that is too many.
        at: u64,
    },
    /// The chunks unpack to more than a xorb may hold.
    #[error("more than {MAX_XORB_UNPACKED} unpacked bytes, with the chunk at byte {at}")]
    TooManyBytes {
        /// Where the chunk starts that is too much.
        at: u64,
    },
    /// The body is longer than a xorb can be.
    #[error("a body of more than {MAX_XORB_BODY} bytes")]
    BodyTooLong,
    /// The chunks have another name than the one given.
    #[error("the chunks hash to {found}, expected {expected}")]
    WrongHash {
        /// The name under which the xorb was sent.
        expected: Hash,
        /// The name that its chunks have.
        found: Hash,
    },
}

/// Validates a xorb fed in slices of any length; keeps at most one chunk and two buffers of 128 KiB.
///
/// ```
/// use limpide_xet::{XorbValidator, chunk_hash};
/// let body = [0, 5, 0, 0, 0, 5, 0, 0, b'h', b'e', b'l', b'l', b'o'];
/// let mut validator = XorbValidator::new();
/// for slice in body.chunks(3) {
///     validator.push(slice)?;
/// }
/// let table = validator.finish(chunk_hash(b"hello"))?;
/// assert_eq!(table.body_len(), 13);
/// # Ok::<(), limpide_xet::XorbError>(())
/// ```
#[derive(Debug, Default)]
pub struct XorbValidator {
    decoder: ChunkDecoder,
    head: Vec<u8>,
    header: Option<ChunkHeader>,
    payload: Vec<u8>,
    table: TableBuilder,
    fed: u64,
    checksum: Option<Checksum>,
    failed: Option<XorbError>,
}

impl XorbValidator {
    /// Returns a validator at the start of a body.
    pub fn new() -> XorbValidator {
        XorbValidator::default()
    }

    /// Also computes the CRC-64/NVME of the body, as upload grants announce it and S3 verifies it.
    #[must_use]
    pub fn with_checksum(mut self) -> XorbValidator {
        self.checksum = Some(Checksum(Digest::new(CrcAlgorithm::Crc64Nvme)));
        self
    }

    /// Takes the next bytes of the body. After an error every further call returns the same error.
    pub fn push(&mut self, data: &[u8]) -> Result<(), XorbError> {
        if let Some(failed) = &self.failed {
            return Err(failed.clone());
        }
        let result = self.take(data);
        self.failed = result.as_ref().err().cloned();
        result
    }

    /// Returns the CRC-64/NVME of the bytes so far, where [`XorbValidator::with_checksum`] asked for it.
    pub fn checksum(&self) -> Option<u64> {
        self.checksum.as_ref().map(|checksum| checksum.0.finalize())
    }

    /// Returns how many bytes were fed.
    pub fn body_len(&self) -> u64 {
        self.fed
    }

    /// Ends the body: returns the table of its chunks if they are whole and have the name `expected`.
    pub fn finish(self, expected: Hash) -> Result<ChunkTable, XorbError> {
        if let Some(failed) = self.failed {
            return Err(failed);
        }
        let missing = match self.header {
            Some(header) => header.packed_len() - self.payload.len(),
            None if self.head.is_empty() => 0,
            None => CHUNK_HEADER_LEN - self.head.len(),
        };
        if missing > 0 {
            return Err(XorbError::Truncated { index: self.table.count, at: self.table.body_len, missing });
        }
        if self.table.count == 0 {
            return Err(XorbError::Empty);
        }
        let (found, table) = self.table.finish();
        if found != expected {
            return Err(XorbError::WrongHash { expected, found });
        }
        Ok(table)
    }

    fn take(&mut self, data: &[u8]) -> Result<(), XorbError> {
        let room = usize::try_from(MAX_XORB_BODY - self.fed).unwrap_or(usize::MAX);
        let (mut data, beyond) = data.split_at(data.len().min(room));
        self.fed += data.len() as u64;
        if let Some(checksum) = &mut self.checksum {
            checksum.0.update(data);
        }
        while !data.is_empty() {
            let Some(header) = self.take_header(&mut data)? else { break };
            self.take_payload(header, &mut data)?;
        }
        if beyond.is_empty() { Ok(()) } else { Err(XorbError::BodyTooLong) }
    }

    /// Returns the header of the current chunk once its eight bytes are there.
    fn take_header(&mut self, data: &mut &[u8]) -> Result<Option<ChunkHeader>, XorbError> {
        if self.header.is_some() {
            return Ok(self.header);
        }
        self.head.extend_from_slice(split_off(data, CHUNK_HEADER_LEN - self.head.len()));
        let Some(head) = self.head.first_chunk::<CHUNK_HEADER_LEN>() else { return Ok(None) };
        let header = ChunkHeader::parse(*head).map_err(|problem| self.problem(problem))?;
        let at = self.table.body_len;
        if self.table.count == MAX_XORB_CHUNKS {
            return Err(XorbError::TooManyChunks { at });
        }
        if !self.table.has_room(header.unpacked_len()) {
            return Err(XorbError::TooManyBytes { at });
        }
        self.head.clear();
        self.header = Some(header);
        Ok(self.header)
    }

    /// Checks the current chunk once all of it is there; a chunk that lies in one slice is not copied.
    fn take_payload(&mut self, header: ChunkHeader, data: &mut &[u8]) -> Result<(), XorbError> {
        let missing = header.packed_len() - self.payload.len();
        let part = split_off(data, missing);
        if part.len() < missing {
            self.payload.extend_from_slice(part);
            return Ok(());
        }
        if self.payload.is_empty() {
            return self.accept(header, part);
        }
        self.payload.extend_from_slice(part);
        let mut payload = std::mem::take(&mut self.payload);
        self.accept(header, &payload)?;
        payload.clear();
        self.payload = payload;
        Ok(())
    }

    fn accept(&mut self, header: ChunkHeader, payload: &[u8]) -> Result<(), XorbError> {
        let hash = match self.decoder.decode(&header, payload) {
            Ok(chunk) => chunk_hash(chunk),
            Err(problem) => return Err(self.problem(problem)),
        };
        self.table.push(hash, header.packed_len(), header.unpacked_len());
        self.header = None;
        Ok(())
    }

    fn problem(&self, problem: ChunkError) -> XorbError {
        XorbError::Chunk { index: self.table.count, at: self.table.body_len, problem }
    }
}

/// Takes up to `len` bytes from the front of `data`.
fn split_off<'a>(data: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (front, rest) = data.split_at(len.min(data.len()));
    *data = rest;
    front
}

struct Checksum(Digest);

impl std::fmt::Debug for Checksum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "crc64nvme:{}", self.0.finalize())
    }
}
