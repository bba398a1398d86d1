//! Reads an uploaded shard: which files it registers, and which chunks it says its xorbs have.
//!
//! A shard is made of 48-byte records: a header; per file its terms, then one verification record a term and one
//! metadata record, as its flags say; a bookend; per xorb its chunks; a bookend. Uploads end there. Caches and
//! dedup answers go on with three lookup tables and a footer of 200 bytes; an upload with an unkeyed footer is
//! accepted, because stock parsers accept it, but every offset in the footer must fit. `@huggingface/hub` writes
//! a footer without tables, and zeros where it would say where they are.
//!
//! What is read here is only well-formed, not true: [`check_file`](crate::check_file) and
//! [`check_xorb_section`](crate::check_xorb_section) compare it with what is stored.

use bytes::Bytes;

use crate::hash::Hash;
use crate::terms::Term;
use crate::{MAX_SHARD_LEN, MAX_XORB_CHUNKS};

/// How a shard starts: `MDB_SHARD_HEADER_TAG`.
pub(crate) const TAG: [u8; 32] = [
    b'H', b'F', b'R', b'e', b'p', b'o', b'M', b'e', b't', b'a', b'D', b'a', b't', b'a', 0, 85, 105, 103, 69,
    106, 123, 129, 87, 131, 165, 189, 217, 92, 205, 209, 74, 169,
];
pub(crate) const HEADER_VERSION: u64 = 2;
pub(crate) const FOOTER_VERSION: u64 = 1;
pub(crate) const FOOTER_LEN: usize = 200;
pub(crate) const RECORD_LEN: usize = 48;
/// A file flag: one verification record per term follows the terms.
pub(crate) const WITH_VERIFICATION: u32 = 1 << 31;
/// A file flag: a record with the file's SHA-256 follows.
pub(crate) const WITH_METADATA: u32 = 1 << 30;
/// A chunk flag: clients may ask for this chunk.
pub(crate) const GLOBAL_DEDUP: u32 = 1 << 31;

const FILE_LOOKUP_LEN: u64 = 12;
const XORB_LOOKUP_LEN: u64 = 12;
const CHUNK_LOOKUP_LEN: u64 = 16;

/// A well-formed shard; nothing in it is believed yet.
///
/// ```
/// use limpide_xet::{Hash, Shard, ShardBuilder, ShardFile};
/// let mut builder = ShardBuilder::new();
/// builder.file(ShardFile { hash: Hash::ZERO, terms: vec![], verification: Some(vec![]), sha256: None })?;
/// let shard = Shard::parse(builder.to_upload().into())?;
/// assert_eq!(shard.files().count(), 1);
/// assert_eq!(shard.xorbs().count(), 0);
/// # Ok::<(), limpide_xet::ShardError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Shard {
    bytes: Bytes,
    files: Vec<Span>,
    xorbs: Vec<Span>,
}

/// What a shard registers under the name of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardFile {
    /// The name that the file should have.
    pub hash: Hash,
    /// The chunks that make the file.
    pub terms: Vec<Term>,
    /// The term hashes, one per term, that prove knowledge of the chunks.
    pub verification: Option<Vec<Hash>>,
    /// The SHA-256 that the client claims for the file.
    pub sha256: Option<[u8; 32]>,
}

/// What a shard says about a xorb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XorbSection {
    /// The name of the xorb.
    pub hash: Hash,
    /// Its chunks in order.
    pub chunks: Vec<XorbChunk>,
    /// How many bytes the chunks unpack to.
    pub unpacked: u32,
}

/// What a shard says about a chunk of a xorb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XorbChunk {
    /// The name of the chunk.
    pub hash: Hash,
    /// Where it starts in the unpacked xorb.
    pub start: u32,
    /// Its unpacked length.
    pub len: u32,
    /// Whether the client proposes the chunk for deduplication by others.
    pub global_dedup: bool,
}

/// The bytes are no shard that can be registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// The shard is longer than clients make them.
    #[error("a shard of {len} bytes, expected at most {MAX_SHARD_LEN}")]
    TooLong {
        /// The length of the shard.
        len: usize,
    },
    /// The shard ends before what it announces.
    #[error("at byte {at}: {what} needs {needed} bytes, {left} are left")]
    Truncated {
        /// Where the missing part starts.
        at: usize,
        /// What is missing.
        what: &'static str,
        /// How many bytes it needs.
        needed: u64,
        /// How many there are.
        left: usize,
    },
    /// The bytes start differently.
    #[error("no shard: it starts with another tag")]
    Tag,
    /// A number in the header is one that is not known here.
    #[error("at byte {at}: {what} {found}, expected {expected}")]
    Header {
        /// Where the number stands.
        at: usize,
        /// What it is.
        what: &'static str,
        /// The number found.
        found: u64,
        /// The numbers understood.
        expected: &'static str,
    },
    /// Flags are set whose meaning is not known here.
    #[error("at byte {at}: unknown flags {found:#010x} of a {what}")]
    Flags {
        /// Where the record starts.
        at: usize,
        /// What the record describes.
        what: &'static str,
        /// All flags of the record.
        found: u32,
    },
    /// A xorb has no chunks, or more than a xorb may have.
    #[error("at byte {at}: a xorb of {found} chunks, expected 1 to {MAX_XORB_CHUNKS}")]
    XorbChunks {
        /// Where the record starts.
        at: usize,
        /// The number of chunks announced.
        found: u32,
    },
    /// A file or xorb is listed twice, with different content.
    #[error("at byte {at}: {what} {hash} is listed twice with different content")]
    Twice {
        /// Where the second listing starts.
        at: usize,
        /// What is listed twice.
        what: &'static str,
        /// Its name.
        hash: Hash,
    },
    /// Bytes follow the end of the shard.
    #[error("at byte {at}: {len} bytes after the end of the shard")]
    Trailing {
        /// Where the shard ends.
        at: usize,
        /// How many bytes follow.
        len: usize,
    },
    /// The footer disagrees with the shard.
    #[error("in the footer, at byte {at}: expected {expected}")]
    Footer {
        /// Where in the shard.
        at: usize,
        /// What should have been there.
        expected: &'static str,
    },
    /// A file to be written has another number of verification hashes than of terms.
    #[error("file {file} has {terms} terms but {verifications} verification hashes")]
    Verification {
        /// The name of the file.
        file: Hash,
        /// How many terms it has.
        terms: usize,
        /// How many verification hashes it has.
        verifications: usize,
    },
}

impl Shard {
    /// Reads a shard as it was uploaded and checks that it is well-formed.
    ///
    /// Takes memory in proportion to the shard's length, whatever counts it announces.
    pub fn parse(bytes: Bytes) -> Result<Shard, ShardError> {
        if bytes.len() > MAX_SHARD_LEN {
            return Err(ShardError::TooLong { len: bytes.len() });
        }
        let mut input = Input { bytes: &bytes, at: 0 };
        let with_footer = read_header(&mut input)?;
        let files = read_files(&mut input)?;
        let xorbs_start = input.at;
        let xorbs = read_xorbs(&mut input)?;
        if with_footer {
            check_footer(&input, xorbs_start)?;
        } else if input.at < bytes.len() {
            return Err(ShardError::Trailing { at: input.at, len: bytes.len() - input.at });
        }
        let files = once_each(&bytes, files, "file")?;
        let xorbs = once_each(&bytes, xorbs, "xorb")?;
        Ok(Shard { bytes, files, xorbs })
    }

    /// Returns the files, each once, in the order of their names.
    pub fn files(&self) -> impl ExactSizeIterator<Item = ShardFile> + '_ {
        self.files.iter().map(|span| file_in(span.records(&self.bytes)))
    }

    /// Returns the xorbs, each once, in the order of their names.
    pub fn xorbs(&self) -> impl ExactSizeIterator<Item = XorbSection> + '_ {
        self.xorbs.iter().map(|span| xorb_in(span.records(&self.bytes)))
    }
}

/// Where a file or xorb stands: its header record and those that follow.
#[derive(Debug, Clone, Copy)]
struct Span {
    at: usize,
    len: usize,
}

impl Span {
    fn records(self, bytes: &[u8]) -> &[[u8; RECORD_LEN]] {
        bytes[self.at..self.at + self.len].as_chunks().0
    }
}

/// Returns whether a footer follows the sections.
fn read_header(input: &mut Input<'_>) -> Result<bool, ShardError> {
    let header = Record(input.record("the header")?);
    if header.0[..32] != TAG {
        return Err(ShardError::Tag);
    }
    let (version, footer_len) = (header.long(32), header.long(40));
    if version != HEADER_VERSION {
        return Err(ShardError::Header { at: 32, what: "shard version", found: version, expected: "2" });
    }
    match footer_len {
        0 => Ok(false),
        len if len == FOOTER_LEN as u64 => Ok(true),
        found => Err(ShardError::Header { at: 40, what: "a footer of length", found, expected: "0 or 200" }),
    }
}

fn read_files(input: &mut Input<'_>) -> Result<Vec<Span>, ShardError> {
    let mut files = Vec::new();
    loop {
        let at = input.at;
        let header = Record(input.record("a file or the end of the files")?);
        if header.hash() == Hash::BOOKEND {
            return Ok(files);
        }
        let (flags, terms) = (header.number(32), u64::from(header.number(36)));
        if flags & !(WITH_VERIFICATION | WITH_METADATA) != 0 {
            return Err(ShardError::Flags { at, what: "file", found: flags });
        }
        let with_verification = if flags & WITH_VERIFICATION == 0 { terms } else { 2 * terms };
        let following = with_verification + u64::from(flags & WITH_METADATA != 0);
        let records = input.records(following, "the records of a file")?;
        for (record, at) in records.iter().zip((at + RECORD_LEN..).step_by(RECORD_LEN)).take(terms as usize) {
            let found = Record(record).number(32);
            if found != 0 {
                return Err(ShardError::Flags { at, what: "term", found });
            }
        }
        files.push(Span { at, len: input.at - at });
    }
}

fn read_xorbs(input: &mut Input<'_>) -> Result<Vec<Span>, ShardError> {
    let mut xorbs = Vec::new();
    loop {
        let at = input.at;
        let header = Record(input.record("a xorb or the end of the xorbs")?);
        if header.hash() == Hash::BOOKEND {
            return Ok(xorbs);
        }
        let (flags, count) = (header.number(32), header.number(36));
        if flags != 0 {
            return Err(ShardError::Flags { at, what: "xorb", found: flags });
        }
        if count == 0 || count > MAX_XORB_CHUNKS {
            return Err(ShardError::XorbChunks { at, found: count });
        }
        let records = input.records(u64::from(count), "the chunks of a xorb")?;
        for (record, at) in records.iter().zip((at + RECORD_LEN..).step_by(RECORD_LEN)) {
            let found = Record(record).number(40);
            if found & !GLOBAL_DEDUP != 0 {
                return Err(ShardError::Flags { at, what: "chunk", found });
            }
        }
        xorbs.push(Span { at, len: input.at - at });
    }
}

/// Checks that the lookup tables and the footer fill the rest of the shard exactly.
fn check_footer(input: &Input<'_>, xorbs_start: usize) -> Result<(), ShardError> {
    let tables_start = input.at;
    let left = input.bytes.len() - tables_start;
    let Some((tables, footer)) = input.bytes[tables_start..].split_last_chunk::<FOOTER_LEN>() else {
        return Err(ShardError::Truncated {
            at: tables_start,
            what: "the footer",
            needed: FOOTER_LEN as u64,
            left,
        });
    };
    let footer_start = (tables_start + tables.len()) as u64;
    let words: Vec<u64> = footer.as_chunks::<8>().0.iter().map(|word| u64::from_le_bytes(*word)).collect();
    let after =
        |start: u64, count: usize, len| words[count].checked_mul(len).and_then(|len| start.checked_add(len));
    let xorb_lookup = after(tables_start as u64, 4, FILE_LOOKUP_LEN);
    let chunk_lookup = xorb_lookup.and_then(|start| after(start, 6, XORB_LOOKUP_LEN));
    let end = chunk_lookup.and_then(|start| after(start, 8, CHUNK_LOOKUP_LEN));
    let without_tables = words[3..9] == [0; 6];
    let expected = [
        (0, Some(FOOTER_VERSION), "version 1"),
        (1, Some(RECORD_LEN as u64), "the place where the files start"),
        (2, Some(xorbs_start as u64), "the place where the xorbs start"),
        (3, Some(tables_start as u64), "the place where the file table starts"),
        (5, xorb_lookup, "the xorb table right after the file table"),
        (7, chunk_lookup, "the chunk table right after the xorb table"),
        (24, end, "the footer right after the chunk table"),
        (24, Some(footer_start), "the place where the footer starts"),
    ];
    for (word, value, expected) in expected {
        if without_tables && (3..9).contains(&word) {
            continue;
        }
        if Some(words[word]) != value {
            return Err(ShardError::Footer { at: footer_start as usize + 8 * word, expected });
        }
    }
    if words[9..13] != [0; 4] {
        // Keyed chunk hashes cannot be compared with stored ones; only dedup answers have them.
        return Err(ShardError::Footer {
            at: footer_start as usize + 72,
            expected: "chunk hashes without a key",
        });
    }
    Ok(())
}

/// Sorts by name and drops repeated listings; the same name with other content is refused.
fn once_each(bytes: &[u8], mut spans: Vec<Span>, what: &'static str) -> Result<Vec<Span>, ShardError> {
    let name = |span: &Span| Record(&span.records(bytes)[0]).hash();
    spans.sort_by_key(name);
    let mut once: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match once.last() {
            Some(before) if name(before) == name(&span) => {
                // The last eight bytes of the two headers are unused or unreliable: only the rest must agree.
                let (first, second) = (before.records(bytes), span.records(bytes));
                if first[0][..40] != second[0][..40] || first[1..] != second[1..] {
                    return Err(ShardError::Twice { at: span.at, what, hash: name(&span) });
                }
            }
            _ => once.push(span),
        }
    }
    Ok(once)
}

fn file_in(records: &[[u8; RECORD_LEN]]) -> ShardFile {
    let header = Record(&records[0]);
    let (flags, count) = (header.number(32), header.number(36) as usize);
    let (terms, rest) = records[1..].split_at(count);
    let with_verification = flags & WITH_VERIFICATION != 0;
    let (verification, metadata) = rest.split_at(if with_verification { count } else { 0 });
    ShardFile {
        hash: header.hash(),
        terms: terms.iter().map(|record| term_in(Record(record))).collect(),
        verification: with_verification
            .then(|| verification.iter().map(|record| Record(record).hash()).collect()),
        sha256: metadata.first().map(|record| Record(record).hash().to_sha256()),
    }
}

fn term_in(record: Record<'_>) -> Term {
    Term {
        xorb: record.hash(),
        unpacked: record.number(36),
        start: record.number(40),
        end: record.number(44),
    }
}

fn xorb_in(records: &[[u8; RECORD_LEN]]) -> XorbSection {
    let header = Record(&records[0]);
    let chunks = records[1..].iter().map(|record| {
        let record = Record(record);
        XorbChunk {
            hash: record.hash(),
            start: record.number(32),
            len: record.number(36),
            global_dedup: record.number(40) & GLOBAL_DEDUP != 0,
        }
    });
    XorbSection { hash: header.hash(), chunks: chunks.collect(), unpacked: header.number(40) }
}

/// The 48 bytes that every part of a section is made of.
#[derive(Clone, Copy)]
struct Record<'a>(&'a [u8; RECORD_LEN]);

impl Record<'_> {
    fn hash(self) -> Hash {
        let mut hash = [0; 32];
        hash.copy_from_slice(&self.0[..32]);
        Hash::from_bytes(hash)
    }

    fn number(self, at: usize) -> u32 {
        self.0[at..].first_chunk::<4>().map_or(0, |number| u32::from_le_bytes(*number))
    }

    fn long(self, at: usize) -> u64 {
        self.0[at..].first_chunk::<8>().map_or(0, |word| u64::from_le_bytes(*word))
    }
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn record(&mut self, what: &'static str) -> Result<&'a [u8; RECORD_LEN], ShardError> {
        let left = &self.bytes[self.at..];
        let Some(record) = left.first_chunk() else {
            return Err(ShardError::Truncated {
                at: self.at,
                what,
                needed: RECORD_LEN as u64,
                left: left.len(),
            });
        };
        self.at += RECORD_LEN;
        Ok(record)
    }

    fn records(&mut self, count: u64, what: &'static str) -> Result<&'a [[u8; RECORD_LEN]], ShardError> {
        let left = &self.bytes[self.at..];
        let needed = count.saturating_mul(RECORD_LEN as u64);
        if needed > left.len() as u64 {
            return Err(ShardError::Truncated { at: self.at, what, needed, left: left.len() });
        }
        self.at += needed as usize;
        Ok(left[..needed as usize].as_chunks().0)
    }
}
