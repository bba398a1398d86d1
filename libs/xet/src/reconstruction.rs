//! Says which bytes of which xorbs make a range of a file, for clients who fetch them and for the server itself.
//!
//! The answer for a range is always the same: a client whose URLs expired asks again and gives up if anything
//! changed. URLs are the server's to add.

use std::collections::HashMap;
use std::ops::Range;

use serde::Serialize;

use crate::hash::Hash;
use crate::table::ChunkTable;
use crate::terms::{Term, Terms};

/// Which chunks of a xorb: from `start` up to `end`, which is not included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ChunkRange {
    /// The first chunk.
    pub start: u32,
    /// The chunk after the last.
    pub end: u32,
}

/// Which bytes of a xorb, as HTTP counts them: `last` is included, and called `end` in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ByteRange {
    /// The first byte.
    pub start: u64,
    /// The last byte.
    #[serde(rename = "end")]
    pub last: u64,
}

/// One term of the answer; serialises as both versions of the endpoint give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReconstructionTerm {
    /// The xorb.
    pub hash: Hash,
    /// How many bytes the chunks unpack to.
    pub unpacked_length: u64,
    /// The chunks.
    pub range: ChunkRange,
}

/// A run of chunks to fetch at once: `range` and `url_range` in version 1, one of `ranges` in version 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct FetchRange {
    /// The chunks.
    pub chunks: ChunkRange,
    /// Where they lie in the xorb's body.
    pub bytes: ByteRange,
}

/// What to fetch of one xorb: runs in ascending order that neither touch nor overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XorbFetch {
    /// The xorb.
    pub hash: Hash,
    /// The runs. Each term lies entirely within one of them, as clients require.
    pub ranges: Vec<FetchRange>,
}

/// How to rebuild a range of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconstruction {
    /// How many bytes of the first term come before the range.
    pub offset_into_first_range: u64,
    /// The terms in file order, cut down to the chunks that the range touches.
    pub terms: Vec<ReconstructionTerm>,
    /// What to fetch, one entry per xorb, in the order in which the file first needs them.
    pub xorbs: Vec<XorbFetch>,
}

/// One read that brings a part of a file: chunks that lie together, and what of them to keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The xorb.
    pub xorb: Hash,
    /// Its chunks that are needed.
    pub chunks: Range<u32>,
    /// Where they lie in the xorb's body.
    pub physical: Range<u64>,
    /// How many bytes they unpack to.
    pub unpacked: u64,
    /// How many unpacked bytes to drop at the start.
    pub skip: u64,
    /// How many unpacked bytes to keep after that.
    pub take: u64,
}

/// The range cannot be rebuilt.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReconstructionError {
    /// The range starts at or after the end: HTTP 416, by which clients notice the end of a file.
    #[error("the range starts at byte {start}, the file has {size} bytes")]
    PastEnd {
        /// Where the range starts.
        start: u64,
        /// The size of the file.
        size: u64,
    },
    /// The range holds no byte.
    #[error("the range {start}..{end} is empty")]
    EmptyRange {
        /// Where the range starts.
        start: u64,
        /// Where it ends.
        end: u64,
    },
    /// The table of a xorb is not there.
    #[error("the chunk table of xorb {xorb} is missing")]
    UnknownXorb {
        /// The name of the xorb.
        xorb: Hash,
    },
    /// The table of a xorb does not fit the file, which was checked against it: one of them is damaged.
    #[error("the chunk table of xorb {xorb} does not fit the terms of the file")]
    Mismatch {
        /// The name of the xorb.
        xorb: Hash,
    },
}

/// Returns how to rebuild `range` of a file, or all of it; a range may reach past the end.
///
/// ```
/// use limpide_xet::{Term, Terms, XorbBuilder, reconstruct};
/// let mut builder = XorbBuilder::new();
/// for chunk in [b"one", b"two", b"six"] {
///     builder.push(chunk, &mut Vec::new())?;
/// }
/// let xorb = builder.finish().ok_or("no chunks")?;
/// let terms = Terms::new(vec![Term { xorb: xorb.hash, start: 0, end: 3, unpacked: 9 }])?;
/// let answer = reconstruct(&terms, Some(4..6), |_| Some(&xorb.table))?;
/// assert_eq!(answer.offset_into_first_range, 1);
/// assert_eq!(answer.terms[0].range.start, 1);
/// assert_eq!(answer.xorbs[0].ranges[0].bytes.start, 11);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reconstruct<'t>(
    terms: &Terms,
    range: Option<Range<u64>>,
    tables: impl FnMut(&Hash) -> Option<&'t ChunkTable>,
) -> Result<Reconstruction, ReconstructionError> {
    let reads = plan_reads(terms, range, tables)?;
    let mut order = Vec::new();
    let mut runs: HashMap<Hash, Vec<&Read>> = HashMap::new();
    for read in &reads {
        let of_xorb = runs.entry(read.xorb).or_default();
        if of_xorb.is_empty() {
            order.push(read.xorb);
        }
        of_xorb.push(read);
    }
    let xorbs = order.into_iter().map(|hash| XorbFetch { hash, ranges: merged(runs.remove(&hash)) });
    Ok(Reconstruction {
        offset_into_first_range: reads.first().map_or(0, |read| read.skip),
        xorbs: xorbs.collect(),
        terms: reads.iter().map(Read::term).collect(),
    })
}

/// Returns the reads that bring `range` of a file, or all of it, in file order: one for each term it touches.
pub fn plan_reads<'t>(
    terms: &Terms,
    range: Option<Range<u64>>,
    mut tables: impl FnMut(&Hash) -> Option<&'t ChunkTable>,
) -> Result<Vec<Read>, ReconstructionError> {
    let size = terms.size();
    let range = match range {
        None => 0..size,
        // The empty file has no first byte, yet asking from its start is no error for stock clients.
        Some(range) if range.start == 0 && size == 0 => 0..0,
        Some(Range { start, end }) if start >= end => {
            return Err(ReconstructionError::EmptyRange { start, end });
        }
        Some(Range { start, .. }) if start >= size => {
            return Err(ReconstructionError::PastEnd { start, size });
        }
        Some(range) => range.start..range.end.min(size),
    };
    let mut reads = Vec::new();
    for (start, term) in terms.overlapping(range.clone()) {
        let Some(table) = tables(&term.xorb) else {
            return Err(ReconstructionError::UnknownXorb { xorb: term.xorb });
        };
        let end = start + u64::from(term.unpacked);
        let wanted = range.start.max(start) - start..range.end.min(end) - start;
        let read = read_of(term, &wanted, table);
        reads.push(read.ok_or(ReconstructionError::Mismatch { xorb: term.xorb })?);
    }
    Ok(reads)
}

/// Returns the chunks that hold `wanted`, which counts from the start of the term.
fn read_of(term: &Term, wanted: &Range<u64>, table: &ChunkTable) -> Option<Read> {
    let span = table.unpacked(term.start..term.end)?;
    if span.end - span.start != u64::from(term.unpacked) {
        return None;
    }
    let first = table.chunk_at(span.start + wanted.start)?;
    let last = table.chunk_at(span.start + wanted.end.checked_sub(1)?)?;
    let chunks = first..last + 1;
    let unpacked = table.unpacked(chunks.clone())?;
    Some(Read {
        xorb: term.xorb,
        physical: table.physical(chunks.clone())?,
        unpacked: unpacked.end - unpacked.start,
        skip: span.start + wanted.start - unpacked.start,
        take: wanted.end - wanted.start,
        chunks,
    })
}

impl Read {
    fn term(&self) -> ReconstructionTerm {
        ReconstructionTerm {
            hash: self.xorb,
            unpacked_length: self.unpacked,
            range: ChunkRange { start: self.chunks.start, end: self.chunks.end },
        }
    }
}

/// Joins the reads of one xorb where their chunks touch or overlap.
fn merged(reads: Option<Vec<&Read>>) -> Vec<FetchRange> {
    let mut reads = reads.unwrap_or_default();
    reads.sort_by_key(|read| read.chunks.start);
    let mut ranges: Vec<FetchRange> = Vec::new();
    for read in reads {
        let last_byte = read.physical.end - 1;
        match ranges.last_mut() {
            Some(run) if read.chunks.start <= run.chunks.end => {
                run.chunks.end = run.chunks.end.max(read.chunks.end);
                run.bytes.last = run.bytes.last.max(last_byte);
            }
            _ => ranges.push(FetchRange {
                chunks: ChunkRange { start: read.chunks.start, end: read.chunks.end },
                bytes: ByteRange { start: read.physical.start, last: last_byte },
            }),
        }
    }
    ranges
}
