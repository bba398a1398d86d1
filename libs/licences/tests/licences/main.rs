//! Licences as people meet them: texts whole and changed, tags, clauses, and the table behind them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod ai_texts;
mod chance;
mod changes;
mod clauses;
mod properties;
mod questions;
mod seeds;
mod spdx_texts;
mod table;
mod tags;
