//! Chunk boundaries must be those of the stock client, or nothing is ever found again.
//!
//! The vectors are facts taken from the tests of `deduplication/chunking.rs` in the `xet-data` crate 1.8.0, which
//! is too heavy to depend on here.

use limpide_xet::{Chunker, MAX_CHUNK_LEN, MIN_CHUNK_LEN};
use proptest::prelude::*;

use crate::support::noise;

fn boundaries(data: &[u8]) -> Vec<usize> {
    let mut chunker = Chunker::new();
    let mut ends = Vec::new();
    let mut at = 0;
    while let Some(end) = chunker.next_boundary(&data[at..]) {
        at += end;
        ends.push(at);
    }
    if chunker.finish() > 0 {
        ends.push(data.len());
    }
    ends
}

/// The rule, byte by byte.
fn boundaries_by_the_book(data: &[u8]) -> Vec<usize> {
    let mut ends = Vec::new();
    let (mut start, mut gear) = (0, 0u64);
    for (at, byte) in data.iter().enumerate() {
        let len = at + 1 - start;
        if len >= MIN_CHUNK_LEN - 64 {
            gear = (gear << 1).wrapping_add(gearhash::DEFAULT_TABLE[usize::from(*byte)]);
        }
        if len == MAX_CHUNK_LEN || (len >= MIN_CHUNK_LEN && gear >> 48 == 0) {
            ends.push(at + 1);
            (start, gear) = (at + 1, 0);
        }
    }
    if start < data.len() {
        ends.push(data.len());
    }
    ends
}

#[test]
fn a_megabyte_of_noise_is_cut_where_the_stock_client_cuts() {
    let data = noise(0, 1_000_000);
    assert_eq!([data[0], data[127], data[111_111]], [175, 132, 118]);
    let expected = [
        84_493, 134_421, 144_853, 243_318, 271_793, 336_457, 467_529, 494_581, 582_000, 596_735, 616_815,
        653_164, 678_202, 724_510, 815_591, 827_760, 958_832, 991_092, 1_000_000,
    ];
    assert_eq!(boundaries(&data), expected);
}

#[test]
fn a_megabyte_of_one_byte_is_cut_at_the_maximum() {
    let expected = [131_072, 262_144, 393_216, 524_288, 655_360, 786_432, 917_504, 1_000_000];
    assert_eq!(boundaries(&[59; 1_000_000]), expected);
}

#[test]
fn content_that_triggers_often_is_cut_as_the_stock_client_cuts_it() {
    // With padding 0, 1, 126 and 127 after a block that triggers once.
    let vectors = [
        (0, [8256, 16_448, 24_640, 32_832, 41_024, 49_216, 57_408, 65_536]),
        (1, [8320, 16_576, 24_832, 33_088, 41_344, 49_600, 57_856, 65_536]),
        (126, [8192, 16_574, 24_956, 33_338, 41_720, 50_102, 58_484, 65_536]),
        (127, [8224, 16_639, 25_054, 33_469, 41_884, 50_299, 58_714, 65_536]),
    ];
    for (padding, expected) in vectors {
        assert_eq!(boundaries(&triggering(65_536, padding)), expected, "padding {padding}");
    }
}

#[test]
fn every_padding_is_cut_by_the_book() {
    for padding in 0..128 {
        let data = triggering(65_536, padding);
        assert_eq!(boundaries(&data), boundaries_by_the_book(&data), "padding {padding}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_content_is_cut_by_the_book(seed: u64, len in 0usize..700_000, period in 1usize..300_000) {
        let pattern = noise(seed, period.min(len.max(1)));
        let data: Vec<u8> = pattern.iter().cycle().take(len).copied().collect();
        prop_assert_eq!(boundaries(&data), boundaries_by_the_book(&data));
    }
}

/// A block at whose end the gear hash triggers, padded and repeated.
fn triggering(len: usize, padding: usize) -> Vec<u8> {
    let mut block = vec![
        154, 52, 42, 34, 159, 75, 126, 224, 70, 236, 12, 196, 79, 236, 178, 124, 127, 50, 99, 178, 44, 176,
        174, 126, 250, 235, 205, 174, 252, 122, 35, 10, 20, 101, 214, 69, 193, 8, 115, 105, 158, 228, 120,
        111, 136, 162, 198, 251, 211, 183, 253, 252, 164, 147, 63, 16, 186, 162, 117, 23, 170, 36, 205, 187,
        174, 76, 210, 174, 211, 175, 12, 173, 145, 59, 2, 70, 222, 181, 159, 227, 182, 156, 189, 51, 226,
        106, 24, 50, 183, 157, 140, 10, 8, 23, 212, 70, 10, 234, 23, 33, 219, 254, 39, 236, 70, 49, 191, 116,
        9, 115, 15, 101, 26, 159, 165, 220, 15, 170, 56, 125, 92, 163, 94, 235, 38, 40, 49, 81,
    ];
    block.resize(block.len() + padding, 0);
    block.iter().cycle().take(len).copied().collect()
}
