//! Any bytes as each kind of container, and as each kind of compressed stream.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/formats/tests/formats/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::containers(data);
});
