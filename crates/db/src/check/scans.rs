//! Scans, and the log of what was signed, as they stand: `scans`, `log_entries`, `log_head`.

use crate::door::{Door, Result, sql};
use crate::record::record;

record! {
    /// What was seen in a content, as it stands.
    pub struct ScanRow {
        /// The content.
        pub content: String,
        /// The name under which it was looked at, or nothing.
        pub name: String,
        /// What was seen, packed.
        pub scan: Vec<u8>,
        /// The SHA-256 of the policy that judged it,
        pub policy: String,
        /// and its word.
        pub level: String,
    }
}

record! {
    /// An entry of the log, as it stands.
    pub struct EntryRow {
        /// Its number.
        pub number: i64,
        /// Its hash, in hexadecimal.
        pub leaf: String,
        /// The statement, in its bundle.
        pub bundle: Vec<u8>,
    }
}

/// The next scans, by content and name.
///
/// # Errors
/// When the database fails.
pub async fn scans(door: impl Door, (content, name): (&str, &str), limit: i64) -> Result<Vec<ScanRow>> {
    sql("SELECT content, name, scan, policy, level FROM scans WHERE (content, name) > ($1, $2)
         ORDER BY content, name LIMIT $3")
    .bind(content)
    .bind(name)
    .bind(limit)
    .all(door)
    .await
}

/// The next entries of the log, from a number on.
///
/// # Errors
/// When the database fails.
pub async fn entries(door: impl Door, from: i64, limit: i64) -> Result<Vec<EntryRow>> {
    sql("SELECT number, leaf, bundle FROM log_entries WHERE number >= $1 ORDER BY number LIMIT $2")
        .bind(from)
        .bind(limit)
        .all(door)
        .await
}
