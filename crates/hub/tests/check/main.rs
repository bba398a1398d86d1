//! What a check finds: nothing in a sound hub, and everything that was damaged on purpose.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod beside;
mod bytes;
mod kit;
mod rows;
mod scrub;
mod sound;
