//! Backups under way: `backups`. As long as one is, nothing is removed from the store.

use limpide_words::Moment;

use crate::door::{Door, Result, Tx, sql};

/// Notes that a backup is under way, and counts until then; the same again moves that on.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut Tx, id: &str, expires: Moment) -> Result<()> {
    sql("INSERT INTO backups (id, expires) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET expires = excluded.expires")
    .bind(id)
    .bind(expires)
    .run(tx)
    .await?;
    Ok(())
}

/// Notes that it has ended, and forgets those that were cut off long ago.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx, id: &str, now: Moment) -> Result<()> {
    sql("DELETE FROM backups WHERE id = $1 OR expires < $2").bind(id).bind(now).run(tx).await?;
    Ok(())
}

/// Whether one is under way.
///
/// # Errors
/// When the database fails.
pub async fn is_under_way(door: impl Door, now: Moment) -> Result<bool> {
    let held: Option<String> =
        sql("SELECT id AS value FROM backups WHERE expires >= $1 LIMIT 1").bind(now).one(door).await?;
    Ok(held.is_some())
}
