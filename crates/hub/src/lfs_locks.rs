//! Locks of Git LFS: people say which files they are editing. `git lfs` holds a push back that would change what somebody
//! else has locked; the hub itself refuses nothing.

use limpide_db::lfs_locks::{self, Lock, Query};
use limpide_words::FilePath;

use crate::Hub;
use crate::access::{Manageable, Readable, Writable};
use crate::chance;
use crate::changing;
use crate::error::{Error, Result};

/// Locks of a page.
const PAGE: usize = 100;

/// A page of locks.
#[derive(Debug, Clone)]
pub struct LockList {
    /// The locks, those first that were made first.
    pub locks: Vec<Lock>,
    /// What to ask for the next page with.
    pub next: Option<String>,
}

/// What became of the wish to lock.
#[derive(Debug, Clone)]
pub enum Locking {
    /// The path is locked now.
    Locked(Lock),
    /// Somebody has locked it before.
    Held(Lock),
}

impl Hub {
    /// Locks a path, whether a file is there or not.
    ///
    /// # Errors
    /// `NotFound` when the repository has just been deleted.
    pub async fn lock_path(&self, repo: &Writable, path: FilePath) -> Result<Locking> {
        let repository_id = &repo.repo().id;
        let user = repo.user();
        let mut tx = changing::begin(self.db(), repository_id).await?;
        let query = Query { path: Some(path.to_string()), ..Query::default() };
        if let Some(held) = lfs_locks::page(&mut tx, repository_id, query, 1).await?.pop() {
            return Ok(Locking::Held(held));
        }
        let (user_id, owner) = (user.id.clone(), user.name.clone());
        let lock = Lock { id: chance::id(), path, user_id, owner, locked: self.clock().now() };
        lfs_locks::insert(&mut tx, repository_id, &lock).await?;
        tx.commit().await?;
        Ok(Locking::Locked(lock))
    }

    /// A page of the locks that are asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_locks(&self, repo: &Readable, query: Query, limit: Option<usize>) -> Result<LockList> {
        let limit = limit.unwrap_or(PAGE).clamp(1, PAGE);
        let more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let mut locks = lfs_locks::page(self.db(), &repo.repo().id, query, more).await?;
        let goes_on = locks.len() > limit;
        locks.truncate(limit);
        let next = locks.last().filter(|_| goes_on).map(|lock| lock.id.clone());
        Ok(LockList { locks, next })
    }

    /// Removes one's own lock.
    ///
    /// # Errors
    /// `NotFound` when it is gone; `Forbidden` when it is another's.
    pub async fn unlock_path(&self, repo: &Writable, id: &str) -> Result<Lock> {
        self.remove_lock(&repo.repo().id, id, Some(&repo.user().id)).await
    }

    /// Removes anybody's lock.
    ///
    /// # Errors
    /// `NotFound` when it is gone.
    pub async fn break_lock(&self, repo: &Manageable, id: &str) -> Result<Lock> {
        self.remove_lock(&repo.repo().id, id, None).await
    }

    async fn remove_lock(&self, repository_id: &str, id: &str, only_of: Option<&str>) -> Result<Lock> {
        let mut tx = changing::begin(self.db(), repository_id).await?;
        let query = Query { id: Some(id.to_owned()), ..Query::default() };
        let found = lfs_locks::page(&mut tx, repository_id, query, 1).await?.pop();
        let lock = found.ok_or_else(|| Error::missing(format!("There is no lock {id}.")))?;
        if only_of.is_some_and(|user_id| lock.user_id != user_id) {
            return Err(Error::Forbidden(format!(
                "`{}` was locked by {}. Ask them to unlock it; who manages the repository may do so with `--force`.",
                lock.path, lock.owner
            )));
        }
        lfs_locks::delete(&mut tx, repository_id, id).await?;
        tx.commit().await?;
        Ok(lock)
    }
}
