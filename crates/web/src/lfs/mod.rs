//! The face for Git LFS: what to send or fetch (`batch`), the bytes themselves, whole (`objects`) or in `parts`, and
//! who edits what (`locks`).

pub(crate) mod batch;
pub(crate) mod error;
pub(crate) mod locks;
pub(crate) mod objects;
pub(crate) mod parts;

/// The type of every body of the protocol.
pub(crate) const TYPE: &str = "application/vnd.git-lfs+json";
