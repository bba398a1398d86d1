//! Who likes what: `likes`. The number of likes of a repository moves in the same transaction.

use limpide_words::{Moment, OwnerName};

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// A user who likes a repository.
    pub struct Liker {
        /// The user's name.
        pub name: OwnerName,
        /// The name shown beside it.
        pub full_name: String,
    }
}

/// Notes that a user likes a repository; once is enough.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, user_id: &str, repository_id: &str, now: Moment) -> Result<()> {
    let added =
        sql("INSERT INTO likes (user_id, repository_id, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING")
            .bind(user_id)
            .bind(repository_id)
            .bind(now)
            .run(tx)
            .await?;
    count(tx, repository_id, i64::try_from(added).unwrap_or(0)).await
}

/// Takes a like back.
///
/// # Errors
/// When the database fails.
pub async fn remove(tx: &mut Tx, user_id: &str, repository_id: &str) -> Result<()> {
    let removed = sql("DELETE FROM likes WHERE user_id = $1 AND repository_id = $2")
        .bind(user_id)
        .bind(repository_id)
        .run(tx)
        .await?;
    count(tx, repository_id, -i64::try_from(removed).unwrap_or(0)).await
}

async fn count(tx: &mut Tx, repository_id: &str, more: i64) -> Result<()> {
    sql("UPDATE repositories SET likes = likes + $2 WHERE id = $1")
        .bind(repository_id)
        .bind(more)
        .run(tx)
        .await?;
    Ok(())
}

/// Who likes a repository, by name, after a name and at most so many.
///
/// # Errors
/// When the database fails.
pub async fn likers(door: impl Door, repository_id: &str, after: &str, limit: i64) -> Result<Vec<Liker>> {
    sql("SELECT o.name, o.full_name FROM likes l JOIN owners o ON o.id = l.user_id
         WHERE l.repository_id = $1 AND o.folded > $2 ORDER BY o.folded LIMIT $3")
    .bind(repository_id)
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

/// Whether a user likes a repository.
///
/// # Errors
/// When the database fails.
pub async fn is_liked(door: impl Door, user_id: &str, repository_id: &str) -> Result<bool> {
    let found: Option<String> =
        sql("SELECT user_id AS value FROM likes WHERE user_id = $1 AND repository_id = $2")
            .bind(user_id)
            .bind(repository_id)
            .one(door)
            .await?;
    Ok(found.is_some())
}
