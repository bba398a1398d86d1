//! Parts of LFS objects that have not arrived whole: `lfs_parts`.

use limpide_words::{Moment, Sha256};
use uuid::Uuid;

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

/// The upload that parts belong to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Parted {
    /// The repository that it is meant for.
    pub repository_id: String,
    /// The SHA-256 that the whole is announced with.
    pub sha256: Sha256,
    /// The length that the whole is announced with.
    pub size: i64,
    /// The length of each part but the last.
    pub part_size: i64,
}

record! {
    /// A part that has arrived.
    pub struct Part {
        /// Its place, from 1.
        pub number: i64,
        /// The SHA-256 of its bytes.
        pub digest: Sha256,
        /// The object of the store that holds them.
        pub object: Uuid,
    }
}

/// Adds a part, or keeps one with the same bytes for longer; gives the object that holds it from now on.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, upload: &Parted, part: &Part, expires: Moment) -> Result<Uuid> {
    sql("INSERT INTO lfs_parts (repository_id, sha256, size, part_size, number, digest, object, expires)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (repository_id, sha256, size, part_size, number, digest) DO UPDATE
         SET expires = excluded.expires RETURNING object AS value")
    .bind(&upload.repository_id)
    .bind(upload.sha256)
    .bind(upload.size)
    .bind(upload.part_size)
    .bind(part.number)
    .bind(part.digest)
    .bind(part.object)
    .bind(expires)
    .one(tx)
    .await
    .map(|held| held.unwrap_or(part.object))
}

/// The parts of an upload that have arrived, in order; of one number those first that came last.
///
/// # Errors
/// When the database fails.
pub async fn all(door: impl Door, upload: &Parted) -> Result<Vec<Part>> {
    sql("SELECT number, digest, object FROM lfs_parts
         WHERE repository_id = $1 AND sha256 = $2 AND size = $3 AND part_size = $4 ORDER BY number, object DESC")
    .bind(&upload.repository_id)
    .bind(upload.sha256)
    .bind(upload.size)
    .bind(upload.part_size)
    .all(door)
    .await
}

/// The part of this number that came last.
///
/// # Errors
/// When the database fails.
pub async fn newest(door: impl Door, upload: &Parted, number: i64) -> Result<Option<Part>> {
    sql("SELECT number, digest, object FROM lfs_parts
         WHERE repository_id = $1 AND sha256 = $2 AND size = $3 AND part_size = $4 AND number = $5
         ORDER BY object DESC LIMIT 1")
    .bind(&upload.repository_id)
    .bind(upload.sha256)
    .bind(upload.size)
    .bind(upload.part_size)
    .bind(number)
    .one(door)
    .await
}

/// Removes all parts of an upload; gives the objects that held them.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, upload: &Parted) -> Result<Vec<Uuid>> {
    sql("DELETE FROM lfs_parts WHERE repository_id = $1 AND sha256 = $2 AND size = $3 AND part_size = $4
         RETURNING object AS value")
    .bind(&upload.repository_id)
    .bind(upload.sha256)
    .bind(upload.size)
    .bind(upload.part_size)
    .all(tx)
    .await
}

/// Removes all parts of all uploads for a repository; gives the objects that held them.
///
/// # Errors
/// When the database fails.
pub async fn delete_of_repository(tx: &mut Tx, repository_id: &str) -> Result<Vec<Uuid>> {
    sql("DELETE FROM lfs_parts WHERE repository_id = $1 RETURNING object AS value")
        .bind(repository_id)
        .all(tx)
        .await
}

/// Removes parts that are no longer waited for, so many at most; gives the objects that held them.
///
/// # Errors
/// When the database fails.
pub async fn delete_expired(tx: &mut Tx, now: Moment, limit: i64) -> Result<Vec<Uuid>> {
    sql("DELETE FROM lfs_parts WHERE object IN (
             SELECT object FROM lfs_parts WHERE expires <= $1 ORDER BY expires LIMIT $2 FOR UPDATE SKIP LOCKED)
         RETURNING object AS value")
    .bind(now)
    .bind(limit)
    .all(tx)
    .await
}

/// Those of these objects of the store that no row names.
///
/// # Errors
/// When the database fails.
pub async fn unnamed(door: impl Door, objects: &[Uuid]) -> Result<Vec<Uuid>> {
    crate::unnamed(door, "lfs_parts", objects).await
}
