//! Replays what the fuzzers start from, and what they once found.

use crate::each_seed::each_seed;
use crate::properties;

#[test]
fn model_files_are_classed_or_refused() {
    each_seed("mot_model", properties::mot_model);
}

#[test]
fn attestations_are_right_or_not() {
    each_seed("attestation", properties::attestation);
}
