//! Replays what the fuzzer starts from, and what it once found: files in `tests/seeds/openness_audit`. Of a seed whose
//! name begins with `good_` all can be read, of one that begins with `bad_` not.

use std::path::Path;

use crate::properties;

#[test]
fn every_seed_is_audited() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds/openness_audit");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        let all_read = properties::openness_audit(&std::fs::read(&path).unwrap());
        assert!(!name.starts_with(if all_read { "bad" } else { "good" }), "{name}");
        count += 1;
    }
    assert!(count > 0);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_audited(parts in proptest::collection::vec(
        "[ -~\\n]{0,60}|---\n(license|datasets|base_model|tags): [a-z/\\[\\], -]{0,20}\n---\n|\\{\"[a-z_]{1,12}\":[0-9\"a-z\\[\\]{}:,]{0,20}\\}",
        0..6,
    )) {
        properties::openness_audit(parts.join("\u{1e}").as_bytes());
    }
}
