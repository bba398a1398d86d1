//! The shards that describe files, in our own serialization: `shards`.

use limpide_xet::Hash;
use uuid::Uuid;

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// A shard.
    pub struct Shard {
        /// The object of the store that holds its bytes.
        pub object: Uuid,
        /// The hash of these.
        pub hash: Hash,
    }
}

/// Adds a shard.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, shard: &Shard) -> Result<()> {
    sql("INSERT INTO shards (object, hash) VALUES ($1, $2)")
        .bind(shard.object)
        .bind(shard.hash)
        .run(tx)
        .await?;
    Ok(())
}

/// The hashes of these shards, as far as they are there.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, objects: &[Uuid]) -> Result<Vec<Shard>> {
    sql("SELECT object, hash FROM shards WHERE object IN each($1)").bind(json_set(objects)).all(door).await
}

/// Forgets those of these shards that describe no file any more.
///
/// # Errors
/// When the database fails.
pub async fn forget_unused(tx: &mut Tx, objects: &[String]) -> Result<Vec<Uuid>> {
    sql("DELETE FROM shards WHERE object IN each($1)
             AND NOT EXISTS (SELECT 1 FROM files f WHERE f.shard = shards.object) RETURNING object AS value")
    .bind(json_set(objects))
    .all(tx)
    .await
}

/// Some shards that describe no file, in the order of their objects.
///
/// # Errors
/// When the database fails.
pub async fn unused(door: impl Door, limit: i64) -> Result<Vec<String>> {
    sql("SELECT object AS value FROM shards s
         WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.shard = s.object) ORDER BY object LIMIT $1")
    .bind(limit)
    .all(door)
    .await
}

/// Those of these objects of the store that no row names.
///
/// # Errors
/// When the database fails.
pub async fn unnamed(door: impl Door, objects: &[Uuid]) -> Result<Vec<Uuid>> {
    crate::unnamed(door, "shards", objects).await
}
