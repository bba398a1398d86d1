//! Scans of what is committed: each content once, judged anew when the rules change, held back where that is asked for.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod antivirus;
mod guard;
mod kit;
mod log;
mod rules;
mod scanned;
