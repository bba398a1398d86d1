//! Content as clients send and fetch it: by Xet, by LFS, by plain downloads.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod cas;
mod kit;
mod lfs;
mod parts;
mod resolve;
