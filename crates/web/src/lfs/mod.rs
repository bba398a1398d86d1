//! The face for Git LFS: what to send or fetch (`batch`), and the bytes themselves (`objects`).

pub(crate) mod batch;
pub(crate) mod error;
pub(crate) mod objects;

/// The type of every body of the protocol.
pub(crate) const TYPE: &str = "application/vnd.git-lfs+json";
