//! Audits in the background: who does which job when, what audits read, what is kept of them.

// A story that cannot go on should stop, and say where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod jobs;
mod kept;
mod kit;
mod leases;
mod read;
