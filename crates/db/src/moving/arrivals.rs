//! What is being copied into this database: `arrivals`, one row until it has ended.

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// A copy that is under way.
    pub struct Arrival {
        /// What is copied: a digest of its rows.
        pub source: String,
        /// The last row that has arrived, as JSON; none before the first.
        pub place: Option<String>,
    }
}

/// The copy that is under way, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door) -> Result<Option<Arrival>> {
    sql("SELECT source, place FROM arrivals WHERE id = 0").one(door).await
}

/// Notes that a copy begins.
///
/// # Errors
/// When one is under way already, or the database fails.
pub async fn begin(tx: &mut Tx, source: &str) -> Result<()> {
    sql("INSERT INTO arrivals (id, source) VALUES (0, $1)").bind(source).run(tx).await?;
    Ok(())
}

/// Notes how far it has come.
///
/// # Errors
/// When the database fails.
pub async fn advance(tx: &mut Tx, place: &str) -> Result<()> {
    sql("UPDATE arrivals SET place = $1 WHERE id = 0").bind(place).run(tx).await?;
    Ok(())
}

/// Notes that it has ended.
///
/// # Errors
/// When the database fails.
pub async fn end(tx: &mut Tx) -> Result<()> {
    sql("DELETE FROM arrivals WHERE id = 0").run(tx).await?;
    Ok(())
}
