//! Reads the chunks back out of a run of stored chunks, for those who want the file and not the xorb.

use bytes::{Bytes, BytesMut};

use crate::CHUNK_HEADER_LEN;
use crate::chunk::{ChunkDecoder, ChunkError, ChunkHeader, Scheme};
use crate::validator::XorbError;

/// How much is set aside for unpacked chunks at a time: a few of them share one allocation.
const BLOCK_LEN: usize = 512 * 1024;

/// Unpacks a run of whole chunks that arrives in slices of any length.
///
/// Stored chunks are handed on without a copy, as far as they are there; packed ones are unpacked whole, into
/// blocks that are used again once their chunks were dropped. Offsets in errors count from the first byte fed.
///
/// ```
/// use bytes::Bytes;
/// use limpide_xet::ChunkReader;
/// let mut reader = ChunkReader::new();
/// reader.feed(Bytes::from_static(&[0, 2, 0, 0, 0, 2, 0, 0, b'h', b'i', 0, 1]));
/// assert_eq!(reader.next_piece()?.as_deref(), Some(&b"hi"[..]));
/// assert_eq!(reader.next_piece()?, None);
/// assert!(reader.finish().is_err());
/// # Ok::<(), limpide_xet::XorbError>(())
/// ```
#[derive(Debug, Default)]
pub struct ChunkReader {
    decoder: ChunkDecoder,
    /// The slice fed last, less what was taken from it.
    input: Bytes,
    /// The start of a chunk that goes on in `input`.
    open: BytesMut,
    block: BytesMut,
    stored: Option<StoredChunk>,
    index: u32,
    at: u64,
}

/// A stored chunk that was begun.
#[derive(Debug, Clone, Copy)]
struct StoredChunk {
    len: usize,
    /// How much of it is still to come.
    left: usize,
}

impl ChunkReader {
    /// Returns a reader at the start of a chunk.
    pub fn new() -> ChunkReader {
        ChunkReader::default()
    }

    /// Returns a reader of chunks that are all there.
    pub fn over(chunks: Bytes) -> ChunkReader {
        ChunkReader { input: chunks, ..ChunkReader::default() }
    }

    /// Takes the next bytes; best once [`ChunkReader::next_piece`] has returned `None`.
    pub fn feed(&mut self, bytes: Bytes) {
        if !self.input.is_empty() {
            self.open.extend_from_slice(&self.input);
        }
        self.input = bytes;
    }

    /// Returns the next chunk, unpacked, or the next part of a stored one; `None` when more bytes are needed, or
    /// the end is reached.
    pub fn next_piece(&mut self) -> Result<Option<Bytes>, XorbError> {
        if let Some(chunk) = self.stored {
            return Ok(self.next_stored(chunk));
        }
        let Some(head) = self.peek_header() else { return Ok(None) };
        let header = ChunkHeader::parse(head).map_err(|problem| self.problem(problem))?;
        if header.scheme() == Scheme::Stored {
            // The header is there: it was just looked at.
            self.take(CHUNK_HEADER_LEN);
            let len = header.packed_len();
            return Ok(self.next_stored(StoredChunk { len, left: len }));
        }
        let Some(chunk) = self.take(CHUNK_HEADER_LEN + header.packed_len()) else { return Ok(None) };
        let payload = chunk.slice(CHUNK_HEADER_LEN..);
        let unpacked = self.unpack(&header, &payload).map_err(|problem| self.problem(problem))?;
        self.pass(header.packed_len());
        Ok(Some(unpacked))
    }

    /// What is there of a stored chunk.
    fn next_stored(&mut self, mut chunk: StoredChunk) -> Option<Bytes> {
        let piece = match self.open.len().min(chunk.left) {
            0 => self.input.split_to(self.input.len().min(chunk.left)),
            open => self.open.split_to(open).freeze(),
        };
        chunk.left -= piece.len();
        self.stored = (chunk.left > 0).then_some(chunk);
        if chunk.left == 0 {
            self.pass(chunk.len);
        }
        (!piece.is_empty()).then_some(piece)
    }

    /// The next chunk begins behind this one.
    fn pass(&mut self, packed_len: usize) {
        self.index += 1;
        self.at += (CHUNK_HEADER_LEN + packed_len) as u64;
    }

    /// Ends the run: an error if bytes of an unfinished chunk are left.
    pub fn finish(self) -> Result<(), XorbError> {
        let left = self.open.len() + self.input.len();
        let whole = match (self.stored, self.peek_header().map(ChunkHeader::parse)) {
            (Some(chunk), _) => chunk.left,
            (None, _) if left == 0 => return Ok(()),
            (None, Some(Ok(header))) => CHUNK_HEADER_LEN + header.packed_len(),
            (None, Some(Err(problem))) => return Err(self.problem(problem)),
            (None, None) => CHUNK_HEADER_LEN,
        };
        Err(XorbError::Truncated { index: self.index, at: self.at, missing: whole.saturating_sub(left) })
    }

    fn peek_header(&self) -> Option<[u8; CHUNK_HEADER_LEN]> {
        let mut head = [0; CHUNK_HEADER_LEN];
        let from_open = self.open.len().min(CHUNK_HEADER_LEN);
        head[..from_open].copy_from_slice(&self.open[..from_open]);
        let rest = self.input.get(..CHUNK_HEADER_LEN - from_open)?;
        head[from_open..].copy_from_slice(rest);
        Some(head)
    }

    /// Takes the next `len` bytes, or none and keeps what is there.
    fn take(&mut self, len: usize) -> Option<Bytes> {
        if self.open.is_empty() && self.input.len() >= len {
            return Some(self.input.split_to(len));
        }
        let missing = len.saturating_sub(self.open.len());
        let tail = self.input.split_to(missing.min(self.input.len()));
        self.open.reserve(missing);
        self.open.extend_from_slice(&tail);
        if self.open.len() < len { None } else { Some(self.open.split_to(len).freeze()) }
    }

    fn unpack(&mut self, header: &ChunkHeader, payload: &[u8]) -> Result<Bytes, ChunkError> {
        let len = header.unpacked_len();
        if self.block.capacity() < len {
            self.block.reserve(BLOCK_LEN);
        }
        self.block.resize(len, 0);
        self.decoder.decode_into(header, payload, &mut self.block)?;
        Ok(self.block.split().freeze())
    }

    fn problem(&self, problem: ChunkError) -> XorbError {
        XorbError::Chunk { index: self.index, at: self.at, problem }
    }
}
