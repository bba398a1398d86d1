//! Replays what the fuzzers start from, and what they once found.

use crate::each_seed::each_seed;
use crate::properties;

#[test]
fn paths_are_kept_or_refused() {
    each_seed("path", properties::path);
}

#[test]
fn revisions_and_names_are_kept_or_refused() {
    each_seed("revision", properties::revision);
}
