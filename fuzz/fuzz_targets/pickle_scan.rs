//! Any bytes as a pickle: what it does, and what is thought of it.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/safety/tests/safety/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::pickle_scan(data);
});
