//! Any bytes as a Parquet file, its rows read and summed up.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/tables/tests/rows/properties.rs"]
mod properties;

// The `parquet` crate may stumble over a broken file, and the table catches that: only what nobody catches counts.
fuzz_target!(init: std::panic::set_hook(Box::new(|_| {})), |data: &[u8]| {
    let read = std::panic::catch_unwind(|| properties::table_parquet(data));
    if read.is_err() {
        std::process::abort();
    }
});
