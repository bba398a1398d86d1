//! Shards that lie: first those that are not well-formed, then those whose claims are not true.

use limpide_xet::{
    CheckError, Hash, MAX_SHARD_LEN, Shard, ShardBuilder, ShardError, ShardFile, check_file,
    check_file_within, check_xorb_section, chunk_hash,
};

use crate::support::Store;

const RECORD: usize = 48;
const FLAGS: usize = 32;
const COUNT: usize = 36;

/// An upload of one file of two terms and one xorb of four chunks, at known places.
struct Upload {
    bytes: Vec<u8>,
}

impl Upload {
    const FILE: usize = RECORD;
    const TERM: usize = 2 * RECORD;
    const FILES_END: usize = 7 * RECORD;
    const XORB: usize = 8 * RECORD;
    const CHUNK: usize = 9 * RECORD;
    const XORBS_END: usize = 13 * RECORD;

    fn new() -> Upload {
        let (store, [a, b, _]) = Store::small();
        let mut builder = ShardBuilder::new();
        builder.file(store.file(&[(a, 0, 3), (b, 1, 4)])).unwrap();
        builder.xorb(a, store.tables[&a].clone());
        let bytes = builder.to_upload();
        assert_eq!(bytes.len(), Upload::XORBS_END + RECORD);
        Upload { bytes }
    }

    fn with(mut self, at: usize, number: u32) -> Result<Shard, ShardError> {
        self.bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
        self.parse()
    }

    fn parse(self) -> Result<Shard, ShardError> {
        Shard::parse(self.bytes.into())
    }
}

#[test]
fn an_honest_upload_is_read() {
    let shard = Upload::new().parse().unwrap();
    assert_eq!((shard.files().len(), shard.xorbs().len()), (1, 1));
}

#[test]
fn lying_counts_are_refused_before_memory_is_taken() {
    for count in [4, 7, 1 << 20, u32::MAX / 2, u32::MAX] {
        let error = Upload::new().with(Upload::FILE + COUNT, count).unwrap_err();
        assert!(matches!(error, ShardError::Truncated { .. } | ShardError::Flags { .. }), "{error}");
    }
    let error = Upload::new().with(Upload::FILE + COUNT, u32::MAX).unwrap_err();
    let needed = (2 * u64::from(u32::MAX) + 1) * 48;
    assert_eq!(
        error,
        ShardError::Truncated { at: 96, what: "the records of a file", needed, left: 12 * RECORD }
    );
}

#[test]
fn a_xorb_of_no_chunks_or_too_many_is_refused() {
    for count in [0, 8193, u32::MAX] {
        let error = Upload::new().with(Upload::XORB + COUNT, count).unwrap_err();
        assert_eq!(error, ShardError::XorbChunks { at: Upload::XORB, found: count });
    }
    let error = Upload::new().with(Upload::XORB + COUNT, 8192).unwrap_err();
    assert!(matches!(error, ShardError::Truncated { what: "the chunks of a xorb", .. }));
}

#[test]
fn a_shard_cut_anywhere_is_refused() {
    let whole = Upload::new().bytes;
    for end in 0..whole.len() {
        let error = Shard::parse(whole[..end].to_vec().into()).unwrap_err();
        assert!(matches!(error, ShardError::Truncated { .. }), "{end}: {error}");
    }
}

#[test]
fn bytes_after_the_second_bookend_are_refused() {
    let mut upload = Upload::new();
    let at = upload.bytes.len();
    upload.bytes.push(0);
    assert_eq!(upload.parse().unwrap_err(), ShardError::Trailing { at, len: 1 });
}

#[test]
fn another_tag_version_or_footer_length_is_refused() {
    assert_eq!(Upload::new().with(0, 7).unwrap_err(), ShardError::Tag);
    assert!(matches!(Upload::new().with(32, 3), Err(ShardError::Header { found: 3, .. })));
    assert!(matches!(Upload::new().with(40, 100), Err(ShardError::Header { found: 100, .. })));
    assert!(matches!(Upload::new().with(44, 1), Err(ShardError::Header { .. })));
}

#[test]
fn unknown_flags_are_refused() {
    for (at, what) in
        [(Upload::FILE, "file"), (Upload::TERM, "term"), (Upload::XORB, "xorb"), (Upload::CHUNK, "chunk")]
    {
        let place = if what == "chunk" { 40 } else { FLAGS };
        let error = Upload::new().with(at + place, 1).unwrap_err();
        assert!(matches!(error, ShardError::Flags { what: named, found: 1, .. } if named == what), "{error}");
    }
}

#[test]
fn a_missing_bookend_is_noticed() {
    let mut upload = Upload::new();
    upload.bytes[Upload::FILES_END] = 0;
    assert!(upload.parse().is_err());
    let mut upload = Upload::new();
    upload.bytes[Upload::XORBS_END] = 0;
    assert!(upload.parse().is_err());
}

#[test]
fn a_shard_longer_than_64_mebibytes_is_refused() {
    let len = MAX_SHARD_LEN + 1;
    assert_eq!(Shard::parse(vec![0; len].into()).unwrap_err(), ShardError::TooLong { len });
}

#[test]
fn a_file_listed_twice_counts_once_and_must_not_differ() {
    let upload = Upload::new();
    let (before, after) = upload.bytes.split_at(Upload::FILE);
    let file = &after[..6 * RECORD];
    let twice = [before, file, after].concat();
    assert_eq!(Shard::parse(twice.clone().into()).unwrap().files().len(), 1);
    let mut differing = twice;
    differing[Upload::TERM + 44] ^= 1;
    let error = Shard::parse(differing.into()).unwrap_err();
    assert!(matches!(error, ShardError::Twice { at, what: "file", .. } if at == 7 * RECORD), "{error}");
}

#[test]
fn a_footer_that_does_not_fit_is_refused() {
    let (store, [a, b, _]) = Store::small();
    let mut builder = ShardBuilder::new();
    builder.file(store.file(&[(a, 0, 3), (b, 1, 4)])).unwrap();
    builder.xorb(b, store.tables[&b].clone());
    let whole = builder.to_bytes();
    assert!(Shard::parse(whole.clone().into()).is_ok());
    let footer = whole.len() - 200;
    // Version, seven offsets and counts, the four words of the key, and the footer's own place.
    for word in (0..13).chain([24]) {
        let mut damaged = whole.clone();
        damaged[footer + 8 * word] ^= 1;
        let error = Shard::parse(damaged.into()).unwrap_err();
        assert!(matches!(error, ShardError::Footer { .. }), "word {word}: {error}");
    }
    let mut overflowing = whole.clone();
    overflowing[footer + 32..footer + 40].fill(0xFF);
    assert!(matches!(Shard::parse(overflowing.into()), Err(ShardError::Footer { .. })));
    let longer = [whole.as_slice(), b"x"].concat();
    assert!(matches!(Shard::parse(longer.into()), Err(ShardError::Footer { .. })));
}

/// As `@huggingface/hub` ends its uploads: a footer that says where the sections start, and no tables.
#[test]
fn a_footer_without_tables_is_read() {
    let mut shard = Upload::new().bytes;
    shard[40..48].copy_from_slice(&200u64.to_le_bytes());
    let end = shard.len();
    let mut footer = [0u64; 25];
    for (word, value) in [(0, 1), (1, RECORD), (2, Upload::XORB), (24, end)] {
        footer[word] = value as u64;
    }
    let shard_with = |footer: [u64; 25], between: &[u8]| {
        let footer: Vec<u8> = footer.iter().flat_map(|word| word.to_le_bytes()).collect();
        Shard::parse([&shard, between, &footer].concat().into())
    };
    assert_eq!(shard_with(footer, b"").unwrap().files().count(), 1);
    let refused = |read| matches!(read, Err(ShardError::Footer { .. }));
    assert!(refused(shard_with(footer, &[0; 12])), "a table that the footer does not know");
    for word in [0, 1, 2, 3, 5, 7, 9, 24] {
        let mut damaged = footer;
        damaged[word] ^= 1;
        assert!(refused(shard_with(damaged, b"")), "word {word}");
    }
}

fn refusal(change: impl FnOnce(&mut ShardFile)) -> CheckError {
    let (store, [a, b, _]) = Store::small();
    let mut file = store.file(&[(a, 0, 3), (b, 1, 4)]);
    assert!(check_file(&file, |hash| store.table(hash)).is_ok());
    change(&mut file);
    check_file(&file, |hash| store.table(hash)).unwrap_err()
}

#[test]
fn a_true_file_is_returned_with_its_size() {
    let (store, [a, b, c]) = Store::small();
    let file = store.file(&[(a, 0, 3), (b, 1, 4), (c, 0, 4), (a, 3, 4)]);
    let checked = check_file(&file, |hash| store.table(hash)).unwrap();
    assert_eq!(checked.terms.size(), store.content(&file.terms).len() as u64);
    assert_eq!(checked.chunks, 11);
    assert_eq!(ShardFile::from(checked), file);
}

#[test]
fn the_empty_file_is_named_by_zeros_only() {
    let file = |hash| ShardFile { hash, terms: vec![], verification: Some(vec![]), sha256: None };
    assert_eq!(check_file(&file(Hash::ZERO), |_| None).unwrap().terms.size(), 0);
    let other = chunk_hash(b"");
    assert_eq!(
        check_file(&file(other), |_| None),
        Err(CheckError::WrongFileHash { file: other, found: Hash::ZERO })
    );
}

#[test]
fn a_file_without_verification_is_refused() {
    assert!(matches!(refusal(|file| file.verification = None), CheckError::NoVerification { .. }));
    let short = refusal(|file| file.verification.as_mut().unwrap().truncate(1));
    assert!(matches!(short, CheckError::NoVerification { .. }));
}

#[test]
fn a_wrong_term_hash_is_refused() {
    let error = refusal(|file| file.verification.as_mut().unwrap()[1] = chunk_hash(b"guessed"));
    assert!(matches!(error, CheckError::WrongTermHash { term: 1, .. }));
}

#[test]
fn a_wrong_file_hash_is_refused() {
    assert!(matches!(refusal(|file| file.hash = chunk_hash(b"other")), CheckError::WrongFileHash { .. }));
    let swapped = refusal(|file| {
        file.terms.swap(0, 1);
        file.verification.as_mut().unwrap().swap(0, 1);
    });
    assert!(matches!(swapped, CheckError::WrongFileHash { .. }));
}

#[test]
fn a_wrong_length_of_a_term_is_refused() {
    for wrong in [0, 1, u32::MAX] {
        let error = refusal(|file| file.terms[0].unpacked = wrong);
        assert!(matches!(error, CheckError::Unpacked { term: 0, found, .. } if found == wrong));
    }
}

#[test]
fn chunks_past_the_end_of_the_xorb_are_refused() {
    for end in [5, 8193, u32::MAX] {
        let error = refusal(|file| file.terms[1].end = end);
        assert!(matches!(error, CheckError::Chunks { term: 1, chunks: 4, end: named, .. } if named == end));
    }
}

#[test]
fn an_empty_or_backward_range_of_chunks_is_refused() {
    for start in [3, 4, u32::MAX] {
        let error = refusal(|file| file.terms[0].start = start);
        assert!(matches!(error, CheckError::Chunks { term: 0, end: 3, .. }), "{error}");
    }
}

#[test]
fn a_xorb_that_is_not_stored_is_named() {
    let stranger = chunk_hash(b"not here");
    let error = refusal(|file| file.terms[1].xorb = stranger);
    assert!(matches!(error, CheckError::UnknownXorb { term: 1, xorb, .. } if xorb == stranger));
}

#[test]
fn a_file_may_not_cost_more_chunks_than_allowed() {
    let (store, [a, ..]) = Store::small();
    let file = store.file(&[(a, 0, 4); 10]);
    assert_eq!(check_file_within(&file, 40, |hash| store.table(hash)).unwrap().chunks, 40);
    let error = check_file_within(&file, 39, |hash| store.table(hash)).unwrap_err();
    assert_eq!(error, CheckError::TooManyChunks { file: file.hash, limit: 39 });
}

#[test]
fn a_false_list_of_chunks_is_refused() {
    let (store, [a, b, _]) = Store::small();
    let shard = Upload::new().parse().unwrap();
    let section = shard.xorbs().next().unwrap();
    assert_eq!(check_xorb_section(&section, &store.tables[&a]), Ok(()));
    assert!(check_xorb_section(&section, &store.tables[&b]).is_err());

    let differs = |change: fn(&mut limpide_xet::XorbSection)| {
        let mut section = section.clone();
        change(&mut section);
        match check_xorb_section(&section, &store.tables[&a]) {
            Err(CheckError::Xorb { what, .. }) => what,
            other => panic!("a false list passed: {other:?}"),
        }
    };
    assert_eq!(differs(|xorb| xorb.chunks.truncate(3)), "the number of chunks");
    assert_eq!(differs(|xorb| xorb.unpacked += 1), "the unpacked length");
    assert_eq!(differs(|xorb| xorb.chunks[2].hash = Hash::ZERO), "a chunk's hash");
    assert_eq!(differs(|xorb| xorb.chunks[2].len += 1), "a chunk's place");
    assert_eq!(differs(|xorb| xorb.chunks[2].start = u32::MAX), "a chunk's place");
}
