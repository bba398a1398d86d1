//! What this hub has signed: `log_entries`, with the hashes of the tree over them in `log_nodes` and its newest checkpoint
//! in `log_head`.

use limpide_words::{Moment, ObjectId};

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// An entry of the log, without what it says.
    pub struct Leaf {
        /// Its number, from 0 on.
        pub number: i64,
        /// Its hash, in hexadecimal.
        pub leaf: String,
        /// When it was added.
        pub created: Moment,
    }
}

record! {
    /// A signed statement.
    pub struct Signed {
        /// Its number in the log.
        pub number: i64,
        /// `scan` or `openness`.
        pub predicate: String,
        /// The statement, in its bundle.
        pub bundle: Vec<u8>,
        /// When it was added.
        pub created: Moment,
    }
}

record! {
    /// How long the log is.
    pub struct Head {
        /// How many entries there are.
        pub size: i64,
        /// What was signed of that; empty before the first entry.
        pub checkpoint: String,
    }
}

record! {
    /// The hash of a complete subtree.
    pub struct NodeRow {
        /// `level/index`.
        pub place: String,
        /// In hexadecimal.
        pub hash: String,
    }
}

/// An entry to add.
#[derive(Debug, Clone, Copy)]
pub struct NewEntry<'a> {
    /// The repository that it is about.
    pub repository_id: &'a str,
    /// The commit.
    pub commit: ObjectId,
    /// `scan` or `openness`.
    pub predicate: &'a str,
    /// Its hash, in hexadecimal.
    pub leaf: &'a str,
    /// The statement, in its bundle.
    pub bundle: &'a [u8],
    /// Now.
    pub now: Moment,
}

/// How long the log is; whoever asks in a transaction adds to it alone, until that ends.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut Tx) -> Result<i64> {
    sql("INSERT INTO log_head (id, size, checkpoint) VALUES (0, 0, '') ON CONFLICT (id) DO NOTHING")
        .run(&mut *tx)
        .await?;
    let size: Option<i64> = sql("SELECT size AS value FROM log_head WHERE id = 0 FOR UPDATE").one(tx).await?;
    Ok(size.unwrap_or(0))
}

/// Adds an entry at the end, with the subtrees that it completes.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, number: i64, entry: &NewEntry<'_>, nodes: &[NodeRow]) -> Result<()> {
    sql("INSERT INTO log_entries (number, repository_id, commit_id, predicate, leaf, bundle, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(number)
    .bind(entry.repository_id)
    .bind(entry.commit)
    .bind(entry.predicate)
    .bind(entry.leaf)
    .bind(entry.bundle.to_vec())
    .bind(entry.now)
    .run(&mut *tx)
    .await?;
    for node in nodes {
        sql("INSERT INTO log_nodes (place, hash) VALUES ($1, $2)")
            .bind(&node.place)
            .bind(&node.hash)
            .run(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Sets how long the log is, and what was signed of that.
///
/// # Errors
/// When the database fails.
pub async fn set_head(tx: &mut Tx, size: i64, checkpoint: &str) -> Result<()> {
    sql("UPDATE log_head SET size = $1, checkpoint = $2 WHERE id = 0")
        .bind(size)
        .bind(checkpoint)
        .run(tx)
        .await?;
    Ok(())
}

/// How long the log is, and the newest checkpoint; none before the first entry.
///
/// # Errors
/// When the database fails.
pub async fn head(door: impl Door) -> Result<Option<Head>> {
    sql("SELECT size, checkpoint FROM log_head WHERE id = 0 AND size > 0").one(door).await
}

/// The hashes of those of these subtrees that are complete.
///
/// # Errors
/// When the database fails.
pub async fn nodes(door: impl Door, places: &[String]) -> Result<Vec<NodeRow>> {
    sql("SELECT place, hash FROM log_nodes WHERE place IN each($1)").bind(json_set(places)).all(door).await
}

/// The next entries from a number on.
///
/// # Errors
/// When the database fails.
pub async fn leaves(door: impl Door, from: i64, limit: i64) -> Result<Vec<Leaf>> {
    sql("SELECT number, leaf, created FROM log_entries WHERE number >= $1 ORDER BY number LIMIT $2")
        .bind(from)
        .bind(limit)
        .all(door)
        .await
}

/// What was signed about a commit, in its order.
///
/// # Errors
/// When the database fails.
pub async fn of_commit(door: impl Door, repository_id: &str, commit: ObjectId) -> Result<Vec<Signed>> {
    sql("SELECT number, predicate, bundle, created FROM log_entries
         WHERE repository_id = $1 AND commit_id = $2 ORDER BY number")
    .bind(repository_id)
    .bind(commit)
    .all(door)
    .await
}
