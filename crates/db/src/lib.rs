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
pub mod refs;
pub mod repos;
pub mod runs;
pub mod scans;
pub mod secrets;
pub mod sessions;
pub mod tags;
pub mod xorbs;

pub use door::{Db, Door, Error, Result, Tx};

/// A set of texts as the one JSON value that `each($n)` in a statement unfolds.
fn json_set<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let texts: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    serde_json::Value::from(texts).to_string()
}
