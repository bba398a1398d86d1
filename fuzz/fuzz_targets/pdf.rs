//! Any bytes as a PDF.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/formats/tests/formats/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::pdf(data);
});
