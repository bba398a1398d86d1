//! Replays what the fuzzer starts from, and what it once found. Of a seed whose name begins with `good_` all can be read, of
//! one that begins with `bad_` not.

use crate::each_seed::each_seed;
use crate::properties;

#[test]
fn every_seed_is_audited() {
    each_seed("openness_audit", properties::openness_audit);
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
