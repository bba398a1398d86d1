//! Replays what the fuzzers start from: `good_…` is accepted, `bad_…` refused.

use std::path::Path;

use crate::properties;

fn each_seed(kind: &str, accepted: fn(&[u8]) -> bool) {
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

#[test]
fn model_files_are_classed_or_refused() {
    each_seed("mot_model", properties::mot_model);
}

#[test]
fn attestations_are_right_or_not() {
    each_seed("attestation", properties::attestation);
}
