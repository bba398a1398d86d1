//! What is written is read back; how bytes are sliced on the way makes no difference.

use bytes::Bytes;
use limpide_xet::{
    BuildError, ChunkReader, ChunkTable, FileHasher, Hash, MAX_CHUNK_LEN, MAX_XORB_CHUNKS, Shard,
    ShardBuilder, TableError, Term, Terms, TermsError, XorbBuilder, XorbError, XorbValidator, chunk_hash,
    file_hash, xorb_hash,
};
use proptest::prelude::*;

use crate::support::{Store, floats, noise, slices, stored_chunk, validate, validate_slices, words};

/// A chunk of noise, text or numbers.
fn any_chunk() -> impl Strategy<Value = Vec<u8>> {
    (0..3, any::<u64>(), prop_oneof![1usize..200, 1usize..=MAX_CHUNK_LEN]).prop_map(|(kind, seed, len)| {
        match kind {
            0 => noise(seed, len),
            1 => words(seed, len),
            _ => floats(seed, len),
        }
    })
}

fn build(chunks: &[Vec<u8>]) -> (limpide_xet::BuiltXorb, Vec<u8>) {
    let mut body = Vec::new();
    let mut builder = XorbBuilder::new();
    for chunk in chunks {
        builder.push(chunk, &mut body).unwrap();
    }
    assert_eq!(builder.body_len(), body.len() as u64);
    (builder.finish().unwrap(), body)
}

fn unpack(slices: &[&[u8]]) -> Result<Vec<u8>, XorbError> {
    let mut reader = ChunkReader::new();
    let mut unpacked = Vec::new();
    for slice in slices {
        reader.feed(Bytes::copy_from_slice(slice));
        while let Some(piece) = reader.next_piece()? {
            unpacked.extend_from_slice(&piece);
        }
    }
    reader.finish()?;
    Ok(unpacked)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_built_xorb_validates_and_reads_back(chunks in prop::collection::vec(any_chunk(), 1..20), cuts in prop::collection::vec(any::<usize>(), 0..40)) {
        let (xorb, body) = build(&chunks);
        prop_assert_eq!(&validate(&body, xorb.hash).unwrap(), &xorb.table);
        prop_assert_eq!(&validate_slices(&slices(&body, &cuts), xorb.hash).unwrap(), &xorb.table);
        prop_assert_eq!(xorb.table.xorb_hash(), xorb.hash);
        prop_assert_eq!(ChunkTable::parse(xorb.table.to_bytes()).unwrap(), xorb.table.clone());
        prop_assert_eq!(unpack(&slices(&body, &cuts)).unwrap(), chunks.concat());
        for (index, chunk) in (0..).zip(&chunks) {
            let bytes = xorb.table.physical(index..index + 1).unwrap();
            let alone = unpack(&[&body[bytes.start as usize..bytes.end as usize]]).unwrap();
            prop_assert_eq!(&alone, chunk);
            prop_assert_eq!(xorb.table.hash(index), Some(chunk_hash(chunk)));
        }
    }

    #[test]
    fn slicing_does_not_change_an_error(
        chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..50), 1..6),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        end in any::<prop::sample::Index>(),
        cuts in prop::collection::vec(any::<usize>(), 0..30),
    ) {
        let (xorb, mut body) = build(&chunks);
        for (at, byte) in damage {
            let at = at.index(body.len());
            body[at] = byte;
        }
        body.truncate(end.index(body.len() + 1));
        let whole = validate(&body, xorb.hash);
        prop_assert_eq!(&validate_slices(&slices(&body, &cuts), xorb.hash), &whole);
        let each: Vec<&[u8]> = body.chunks(1).collect();
        prop_assert_eq!(&validate_slices(&each, xorb.hash), &whole);
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        prop_assert!(validate(&bytes, Hash::ZERO).is_err());
        let _ = unpack(&[&bytes]);
        prop_assert!(ChunkTable::parse(bytes.clone().into()).is_err());
        prop_assert!(Shard::parse(bytes.clone().into()).is_err());
        let _ = Terms::parse(&bytes);
    }

    #[test]
    fn a_changed_byte_of_a_table_is_noticed(count in 1usize..50, at: prop::sample::Index, flip in 1u8..) {
        let chunks: Vec<Vec<u8>> = (0..count).map(|seed| noise(seed as u64, 20 + seed)).collect();
        let mut bytes = build(&chunks).0.table.to_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(ChunkTable::parse(bytes.into()).is_err());
    }

    #[test]
    fn terms_come_back_and_find_their_bytes(parts in prop::collection::vec((0u32..8000, 1u32..100, 1u32..1000), 0..30), start in 0u64..20_000, len in 0u64..3000) {
        let terms: Vec<Term> = parts.iter().map(|(start, count, unpacked)| Term {
            xorb: chunk_hash(&start.to_le_bytes()), start: *start, end: start + count, unpacked: *unpacked,
        }).collect();
        let terms = Terms::new(terms).unwrap();
        prop_assert_eq!(&Terms::parse(&terms.encode()).unwrap(), &terms);
        prop_assert_eq!(terms.encode().len(), 44 * parts.len());

        let mut at = 0;
        let mut expected = Vec::new();
        for term in terms.as_slice() {
            let end = at + u64::from(term.unpacked);
            if at < start + len && start < end {
                expected.push((at, term));
            }
            at = end;
        }
        if len > 0 {
            prop_assert_eq!(terms.overlapping(start..start + len).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn shards_come_back(picks in prop::collection::vec((0usize..3, 0u32..4, 1u32..4), 0..12), per_file in 1usize..4, footer: bool) {
        let (store, names) = Store::small();
        let parts: Vec<(Hash, u32, u32)> =
            picks.iter().map(|(xorb, start, count)| (names[*xorb], *start, (start + count).min(4))).collect();
        let mut builder = ShardBuilder::new();
        let mut files = Vec::new();
        for parts in parts.chunks(per_file) {
            let file = store.file(parts);
            builder.file(file.clone()).unwrap();
            files.push(file);
        }
        for name in names {
            builder.xorb(name, store.tables[&name].clone());
        }
        let bytes = if footer { builder.to_bytes() } else { builder.to_upload() };
        let shard = Shard::parse(bytes.into()).unwrap();
        files.sort_by_key(|file| file.hash);
        files.dedup_by_key(|file| file.hash);
        for (read, written) in shard.files().zip(&files) {
            prop_assert_eq!(read.hash, written.hash);
        }
        prop_assert_eq!(shard.files().len(), files.len());
        for section in shard.xorbs() {
            limpide_xet::check_xorb_section(&section, &store.tables[&section.hash]).unwrap();
        }
    }
}

#[test]
fn equal_files_make_equal_shards_in_any_order() {
    let (store, [a, b, c]) = Store::small();
    let files = [store.file(&[(a, 0, 1)]), store.file(&[(b, 0, 4), (c, 1, 2)]), store.file(&[(c, 0, 4)])];
    let mut there = ShardBuilder::new();
    let mut back = ShardBuilder::new();
    for (first, second) in files.iter().zip(files.iter().rev()) {
        there.file(first.clone()).unwrap();
        back.file(second.clone()).unwrap();
    }
    assert_eq!(there.to_bytes(), back.to_bytes());
    let shard = Shard::parse(there.to_bytes().into()).unwrap();
    assert_eq!(shard.files().collect::<Vec<_>>(), {
        let mut sorted = files.to_vec();
        sorted.sort_by_key(|file| file.hash);
        sorted
    });
}

#[test]
fn each_content_is_packed_its_way() {
    for (content, scheme) in [(noise(1, 60_000), 0), (words(1, 60_000), 1), (floats(1, 60_000), 2)] {
        let (_, body) = build(&[content]);
        assert_eq!(body[4], scheme);
    }
}

#[test]
fn a_misled_choice_stores_the_chunk_and_looks_again() {
    let chunks = [words(1, 60_000), noise(2, 60_000), words(3, 60_000)];
    let (xorb, body) = build(&chunks);
    let scheme = |index: u32| body[xorb.table.physical(index..index + 1).unwrap().start as usize + 4];
    assert_eq!([scheme(0), scheme(1), scheme(2)], [1, 0, 1]);
}

#[test]
fn a_builder_is_full_at_its_limits_and_starts_anew() {
    let mut builder = XorbBuilder::new();
    let mut body = Vec::new();
    assert!(builder.finish().is_none());
    for _ in 0..512 {
        builder.push(&[0; MAX_CHUNK_LEN], &mut body).unwrap();
    }
    assert!(!builder.has_room(1));
    assert_eq!(builder.push(b"x", &mut body), Err(BuildError::Full));
    assert_eq!(builder.finish().unwrap().table.total_unpacked(), 64 << 20);

    for _ in 0..MAX_XORB_CHUNKS {
        builder.push(b"x", &mut body).unwrap();
    }
    assert_eq!(builder.push(b"x", &mut body), Err(BuildError::Full));
    let xorb = builder.finish().unwrap();
    assert_eq!(xorb.hash, xorb_hash(&vec![(chunk_hash(b"x"), 1); 8192]));
    assert_eq!(builder.push(b"", &mut body), Err(BuildError::ChunkLen { len: 0 }));
    assert_eq!(builder.push(&[0; MAX_CHUNK_LEN + 1], &mut body), Err(BuildError::ChunkLen { len: 131_073 }));
}

#[test]
fn a_table_answers_only_for_chunks_it_has() {
    let table = build(&[b"one".to_vec(), b"three".to_vec()]).0.table;
    assert_eq!(table.len(), 2);
    assert_eq!(table.physical(0..2), Some(0..24));
    assert_eq!(table.unpacked(1..2), Some(3..8));
    assert_eq!(table.unpacked_len(0..2), Some(8));
    assert_eq!(table.physical(2..2), Some(24..24));
    for range in [0..3, 3..3, 0..u32::MAX, u32::MAX..u32::MAX] {
        assert_eq!(table.physical(range.clone()), None);
        assert_eq!(table.unpacked(range.clone()), None);
        assert_eq!(table.term_hash(range.clone()), None);
        assert!(table.hashes(range).is_none());
    }
    #[allow(clippy::reversed_empty_ranges, reason = "a backward range is the case")]
    let backward = 2..1;
    assert_eq!((table.unpacked(backward.clone()), table.term_hash(backward)), (None, None));
    assert_eq!(
        (table.hash(1), table.hash(2), table.hash(u32::MAX)),
        (Some(chunk_hash(b"three")), None, None)
    );
    assert_eq!((0..9).map(|offset| table.chunk_at(offset)).collect::<Vec<_>>(), {
        let (first, second) = (Some(0), Some(1));
        [first, first, first, second, second, second, second, second, None]
    });
}

#[test]
fn a_table_with_an_impossible_end_is_refused_though_its_checksum_is_right() {
    let mut bytes = build(&[b"one".to_vec(), b"three".to_vec()]).0.table.to_bytes().to_vec();
    let signed = bytes.len() - 32;
    // The unpacked ends are the last eight bytes before the checksum: make the second chunk end before the first.
    bytes[signed - 4..signed].copy_from_slice(&2u32.to_le_bytes());
    let checksum = blake3_of(&bytes[..signed]);
    bytes[signed..].copy_from_slice(&checksum);
    assert_eq!(ChunkTable::parse(bytes.into()), Err(TableError::End { chunk: 1 }));
}

fn blake3_of(bytes: &[u8]) -> [u8; 32] {
    *blake3::hash(bytes).as_bytes()
}

#[test]
fn terms_that_make_no_sense_are_refused() {
    let term = |start, end, unpacked| vec![Term { xorb: Hash::ZERO, start, end, unpacked }];
    assert_eq!(Terms::new(term(2, 2, 1)), Err(TermsError::Chunks { index: 0, start: 2, end: 2 }));
    assert_eq!(Terms::new(term(0, 8193, 1)), Err(TermsError::Chunks { index: 0, start: 0, end: 8193 }));
    assert_eq!(Terms::new(term(0, 1, 0)), Err(TermsError::Unpacked { index: 0, unpacked: 0 }));
    assert_eq!(Terms::new(term(0, 1, u32::MAX)), Err(TermsError::Unpacked { index: 0, unpacked: u32::MAX }));
    assert_eq!(Terms::parse(&[0; 45]), Err(TermsError::Len { len: 45 }));
}

#[test]
fn sums_beyond_32_bits_do_not_overflow() {
    // 4,000 terms of 64 MiB: 250 GiB in a file.
    let term = Term { xorb: Hash::ZERO, start: 0, end: 512, unpacked: 64 << 20 };
    let terms = Terms::new(vec![term; 4000]).unwrap();
    assert_eq!(terms.size(), 4000 << 26);
    let last = terms.overlapping(terms.size() - 1..terms.size()).next().unwrap();
    assert_eq!(last.0, 3999 << 26);
}

#[test]
fn the_checksum_of_the_body_is_the_one_that_s3_computes() {
    // The check value of CRC-64/NVME: the checksum of the digits one to nine.
    let mut validator = XorbValidator::new().with_checksum();
    let _ = validator.push(b"123456789");
    assert_eq!(validator.checksum(), Some(0xAE8B_1486_0A79_9888));
    let body = stored_chunk(b"hello");
    let mut sliced = XorbValidator::new().with_checksum();
    for byte in body.chunks(1) {
        sliced.push(byte).unwrap();
    }
    let mut whole = XorbValidator::new().with_checksum();
    whole.push(&body).unwrap();
    assert_eq!(sliced.checksum(), whole.checksum());
    assert_eq!(XorbValidator::new().checksum(), None);
}

#[test]
fn a_long_file_is_named_in_little_memory() {
    let hash = chunk_hash(b"again");
    let mut hasher = FileHasher::new();
    for len in 0..100_000 {
        hasher.push(hash, len);
    }
    assert_eq!(hasher.finish(), file_hash((0..100_000).map(|len| (hash, len))));
}
