//! What an audit says of small repositories whose truth is known.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod commons;
mod first;
