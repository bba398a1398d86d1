//! What holds of every word, whatever text it is made of: shown on seeds, and on text that chance makes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod chance;
mod each_seed;
mod properties;
mod seeds;
