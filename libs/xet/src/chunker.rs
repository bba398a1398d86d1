//! Cuts a stream of bytes into chunks where its content says so, so that equal content is cut alike everywhere.
//!
//! A chunk ends where the gear hash of the last 64 bytes has its upper 16 bits at zero, not before 8 KiB and
//! at the latest at 128 KiB; the hash starts anew with each chunk. The boundaries are those of `Chunker` in the
//! `xet-data` crate, to the byte: other boundaries would make deduplication fail.

use bytes::{Bytes, BytesMut};

use crate::{MAX_CHUNK_LEN, MIN_CHUNK_LEN};

/// A cut falls where these bits of the gear hash are zero: one byte in 65,536.
const MASK: u64 = 0xFFFF << 48;

/// How many bytes at the start of a chunk never enter the hash: it needs 64 bytes to fill up, and one more.
const SKIPPED: usize = MIN_CHUNK_LEN - 64 - 1;

/// Finds chunk boundaries in bytes that arrive in any slices; holds no bytes itself.
///
/// ```
/// use limpide_xet::Chunker;
/// let data = vec![7u8; 300_000];
/// let mut chunker = Chunker::new();
/// let mut rest = &data[..];
/// let mut lengths = Vec::new();
/// while let Some(end) = chunker.next_boundary(rest) {
///     lengths.push(end);
///     rest = &rest[end..];
/// }
/// lengths.push(chunker.finish());
/// assert_eq!(lengths, [131_072, 131_072, 37_856]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Chunker {
    gear: gearhash::Hasher<'static>,
    open: usize,
}

impl Chunker {
    /// Returns a chunker at the start of a file.
    pub fn new() -> Chunker {
        Chunker::default()
    }

    /// Reads on in `data` and returns where in it the current chunk ends.
    ///
    /// After `Some(end)` the next chunk starts at `data[end]`: call again with `&data[end..]`. `None` says that
    /// all of `data` belongs to the current chunk: call again with what follows.
    #[inline]
    pub fn next_boundary(&mut self, data: &[u8]) -> Option<usize> {
        let limit = data.len().min(MAX_CHUNK_LEN - self.open);
        let mut at = SKIPPED.saturating_sub(self.open).min(limit);
        while let Some(step) = self.gear.next_match(&data[at..limit], MASK) {
            at += step;
            // Before 64 bytes have passed the hash says nothing about the content: such a match is chance.
            if self.open + at >= MIN_CHUNK_LEN {
                return Some(self.close(at));
            }
        }
        if self.open + limit == MAX_CHUNK_LEN {
            return Some(self.close(limit));
        }
        self.open += limit;
        None
    }

    /// Returns how many bytes of the current chunk have been read.
    pub fn pending(&self) -> usize {
        self.open
    }

    /// Ends the file: returns the length of its last chunk, zero when a boundary was the end.
    pub fn finish(&mut self) -> usize {
        let last = self.open;
        self.close(0);
        last
    }

    fn close(&mut self, end: usize) -> usize {
        self.open = 0;
        self.gear.set_hash(0);
        end
    }
}

/// Cuts a stream of [`Bytes`] into chunks; copies only the chunks that lie across two slices.
///
/// ```
/// use bytes::Bytes;
/// use limpide_xet::Splitter;
/// let mut chunks = Vec::new();
/// let mut splitter = Splitter::new();
/// splitter.push(Bytes::from(vec![1; 100_000]), |chunk| chunks.push(chunk));
/// splitter.push(Bytes::from(vec![1; 100_000]), |chunk| chunks.push(chunk));
/// chunks.extend(splitter.finish());
/// assert_eq!(chunks.iter().map(Bytes::len).collect::<Vec<_>>(), [131_072, 68_928]);
/// ```
#[derive(Debug, Default)]
pub struct Splitter {
    chunker: Chunker,
    open: BytesMut,
}

impl Splitter {
    /// Returns a splitter at the start of a file.
    pub fn new() -> Splitter {
        Splitter::default()
    }

    /// Takes the next bytes of the file and hands over each chunk that they complete, in order.
    pub fn push(&mut self, mut data: Bytes, mut on_chunk: impl FnMut(Bytes)) {
        while let Some(end) = self.chunker.next_boundary(&data) {
            let tail = data.split_to(end);
            on_chunk(self.joined(tail));
        }
        if !data.is_empty() {
            self.open.reserve(MAX_CHUNK_LEN - self.open.len());
            self.open.extend_from_slice(&data);
        }
    }

    /// Ends the file and returns its last chunk, if bytes are left.
    pub fn finish(&mut self) -> Option<Bytes> {
        self.chunker.finish();
        if self.open.is_empty() { None } else { Some(self.open.split().freeze()) }
    }

    fn joined(&mut self, tail: Bytes) -> Bytes {
        if self.open.is_empty() {
            return tail;
        }
        self.open.extend_from_slice(&tail);
        self.open.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(slices: &[&[u8]]) -> Vec<Bytes> {
        let mut chunks = Vec::new();
        let mut splitter = Splitter::new();
        for slice in slices {
            splitter.push(Bytes::copy_from_slice(slice), |chunk| chunks.push(chunk));
        }
        chunks.extend(splitter.finish());
        chunks
    }

    #[test]
    fn an_empty_file_has_no_chunks() {
        assert!(cut(&[]).is_empty());
        assert!(cut(&[b""]).is_empty());
    }

    #[test]
    fn a_splitter_starts_anew_after_the_end() {
        let data = noise(1, 200_000);
        let mut splitter = Splitter::new();
        let mut first = Vec::new();
        splitter.push(data.clone().into(), |chunk| first.push(chunk));
        first.extend(splitter.finish());
        let mut second = Vec::new();
        splitter.push(data.into(), |chunk| second.push(chunk));
        second.extend(splitter.finish());
        assert_eq!(first, second);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn slicing_does_not_move_the_cuts(seed: u64, len in 0usize..600_000, cuts in prop::collection::vec(0usize..600_000, 0..40)) {
            let data = noise(seed, len);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(len)).collect();
            cuts.sort_unstable();
            let mut slices = Vec::new();
            let mut from = 0;
            for cut in cuts {
                slices.push(&data[from..cut]);
                from = cut;
            }
            slices.push(&data[from..]);
            let chunks = cut(&slices);
            prop_assert_eq!(&chunks, &cut(&[&data]));
            prop_assert_eq!(chunks.concat(), data);
            for chunk in chunks.iter().rev().skip(1) {
                prop_assert!((MIN_CHUNK_LEN..=MAX_CHUNK_LEN).contains(&chunk.len()));
            }
        }
    }

    fn noise(seed: u64, len: usize) -> Vec<u8> {
        let mut state = seed | 1;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as u8
        };
        (0..len).map(|_| next()).collect()
    }
}
