//! Replays what the fuzzers start from, and what they once found.

use crate::each_seed::each_seed;
use crate::properties;

#[test]
fn pickles_are_scanned_to_their_end_or_leave_a_gap() {
    each_seed("pickle_scan", properties::pickle_scan);
}
