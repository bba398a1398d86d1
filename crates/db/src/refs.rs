//! Where branches and tags stand: `refs`. They move by compare-and-swap.

use limpide_words::{ObjectId, RefName};

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// A branch, a tag or another ref.
    pub struct Ref {
        /// Its full name.
        pub name: RefName,
        /// The commit it stands on; for an annotated tag, the tag object.
        pub target: ObjectId,
    }
}

/// Adds a ref.
///
/// # Errors
/// `Taken` when there is one of this name.
pub async fn insert(tx: &mut Tx, repository_id: &str, name: &RefName, target: ObjectId) -> Result<()> {
    sql("INSERT INTO refs (repository_id, name, target) VALUES ($1, $2, $3)")
        .bind(repository_id)
        .bind(name)
        .bind(target)
        .run(tx)
        .await?;
    Ok(())
}

/// Moves a ref from one target to the next; false when it does not stand there (any more).
///
/// # Errors
/// When the database fails.
pub async fn swap(
    tx: &mut Tx,
    repository_id: &str,
    name: &RefName,
    from: ObjectId,
    to: ObjectId,
) -> Result<bool> {
    let changed = sql("UPDATE refs SET target = $4 WHERE repository_id = $1 AND name = $2 AND target = $3")
        .bind(repository_id)
        .bind(name)
        .bind(from)
        .bind(to)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// Removes a ref; false when there is none of this name.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, repository_id: &str, name: &RefName) -> Result<bool> {
    let changed = sql("DELETE FROM refs WHERE repository_id = $1 AND name = $2")
        .bind(repository_id)
        .bind(name)
        .run(tx)
        .await?;
    Ok(changed == 1)
}

/// The refs among these full names that are there.
///
/// # Errors
/// When the database fails.
pub async fn find(
    door: impl Door,
    repository_id: &str,
    names: impl IntoIterator<Item = String>,
) -> Result<Vec<Ref>> {
    sql("SELECT name, target FROM refs WHERE repository_id = $1 AND name IN each($2)")
        .bind(repository_id)
        .bind(json_set(names))
        .all(door)
        .await
}

/// All refs, by name.
///
/// # Errors
/// When the database fails.
pub async fn all(door: impl Door, repository_id: &str) -> Result<Vec<Ref>> {
    sql("SELECT name, target FROM refs WHERE repository_id = $1 ORDER BY name")
        .bind(repository_id)
        .all(door)
        .await
}

/// Copies branches and tags to another repository, but not pull requests.
///
/// # Errors
/// When the database fails.
pub async fn copy(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    sql("INSERT INTO refs (repository_id, name, target) SELECT $1, name, target FROM refs
         WHERE repository_id = $2 AND (name LIKE 'refs/heads/%' OR name LIKE 'refs/tags/%')")
    .bind(to)
    .bind(from)
    .run(tx)
    .await?;
    Ok(())
}

/// The commits that branches stand on, each once.
///
/// # Errors
/// When the database fails.
pub async fn heads(door: impl Door, repository_id: &str) -> Result<Vec<ObjectId>> {
    sql("SELECT DISTINCT target AS value FROM refs WHERE repository_id = $1 AND name LIKE 'refs/heads/%' ORDER BY 1")
        .bind(repository_id)
        .all(door)
        .await
}
