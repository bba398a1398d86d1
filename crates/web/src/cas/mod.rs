//! The face of the content store: what Xet clients ask, below `/cas/{store}`. One file for each kind of thing.

pub(crate) mod call;
pub(crate) mod chunks;
pub(crate) mod links;
pub(crate) mod misc;
pub(crate) mod reconstructions;
pub(crate) mod shards;
pub(crate) mod xorbs;
