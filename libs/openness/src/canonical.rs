//! One form for each value: the JSON Canonicalization Scheme of RFC 8785, and its SHA-256.

use limpide_words::Sha256;
use serde::Serialize;
use sha2::Digest;

/// The canonical JSON of a value (RFC 8785): keys sorted, no spaces, one way to write each number and text.
///
/// # Errors
/// When the value has no JSON, such as a map whose keys are not texts.
pub fn canonical(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    serde_json_canonicalizer::to_vec(value)
}

/// The SHA-256 of a value's canonical JSON.
///
/// # Errors
/// When the value has no JSON.
pub fn digest(value: &impl Serialize) -> Result<Sha256, serde_json::Error> {
    Ok(sha256(&canonical(value)?))
}

/// The SHA-256 of bytes.
pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}
