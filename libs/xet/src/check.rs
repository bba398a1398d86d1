//! Compares what a shard claims with what is stored: whoever registers a file must know its chunks, and the file
//! must have the name it is given.

use crate::hash::Hash;
use crate::merkle::FileHasher;
use crate::shard::{ShardFile, XorbSection};
use crate::table::ChunkTable;
use crate::terms::{Terms, TermsError};

/// How many chunks [`check_file`] hashes for one file: 4 TiB at the mean chunk length, some seconds of work.
pub const MAX_FILE_CHUNKS: u64 = 1 << 26;

/// A file whose chunks are stored and whose name is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedFile {
    /// The name of the file.
    pub hash: Hash,
    /// Its chunks.
    pub terms: Terms,
    /// The term hashes, one per term.
    pub verification: Vec<Hash>,
    /// The SHA-256 that the client claims. Not checked: that takes the file's bytes.
    pub sha256: Option<[u8; 32]>,
    /// How many chunks the file has: what the check cost.
    pub chunks: u64,
}

/// A claim in a shard does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The file comes without proof that its sender knows the chunks.
    #[error("file {file} has no verification hash for each of its terms")]
    NoVerification {
        /// The name of the file.
        file: Hash,
    },
    /// A term names a xorb that is not stored.
    #[error("file {file}, term {term}: xorb {xorb} is not stored; upload it first")]
    UnknownXorb {
        /// The name of the file.
        file: Hash,
        /// The index of the term.
        term: usize,
        /// The name of the xorb.
        xorb: Hash,
    },
    /// A term names no chunks, or chunks that its xorb does not have.
    #[error("file {file}, term {term}: chunks {start}..{end} of a xorb of {chunks} chunks")]
    Chunks {
        /// The name of the file.
        file: Hash,
        /// The index of the term.
        term: usize,
        /// The term's first chunk.
        start: u32,
        /// The chunk after the term's last.
        end: u32,
        /// How many chunks the xorb has.
        chunks: u32,
    },
    /// A term has another length than its chunks.
    #[error("file {file}, term {term}: {found} unpacked bytes, the chunks have {expected}")]
    Unpacked {
        /// The name of the file.
        file: Hash,
        /// The index of the term.
        term: usize,
        /// The length of the chunks.
        expected: u64,
        /// The length in the shard.
        found: u32,
    },
    /// A verification hash is not that of the stored chunks.
    #[error("file {file}, term {term}: the verification hash does not match the stored chunks")]
    WrongTermHash {
        /// The name of the file.
        file: Hash,
        /// The index of the term.
        term: usize,
    },
    /// The chunks make a file of another name.
    #[error("the chunks make file {found}, expected {file}")]
    WrongFileHash {
        /// The name in the shard.
        file: Hash,
        /// The name that the chunks give.
        found: Hash,
    },
    /// The file has more chunks than may be checked.
    #[error("file {file} has more than {limit} chunks")]
    TooManyChunks {
        /// The name of the file.
        file: Hash,
        /// How many chunks were allowed.
        limit: u64,
    },
    /// The terms make no sense together.
    #[error("file {file}: {problem}")]
    Terms {
        /// The name of the file.
        file: Hash,
        /// What is wrong.
        problem: TermsError,
    },
    /// What a shard says about a xorb is not what is stored.
    #[error("xorb {xorb}: {what} is not as stored")]
    Xorb {
        /// The name of the xorb.
        xorb: Hash,
        /// What differs.
        what: &'static str,
    },
}

/// Checks a file of a shard against the stored tables and returns it if all of it is true.
///
/// Every term must lie within its xorb and have its chunks' length and verification hash; all chunks together
/// must have the file's name. `tables` gives the table of a stored xorb. A file may have [`MAX_FILE_CHUNKS`].
///
/// ```
/// use limpide_xet::{ShardFile, Term, XorbBuilder, check_file, chunk_hash, file_hash, term_hash};
/// let mut builder = XorbBuilder::new();
/// let chunk = builder.push(b"hello", &mut Vec::new())?;
/// let xorb = builder.finish().ok_or("no chunks")?;
/// let file = ShardFile {
///     hash: file_hash([(chunk, 5)]),
///     terms: vec![Term { xorb: xorb.hash, start: 0, end: 1, unpacked: 5 }],
///     verification: Some(vec![term_hash(&[chunk])]),
///     sha256: None,
/// };
/// let checked = check_file(&file, |hash| (*hash == xorb.hash).then_some(&xorb.table))?;
/// assert_eq!(checked.terms.size(), 5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check_file<'t>(
    file: &ShardFile,
    tables: impl FnMut(&Hash) -> Option<&'t ChunkTable>,
) -> Result<CheckedFile, CheckError> {
    check_file_within(file, MAX_FILE_CHUNKS, tables)
}

/// Like [`check_file`], with the number of chunks that may be hashed for this file.
///
/// A small shard can name the same chunks over and over: whoever checks a whole shard gives it one allowance and
/// takes [`CheckedFile::chunks`] off after each file.
pub fn check_file_within<'t>(
    file: &ShardFile,
    chunk_limit: u64,
    mut tables: impl FnMut(&Hash) -> Option<&'t ChunkTable>,
) -> Result<CheckedFile, CheckError> {
    let hash = file.hash;
    let verification = match &file.verification {
        Some(verification) if verification.len() == file.terms.len() => verification.clone(),
        _ => return Err(CheckError::NoVerification { file: hash }),
    };
    let mut hasher = FileHasher::new();
    let mut chunks = 0;
    for (index, (term, proof)) in file.terms.iter().zip(&verification).enumerate() {
        let Some(table) = tables(&term.xorb) else {
            return Err(CheckError::UnknownXorb { file: hash, term: index, xorb: term.xorb });
        };
        TermOf { file, index, table }.check(proof)?;
        chunks += u64::from(term.end - term.start);
        if chunks > chunk_limit {
            return Err(CheckError::TooManyChunks { file: hash, limit: chunk_limit });
        }
        for (chunk, len) in table.chunks_of(term.start..term.end).into_iter().flatten() {
            hasher.push(chunk, u64::from(len));
        }
    }
    let terms =
        Terms::new(file.terms.clone()).map_err(|problem| CheckError::Terms { file: hash, problem })?;
    let found = hasher.finish();
    if found != hash {
        return Err(CheckError::WrongFileHash { file: hash, found });
    }
    Ok(CheckedFile { hash, terms, verification, sha256: file.sha256, chunks })
}

/// Checks that what a shard says about a xorb is what is stored; a client's list alone is never believed.
pub fn check_xorb_section(section: &XorbSection, stored: &ChunkTable) -> Result<(), CheckError> {
    let differs = |what| Err(CheckError::Xorb { xorb: section.hash, what });
    if section.chunks.len() != stored.len() as usize {
        return differs("the number of chunks");
    }
    if u64::from(section.unpacked) != stored.total_unpacked() {
        return differs("the unpacked length");
    }
    let mut start = 0;
    for (listed, (hash, len)) in section.chunks.iter().zip(stored.chunks()) {
        if listed.hash != hash {
            return differs("a chunk's hash");
        }
        if (listed.start, listed.len) != (start, len) {
            return differs("a chunk's place");
        }
        start += len;
    }
    Ok(())
}

/// A term of a file beside the table of its xorb.
struct TermOf<'a> {
    file: &'a ShardFile,
    index: usize,
    table: &'a ChunkTable,
}

impl TermOf<'_> {
    fn check(&self, proof: &Hash) -> Result<(), CheckError> {
        let (file, index, term) = (self.file.hash, self.index, &self.file.terms[self.index]);
        let range = term.start..term.end;
        let (Some(expected), Some(term_hash), false) =
            (self.table.unpacked_len(range.clone()), self.table.term_hash(range.clone()), range.is_empty())
        else {
            let (start, end, chunks) = (term.start, term.end, self.table.len());
            return Err(CheckError::Chunks { file, term: index, start, end, chunks });
        };
        if expected != u64::from(term.unpacked) {
            return Err(CheckError::Unpacked { file, term: index, expected, found: term.unpacked });
        }
        if term_hash != *proof {
            return Err(CheckError::WrongTermHash { file, term: index });
        }
        Ok(())
    }
}

impl From<CheckedFile> for ShardFile {
    fn from(checked: CheckedFile) -> ShardFile {
        ShardFile {
            hash: checked.hash,
            terms: checked.terms.as_slice().to_vec(),
            verification: Some(checked.verification),
            sha256: checked.sha256,
        }
    }
}
