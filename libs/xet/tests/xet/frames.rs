//! LZ4 frames: everything that encoders write is understood, nothing is accepted that stock clients read otherwise.

use std::io::{Read as _, Write as _};

use limpide_xet::{ChunkError, ChunkHeader, MAX_CHUNK_LEN, decode_chunk};
use lz4_flex::frame::{BlockMode, BlockSize, FrameDecoder, FrameEncoder, FrameInfo};
use proptest::prelude::*;

use crate::support::{floats, lz4_frame, noise, raw_chunk, words};

/// Decodes a frame as the payload of a chunk of `len` bytes.
fn decode(frame: &[u8], len: usize) -> Result<Vec<u8>, ChunkError> {
    let chunk = raw_chunk(1, frame, len);
    let header = ChunkHeader::parse(*chunk.first_chunk().unwrap())?;
    let mut out = vec![0; MAX_CHUNK_LEN];
    decode_chunk(&header, frame, &mut out).map(<[u8]>::to_vec)
}

fn expectation(frame: &[u8], len: usize) -> &'static str {
    match decode(frame, len) {
        Err(ChunkError::Frame(error)) => error.expected,
        other => panic!("a frame error was due, not {other:?}"),
    }
}

fn encode(info: FrameInfo, data: &[u8]) -> Vec<u8> {
    let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
    // In pieces, so that several blocks may come out.
    for piece in data.chunks(50_000) {
        encoder.write_all(piece).unwrap();
    }
    encoder.finish().unwrap()
}

fn any_info() -> impl Strategy<Value = FrameInfo> {
    let sizes = prop::sample::select(vec![
        BlockSize::Max64KB,
        BlockSize::Max256KB,
        BlockSize::Max1MB,
        BlockSize::Max4MB,
    ]);
    (sizes, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(|(size, linked, blocks, content)| {
        FrameInfo::new()
            .block_size(size)
            .block_mode(if linked { BlockMode::Linked } else { BlockMode::Independent })
            .block_checksums(blocks)
            .content_checksum(content)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn frames_of_every_make_are_decoded(info in any_info(), announce: bool, kind in 0..3, seed: u64, len in 1..=MAX_CHUNK_LEN) {
        let data = match kind { 0 => noise(seed, len), 1 => words(seed, len), _ => floats(seed, len) };
        let info = info.content_size(announce.then_some(len as u64));
        prop_assert_eq!(decode(&encode(info, &data), len).unwrap(), data);
    }

    #[test]
    fn a_damaged_frame_is_never_read_otherwise_than_by_stock_clients(
        info in any_info(), seed: u64, len in 1usize..3000, at: prop::sample::Index, flip in 1u8..,
    ) {
        let mut frame = encode(info, &words(seed, len));
        let at = at.index(frame.len());
        frame[at] ^= flip;
        if let Ok(ours) = decode(&frame, len) {
            let mut theirs = Vec::new();
            FrameDecoder::new(&frame[..]).read_to_end(&mut theirs).unwrap();
            prop_assert_eq!(ours, theirs);
        }
    }

    #[test]
    fn arbitrary_bytes_do_no_harm(mut bytes in prop::collection::vec(any::<u8>(), 1..200), len in 1..=MAX_CHUNK_LEN, magic: bool) {
        if magic && bytes.len() > 7 {
            bytes[..7].copy_from_slice(&lz4_frame(b"x")[..7]);
        }
        let _ = decode(&bytes, len);
    }
}

#[test]
fn a_linked_block_may_refer_to_the_one_before() {
    let data = noise(1, 60_000).repeat(2);
    let info = FrameInfo::new().block_size(BlockSize::Max64KB).block_mode(BlockMode::Linked);
    let frame = encode(info, &data);
    assert!(frame.len() < 70_000);
    assert_eq!(decode(&frame, data.len()).unwrap(), data);
}

#[test]
fn a_frame_without_its_end_mark_is_refused() {
    let frame = lz4_frame(b"no end");
    assert_eq!(expectation(&frame[..frame.len() - 4], 6), "more bytes before the end of the chunk");
}

#[test]
fn bytes_after_the_frame_are_refused() {
    let mut frame = lz4_frame(b"and more");
    frame.push(0);
    assert_eq!(expectation(&frame, 8), "the end of the chunk after the frame");
}

#[test]
fn an_empty_block_is_refused_because_stock_clients_stop_there() {
    let mut frame = lz4_frame(b"");
    let end_mark = frame.len() - 4;
    frame.splice(end_mark..end_mark, 0x8000_0000u32.to_le_bytes());
    assert_eq!(expectation(&frame, 1), "a block that is not empty");
    let mut theirs = Vec::new();
    FrameDecoder::new(&frame[..]).read_to_end(&mut theirs).unwrap();
    assert!(theirs.is_empty());
}

#[test]
fn a_false_content_length_is_refused() {
    let info = FrameInfo::new().content_size(Some(5));
    let mut frame = encode(info, b"hello");
    assert_eq!(decode(&frame, 5).unwrap(), b"hello");
    frame[6] = 4;
    assert_eq!(expectation(&frame, 5), "the checksum of the frame's descriptor");
}

#[test]
fn false_checksums_are_refused() {
    let mut frame = encode(FrameInfo::new().content_checksum(true), b"hello");
    *frame.last_mut().unwrap() ^= 1;
    assert_eq!(expectation(&frame, 5), "the checksum of the content");
    let mut frame = encode(FrameInfo::new().block_checksums(true), b"hello");
    let checksum = frame.len() - 5;
    frame[checksum] ^= 1;
    assert_eq!(expectation(&frame, 5), "the checksum of the block");
}

#[test]
fn dictionaries_and_other_kinds_of_frames_are_refused() {
    let mut frame = lz4_frame(b"hello");
    frame[4] |= 1;
    assert_eq!(expectation(&frame, 5), "no dictionary");
    for magic in [0x184C_2102u32, 0x184D_2A50] {
        frame[..4].copy_from_slice(&magic.to_le_bytes());
        assert_eq!(expectation(&frame, 5), "the magic number 0x184D2204");
    }
}

#[test]
fn a_block_longer_than_its_frame_allows_is_refused() {
    let mut frame = encode(FrameInfo::new().block_size(BlockSize::Max64KB), b"hello");
    frame[7..11].copy_from_slice(&(65_537u32 | 1 << 31).to_le_bytes());
    assert_eq!(expectation(&frame, 5), "a block no longer than the frame's block size");
}
