//! What people have locked: `lfs_locks`.

use limpide_words::{FilePath, Moment, OwnerName};

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// A path that somebody has locked.
    pub struct Lock {
        /// Its id; later ones are greater.
        pub id: String,
        /// What is locked.
        pub path: FilePath,
        /// The id of whoever locked it.
        pub user_id: String,
        /// Their name.
        pub owner: OwnerName,
        /// Since when.
        pub locked: Moment,
    }
}

/// Adds a lock.
///
/// # Errors
/// `Taken` when the path is locked.
pub async fn insert(tx: &mut Tx, repository_id: &str, lock: &Lock) -> Result<()> {
    sql("INSERT INTO lfs_locks (id, repository_id, path, user_id, locked) VALUES ($1, $2, $3, $4, $5)")
        .bind(&lock.id)
        .bind(repository_id)
        .bind(&lock.path)
        .bind(&lock.user_id)
        .bind(lock.locked)
        .run(tx)
        .await?;
    Ok(())
}

/// Removes a lock.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, repository_id: &str, id: &str) -> Result<()> {
    sql("DELETE FROM lfs_locks WHERE repository_id = $1 AND id = $2")
        .bind(repository_id)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

/// Which locks are wanted.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// The one of this id.
    pub id: Option<String>,
    /// The one on this path.
    pub path: Option<String>,
    /// Those after this id.
    pub after: Option<String>,
}

/// Locks of a repository in the order in which they were made, at most so many.
///
/// # Errors
/// When the database fails.
pub async fn page(door: impl Door, repository_id: &str, query: Query, limit: i64) -> Result<Vec<Lock>> {
    sql("SELECT l.id, l.path, l.user_id, o.name AS owner, l.locked FROM lfs_locks l
         JOIN owners o ON o.id = l.user_id WHERE l.repository_id = $1")
    .bind(repository_id)
    .filter(" AND l.id = $?", query.id)
    .filter(" AND l.path = $?", query.path)
    .filter(" AND l.id > $?", query.after)
    .then(" ORDER BY l.id")
    .filter(" LIMIT $?", Some(limit))
    .all(door)
    .await
}
