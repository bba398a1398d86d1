//! Replays what the fuzzer starts from, and what it once found: files in `tests/seeds`. A name says what is to become
//! of the seed: `good_…` is a known licence, `bad_…` is none, others only must not break anything.

use std::path::Path;

use crate::properties;

#[test]
fn texts_are_known_or_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds/licence_text");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let known = properties::licence_text(&std::fs::read(&path).unwrap());
        assert!(!name.starts_with(if known { "bad" } else { "good" }), "{name}");
        count += 1;
    }
    assert!(count > 0);
}
