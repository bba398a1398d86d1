//! Whole hubs that move: to other places, into backups and back, cut off and damaged.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod backup;
mod kit;
mod migrate;
mod refused;
#[allow(dead_code, reason = "the scene of the tests of the check")]
#[path = "../check/kit.rs"]
mod scene;
