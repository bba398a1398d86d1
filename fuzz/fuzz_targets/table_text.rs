//! Any bytes as a table of text: CSV, JSON, lines.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/tables/tests/rows/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _has_rows = properties::table_text(data);
});
