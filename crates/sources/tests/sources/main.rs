//! Sources as an audit meets them: hostile folders, hubs over HTTP, pages and repositories of code.

// What helps a test may end it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod folder;
mod outside;
mod remote;
mod scripted;
