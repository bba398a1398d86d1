//! Any bytes as a PDF that is drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/drawing/tests/drawing/properties.rs"]
mod properties;

fuzz_target!(init: {
    // A renderer that gives up by a panic is caught by the library; only what cannot be caught is a find.
    std::panic::set_hook(Box::new(|_| {}));
}, |data: &[u8]| {
    let _accepted = properties::page(data);
});
