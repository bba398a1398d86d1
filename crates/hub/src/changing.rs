//! Whoever changes a repository takes hold of it first, and learns whether it was deleted meanwhile.

use limpide_db::{Db, Tx, repos};

use crate::error::{Error, Result};

/// Begins to change a repository: others who change it or its history wait until this transaction ends.
///
/// # Errors
/// `NotFound` when it has just been deleted.
pub(crate) async fn begin(db: &Db, repository_id: &str) -> Result<Tx> {
    let mut tx = db.begin().await?;
    if repos::lock(&mut tx, repository_id).await? { Ok(tx) } else { Err(Error::deleted()) }
}

/// Keeps the repository from being deleted until this transaction ends, and nobody waiting.
///
/// # Errors
/// `NotFound` when it has just been deleted.
pub(crate) async fn keep(tx: &mut Tx, repository_id: &str) -> Result<()> {
    if repos::keep(tx, repository_id).await? { Ok(()) } else { Err(Error::deleted()) }
}
