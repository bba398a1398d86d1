//! What nothing needs any more is collected, and nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod chance;
mod kit;
mod stories;
