//! Any bytes as the text of a licence, and as a tag.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/licences/tests/licences/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _known = properties::licence_text(data);
});
