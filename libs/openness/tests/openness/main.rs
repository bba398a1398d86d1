//! What an audit says of small repositories whose truth is known.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod claims;
mod commons;
mod made;
mod story;

mod access;
mod bases;
mod cards;
mod code;
mod data;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod evaluation;
mod every;
mod history;
mod hostile;
mod invariants;
mod licences;
mod papers;
mod properties;
mod seeds;
mod weights;
