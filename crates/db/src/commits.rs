//! What was committed: `commits` and `commit_parents`. Numbers count up within a repository, over all
//! branches: a parent's is smaller than its child's.

use limpide_words::{Moment, ObjectId, RefName};
use serde_json::json;

use crate::audits;
use crate::batches::batches;
use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// A commit.
    pub struct Commit {
        /// Its SHA-1.
        pub id: ObjectId,
        /// Its number in the repository.
        pub number: i64,
        /// Its root tree.
        pub tree: ObjectId,
        /// The name of the user who made it.
        pub author: String,
        /// The first line of its message.
        pub title: String,
        /// What follows the title.
        pub message: String,
        /// When it was made.
        pub date: Moment,
    }
}

record! {
    /// That a commit has a parent.
    pub struct Parent {
        /// The child.
        pub commit_id: ObjectId,
        /// The parent.
        pub parent_id: ObjectId,
    }
}

/// A commit on its way in.
#[derive(Debug, Clone)]
pub struct NewCommit {
    /// The commit.
    pub commit: Commit,
    /// Its parents, in order.
    pub parents: Vec<ObjectId>,
}

/// Adds commits and says which their parents are.
///
/// # Errors
/// `Taken` when one is already there.
pub async fn insert(tx: &mut Tx, repository_id: &str, new: &[NewCommit]) -> Result<()> {
    let size = |new: &NewCommit| new.commit.title.len() + new.commit.message.len() + 300;
    for batch in batches(new, size) {
        insert_batch(tx, repository_id, batch).await?;
    }
    Ok(())
}

async fn insert_batch(tx: &mut Tx, repository_id: &str, new: &[NewCommit]) -> Result<()> {
    let row = |NewCommit { commit, .. }: &NewCommit| {
        json!({
            "id": commit.id, "number": commit.number, "tree": commit.tree, "author": commit.author,
            "title": commit.title, "message": commit.message, "date": commit.date.0,
        })
    };
    let rows: Vec<_> = new.iter().map(row).collect();
    sql("INSERT INTO commits (repository_id, id, number, tree, author, title, message, date)
         SELECT $1, value->>'id', CAST(value->>'number' AS BIGINT), value->>'tree', value->>'author',
             value->>'title', value->>'message', CAST(value->>'date' AS BIGINT) FROM rows($2)")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .run(tx)
    .await?;
    let parents = |NewCommit { commit, parents }: &NewCommit| {
        let child = commit.id;
        let row = move |(position, id): (usize, &ObjectId)| json!({ "child": child, "position": position, "id": id });
        parents.iter().enumerate().map(row).collect::<Vec<_>>()
    };
    let rows: Vec<_> = new.iter().flat_map(parents).collect();
    sql("INSERT INTO commit_parents (repository_id, commit_id, position, parent_id)
         SELECT $1, value->>'child', CAST(value->>'position' AS BIGINT), value->>'id' FROM rows($2)")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// The commits among these ids that are there.
///
/// # Errors
/// When the database fails.
pub async fn find(
    door: impl Door,
    repository_id: &str,
    ids: impl IntoIterator<Item = ObjectId>,
) -> Result<Vec<Commit>> {
    sql("SELECT id, number, tree, author, title, message, date FROM commits
         WHERE repository_id = $1 AND id IN each($2)")
    .bind(repository_id)
    .bind(json_set(ids))
    .all(door)
    .await
}

/// The commit that a branch stands on. One statement: between two, a squash could take the commit away.
///
/// # Errors
/// When the database fails.
pub async fn head(door: impl Door, repository_id: &str, branch: &RefName) -> Result<Option<Commit>> {
    sql("SELECT c.id, c.number, c.tree, c.author, c.title, c.message, c.date
         FROM refs r JOIN commits c ON c.repository_id = r.repository_id AND c.id = r.target
         WHERE r.repository_id = $1 AND r.name = $2")
    .bind(repository_id)
    .bind(branch)
    .one(door)
    .await
}

/// Commits whose id begins with these hexadecimal digits; two at most, which is one too many.
///
/// # Errors
/// When the database fails.
pub async fn find_by_prefix(door: impl Door, repository_id: &str, prefix: &str) -> Result<Vec<Commit>> {
    // `g` follows the last hexadecimal digit.
    sql("SELECT id, number, tree, author, title, message, date FROM commits
         WHERE repository_id = $1 AND id >= $2 AND id < $3 LIMIT 2")
    .bind(repository_id)
    .bind(prefix)
    .bind(format!("{prefix}g"))
    .all(door)
    .await
}

/// The commits with these numbers.
///
/// # Errors
/// When the database fails.
pub async fn numbered(
    door: impl Door,
    repository_id: &str,
    numbers: impl IntoIterator<Item = u32>,
) -> Result<Vec<Commit>> {
    let rows: Vec<_> = numbers.into_iter().map(|number| json!({ "n": number })).collect();
    sql("SELECT id, number, tree, author, title, message, date FROM commits
         WHERE repository_id = $1 AND number IN (SELECT CAST(value->>'n' AS BIGINT) FROM rows($2))")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .all(door)
    .await
}

/// The commits from this number downwards, of all branches.
///
/// # Errors
/// When the database fails.
pub async fn downwards(door: impl Door, repository_id: &str, from: i64, limit: i64) -> Result<Vec<Commit>> {
    sql("SELECT id, number, tree, author, title, message, date FROM commits
         WHERE repository_id = $1 AND number <= $2 ORDER BY number DESC LIMIT $3")
    .bind(repository_id)
    .bind(from)
    .bind(limit)
    .all(door)
    .await
}

/// The parents of these commits, in order.
///
/// # Errors
/// When the database fails.
pub async fn parents(
    door: impl Door,
    repository_id: &str,
    ids: impl IntoIterator<Item = ObjectId>,
) -> Result<Vec<Parent>> {
    sql("SELECT commit_id, parent_id FROM commit_parents
         WHERE repository_id = $1 AND commit_id IN each($2) ORDER BY commit_id, position")
    .bind(repository_id)
    .bind(json_set(ids))
    .all(door)
    .await
}

/// Forgets all commits but those that lead to one of `kept`; gives how many. So whatever is left is whole: all
/// that leads to a commit is there, and a commit's index names only commits that lead to it.
///
/// # Errors
/// When the database fails.
pub async fn prune(tx: &mut Tx, repository_id: &str, kept: &[ObjectId]) -> Result<usize> {
    let gone: Vec<Commit> = sql("WITH RECURSIVE kept (id) AS (
             SELECT value->>'id' FROM rows($2)
             UNION SELECT p.parent_id FROM kept k
                 JOIN commit_parents p ON p.repository_id = $1 AND p.commit_id = k.id
         )
         SELECT id, number, tree, author, title, message, date FROM commits
             WHERE repository_id = $1 AND id NOT IN (SELECT id FROM kept)")
    .bind(repository_id)
    .bind(serde_json::Value::from(kept.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>()).to_string())
    .all(&mut *tx)
    .await?;
    let numbers: Vec<_> = gone.iter().map(|commit| json!({ "n": commit.number })).collect();
    sql("DELETE FROM folder_history WHERE repository_id = $1
         AND number IN (SELECT CAST(value->>'n' AS BIGINT) FROM rows($2))")
    .bind(repository_id)
    .bind(serde_json::Value::from(numbers).to_string())
    .run(tx)
    .await?;
    let ids = json_set(gone.iter().map(|commit| commit.id));
    for statement in [
        sql("DELETE FROM commit_parents WHERE repository_id = $1 AND commit_id IN each($2)"),
        sql("DELETE FROM commits WHERE repository_id = $1 AND id IN each($2)"),
    ] {
        statement.bind(repository_id).bind(&ids).run(tx).await?;
    }
    audits::forget_head(tx, repository_id).await?;
    Ok(gone.len())
}

/// Copies all commits to another repository, with their numbers and their index.
///
/// # Errors
/// When the database fails.
pub async fn copy(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    sql("INSERT INTO commits (repository_id, id, number, tree, author, title, message, date)
         SELECT $1, id, number, tree, author, title, message, date FROM commits WHERE repository_id = $2")
    .bind(to)
    .bind(from)
    .run(tx)
    .await?;
    sql("INSERT INTO commit_parents (repository_id, commit_id, position, parent_id)
         SELECT $1, commit_id, position, parent_id FROM commit_parents WHERE repository_id = $2")
    .bind(to)
    .bind(from)
    .run(tx)
    .await?;
    sql("INSERT INTO folder_history (repository_id, number, path, numbers)
         SELECT $1, number, path, numbers FROM folder_history WHERE repository_id = $2")
    .bind(to)
    .bind(from)
    .run(tx)
    .await?;
    Ok(())
}
