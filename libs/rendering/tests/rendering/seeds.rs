//! Replays what the fuzzers start from, and what they once found.

use crate::each_seed::each_seed;
use crate::properties;

#[test]
fn texts_become_what_a_page_may_hold() {
    each_seed("markdown", properties::markdown);
}

#[test]
fn code_keeps_its_lines() {
    each_seed("highlight", properties::code);
}

#[test]
fn notebooks_are_shown_or_refused() {
    each_seed("notebook", properties::notebook);
}
