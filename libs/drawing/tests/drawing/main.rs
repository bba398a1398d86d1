//! What is drawn of documents, whoever wrote them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod chance;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod hostile;
mod pages;
mod properties;
mod written;
