//! What git-lfs asks: which objects to send or to fetch.

use limpide_words::Sha256;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// An object as LFS names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LfsObject {
    /// The SHA-256 of its bytes.
    #[schemars(with = "String")]
    pub oid: Sha256,
    /// How many there are.
    pub size: u64,
}

/// A request for several objects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct LfsBatch {
    /// What is to be done with them.
    pub operation: Operation,
    /// Which.
    #[serde(default)]
    pub objects: Vec<LfsObject>,
    /// The ways in which the client can send or fetch them; `basic` when it says nothing.
    #[serde(default)]
    pub transfers: Vec<String>,
    hash_algo: Option<String>,
}

/// What a client says that has sent an object in parts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct LfsCompletion {
    /// The object.
    #[schemars(with = "String")]
    pub oid: Sha256,
    /// Its parts.
    pub parts: Vec<LfsSentPart>,
}

/// A part as its sender remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LfsSentPart {
    /// Its place, from 1.
    pub part_number: u64,
    /// The `ETag` with which it was acknowledged.
    pub etag: String,
}

impl LfsSentPart {
    /// The `ETag` without what is written around it.
    pub fn tag(&self) -> &str {
        self.etag.trim_start_matches("W/").trim_matches('"')
    }
}

/// The direction in which objects go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// To the hub.
    Upload,
    /// From the hub.
    Download,
}

/// Clients ask for 100 to 256 at a time.
const MOST: usize = 1000;

impl LfsBatch {
    /// Reads the body of a request.
    ///
    /// # Errors
    /// `Malformed` when it is none, `TooLarge` for more objects than are answered at once, `Unfit` when they are not
    /// named by their SHA-256.
    pub fn read(body: &[u8]) -> Result<Self, Problem> {
        let batch: Self = serde_json::from_slice(body).map_err(|error| {
            Problem::Malformed(format!("The body is not the JSON this address expects: {error}"))
        })?;
        if batch.objects.len() > MOST {
            return Err(Problem::TooLarge(format!("Ask for at most {MOST} objects at once.")));
        }
        // `@huggingface/hub` writes it with an underscore.
        if batch.hash_algo.as_deref().is_some_and(|algorithm| !matches!(algorithm, "sha256" | "sha_256")) {
            return Err(Problem::Unfit("Objects are named by their SHA-256 here.".into()));
        }
        Ok(batch)
    }

    /// Whether the client can send an object in parts.
    pub fn takes_parts(&self) -> bool {
        self.operation == Operation::Upload && self.transfers.iter().any(|transfer| transfer == "multipart")
    }

    /// Whether the client would rather send chunks that are not there yet than whole objects.
    pub fn is_for_xet(&self) -> bool {
        self.operation == Operation::Upload && self.transfers.iter().any(|transfer| transfer == "xet")
    }
}
