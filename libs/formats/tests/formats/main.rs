//! What holds of every reader, whatever it is given: shown on seeds, and on bytes that chance makes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod archives;
mod chance;
mod containers;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod graphs;
mod hdf5_file;
mod properties;
mod seeds;
mod wire_file;
