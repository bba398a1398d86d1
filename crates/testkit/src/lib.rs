//! What tests stand on: real servers, started in a moment and gone with the test.

#![expect(clippy::expect_used, reason = "a test that cannot start should stop, and say why")]

pub mod clamd;
pub mod git;
pub mod hub;
pub mod postgres;
pub mod s3;
pub mod site;
pub mod xet;
