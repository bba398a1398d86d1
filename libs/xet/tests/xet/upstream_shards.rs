//! Shards beside the stock implementation, `xet-core-structures` 1.8.0, in both directions.

use std::io::Cursor;

use limpide_xet::{DedupAnswer, DedupError, Hash, Shard, ShardBuilder, ShardFile, chunk_hash};
use xet_core_structures::merklehash::MerkleHash;
use xet_core_structures::metadata_shard::file_structs::{
    FileDataSequenceEntry, FileDataSequenceHeader, FileMetadataExt, FileVerificationEntry, MDBFileInfo,
};
use xet_core_structures::metadata_shard::shard_in_memory::MDBInMemoryShard;
use xet_core_structures::metadata_shard::streaming_shard::MDBMinimalShard;
use xet_core_structures::metadata_shard::xorb_structs::{
    MDBXorbInfo, XorbChunkSequenceEntry, XorbChunkSequenceHeader,
};
use xet_core_structures::metadata_shard::{MDBShardFile, MDBShardInfo, new_shard_file_cache};

use crate::support::{Store, noise};
use crate::upstream_xorbs::{ours, theirs};

/// The file as the stock client describes it.
fn their_file(file: &ShardFile) -> MDBFileInfo {
    let terms = file.terms.iter();
    MDBFileInfo {
        metadata: FileDataSequenceHeader::new(
            theirs(file.hash),
            file.terms.len(),
            file.verification.is_some(),
            file.sha256.is_some(),
        ),
        segments: terms
            .map(|term| FileDataSequenceEntry::new(theirs(term.xorb), term.unpacked, term.start, term.end))
            .collect(),
        verification: file
            .verification
            .iter()
            .flatten()
            .map(|hash| FileVerificationEntry::new(theirs(*hash)))
            .collect(),
        metadata_ext: file.sha256.map(|sha256| FileMetadataExt::new(MerkleHash::from_be_bytes(sha256))),
    }
}

fn their_xorb(store: &Store, hash: Hash) -> MDBXorbInfo {
    let table = &store.tables[&hash];
    let mut start = 0;
    let chunks = table.chunks().map(|(chunk, len)| {
        let entry = XorbChunkSequenceEntry::new(theirs(chunk), len, start);
        start += len;
        entry
    });
    MDBXorbInfo {
        chunks: chunks.collect(),
        metadata: XorbChunkSequenceHeader::new(theirs(hash), table.len(), table.total_unpacked() as u32),
    }
}

fn files(store: &Store, [a, b, c]: [Hash; 3]) -> Vec<ShardFile> {
    let mut files = vec![
        store.file(&[(a, 0, 4)]),
        store.file(&[(a, 1, 3), (b, 0, 4), (c, 2, 3)]),
        store.file(&[(c, 0, 1), (c, 1, 4)]),
        store.file(&[]),
    ];
    files[0].sha256 = None;
    files[2].verification = None;
    files.sort_by_key(|file| file.hash);
    files
}

#[test]
fn stock_shards_are_read_with_and_without_footer() {
    let (store, names) = Store::small();
    let files = files(&store, names);
    let mut stock = MDBInMemoryShard::default();
    for file in &files {
        stock.add_file_reconstruction_info(their_file(file)).unwrap();
    }
    for name in names {
        stock.add_xorb_block(their_xorb(&store, name)).unwrap();
    }
    let mut with_footer = Vec::new();
    let info = MDBShardInfo::serialize_from(&mut with_footer, &stock, None).unwrap();
    // As clients do before they upload.
    let mut upload = with_footer[..info.metadata.file_lookup_offset as usize].to_vec();
    upload[40..48].fill(0);

    for bytes in [with_footer, upload] {
        let shard = Shard::parse(bytes.into()).unwrap();
        assert_eq!(shard.files().collect::<Vec<_>>(), files);
        assert_eq!(shard.xorbs().len(), 3);
        for section in shard.xorbs() {
            limpide_xet::check_xorb_section(&section, &store.tables[&section.hash]).unwrap();
        }
    }
}

#[test]
fn our_shards_are_read_by_the_stock_client() {
    let (store, names) = Store::small();
    let files = files(&store, names);
    let mut builder = ShardBuilder::new();
    for file in &files {
        builder.file(file.clone()).unwrap();
    }
    for name in names {
        builder.xorb(name, store.tables[&name].clone());
    }
    let bytes = builder.to_bytes();
    let mut reader = Cursor::new(&bytes);
    let info = MDBShardInfo::load_from_reader(&mut reader).unwrap();
    assert_eq!(info.num_bytes(), bytes.len() as u64);
    let expected: Vec<MDBFileInfo> = files.iter().map(their_file).collect();
    assert_eq!(info.read_all_file_info_sections(&mut reader).unwrap(), expected);
    for (file, expected) in files.iter().zip(&expected) {
        let found = info.get_file_reconstruction_info(&mut reader, &theirs(file.hash)).unwrap();
        assert_eq!(found.as_ref(), Some(expected));
    }
    for name in names {
        let table = &store.tables[&name];
        let query: Vec<MerkleHash> = table.hashes(1..3).unwrap().map(theirs).collect();
        let (count, term) = info.chunk_hash_dedup_query(&mut reader, &query).unwrap().unwrap();
        assert_eq!((count, ours(term.xorb_hash)), (2, name));
        assert_eq!((term.chunk_index_start, term.chunk_index_end), (1, 3));
    }
    let minimal = MDBMinimalShard::from_reader(&mut Cursor::new(builder.to_upload()), true, true).unwrap();
    assert_eq!((minimal.num_files(), minimal.num_xorb()), (4, 3));
}

#[test]
fn eligible_chunks_are_flagged_and_read_back() {
    // Find a chunk whose hash is a multiple of 1,024.
    let eligible =
        (0u64..).map(|seed| noise(seed, 30)).find(|data| chunk_hash(data).is_dedup_eligible()).unwrap();
    let mut store = Store::default();
    let name = store.xorb(&[b"first".to_vec(), eligible]);
    let mut builder = ShardBuilder::new();
    builder.xorb(name, store.tables[&name].clone());
    let shard = Shard::parse(builder.to_upload().into()).unwrap();
    let flags: Vec<bool> =
        shard.xorbs().next().unwrap().chunks.iter().map(|chunk| chunk.global_dedup).collect();
    assert_eq!(flags, [false, true]);
}

#[test]
fn dedup_answers_are_loaded_by_the_stock_client_and_hit() {
    let (store, names) = Store::small();
    let key = chunk_hash(b"the key of the day");
    let now = now();
    let answer = DedupAnswer::new(key, now, now + 3600).unwrap();
    let bytes = answer.write(names.iter().map(|name| (*name, &store.tables[name])));

    // Through the client's own cache directory, where an expired answer would not be loaded.
    let directory = tempfile::tempdir().unwrap();
    let cache = new_shard_file_cache();
    MDBShardFile::write_out_from_reader(directory.path(), &mut Cursor::new(&bytes), &cache).unwrap();
    let loaded =
        MDBShardFile::load_managed_directory(directory.path(), false, false, true, 0, &cache).unwrap();
    let [shard] = loaded.as_slice() else { panic!("one shard was due, not {}", loaded.len()) };
    shard.verify_shard_integrity();
    assert_eq!(shard.shard.chunk_hmac_key(), Some(theirs(key)));
    assert_eq!(shard.shard.metadata.shard_creation_timestamp, now);
    assert_eq!(shard.shard.metadata.shard_key_expiry, now + 3600);
    assert_eq!(shard.shard.num_file_entries(), 0);

    for name in names {
        let table = &store.tables[&name];
        for start in 0..table.len() {
            let query: Vec<MerkleHash> = table.hashes(start..table.len()).unwrap().map(theirs).collect();
            let (count, term) = shard.chunk_hash_dedup_query(&query).unwrap().unwrap();
            assert_eq!(count, query.len());
            assert_eq!(ours(term.xorb_hash), name);
            assert_eq!((term.chunk_index_start, term.chunk_index_end), (start, table.len()));
            assert_eq!(
                u64::from(term.unpacked_segment_bytes),
                table.unpacked_len(start..table.len()).unwrap()
            );
        }
    }
    assert!(shard.chunk_hash_dedup_query(&[theirs(chunk_hash(b"unknown"))]).unwrap().is_none());
}

#[test]
fn a_dedup_answer_shows_no_chunk_hash() {
    let (store, names) = Store::small();
    let answer = DedupAnswer::new(chunk_hash(b"key"), 1, 2).unwrap();
    let bytes = answer.write(names.iter().map(|name| (*name, &store.tables[name])));
    for (hash, _) in store.tables.values().flat_map(limpide_xet::ChunkTable::chunks) {
        assert!(!bytes.windows(8).any(|window| window == &hash.as_bytes()[..8]));
    }
    assert!(Shard::parse(bytes.into()).is_err(), "a keyed shard is no upload");
}

#[test]
fn a_dedup_answer_that_clients_would_misread_is_not_written() {
    assert_eq!(DedupAnswer::new(Hash::ZERO, 1, 2).unwrap_err(), DedupError::ZeroKey);
    let error = DedupAnswer::new(chunk_hash(b"key"), 2, 2).unwrap_err();
    assert_eq!(error, DedupError::Expired { created: 2, expires: 2 });
}

#[allow(clippy::disallowed_methods, reason = "the stock client compares expiry with the real clock")]
fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}
