//! Any bytes as a signature.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/signing/tests/signing/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::signature_bundle(data);
});
