//! The program as an operator meets it: its help, its settings, its starts and its end.

// What helps a test may end it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod administration;
mod check;
mod drawing;
mod elsewhere;
mod help;
mod keeping;
mod serving;
mod settings;
mod support;
