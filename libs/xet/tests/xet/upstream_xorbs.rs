//! Hashes and xorbs beside the stock implementation, `xet-core-structures` 1.8.0.

use std::io::Cursor;

use bytes::Bytes;
use limpide_xet::{Hash, XorbBuilder, chunk_hash, file_hash, term_hash, xorb_hash};
use proptest::prelude::*;
use xet_core_structures::merklehash::{self, MerkleHash, compute_data_hash};
use xet_core_structures::metadata_shard::chunk_verification::range_hash_from_chunks;
use xet_core_structures::metadata_shard::hash_is_global_dedup_eligible;
use xet_core_structures::xorb_object::{
    Chunk, RawXorbData, SerializedXorbObject, XorbObject, reconstruct_xorb_with_footer,
};

use crate::support::{floats, noise, validate, words};

pub(crate) fn theirs(hash: Hash) -> MerkleHash {
    MerkleHash::from(hash.as_bytes())
}

pub(crate) fn ours(hash: MerkleHash) -> Hash {
    Hash::from_bytes(hash.into())
}

proptest! {
    #[test]
    fn hashes_and_their_texts_agree(bytes: [u8; 32], key: [u8; 32], data in prop::collection::vec(any::<u8>(), 0..3000)) {
        let hash = Hash::from_bytes(bytes);
        prop_assert_eq!(hash.to_string(), theirs(hash).hex());
        prop_assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
        prop_assert_eq!(ours(MerkleHash::from_hex(&hash.to_string()).unwrap()), hash);
        prop_assert_eq!(Hash::from_sha256(bytes), ours(MerkleHash::from_be_bytes(bytes)));
        prop_assert_eq!(hash.hmac(&Hash::from_bytes(key)), ours(theirs(hash).hmac(MerkleHash::from(key))));
        prop_assert_eq!(hash.cmp(&Hash::from_bytes(key)), theirs(hash).cmp(&MerkleHash::from(key)));
        prop_assert_eq!(chunk_hash(&data), ours(compute_data_hash(&data)));
    }

    #[test]
    fn trees_agree(nodes in prop::collection::vec((any::<[u8; 32]>(), any::<u32>()), 0..400), cut in 0u8..3) {
        // Natural cuts everywhere, nowhere, and where they fall.
        let nodes: Vec<(Hash, u64)> = nodes.into_iter().map(|(mut hash, len)| {
            match cut { 0 => hash[24] &= !3, 1 => hash[24] |= 1, _ => {} }
            (Hash::from_bytes(hash), u64::from(len))
        }).collect();
        let their_nodes: Vec<(MerkleHash, u64)> = nodes.iter().map(|(hash, len)| (theirs(*hash), *len)).collect();
        prop_assert_eq!(xorb_hash(&nodes), ours(merklehash::xorb_hash(&their_nodes)));
        prop_assert_eq!(file_hash(nodes.iter().copied()), ours(merklehash::file_hash(&their_nodes)));
        let hashes: Vec<Hash> = nodes.iter().map(|(hash, _)| *hash).collect();
        let their_hashes: Vec<MerkleHash> = their_nodes.iter().map(|(hash, _)| *hash).collect();
        prop_assert_eq!(term_hash(&hashes), ours(range_hash_from_chunks(&their_hashes)));
    }

    #[test]
    fn eligible_chunks_agree(mut bytes: [u8; 32], clear: bool) {
        if clear {
            bytes[24] = 0;
            bytes[25] &= !3;
        }
        let hash = Hash::from_bytes(bytes);
        prop_assert_eq!(hash.is_dedup_eligible(), hash_is_global_dedup_eligible(&theirs(hash)));
        prop_assert!(!clear || hash.is_dedup_eligible());
    }
}

fn content(kind: u8, seed: u64, len: usize) -> Vec<u8> {
    match kind {
        0 => noise(seed, len),
        1 => words(seed, len),
        _ => floats(seed, len),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn stock_xorbs_of_every_scheme_validate_here(
        kinds in prop::collection::vec((0u8..3, any::<u64>(), 1usize..100_000), 1..8),
        scheme in prop::sample::select(vec!["none", "lz4", "bg4-lz4", "auto"]),
    ) {
        let chunks: Vec<Chunk> =
            kinds.iter().map(|(kind, seed, len)| Chunk::new(Bytes::from(content(*kind, *seed, *len)))).collect();
        let raw = RawXorbData::from_chunks(&chunks, vec![0]);
        let stock = SerializedXorbObject::from_xorb(raw, false, scheme, 2).unwrap();
        let table = validate(&stock.serialized_data, ours(stock.hash)).unwrap();
        prop_assert_eq!(table.total_unpacked(), stock.raw_num_bytes);

        let mut with_footer = Vec::new();
        let (object, _) = reconstruct_xorb_with_footer(&mut with_footer, &stock.serialized_data).unwrap();
        for index in 0..table.len() {
            let (start, end) = object.get_byte_offset(index, index + 1).unwrap();
            prop_assert_eq!(table.physical(index..index + 1), Some(u64::from(start)..u64::from(end)));
            prop_assert_eq!(table.unpacked_len(index..index + 1), Some(u64::from(object.uncompressed_chunk_length(index).unwrap())));
            prop_assert_eq!(table.hash(index), Some(ours(object.info.chunk_hashes[index as usize])));
        }
        let range = table.len() / 2..table.len();
        prop_assert_eq!(table.term_hash(range.clone()), Some(ours(object.generate_chunk_range_hash(range.start, range.end).unwrap())));
    }

    #[test]
    fn our_xorbs_read_in_the_stock_client(kinds in prop::collection::vec((0u8..3, any::<u64>(), 1usize..100_000), 1..8)) {
        let mut body = Vec::new();
        let mut builder = XorbBuilder::new();
        let mut whole = Vec::new();
        for (kind, seed, len) in kinds {
            let chunk = content(kind, seed, len);
            builder.start_file();
            builder.push(&chunk, &mut body).unwrap();
            whole.extend_from_slice(&chunk);
        }
        let xorb = builder.finish().unwrap();
        let mut with_footer = Vec::new();
        let (_, hash) = reconstruct_xorb_with_footer(&mut with_footer, &body).unwrap();
        prop_assert_eq!(ours(hash), xorb.hash);
        let mut reader = Cursor::new(&with_footer);
        prop_assert!(XorbObject::validate_xorb_object(&mut reader, &theirs(xorb.hash)).unwrap().is_some());
        let object = XorbObject::deserialize(&mut reader).unwrap();
        prop_assert_eq!(object.get_all_bytes(&mut reader).unwrap(), whole);
    }
}
