//! Writes shards: the canonical form that the server keeps of registered files, and the form that clients upload.

use std::collections::BTreeMap;

use crate::hash::Hash;
use crate::shard::{
    FOOTER_LEN, FOOTER_VERSION, GLOBAL_DEDUP, HEADER_VERSION, RECORD_LEN, ShardError, ShardFile, TAG,
    WITH_METADATA, WITH_VERIFICATION,
};
use crate::table::ChunkTable;

/// Collects files and xorbs and writes them as a shard; equal content gives equal bytes.
///
/// ```
/// use limpide_xet::{Hash, Shard, ShardBuilder, ShardFile};
/// let file = ShardFile { hash: Hash::ZERO, terms: vec![], verification: Some(vec![]), sha256: Some([7; 32]) };
/// let mut builder = ShardBuilder::new();
/// builder.file(file.clone())?;
/// let shard = Shard::parse(builder.to_bytes().into())?;
/// assert_eq!(shard.files().next(), Some(file));
/// # Ok::<(), limpide_xet::ShardError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ShardBuilder {
    files: BTreeMap<Hash, ShardFile>,
    xorbs: BTreeMap<Hash, ChunkTable>,
}

impl ShardBuilder {
    /// Returns a builder of an empty shard.
    pub fn new() -> ShardBuilder {
        ShardBuilder::default()
    }

    /// Adds a file; a file of the same name is replaced.
    pub fn file(&mut self, file: ShardFile) -> Result<(), ShardError> {
        if let Some(verification) = &file.verification
            && verification.len() != file.terms.len()
        {
            let (terms, verifications) = (file.terms.len(), verification.len());
            return Err(ShardError::Verification { file: file.hash, terms, verifications });
        }
        self.files.insert(file.hash, file);
        Ok(())
    }

    /// Adds a xorb with all its chunks, those that clients may ask for flagged.
    pub fn xorb(&mut self, hash: Hash, table: ChunkTable) {
        self.xorbs.insert(hash, table);
    }

    /// Returns the shard with lookup tables and footer, without a date: for keeping.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.sections(FOOTER_LEN).finish(&Footer { key: None, created: 0, expires: u64::MAX })
    }

    /// Returns the shard without footer, as stock clients send it.
    pub fn to_upload(&self) -> Vec<u8> {
        self.sections(0).out
    }

    fn sections(&self, footer_len: usize) -> ShardWriter {
        let mut writer = ShardWriter::start(footer_len);
        for file in self.files.values() {
            writer.file(file);
        }
        writer.end_files();
        for (hash, table) in &self.xorbs {
            writer.xorb(*hash, table, None);
        }
        writer.end_xorbs();
        writer
    }
}

/// What a footer says besides offsets.
pub(crate) struct Footer {
    pub(crate) key: Option<Hash>,
    /// Seconds since 1970.
    pub(crate) created: u64,
    /// Seconds since 1970.
    pub(crate) expires: u64,
}

/// Writes the parts of a shard in their order, and notes where they are.
pub(crate) struct ShardWriter {
    out: Vec<u8>,
    xorbs_start: usize,
    tables_start: usize,
    file_lookup: Vec<(u64, u32)>,
    xorb_lookup: Vec<(u64, u32)>,
    chunk_lookup: Vec<(u64, u32, u32)>,
    /// The bytes of all files, of all xorbs unpacked, and of all xorbs as stored.
    materialized: u64,
    stored: u64,
    stored_on_disk: u64,
}

impl ShardWriter {
    pub(crate) fn start(footer_len: usize) -> ShardWriter {
        let mut out = TAG.to_vec();
        out.extend_from_slice(&HEADER_VERSION.to_le_bytes());
        out.extend_from_slice(&(footer_len as u64).to_le_bytes());
        ShardWriter {
            out,
            xorbs_start: 0,
            tables_start: 0,
            file_lookup: Vec::new(),
            xorb_lookup: Vec::new(),
            chunk_lookup: Vec::new(),
            materialized: 0,
            stored: 0,
            stored_on_disk: 0,
        }
    }

    fn file(&mut self, file: &ShardFile) {
        let index = self.record_index(RECORD_LEN);
        self.file_lookup.push((file.hash.words()[0], index));
        let with_verification = if file.verification.is_some() { WITH_VERIFICATION } else { 0 };
        let with_metadata = if file.sha256.is_some() { WITH_METADATA } else { 0 };
        self.record(file.hash, [with_verification | with_metadata, file.terms.len() as u32, 0, 0]);
        for term in &file.terms {
            self.record(term.xorb, [0, term.unpacked, term.start, term.end]);
            self.materialized += u64::from(term.unpacked);
        }
        for hash in file.verification.iter().flatten() {
            self.record(*hash, [0; 4]);
        }
        if let Some(sha256) = file.sha256 {
            self.record(Hash::from_sha256(sha256), [0; 4]);
        }
    }

    pub(crate) fn end_files(&mut self) {
        self.record(Hash::BOOKEND, [0; 4]);
        self.xorbs_start = self.out.len();
    }

    /// Writes a xorb; with a key, the chunks' names are hidden and none is flagged.
    pub(crate) fn xorb(&mut self, hash: Hash, table: &ChunkTable, key: Option<&Hash>) {
        let index = self.record_index(self.xorbs_start);
        self.xorb_lookup.push((hash.words()[0], index));
        self.stored += table.total_unpacked();
        self.stored_on_disk += table.body_len();
        self.record(hash, [0, table.len(), table.total_unpacked() as u32, table.body_len() as u32]);
        let mut start = 0;
        for (place, (chunk, len)) in (0u32..).zip(table.chunks()) {
            let (name, flags) = match key {
                Some(key) => (chunk.hmac(key), 0),
                None if chunk.is_dedup_eligible() => (chunk, GLOBAL_DEDUP),
                None => (chunk, 0),
            };
            self.chunk_lookup.push((name.words()[0], index, place));
            self.record(name, [start, len, flags, 0]);
            start += len;
        }
    }

    pub(crate) fn end_xorbs(&mut self) {
        self.record(Hash::BOOKEND, [0; 4]);
        self.tables_start = self.out.len();
    }

    /// Writes lookup tables and footer. Clients search the tables by the first eight bytes of a name.
    pub(crate) fn finish(mut self, footer: &Footer) -> Vec<u8> {
        for (name, index) in &self.file_lookup {
            extend(&mut self.out, *name, &[*index]);
        }
        let xorb_lookup = self.out.len();
        for (name, index) in &self.xorb_lookup {
            extend(&mut self.out, *name, &[*index]);
        }
        let chunk_lookup = self.out.len();
        self.chunk_lookup.sort_unstable();
        for (name, index, place) in &self.chunk_lookup {
            extend(&mut self.out, *name, &[*index, *place]);
        }
        let footer_start = self.out.len() as u64;
        let mut long = |number: u64| self.out.extend_from_slice(&number.to_le_bytes());
        long(FOOTER_VERSION);
        long(RECORD_LEN as u64);
        long(self.xorbs_start as u64);
        long(self.tables_start as u64);
        long(self.file_lookup.len() as u64);
        long(xorb_lookup as u64);
        long(self.xorb_lookup.len() as u64);
        long(chunk_lookup as u64);
        long(self.chunk_lookup.len() as u64);
        footer.key.unwrap_or(Hash::ZERO).words().into_iter().for_each(&mut long);
        long(footer.created);
        long(footer.expires);
        [0; 6].into_iter().for_each(&mut long);
        long(self.stored_on_disk);
        long(self.materialized);
        long(self.stored);
        long(footer_start);
        self.out
    }

    /// Returns the number of records between the start of a section and here.
    fn record_index(&self, section_start: usize) -> u32 {
        ((self.out.len() - section_start) / RECORD_LEN) as u32
    }

    fn record(&mut self, hash: Hash, numbers: [u32; 4]) {
        self.out.extend_from_slice(hash.as_bytes());
        for number in numbers {
            self.out.extend_from_slice(&number.to_le_bytes());
        }
    }
}

fn extend(out: &mut Vec<u8>, name: u64, numbers: &[u32]) {
    out.extend_from_slice(&name.to_le_bytes());
    for number in numbers {
        out.extend_from_slice(&number.to_le_bytes());
    }
}
