//! Any bytes as a revision, a ref, a name, a hash.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/words/tests/words/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::revision(data);
});
