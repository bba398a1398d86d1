//! The only place that speaks SQL. Two databases stand behind one door ([`Db`]); behind it, one file for
//! each family of tables. Reads take a `&Db` or a `&mut Tx`, writes take a `&mut Tx`: the signature says which.

mod batches;
mod door;
mod record;

pub mod accounts;
pub mod attestations;
pub mod audits;
pub mod check;
pub mod claims;
pub mod commits;
pub mod dead_objects;
pub mod downloads;
pub mod duties;
pub mod events;
pub mod facets;
pub mod files;
pub mod folder_history;
pub mod git_objects;
pub mod jobs;
pub mod key_chunks;
pub mod keys;
pub mod lfs_files;
pub mod lfs_locks;
pub mod lfs_parts;
pub mod likes;
pub mod listing;
pub mod log;
pub mod moving;
pub mod refs;
pub mod repos;
pub mod runs;
pub mod scans;
pub mod secrets;
pub mod sessions;
pub mod shards;
pub mod tags;
pub mod xorbs;

use door::sql;
pub use door::{Db, Door, Error, Result, SCHEMA, Snapshot, Tx, Value};
use uuid::Uuid;

/// A set of texts as the one JSON value that `each($n)` in a statement unfolds.
fn json_set<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    serde_json::Value::from(texts).to_string()
}

/// The last of the next `limit` rows of a table whose key is `hash`: where a page ends.
async fn last_of_page(
    door: impl Door,
    table: &'static str,
    after: &str,
    limit: i64,
) -> Result<Option<String>> {
    sql("SELECT hash AS value FROM (SELECT hash FROM ")
        .then(table)
        .then(" WHERE hash > $1 ORDER BY hash LIMIT $2) page ORDER BY hash DESC LIMIT 1")
        .bind(after)
        .bind(limit)
        .one(door)
        .await
}

/// Those of these objects of the store that no row of a table names in its column `object`.
async fn unnamed(door: impl Door, table: &'static str, objects: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows: Vec<_> =
        objects.iter().map(|object| serde_json::json!({ "object": object.to_string() })).collect();
    sql("SELECT value->>'object' AS value FROM rows($1) WHERE NOT EXISTS (SELECT 1 FROM ")
        .then(table)
        .then(" t WHERE t.object = value->>'object')")
        .bind(serde_json::Value::from(rows).to_string())
        .all(door)
        .await
}
