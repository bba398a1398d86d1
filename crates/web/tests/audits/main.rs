//! Audits as programs see them: from a push to the report, who may read it, what is signed, and how lists show it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod kit;
mod lists;
mod reports;
mod signed;
