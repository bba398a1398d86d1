//! Ranges of files: what a client fetches after our answer must be the range it asked for.

use std::ops::Range;

use bytes::Bytes;
use limpide_xet::{ChunkReader, Hash, Reconstruction, ReconstructionError, Terms, plan_reads, reconstruct};
use proptest::prelude::*;

use crate::support::Store;

/// Does what the stock client does: fetches each run, finds each term within one run, joins, cuts.
fn rebuild(store: &Store, answer: &Reconstruction, wanted: usize) -> Vec<u8> {
    let mut joined = Vec::new();
    for term in &answer.terms {
        let fetch = answer.xorbs.iter().find(|xorb| xorb.hash == term.hash).unwrap();
        let mut holding = fetch
            .ranges
            .iter()
            .filter(|run| run.chunks.start <= term.range.start && term.range.end <= run.chunks.end);
        let run = holding.next().unwrap();
        assert!(holding.next().is_none());
        let bytes = &store.bodies[&term.hash][run.bytes.start as usize..=run.bytes.last as usize];
        let chunks = unpack(bytes);
        assert_eq!(chunks.len(), (run.chunks.end - run.chunks.start) as usize);
        let first = (term.range.start - run.chunks.start) as usize;
        let last = (term.range.end - run.chunks.start) as usize;
        let part = chunks[first..last].concat();
        assert_eq!(part.len() as u64, term.unpacked_length);
        joined.extend_from_slice(&part);
    }
    joined.drain(..answer.offset_into_first_range as usize);
    joined.truncate(wanted);
    joined
}

fn unpack(bytes: &[u8]) -> Vec<Bytes> {
    let mut reader = ChunkReader::over(Bytes::copy_from_slice(bytes));
    let mut chunks = Vec::new();
    while let Some(chunk) = reader.next_piece().unwrap() {
        chunks.push(chunk);
    }
    reader.finish().unwrap();
    chunks
}

fn read_plainly(store: &Store, terms: &Terms, range: Range<u64>) -> Vec<u8> {
    let mut content = Vec::new();
    for read in plan_reads(terms, Some(range), |hash| store.table(hash)).unwrap() {
        let bytes = &store.bodies[&read.xorb][read.physical.start as usize..read.physical.end as usize];
        let unpacked = unpack(bytes).concat();
        assert_eq!(unpacked.len() as u64, read.unpacked);
        content.extend_from_slice(&unpacked[read.skip as usize..(read.skip + read.take) as usize]);
    }
    content
}

fn file(store: &Store, picks: &[(usize, u32, u32)], names: [Hash; 3]) -> (Terms, Vec<u8>) {
    let parts: Vec<(Hash, u32, u32)> =
        picks.iter().map(|(xorb, start, count)| (names[*xorb], *start, (start + count).min(4))).collect();
    let file = store.file(&parts);
    let content = store.content(&file.terms);
    (Terms::new(file.terms).unwrap(), content)
}

proptest! {
    #[test]
    fn any_range_of_any_file_comes_back(
        picks in prop::collection::vec((0usize..3, 0u32..4, 1u32..4), 1..10), start: prop::sample::Index, len in 1usize..5000,
    ) {
        let (store, names) = Store::small();
        let (terms, content) = file(&store, &picks, names);
        let start = start.index(content.len());
        let end = (start + len).min(content.len());
        let range = start as u64..(start + len) as u64;
        let answer = reconstruct(&terms, Some(range.clone()), |hash| store.table(hash)).unwrap();
        prop_assert_eq!(rebuild(&store, &answer, end - start), &content[start..end]);
        prop_assert_eq!(read_plainly(&store, &terms, range.clone()), &content[start..end]);
        prop_assert_eq!(reconstruct(&terms, Some(range), |hash| store.table(hash)).unwrap(), answer);

        let whole = reconstruct(&terms, None, |hash| store.table(hash)).unwrap();
        prop_assert_eq!(rebuild(&store, &whole, content.len()), content);
        prop_assert_eq!(whole.terms.len(), terms.as_slice().len());
        for xorb in &whole.xorbs {
            // Runs that touch would have been one run.
            prop_assert!(xorb.ranges.windows(2).all(|pair| pair[0].chunks.end < pair[1].chunks.start));
        }
    }
}

#[test]
fn a_range_past_the_end_is_told_apart() {
    let (store, names) = Store::small();
    let (terms, content) = file(&store, &[(0, 0, 4)], names);
    let size = content.len() as u64;
    let ask = |range| reconstruct(&terms, Some(range), |hash| store.table(hash));
    assert_eq!(ask(size..size + 10), Err(ReconstructionError::PastEnd { start: size, size }));
    assert_eq!(ask(5..5), Err(ReconstructionError::EmptyRange { start: 5, end: 5 }));
    assert!(ask(size - 1..u64::MAX).is_ok());
}

#[test]
fn the_empty_file_is_empty_from_its_start() {
    let terms = Terms::default();
    let empty = Reconstruction { offset_into_first_range: 0, terms: vec![], xorbs: vec![] };
    assert_eq!(reconstruct(&terms, None, |_| None), Ok(empty.clone()));
    assert_eq!(reconstruct(&terms, Some(0..100), |_| None), Ok(empty));
    assert_eq!(
        reconstruct(&terms, Some(1..100), |_| None),
        Err(ReconstructionError::PastEnd { start: 1, size: 0 })
    );
}

#[test]
fn a_missing_or_unfitting_table_is_named() {
    let (store, names) = Store::small();
    let (terms, _) = file(&store, &[(0, 0, 4)], names);
    assert_eq!(reconstruct(&terms, None, |_| None), Err(ReconstructionError::UnknownXorb { xorb: names[0] }));
    let other = &store.tables[&names[1]];
    assert_eq!(
        reconstruct(&terms, None, |_| Some(other)),
        Err(ReconstructionError::Mismatch { xorb: names[0] })
    );
}

#[test]
fn the_parts_read_as_clients_expect_them() {
    let (store, names) = Store::small();
    let (terms, _) = file(&store, &[(0, 0, 2), (1, 0, 1), (0, 2, 2)], names);
    let answer = reconstruct(&terms, None, |hash| store.table(hash)).unwrap();
    let term = serde_json::to_value(&answer.terms[0]).unwrap();
    assert_eq!(
        term,
        serde_json::json!({
            "hash": names[0].to_string(),
            "unpacked_length": answer.terms[0].unpacked_length,
            "range": { "start": 0, "end": 2 },
        })
    );
    assert_eq!(answer.xorbs.iter().map(|xorb| xorb.hash).collect::<Vec<_>>(), names[..2]);
    let body = store.bodies[&names[0]].len();
    let ranges = serde_json::to_value(&answer.xorbs[0].ranges).unwrap();
    assert_eq!(
        ranges,
        serde_json::json!([
            { "chunks": { "start": 0, "end": 4 }, "bytes": { "start": 0, "end": body - 1 } },
        ])
    );
}
