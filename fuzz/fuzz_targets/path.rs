//! Any bytes as the path of a file.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/words/tests/words/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::path(data);
});
