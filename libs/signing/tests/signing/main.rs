//! Signatures of models, statements of hubs, and logs: what is believed, and how each lie is told from the others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod chains;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod keyless;
mod keys;
mod logs;
mod made;
mod manifests;
mod models;
mod properties;
mod seeds;
mod statements;
