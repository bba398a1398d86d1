//! The rows of data files, and which files are which split of a dataset.
//!
//! No disk, no network: the caller gives bytes that can be read from any place on, and lists of paths.

pub mod splits;
