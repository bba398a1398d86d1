//! Moves a hub that nobody serves to another place. The source stays as it is.

use serde::Serialize;

use super::objects::{self, Carried, Way};
use super::progress::Progress;
use super::rows::{self, Stored};
use super::{Place, Result, arrival};

/// What is to move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moves {
    /// The rows, to another database.
    pub rows: bool,
    /// The bytes, to another store.
    pub bytes: bool,
}

/// What moved, and was verified: rows by their number and a digest of each table, objects by length and SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Migrated {
    /// Tables that were compared.
    pub tables: u64,
    /// Rows that are in the target.
    pub rows: u64,
    /// Objects that are in the target.
    pub objects: Carried,
}

/// Moves a hub, or goes on where it was cut off.
///
/// # Errors
/// When the target holds anything but a part of the same hub; when a row or an object is missing, or does not read back
/// as it was; when a database or a store fails. Run again, it goes on.
pub async fn migrate(from: &Place, to: &Place, moves: Moves, progress: &Progress) -> Result<Migrated> {
    progress.enter("counting rows in the source");
    let mut source = Stored::in_database(&from.db).await?;
    let sent = rows::count(&mut source, progress).await?;
    if moves.bytes {
        objects::expect_none_but(&sent.named, &to.blobs).await?;
    }
    let (mut tables, mut arrived) = (0, 0);
    if moves.rows {
        let expected = (sent.fingerprint(), &sent.tables);
        let tally = arrival::arrive(&mut source, (&expected.0, expected.1), &to.db, progress).await?;
        (tables, arrived) = (tally.tables.len() as u64, tally.rows());
    }
    drop(source);
    let mut objects = Carried::default();
    if moves.bytes {
        progress.enter("copying objects");
        let way = Way { from: &from.blobs, to: &to.blobs, progress };
        objects = objects::carry_all(sent.named, way).await?;
    }
    if moves.rows {
        arrival::end(&to.db).await?;
    }
    Ok(Migrated { tables, rows: arrived, objects })
}
