//! Any bytes as a notebook.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/rendering/tests/rendering/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::notebook(data);
});
