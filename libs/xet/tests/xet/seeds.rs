//! Replays what the fuzzers start from, and what they once found: files in `tests/seeds`.

use std::path::Path;

use limpide_xet::{ChunkReader, Hash, Shard, ShardBuilder, XorbError, XorbValidator};

/// Gives each seed of a folder, and fails where there is none.
fn each_seed(kind: &str, mut replay: impl FnMut(&str, Vec<u8>)) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds").join(kind);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        replay(&path.file_name().unwrap().to_string_lossy(), std::fs::read(&path).unwrap());
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn xorb_seeds_validate_or_are_refused_alike_however_sliced() {
    each_seed("xorb", |name, bytes| {
        let found = name_of(&bytes);
        let mut validator = XorbValidator::new();
        let pushed = bytes.chunks(3).try_for_each(|slice| validator.push(slice));
        let Ok(expected) = found else {
            assert!(!name.starts_with("good"), "{name}: {found:?}");
            assert!(pushed.and_then(|()| validator.finish(Hash::ZERO)).is_err(), "{name}");
            return;
        };
        assert!(!name.starts_with("bad"), "{name}");
        let table = validator.finish(expected).unwrap();
        let mut reader = ChunkReader::over(bytes.into());
        let mut unpacked = 0;
        while let Some(chunk) = reader.next_piece().unwrap() {
            unpacked += chunk.len() as u64;
        }
        assert_eq!(unpacked, table.total_unpacked());
    });
}

#[test]
fn shard_seeds_come_back_or_are_refused() {
    each_seed("shard", |name, bytes| match Shard::parse(bytes.into()) {
        Err(error) => assert!(!name.starts_with("good"), "{name}: {error}"),
        Ok(shard) => {
            assert!(!name.starts_with("bad"), "{name}");
            let mut builder = ShardBuilder::new();
            for file in shard.files() {
                builder.file(file).unwrap();
            }
            let again = Shard::parse(builder.to_bytes().into()).unwrap();
            assert!(shard.files().eq(again.files()), "{name}");
        }
    });
}

/// Returns the name that the chunks of a whole body have.
fn name_of(body: &[u8]) -> Result<Hash, XorbError> {
    let mut validator = XorbValidator::new();
    validator.push(body)?;
    match validator.finish(Hash::ZERO) {
        Err(XorbError::WrongHash { found, .. }) => Ok(found),
        Err(error) => Err(error),
        Ok(table) => Ok(table.xorb_hash()),
    }
}
