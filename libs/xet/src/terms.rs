//! A file as a sequence of terms: which chunks of which xorb, one term after the other.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::hash::Hash;
use crate::{MAX_XORB_CHUNKS, MAX_XORB_UNPACKED};

/// One term as kept: 32 bytes of hash, then start, end and unpacked length as little-endian `u32`.
const TERM_LEN: usize = 32 + 4 + 4 + 4;

/// A run of chunks of one xorb that stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Term {
    /// The xorb that holds the chunks.
    pub xorb: Hash,
    /// The index of the first chunk.
    pub start: u32,
    /// The index after the last chunk.
    pub end: u32,
    /// How many bytes the chunks unpack to.
    pub unpacked: u32,
}

/// The terms of one file, and how far each reaches into it.
///
/// ```
/// use limpide_xet::{Term, Terms, chunk_hash};
/// let term = |name: &[u8], unpacked| Term { xorb: chunk_hash(name), start: 0, end: 2, unpacked };
/// let terms = Terms::new(vec![term(b"a", 100), term(b"b", 50)])?;
/// assert_eq!(terms.size(), 150);
/// assert_eq!(terms.overlapping(120..130).map(|(start, _)| start).collect::<Vec<_>>(), [100]);
/// assert_eq!(Terms::parse(&terms.encode())?, terms);
/// # Ok::<(), limpide_xet::TermsError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    terms: Vec<Term>,
    /// Where each term ends in the file.
    ends: Vec<u64>,
}

/// The terms make no sense, or their bytes are damaged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The bytes are no whole number of terms.
    #[error("{len} bytes of terms, expected a multiple of {TERM_LEN}")]
    Len {
        /// How many bytes there are.
        len: usize,
    },
    /// A term names no chunks, or more than a xorb has.
    #[error("term {index} covers chunks {start}..{end}, expected a range within 0..{MAX_XORB_CHUNKS}")]
    Chunks {
        /// The index of the term.
        index: usize,
        /// Its first chunk.
        start: u32,
        /// The chunk after its last.
        end: u32,
    },
    /// A term has no bytes, or more than a xorb has.
    #[error("term {index} has {unpacked} bytes, expected 1 to {MAX_XORB_UNPACKED}")]
    Unpacked {
        /// The index of the term.
        index: usize,
        /// Its length.
        unpacked: u32,
    },
    /// The terms add up to more than 2⁶⁴ bytes.
    #[error("the file's size overflows at term {index}")]
    Size {
        /// The index of the term.
        index: usize,
    },
}

impl Terms {
    /// Takes the terms of a file in order; no terms make the empty file.
    pub fn new(terms: Vec<Term>) -> Result<Terms, TermsError> {
        let mut ends = Vec::with_capacity(terms.len());
        let mut size = 0u64;
        for (index, term) in terms.iter().enumerate() {
            let Term { start, end, unpacked, .. } = *term;
            if start >= end || end > MAX_XORB_CHUNKS {
                return Err(TermsError::Chunks { index, start, end });
            }
            if unpacked == 0 || u64::from(unpacked) > MAX_XORB_UNPACKED {
                return Err(TermsError::Unpacked { index, unpacked });
            }
            size = size.checked_add(u64::from(unpacked)).ok_or(TermsError::Size { index })?;
            ends.push(size);
        }
        Ok(Terms { terms, ends })
    }

    /// Reads what [`Terms::encode`] wrote.
    pub fn parse(bytes: &[u8]) -> Result<Terms, TermsError> {
        let (records, rest) = bytes.as_chunks::<TERM_LEN>();
        if !rest.is_empty() {
            return Err(TermsError::Len { len: bytes.len() });
        }
        Terms::new(records.iter().map(parse_term).collect())
    }

    /// Returns the terms as 44 bytes each, for a database.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.terms.len() * TERM_LEN);
        for term in &self.terms {
            bytes.extend_from_slice(term.xorb.as_bytes());
            for number in [term.start, term.end, term.unpacked] {
                bytes.extend_from_slice(&number.to_le_bytes());
            }
        }
        bytes
    }

    /// Returns the size of the file.
    pub fn size(&self) -> u64 {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Returns the terms in order.
    pub fn as_slice(&self) -> &[Term] {
        &self.terms
    }

    /// Returns the terms that hold bytes of `range`, each with the place in the file where it starts.
    pub fn overlapping(&self, range: Range<u64>) -> impl Iterator<Item = (u64, &Term)> {
        let first = self.ends.partition_point(|end| *end <= range.start);
        let starts = first.checked_sub(1).map_or(0, |before| self.ends[before]);
        let places = std::iter::once(starts).chain(self.ends[first..].iter().copied());
        places.zip(&self.terms[first..]).take_while(move |(start, _)| *start < range.end)
    }

    /// Returns each xorb that the file needs, once.
    pub fn xorbs(&self) -> BTreeSet<Hash> {
        self.terms.iter().map(|term| term.xorb).collect()
    }
}

fn parse_term(record: &[u8; TERM_LEN]) -> Term {
    let mut xorb = [0; 32];
    xorb.copy_from_slice(&record[..32]);
    let number = |at: usize| u32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]]);
    Term { xorb: Hash::from_bytes(xorb), start: number(32), end: number(36), unpacked: number(40) }
}
