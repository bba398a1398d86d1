//! Files uploaded for a repository and not yet committed to it: `claims`.

use limpide_words::{Moment, Sha256};
use limpide_xet::Hash;
use serde_json::json;

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

/// Whose upload it is, and for how long it waits.
#[derive(Debug, Clone, Copy)]
pub struct Claimant<'a> {
    /// The repository that it is meant for.
    pub repository_id: &'a str,
    /// The user who uploaded it.
    pub user_id: &'a str,
    /// When it is no longer waited for.
    pub expires: Moment,
}

record! {
    /// A file that a repository has under an LFS id.
    pub struct Held {
        /// The SHA-256 of its bytes, by which LFS calls it.
        pub sha256: Sha256,
        /// Its Xet name.
        pub file: Hash,
        /// Its length.
        pub size: i64,
    }
}

/// Notes that these files were uploaded for a repository; an earlier upload of the same content is renewed.
///
/// # Errors
/// When the database fails.
pub async fn renew(tx: &mut Tx, claimant: Claimant<'_>, files: &[(Sha256, Hash)]) -> Result<()> {
    let rows = files.iter().map(|(sha256, file)| json!({ "sha256": sha256, "file": file }));
    sql("INSERT INTO claims (repository_id, file, sha256, user_id, expires)
         SELECT $1, value->>'file', value->>'sha256', $2, CAST($3 AS BIGINT) FROM rows($4) WHERE TRUE ORDER BY 3
         ON CONFLICT (repository_id, sha256) DO UPDATE
         SET file = excluded.file, user_id = excluded.user_id, expires = excluded.expires")
    .bind(claimant.repository_id)
    .bind(claimant.user_id)
    .bind(claimant.expires)
    .bind(rows.collect::<serde_json::Value>().to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// Those of these LFS ids that the repository has: committed, or uploaded and waited for.
///
/// # Errors
/// When the database fails.
pub async fn held(door: impl Door, repository_id: &str, ids: &[Sha256], now: Moment) -> Result<Vec<Held>> {
    sql("SELECT l.sha256, l.file, l.size FROM lfs_files l WHERE l.repository_id = $1 AND l.sha256 IN each($2)
         UNION
         SELECT c.sha256, c.file, f.size FROM claims c JOIN files f ON f.hash = c.file
         WHERE c.repository_id = $1 AND c.sha256 IN each($2) AND c.expires > $3
             AND NOT EXISTS (SELECT 1 FROM lfs_files l WHERE l.repository_id = $1 AND l.sha256 = c.sha256)")
    .bind(repository_id)
    .bind(json_set(ids))
    .bind(now)
    .all(door)
    .await
}

/// The committed ones of these LFS ids.
///
/// # Errors
/// When the database fails.
pub async fn committed(door: impl Door, repository_id: &str, ids: &[Sha256]) -> Result<Vec<Held>> {
    sql("SELECT sha256, file, size FROM lfs_files WHERE repository_id = $1 AND sha256 IN each($2)")
        .bind(repository_id)
        .bind(json_set(ids))
        .all(door)
        .await
}

/// Forgets claims that are over, and all of a user where one is given; so many at most. Gives how many. Whoever else holds
/// one keeps it.
///
/// # Errors
/// When the database fails.
pub async fn forget_over(tx: &mut Tx, now: Moment, all_of: Option<&str>, limit: i64) -> Result<u64> {
    sql("DELETE FROM claims WHERE (repository_id, sha256) IN (
             SELECT repository_id, sha256 FROM claims WHERE expires <= $1 OR user_id = $2
             ORDER BY repository_id, sha256 LIMIT $3 FOR UPDATE SKIP LOCKED)")
    .bind(now)
    .bind(all_of.unwrap_or_default())
    .bind(limit)
    .run(tx)
    .await
}
