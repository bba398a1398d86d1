//! Reads the seeds of a parser: files in `tests/seeds` of the crate whose tests include this one. A name says what is to
//! become of the seed: `good_…` is accepted, `bad_…` refused, others only must not break anything.

use std::path::Path;

/// Gives each seed of a folder, and fails where there is none.
pub(crate) fn each_seed(kind: &str, accepted: fn(&[u8]) -> bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds").join(kind);
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        let accepted = accepted(&std::fs::read(&path).unwrap());
        assert!(!name.starts_with(if accepted { "bad" } else { "good" }), "{kind}/{name}");
        count += 1;
    }
    assert!(count > 0);
}
