//! Any bytes as a file that is scanned, with all that is in it.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../libs/safety/tests/walk/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::scan(data);
});
