//! Lists the commits of a branch, newest first.

use std::collections::HashSet;

use limpide_db::commits::{self, Commit};
use limpide_words::{ObjectId, Revision};

use crate::Hub;
use crate::access::Readable;
use crate::error::{Error, Result};
use crate::revision::{PATIENCE, changes_too_fast, no_revision};

/// What to list.
#[derive(Debug, Clone, Default)]
pub struct CommitsQuery {
    /// Where the page before ended, as it said; in place of the revision.
    pub cursor: Option<String>,
    /// How many commits to pass over.
    pub skip: usize,
    /// The most commits of a page.
    pub limit: Option<usize>,
}

/// A page of commits, newest first.
#[derive(Debug, Clone)]
pub struct CommitList {
    /// The commits.
    pub commits: Vec<Commit>,
    /// What to ask for the next page with.
    pub next: Option<String>,
}

/// Commits of a page when the caller does not say, and at most.
const PAGE: usize = 50;
const LARGEST_PAGE: usize = 1000;

/// Rows that one question brings.
const BATCH: i64 = 200;

/// Branches that a cursor can be in the middle of.
const WIDEST: usize = 64;

impl Hub {
    /// The commits that lead to a revision, newest first.
    ///
    /// # Errors
    /// `NotFound` for the revision, and for a cursor whose history was squashed since; `Invalid` for a cursor that this hub did not make.
    pub async fn list_commits(
        &self,
        repo: &Readable,
        revision: &Revision,
        query: &CommitsQuery,
    ) -> Result<CommitList> {
        if let Some(cursor) = &query.cursor {
            return self.list_from(repo, read_cursor(cursor)?, query).await;
        }
        for _ in 0..PATIENCE {
            let start = self.commit_at(repo, revision).await?.id;
            match self.list_from(repo, [start].into(), query).await {
                // Squashed away while it was read: the branch begins anew, and so does the list.
                Err(Error::NotFound(..)) => {}
                other => return other,
            }
        }
        Err(changes_too_fast())
    }

    async fn list_from(
        &self,
        repo: &Readable,
        mut open: HashSet<ObjectId>,
        query: &CommitsQuery,
    ) -> Result<CommitList> {
        let limit = query.limit.unwrap_or(PAGE).clamp(1, LARGEST_PAGE);
        let mut list = Vec::new();
        let mut skip = query.skip;
        while list.len() < limit && !open.is_empty() {
            // A page may be asked for that lies beyond any number of commits.
            let most = skip.saturating_add(limit - list.len());
            let reached = self.step_down(&repo.repo().id, &mut open, most).await?;
            let passed = reached.len().min(skip);
            skip -= passed;
            list.extend(reached.into_iter().skip(passed));
        }
        let next = (!open.is_empty() && open.len() <= WIDEST).then(|| write_cursor(&open));
        Ok(CommitList { commits: list, next })
    }

    /// Up to `most` commits that are reached from the open ones, in falling order; each gives way to its parents.
    async fn step_down(
        &self,
        repository_id: &str,
        open: &mut HashSet<ObjectId>,
        most: usize,
    ) -> Result<Vec<Commit>> {
        let heads = self.all_of(repository_id, open).await?;
        let from = heads.iter().map(|commit| commit.number).max().unwrap_or(0);
        // Parents have smaller numbers: going down by number, a commit comes after all that lead to it.
        let batch = commits::downwards(self.db(), repository_id, from, BATCH).await?;
        let parents =
            commits::parents(self.db(), repository_id, batch.iter().map(|commit| commit.id)).await?;
        // What is there is whole: if these are there still, nothing that leads to them was missed.
        self.all_of(repository_id, open).await?;
        let mut reached = Vec::new();
        for commit in batch {
            if reached.len() == most {
                break;
            }
            if open.remove(&commit.id) {
                open.extend(
                    parents.iter().filter(|link| link.commit_id == commit.id).map(|link| link.parent_id),
                );
                reached.push(commit);
            }
        }
        Ok(reached)
    }
}

impl Hub {
    /// These commits, if all are there.
    async fn all_of(&self, repository_id: &str, ids: &HashSet<ObjectId>) -> Result<Vec<Commit>> {
        let found = commits::find(self.db(), repository_id, ids.iter().copied()).await?;
        let gone = ids.iter().find(|id| !found.iter().any(|commit| commit.id == **id));
        gone.map_or(Ok(found), |gone| Err(no_revision(&gone.to_string())))
    }
}

fn write_cursor(open: &HashSet<ObjectId>) -> String {
    let mut ids: Vec<String> = open.iter().map(ToString::to_string).collect();
    ids.sort();
    ids.join(",")
}

fn read_cursor(text: &str) -> Result<HashSet<ObjectId>> {
    let ids: std::result::Result<HashSet<ObjectId>, _> =
        text.split(',').take(WIDEST).map(str::parse).collect();
    ids.map_err(|_| {
        Error::Invalid("This cursor is not one that the hub gave; begin at the first page.".into())
    })
}
