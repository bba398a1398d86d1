//! The Xet storage format: cut files into chunks, pack chunks into xorbs, describe files in shards,
//! and check every byte and number that a client sends before it is believed.
//!
//! Bytes in, facts out: nothing here touches the clock, the network, a disk or a database. Every parser
//! bounds its lengths before it allocates and names the byte at which it stopped.
//!
//! | to | use |
//! |---|---|
//! | cut a file into chunks | [`Chunker`], [`Splitter`] |
//! | name a chunk, xorb, file, range of chunks | [`chunk_hash`], [`xorb_hash`], [`FileHasher`], [`term_hash`] |
//! | accept an uploaded xorb | [`XorbValidator`] → [`ChunkTable`] |
//! | pack chunks on the server | [`XorbBuilder`] |
//! | read chunks back | [`ChunkReader`], [`ChunkDecoder`] |
//! | accept an uploaded shard | [`Shard::parse`], then [`check_file`] and [`check_xorb_section`] |
//! | keep a file's layout | [`Terms`] |
//! | write a shard | [`ShardBuilder`], [`DedupAnswer`] |
//! | answer a download | [`reconstruct`], [`plan_reads`] |
//!
//! The published specification is <https://huggingface.co/docs/xet>; where it is silent, the behaviour of the
//! `xet-core-structures` 1.8.0 crate decides, and the tests compare with it.

mod builder;
mod byte_groups;
mod check;
mod chunk;
mod chunker;
mod dedup;
mod frame;
mod hash;
mod merkle;
mod reader;
mod reconstruction;
mod shard;
mod shard_builder;
mod table;
mod terms;
mod validator;

pub use builder::{BuildError, BuiltXorb, XorbBuilder};
pub use check::{
    CheckError, CheckedFile, MAX_FILE_CHUNKS, check_file, check_file_within, check_xorb_section,
};
pub use chunk::{ChunkDecoder, ChunkError, ChunkHeader, Scheme, decode_chunk};
pub use chunker::{Chunker, Splitter};
pub use dedup::{DedupAnswer, DedupError};
pub use frame::FrameError;
pub use hash::{Hash, ParseHashError, chunk_hash, term_hash};
pub use merkle::{FileHasher, TreeHasher, file_hash, xorb_hash};
pub use reader::ChunkReader;
pub use reconstruction::{
    ByteRange, ChunkRange, FetchRange, Read, Reconstruction, ReconstructionError, ReconstructionTerm,
    XorbFetch, plan_reads, reconstruct,
};
pub use shard::{Shard, ShardError, ShardFile, XorbChunk, XorbSection};
pub use shard_builder::ShardBuilder;
pub use table::{ChunkTable, TableError};
pub use terms::{Term, Terms, TermsError};
pub use validator::{XorbError, XorbValidator};

/// The smallest chunk that a cut may make; only the last chunk of a file may be shorter.
///
/// `TARGET_CHUNK_SIZE / MINIMUM_CHUNK_DIVISOR` in `xet-core-structures`.
pub const MIN_CHUNK_LEN: usize = 8 * 1024;

/// The mean length that the chunker aims for: `TARGET_CHUNK_SIZE` in `xet-core-structures`.
pub const TARGET_CHUNK_LEN: usize = 64 * 1024;

/// The largest chunk, unpacked: `TARGET_CHUNK_SIZE * MAXIMUM_CHUNK_MULTIPLIER` in `xet-core-structures`.
pub const MAX_CHUNK_LEN: usize = 128 * 1024;

/// The largest packed form of one chunk, header not counted.
///
/// Stock clients refuse to read a header that announces more (`XorbChunkHeader::validate`).
pub const MAX_PACKED_CHUNK_LEN: usize = 2 * MAX_CHUNK_LEN;

/// The length of a chunk header: version, packed length, scheme, unpacked length.
pub const CHUNK_HEADER_LEN: usize = 8;

/// The most chunks in one xorb: `MAX_XORB_CHUNKS` in `xet-core-structures`.
pub const MAX_XORB_CHUNKS: u32 = 8 * 1024;

/// The most unpacked bytes in one xorb: `MAX_XORB_BYTES` in `xet-core-structures`.
pub const MAX_XORB_UNPACKED: u64 = 64 * 1024 * 1024;

/// The longest xorb body accepted: 64 MiB of data that does not compress, plus headers, plus some room.
pub const MAX_XORB_BODY: u64 = 66 * 1024 * 1024;

/// The longest shard accepted: `MDB_SHARD_TARGET_SIZE` in `xet-core-structures`.
pub const MAX_SHARD_LEN: usize = 64 * 1024 * 1024;
