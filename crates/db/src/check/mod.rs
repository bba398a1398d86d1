//! What a check of a whole hub reads: rows as they stand, page by page in the order of their keys.
//!
//! Elsewhere a row that does not hold what it should is an error, and the page with it. Here it is what is looked
//! for: texts stay texts, and the caller says what is wrong with them.

pub mod accounts;
pub mod audits;
pub mod content;
pub mod history;
pub mod scans;

use crate::door::{Db, Result, sql};
use crate::record::record;

record! {
    /// A row that names another which is not there.
    pub struct Orphan {
        /// The table of the row.
        pub child: String,
        /// The table of what it names.
        pub parent: String,
        /// The number of the row in its table.
        pub at: i64,
    }
}

/// What the database itself finds wrong with its pages and indices, so many at most. PostgreSQL has no such
/// statement: its own `pg_amcheck` and its checksums look below the rows.
///
/// # Errors
/// When the database fails.
pub async fn engine_faults(db: &Db, limit: i64) -> Result<Vec<String>> {
    if !db.is_sqlite() {
        return Ok(Vec::new());
    }
    let told: Vec<String> = sql("SELECT integrity_check AS value FROM pragma_integrity_check LIMIT $1")
        .bind(limit)
        .all(db)
        .await?;
    Ok(told.into_iter().filter(|line| line != "ok").collect())
}

/// Rows that name others which are not there, so many at most. PostgreSQL keeps none, as long as its constraints
/// are on.
///
/// # Errors
/// When the database fails.
pub async fn orphans(db: &Db, limit: i64) -> Result<Vec<Orphan>> {
    if !db.is_sqlite() {
        return Ok(Vec::new());
    }
    sql("SELECT \"table\" AS child, parent, COALESCE(rowid, 0) AS at FROM pragma_foreign_key_check LIMIT $1")
        .bind(limit)
        .all(db)
        .await
}
