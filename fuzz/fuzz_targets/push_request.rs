//! Any bytes as what a client says that pushes.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../crates/git/tests/push/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::push_request(data);
});
