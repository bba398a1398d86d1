//! Any bytes as code: the first says the language.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/rendering/tests/rendering/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::code(data);
});
