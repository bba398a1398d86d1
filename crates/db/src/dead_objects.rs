//! Bytes that no row names any more: `dead_objects`.

use limpide_words::Moment;

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;

/// Notes that an object of the store is to be removed, not before the given time: links to it may be in use.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, path: &str, delete_after: Moment) -> Result<()> {
    insert_all(tx, &[path.to_owned()], delete_after).await
}

/// Notes that several objects of the store are to be removed.
///
/// # Errors
/// When the database fails.
pub async fn insert_all(tx: &mut Tx, paths: &[String], delete_after: Moment) -> Result<()> {
    sql(
        "INSERT INTO dead_objects (path, delete_after) SELECT value, CAST($2 AS BIGINT) FROM each($1) AS dead
         WHERE TRUE ON CONFLICT (path) DO NOTHING",
    )
    .bind(json_set(paths))
    .bind(delete_after)
    .run(tx)
    .await?;
    Ok(())
}

/// The objects whose time has come, so many at most.
///
/// # Errors
/// When the database fails.
pub async fn due(door: impl Door, now: Moment, limit: i64) -> Result<Vec<String>> {
    sql("SELECT path AS value FROM dead_objects WHERE delete_after <= $1 ORDER BY path LIMIT $2")
        .bind(now)
        .bind(limit)
        .all(door)
        .await
}

/// Those of these objects that are to be removed, now or later.
///
/// # Errors
/// When the database fails.
pub async fn among(door: impl Door, paths: &[String]) -> Result<Vec<String>> {
    sql("SELECT path AS value FROM dead_objects WHERE path IN each($1)").bind(json_set(paths)).all(door).await
}

/// Forgets objects that have been removed.
///
/// # Errors
/// When the database fails.
pub async fn forget(tx: &mut Tx, paths: &[String]) -> Result<()> {
    sql("DELETE FROM dead_objects WHERE path IN each($1)").bind(json_set(paths)).run(tx).await?;
    Ok(())
}
