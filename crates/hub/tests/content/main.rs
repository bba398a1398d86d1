//! The content store, from the side of its clients: honest, mistaken and hostile ones.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod kit;

mod dedup;
mod files;
mod ingest;
mod links;
mod shards;
mod tokens;
mod xorbs;
