//! Files as people make them who mean harm, and as they make them who do not: what is seen of each, and what is thought.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod arrays;
mod assembler;
mod chance;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod judging;
mod names;
mod properties;
mod seeds;
mod streams;
mod tensors;
