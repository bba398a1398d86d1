//! The chunks by which stored content is found again: `key_chunks`.

use limpide_xet::Hash;
use serde_json::json;

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// A chunk that clients ask for, and where it is.
    pub struct KeyChunk {
        /// The name of the chunk.
        pub chunk: Hash,
        /// The xorb that holds it.
        pub xorb: Hash,
        /// A file in which it stands; the file may be gone.
        pub file: Hash,
    }
}

/// Adds key chunks; those known in the same xorb are kept.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, chunks: &[KeyChunk]) -> Result<()> {
    let rows = chunks.iter().map(|key| json!({ "chunk": key.chunk, "xorb": key.xorb, "file": key.file }));
    sql("INSERT INTO key_chunks (chunk, xorb, file)
         SELECT value->>'chunk', value->>'xorb', value->>'file' FROM rows($1) WHERE TRUE ORDER BY 1, 2
         ON CONFLICT (chunk, xorb) DO NOTHING")
    .bind(rows.collect::<serde_json::Value>().to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// Where these chunks are, in xorbs that a deduplication domain may know of; one place for each chunk.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, domain: &str, chunks: &[Hash]) -> Result<Vec<KeyChunk>> {
    sql("SELECT k.chunk, k.xorb, k.file
         FROM key_chunks k
         JOIN xorb_domains d ON d.xorb = k.xorb
         WHERE k.chunk IN each($1) AND d.domain = $2
             AND NOT EXISTS (
                 SELECT 1 FROM key_chunks other
                 JOIN xorb_domains e ON e.xorb = other.xorb
                 WHERE other.chunk = k.chunk AND e.domain = $2 AND other.xorb < k.xorb)")
    .bind(json_set(chunks))
    .bind(domain)
    .all(door)
    .await
}
