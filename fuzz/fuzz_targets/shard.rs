//! Any bytes as a shard: no panic, and what is read is written and read again as the same.
#![no_main]

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use limpide_xet::{Shard, ShardBuilder, Terms, check_file};

fuzz_target!(|data: &[u8]| {
    let _ = Terms::parse(data);
    let Ok(shard) = Shard::parse(Bytes::copy_from_slice(data)) else { return };
    let mut builder = ShardBuilder::new();
    for file in shard.files() {
        // Nothing is stored, so that only the empty file can be true.
        assert!(check_file(&file, |_| None).is_err() || file.terms.is_empty());
        builder.file(file).unwrap();
    }
    for section in shard.xorbs() {
        assert!(!section.chunks.is_empty());
    }
    let again = Shard::parse(builder.to_bytes().into()).unwrap();
    assert!(shard.files().eq(again.files()));
});
