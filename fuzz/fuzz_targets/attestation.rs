//! Any bytes as an attestation.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/openness/tests/grades/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::attestation(data);
});
