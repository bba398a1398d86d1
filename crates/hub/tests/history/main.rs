//! History is git: stories about commits, listings, branches, and what the stock `git` thinks of them.

// A story that cannot go on should stop, and say where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod changes;
mod commit;
mod duplicate;
mod export;
mod listing;
mod model;
mod preupload;
mod refs;
mod support;
