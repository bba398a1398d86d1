//! What a Xet client does before it sends: cut a file, pack its chunks into xorbs, describe it in a shard.

use limpide_xet::{
    ChunkTable, Chunker, Hash, ShardBuilder, ShardFile, Term, XorbBuilder, chunk_hash, file_hash, term_hash,
};
use sha2::Digest;

/// A xorb as a client would send it.
#[derive(Clone)]
pub struct Packed {
    /// Its name.
    pub hash: Hash,
    /// Its body.
    pub body: Vec<u8>,
    /// Its chunks.
    pub table: ChunkTable,
}

/// A file as a client would send it.
#[derive(Clone)]
pub struct Sent {
    /// The xorbs that hold its chunks.
    pub xorbs: Vec<Packed>,
    /// What a shard says about it.
    pub file: ShardFile,
    /// Its bytes.
    pub data: Vec<u8>,
}

/// Bytes that do not shrink and never repeat; the same for the same seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut data = Vec::with_capacity(length + 8);
    while data.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        data.extend_from_slice(&state.to_le_bytes());
    }
    data.truncate(length);
    data
}

/// Words that shrink well.
pub fn words(seed: u64, length: usize) -> Vec<u8> {
    let mut data: Vec<u8> =
        noise(seed, length).iter().map(|byte| b"aeinrst "[usize::from(byte & 7)]).collect();
    data.truncate(length);
    data
}

/// Cuts and packs a file; a new xorb starts after so many chunks.
pub fn pack(data: Vec<u8>, chunks_each: u32) -> Sent {
    let (mut xorbs, mut terms, mut proofs, mut all) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut builder, mut body) = (XorbBuilder::new(), Vec::new());
    let mut finish = |builder: &mut XorbBuilder, body: &mut Vec<u8>| {
        let Some(xorb) = builder.finish() else { return };
        let unpacked = xorb.table.total_unpacked() as u32;
        terms.push(Term { xorb: xorb.hash, start: 0, end: xorb.table.len(), unpacked });
        proofs.push(term_hash(&xorb.table.chunks().map(|(hash, _)| hash).collect::<Vec<_>>()));
        xorbs.push(Packed { hash: xorb.hash, body: std::mem::take(body), table: xorb.table });
    };
    for chunk in cut(&data) {
        builder.push(chunk, &mut body).expect("what clients send is well-formed");
        all.push((chunk_hash(chunk), chunk.len() as u64));
        if builder.len() == chunks_each {
            finish(&mut builder, &mut body);
        }
    }
    finish(&mut builder, &mut body);
    let sha256 = Some(sha2::Sha256::digest(&data).into());
    let file = ShardFile { hash: file_hash(all), terms, verification: Some(proofs), sha256 };
    Sent { xorbs, file, data }
}

/// The chunks of some bytes.
pub fn cut(data: &[u8]) -> Vec<&[u8]> {
    let (mut chunker, mut rest, mut chunks) = (Chunker::new(), data, Vec::new());
    while let Some(end) = chunker.next_boundary(rest) {
        let (chunk, after) = rest.split_at(end);
        chunks.push(chunk);
        rest = after;
    }
    if !rest.is_empty() {
        chunks.push(rest);
    }
    chunks
}

/// A shard of these files, as clients send it.
pub fn shard(files: &[&ShardFile]) -> Vec<u8> {
    let mut builder = ShardBuilder::new();
    for file in files {
        builder.file((*file).clone()).expect("what clients send is well-formed");
    }
    builder.to_upload()
}
