//! Any text as a template, a configuration, code, and whatever else it may be loaded as.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../libs/safety/tests/texts/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::text_scan(data);
});
