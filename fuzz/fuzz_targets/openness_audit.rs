//! Any bytes, cut into the files of a small repository that is audited.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/openness/tests/openness/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _all_read = properties::openness_audit(data);
});
