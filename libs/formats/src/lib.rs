//! Reads what comes from outside: bodies that clients send, and files that people keep in repositories.
//!
//! Everything here is a function of bytes: no clock, no disk, no network. What is read is bounded first, and comes
//! out as checked types or not at all. Each reader has a fuzz target and seeds, which the tests replay.

pub mod attributes;
pub mod bundle;
pub mod card;
pub mod claims;
pub mod code;
pub mod commit;
pub mod config;
pub mod data_file;
pub mod evaluation;
pub mod form;
pub mod gguf;
pub mod hdf5;
pub mod jinja;
mod json;
pub mod lfs;
pub mod lines;
pub mod loose_json;
pub mod npy;
pub mod onnx;
pub mod parquet;
pub mod pdf;
pub mod pickle;
pub mod pointer;
pub mod ranges;
pub mod reading;
pub mod safetensors;
pub mod seven_zip;
pub mod sniff;
pub mod structure;
pub mod tar;
pub mod tensorflow;
pub mod tflite;
pub mod unpack;
pub mod weights_index;
pub mod wire;
pub mod zip;

use limpide_words::Unfit;

/// Why bytes are not what they were sent as.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// They do not follow the format: says where.
    #[error("{0}")]
    Malformed(String),
    /// They follow the format and name what cannot be, such as a path that climbs.
    #[error("{0}")]
    Unfit(String),
    /// There are more of them than is allowed.
    #[error("{0}")]
    TooLarge(String),
}

impl From<Unfit> for Problem {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit.to_string())
    }
}
