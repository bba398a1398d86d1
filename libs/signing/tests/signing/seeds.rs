//! Replays what the fuzzers start from, and what they once found.

use crate::each_seed::each_seed;
use crate::properties;

#[test]
fn bundles_of_the_python_package_are_believed_and_broken_ones_are_not() {
    each_seed("signature_bundle", properties::signature_bundle);
}

#[test]
fn checkpoints_are_believed_or_not() {
    each_seed("checkpoint", properties::checkpoint);
}
