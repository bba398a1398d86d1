//! What holds of every push, whatever it says: shown on seeds, and on bytes that chance makes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod properties;

use std::path::Path;

use proptest::prelude::*;

#[test]
fn seeds_are_read_or_refused_as_their_names_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/seeds/push_request");
    let mut count = 0;
    for seed in std::fs::read_dir(folder).unwrap() {
        let path = seed.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        let accepted = properties::push_request(&std::fs::read(&path).unwrap());
        assert!(name.starts_with(if accepted { "good_" } else { "bad_" }), "{name}");
        count += 1;
    }
    assert!(count > 0);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>) {
        properties::push_request(&bytes);
    }

    #[test]
    fn lines_in_any_order_are_read_or_refused(lines in prop::collection::vec(line(), 0..6), end in "(0000)?(PACK)?") {
        let mut bytes = Vec::new();
        for line in lines {
            bytes.extend_from_slice(format!("{:04x}", line.len() + 4).as_bytes());
            bytes.extend_from_slice(line.as_bytes());
        }
        bytes.extend_from_slice(end.as_bytes());
        properties::push_request(&bytes);
    }
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[01]{40} [01]{40} refs/heads/[a-c]\0 report-status( atomic)?\n?",
        "[0]{40} [01]{39,40} [a-z/ ]{0,9}",
        "shallow [0-9a-f]{40}",
        "\\PC{1,20}",
    ]
}
