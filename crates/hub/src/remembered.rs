//! What a process remembers of commits and contents: it follows from bytes, which do not change.

use std::sync::Arc;

use limpide_db::commits::Commit;
use limpide_tables::splits::Dataset;
use limpide_tables::{Problem, Summary};
use moka::future::Cache;

use crate::turns::Turns;

/// A commit of a repository: both ids.
pub(crate) type CommitKey = (String, String);

/// What was found out, each for as long as there is room.
#[derive(Debug)]
pub(crate) struct Remembered {
    /// Which files of a commit are which split.
    pub(crate) datasets: Cache<CommitKey, Arc<Dataset>>,
    /// How many rows the split of a configuration has, where its files tell.
    pub(crate) split_rows: Cache<(CommitKey, String, String), Option<u64>>,
    /// What the columns of contents hold.
    pub(crate) summaries: Cache<Vec<String>, Arc<Result<Summary, Problem>>>,
    /// So that contents are summed up once, however many ask at the same time.
    pub(crate) summing: Turns,
    /// Commits among whose files there is no signature.
    pub(crate) unsigned: Cache<CommitKey, ()>,
}

impl Remembered {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self {
            datasets: Cache::builder().max_capacity(500).build(),
            split_rows: Cache::builder().max_capacity(10_000).build(),
            summaries: Cache::builder().max_capacity(2000).build(),
            summing: Turns::default(),
            unsigned: Cache::builder().max_capacity(100_000).build(),
        }
    }
}

/// What names a commit.
pub(crate) fn commit_key(repository_id: &str, commit: &Commit) -> CommitKey {
    (repository_id.to_owned(), commit.id.to_string())
}
