//! Xorbs that lie, each in its own way.

use limpide_xet::{
    ChunkError, ChunkReader, Hash, MAX_CHUNK_LEN, MAX_XORB_BODY, MAX_XORB_CHUNKS, XorbError, XorbValidator,
    chunk_hash, xorb_hash,
};

use crate::support::{lz4_frame, noise, raw_chunk, stored_chunk, validate, words};

fn chunk_problem(result: Result<limpide_xet::ChunkTable, XorbError>) -> (u32, u64, ChunkError) {
    match result {
        Err(XorbError::Chunk { index, at, problem }) => (index, at, problem),
        other => panic!("a wrong chunk was due, not {other:?}"),
    }
}

#[test]
fn a_forged_hash_is_refused() {
    let expected = chunk_hash(b"something else");
    let result = validate(&stored_chunk(b"hello"), expected);
    assert_eq!(result, Err(XorbError::WrongHash { expected, found: chunk_hash(b"hello") }));
}

#[test]
fn a_false_length_of_a_stored_chunk_is_refused() {
    for announced in [4, 6] {
        let (_, _, problem) =
            chunk_problem(validate(&raw_chunk(0, b"hello", announced), chunk_hash(b"hello")));
        assert_eq!(problem, ChunkError::UnpacksTo { expected: announced as u32, found: 5 });
    }
}

#[test]
fn a_length_greater_than_what_unpacks_is_refused() {
    let data = words(1, 1000);
    for scheme in [1, 2] {
        // The hash would be right: only the header lies. The stock helper lets this pass.
        let (_, _, problem) =
            chunk_problem(validate(&raw_chunk(scheme, &lz4_frame(&data), 1001), chunk_hash(&data)));
        assert_eq!(problem, ChunkError::UnpacksTo { expected: 1001, found: 1000 });
    }
}

#[test]
fn a_length_smaller_than_what_unpacks_is_refused() {
    let data = words(1, 1000);
    for scheme in [1, 2] {
        let (_, _, problem) =
            chunk_problem(validate(&raw_chunk(scheme, &lz4_frame(&data), 999), chunk_hash(&data)));
        assert!(matches!(problem, ChunkError::Frame(_)), "{problem}");
    }
}

#[test]
fn a_bomb_of_forty_megabytes_is_stopped_at_its_announced_length() {
    let bomb = lz4_frame(&vec![0; 40_000_000]);
    assert!(bomb.len() < 200_000);
    for announced in [1, 1000, MAX_CHUNK_LEN] {
        let (_, _, problem) = chunk_problem(validate(&raw_chunk(1, &bomb, announced), Hash::ZERO));
        assert!(matches!(problem, ChunkError::Frame(_)), "{problem}");
    }
    let (_, _, problem) = chunk_problem(validate(&raw_chunk(1, &bomb, MAX_CHUNK_LEN + 1), Hash::ZERO));
    assert_eq!(problem, ChunkError::UnpackedLen { found: 131_073 });
}

#[test]
fn bytes_after_the_last_chunk_are_refused() {
    let mut body = stored_chunk(b"hello");
    body.extend_from_slice(&[0; 5]);
    let result = validate(&body, chunk_hash(b"hello"));
    assert_eq!(result, Err(XorbError::Truncated { index: 1, at: 13, missing: 3 }));
    body.extend_from_slice(&[0; 5]);
    let (index, at, problem) = chunk_problem(validate(&body, chunk_hash(b"hello")));
    assert_eq!((index, at, problem), (1, 13, ChunkError::UnpackedLen { found: 0 }));
}

#[test]
fn an_empty_body_is_refused_even_under_the_empty_hash() {
    assert_eq!(validate(&[], Hash::ZERO), Err(XorbError::Empty));
}

#[test]
fn one_chunk_too_many_is_refused() {
    let hash = chunk_hash(b"x");
    let full = stored_chunk(b"x").repeat(MAX_XORB_CHUNKS as usize);
    let name = xorb_hash(&vec![(hash, 1); MAX_XORB_CHUNKS as usize]);
    assert_eq!(validate(&full, name).unwrap().len(), MAX_XORB_CHUNKS);
    let more = [full, stored_chunk(b"x")].concat();
    assert_eq!(validate(&more, name), Err(XorbError::TooManyChunks { at: 9 * 8192 }));
}

#[test]
fn more_than_64_mebibytes_unpacked_are_refused() {
    let zeros = vec![0; MAX_CHUNK_LEN];
    let chunk = raw_chunk(1, &lz4_frame(&zeros), zeros.len());
    let full = chunk.repeat(512);
    let name = xorb_hash(&vec![(chunk_hash(&zeros), zeros.len() as u64); 512]);
    assert_eq!(validate(&full, name).unwrap().total_unpacked(), 64 << 20);
    let more = [full.as_slice(), &stored_chunk(b"x")].concat();
    assert_eq!(validate(&more, name), Err(XorbError::TooManyBytes { at: full.len() as u64 }));
}

#[test]
fn a_body_of_more_than_66_mebibytes_is_refused() {
    // A chunk that grows when packed: one frame block of five bytes for each byte.
    let data = noise(3, 8 * 1024);
    let mut frame = lz4_frame(b"")[..7].to_vec();
    for byte in &data {
        frame.extend_from_slice(&(1u32 | 1 << 31).to_le_bytes());
        frame.push(*byte);
    }
    frame.extend_from_slice(&[0; 4]);
    let chunk = raw_chunk(1, &frame, data.len());
    assert_eq!(validate(&chunk, chunk_hash(&data)).unwrap().total_unpacked(), 8192);
    let mut validator = XorbValidator::new();
    let last = loop {
        if let Err(error) = validator.push(&chunk) {
            break error;
        }
    };
    assert_eq!(last, XorbError::BodyTooLong);
    assert_eq!(validator.body_len(), MAX_XORB_BODY);
}

#[test]
fn scheme_99_and_unknown_schemes_are_refused() {
    for scheme in [3, 99, 255] {
        let (_, _, problem) = chunk_problem(validate(&raw_chunk(scheme, b"hello", 5), chunk_hash(b"hello")));
        assert_eq!(problem, ChunkError::Scheme { found: scheme });
    }
}

#[test]
fn version_1_is_refused() {
    let mut body = stored_chunk(b"hello");
    body[0] = 1;
    assert_eq!(chunk_problem(validate(&body, chunk_hash(b"hello"))).2, ChunkError::Version { found: 1 });
}

#[test]
fn empty_and_oversized_chunks_are_refused() {
    assert_eq!(
        chunk_problem(validate(&raw_chunk(0, b"", 0), Hash::ZERO)).2,
        ChunkError::UnpackedLen { found: 0 }
    );
    assert_eq!(
        chunk_problem(validate(&raw_chunk(1, b"", 5), Hash::ZERO)).2,
        ChunkError::PackedLen { found: 0 }
    );
    let long = raw_chunk(1, &vec![0; 2 * MAX_CHUNK_LEN + 1], 5);
    assert_eq!(chunk_problem(validate(&long, Hash::ZERO)).2, ChunkError::PackedLen { found: 262_145 });
}

#[test]
fn a_truncated_body_is_refused_wherever_it_ends() {
    let (first, second) = (words(1, 300), noise(2, 40));
    let body = [raw_chunk(1, &lz4_frame(&first), 300), stored_chunk(&second)].concat();
    let name = xorb_hash(&[(chunk_hash(&first), 300), (chunk_hash(&second), 40)]);
    assert!(validate(&body, name).is_ok());
    let boundary = body.len() - 48;
    for end in 1..body.len() {
        let result = validate(&body[..end], name);
        if end == boundary {
            assert!(matches!(result, Err(XorbError::WrongHash { .. })));
        } else {
            assert!(matches!(result, Err(XorbError::Truncated { missing: 1.., .. })), "{end}: {result:?}");
        }
    }
}

#[test]
fn a_footer_is_refused() {
    let mut body = stored_chunk(b"hello");
    body.extend_from_slice(b"XETBLOB\x01and so on");
    assert_eq!(chunk_problem(validate(&body, chunk_hash(b"hello"))), (1, 13, ChunkError::Footer));
}

#[test]
fn an_error_says_where_and_stays() {
    let mut validator = XorbValidator::new();
    validator.push(&stored_chunk(b"hello")).unwrap();
    let error = validator.push(&raw_chunk(7, b"hello", 5)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "chunk 1 at byte 13: compression scheme 7, expected 0 (none), 1 (LZ4) or 2 (byte groups and LZ4)"
    );
    assert_eq!(validator.push(b"").unwrap_err(), error);
    assert_eq!(validator.finish(chunk_hash(b"hello")).unwrap_err(), error);
}

#[test]
fn a_reader_says_where_stored_chunks_are_damaged() {
    let mut reader = ChunkReader::over([stored_chunk(b"hello"), raw_chunk(1, b"damaged", 9)].concat().into());
    assert_eq!(reader.next_piece().unwrap().unwrap(), "hello");
    let error = reader.next_piece().unwrap_err();
    assert_eq!(
        error.to_string(),
        "chunk 1 at byte 13: at byte 0 of the LZ4 frame: expected the magic number 0x184D2204"
    );
    let mut reader = ChunkReader::over(stored_chunk(b"hello")[..9].to_vec().into());
    assert_eq!(reader.next_piece().unwrap().unwrap(), "h");
    assert_eq!(reader.next_piece().unwrap(), None);
    assert_eq!(reader.finish(), Err(XorbError::Truncated { index: 0, at: 0, missing: 4 }));
}
