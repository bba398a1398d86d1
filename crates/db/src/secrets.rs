//! What the replicas of one hub share: `secrets`.

use crate::door::{Db, Door, Result, Tx, sql};

/// The value kept under `name`; the first to ask decides it with `fresh`.
///
/// # Errors
/// When the database fails.
pub async fn shared(db: &Db, name: &str, fresh: String) -> Result<String> {
    if let Some(value) = find(db, name).await? {
        return Ok(value);
    }
    let mut tx = db.begin().await?;
    sql("INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
        .bind(name)
        .bind(&fresh)
        .run(&mut tx)
        .await?;
    let value = find(&mut tx, name).await?;
    tx.commit().await?;
    Ok(value.unwrap_or(fresh))
}

/// Adds one to the number kept under `name`.
///
/// # Errors
/// When the database fails.
pub async fn count_up(db: &Db, name: &str) -> Result<()> {
    let mut tx = db.begin().await?;
    sql("UPDATE secrets SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE name = $1")
        .bind(name)
        .run(&mut tx)
        .await?;
    tx.commit().await
}

/// Keeps a value under `name`, in place of any other.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, name: &str, value: &str) -> Result<()> {
    sql("INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(value)
        .run(tx)
        .await?;
    Ok(())
}

/// The value kept under `name`, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, name: &str) -> Result<Option<String>> {
    sql("SELECT value FROM secrets WHERE name = $1").bind(name).one(door).await
}
