//! Any bytes as a file of HDF5.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[allow(dead_code)]
#[path = "../../libs/formats/tests/formats/properties.rs"]
mod properties;

fuzz_target!(|data: &[u8]| {
    let _accepted = properties::hdf5(data);
});
