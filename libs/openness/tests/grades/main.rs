//! What rubrics make of findings: examples of each, and what holds of all.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod attestation;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod made;
mod monotone;
mod mot;
mod present;
mod properties;
mod rubrics;
mod seeds;
