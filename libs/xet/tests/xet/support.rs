//! What the tests share: content of several kinds, hand-made chunks, and a small store of xorbs.

use std::collections::HashMap;

use limpide_xet::{
    ChunkTable, FileHasher, Hash, ShardFile, Term, XorbBuilder, XorbError, XorbValidator, chunk_hash,
    term_hash,
};

/// SplitMix64, as the stock chunker's own tests use it: the vectors taken from there depend on it.
pub(crate) fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed;
    let mut bytes = Vec::with_capacity(len + 8);
    while bytes.len() < len {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = state;
        word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bytes.extend_from_slice(&(word ^ (word >> 31)).to_le_bytes());
    }
    bytes.truncate(len);
    bytes
}

/// Text that LZ4 packs well.
pub(crate) fn words(seed: u64, len: usize) -> Vec<u8> {
    const WORDS: [&str; 8] = ["chunk ", "xorb ", "shard ", "hash ", "term ", "file ", "range\n", "table "];
    let choices = noise(seed, len);
    let text: String =
        choices.iter().map(|choice| WORDS[usize::from(choice % 8)]).take(len / 4 + 1).collect();
    text.into_bytes()[..len].to_vec()
}

/// Numbers whose exponents are alike: byte grouping packs them, plain LZ4 does not.
pub(crate) fn floats(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = noise(seed, len);
    for four in bytes.chunks_exact_mut(4) {
        four[3] = 0x3F;
        four[2] &= 0x07;
    }
    bytes
}

/// A chunk with the header one wishes for.
pub(crate) fn raw_chunk(scheme: u8, payload: &[u8], unpacked_len: usize) -> Vec<u8> {
    let mut chunk = vec![0];
    chunk.extend_from_slice(&(payload.len() as u32).to_le_bytes()[..3]);
    chunk.push(scheme);
    chunk.extend_from_slice(&(unpacked_len as u32).to_le_bytes()[..3]);
    chunk.extend_from_slice(payload);
    chunk
}

pub(crate) fn stored_chunk(data: &[u8]) -> Vec<u8> {
    raw_chunk(0, data, data.len())
}

pub(crate) fn lz4_frame(data: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn validate(body: &[u8], expected: Hash) -> Result<ChunkTable, XorbError> {
    validate_slices(&[body], expected)
}

pub(crate) fn validate_slices(slices: &[&[u8]], expected: Hash) -> Result<ChunkTable, XorbError> {
    let mut validator = XorbValidator::new();
    for slice in slices {
        validator.push(slice)?;
    }
    validator.finish(expected)
}

/// Cuts `data` at the given places.
pub(crate) fn slices<'a>(data: &'a [u8], cuts: &[usize]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (data.len() + 1)).collect();
    cuts.sort_unstable();
    let mut from = 0;
    let mut slices: Vec<&[u8]> = Vec::new();
    for cut in cuts {
        slices.push(&data[from..cut]);
        from = cut;
    }
    slices.push(&data[from..]);
    slices
}

/// Stored xorbs, as the server would keep them.
#[derive(Default)]
pub(crate) struct Store {
    pub(crate) tables: HashMap<Hash, ChunkTable>,
    pub(crate) bodies: HashMap<Hash, Vec<u8>>,
    pub(crate) chunks: HashMap<Hash, Vec<Vec<u8>>>,
}

impl Store {
    pub(crate) fn xorb(&mut self, chunks: &[Vec<u8>]) -> Hash {
        let mut body = Vec::new();
        let mut builder = XorbBuilder::new();
        for chunk in chunks {
            builder.push(chunk, &mut body).unwrap();
        }
        let xorb = builder.finish().unwrap();
        self.tables.insert(xorb.hash, xorb.table);
        self.bodies.insert(xorb.hash, body);
        self.chunks.insert(xorb.hash, chunks.to_vec());
        xorb.hash
    }

    /// Three xorbs of four chunks each.
    pub(crate) fn small() -> (Store, [Hash; 3]) {
        let mut store = Store::default();
        let names = [10, 20, 30].map(|seed: u64| {
            let chunks: Vec<Vec<u8>> =
                (0..4).map(|chunk| words(seed + chunk, 50 + 10 * (seed + chunk) as usize)).collect();
            store.xorb(&chunks)
        });
        (store, names)
    }

    pub(crate) fn table(&self, hash: &Hash) -> Option<&ChunkTable> {
        self.tables.get(hash)
    }

    /// A true file over the given chunk ranges.
    pub(crate) fn file(&self, parts: &[(Hash, u32, u32)]) -> ShardFile {
        let mut hasher = FileHasher::new();
        let mut terms = Vec::new();
        let mut verification = Vec::new();
        for (xorb, start, end) in parts {
            let chunks = &self.chunks[xorb][*start as usize..*end as usize];
            let hashes: Vec<Hash> = chunks.iter().map(|chunk| chunk_hash(chunk)).collect();
            for (hash, chunk) in hashes.iter().zip(chunks) {
                hasher.push(*hash, chunk.len() as u64);
            }
            let unpacked = chunks.iter().map(Vec::len).sum::<usize>() as u32;
            terms.push(Term { xorb: *xorb, start: *start, end: *end, unpacked });
            verification.push(term_hash(&hashes));
        }
        let sha256 = Some([parts.len() as u8; 32]);
        ShardFile { hash: hasher.finish(), terms, verification: Some(verification), sha256 }
    }

    /// The bytes of a file over the given chunk ranges.
    pub(crate) fn content(&self, terms: &[Term]) -> Vec<u8> {
        terms
            .iter()
            .flat_map(|term| &self.chunks[&term.xorb][term.start as usize..term.end as usize])
            .flatten()
            .copied()
            .collect()
    }
}
