//! Deletes a repository.

use limpide_db::{Tx, dead_objects, events, git_objects, lfs_parts, repos};
use limpide_words::{Kind, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
use crate::changing;
use crate::error::Result;
use crate::git::store::key;
use crate::lfs_parts::paths_of;

impl Hub {
    /// Deletes a repository with all its history. What other repositories share with it stays.
    ///
    /// # Errors
    /// As [`Hub::manageable`].
    pub async fn delete_repo(&self, caller: &Caller, kind: Kind, id: &RepoId) -> Result<()> {
        let managed = self.manageable(caller, kind, id).await?;
        let repo = managed.repo();
        let mut tx = changing::begin(self.db(), &repo.id).await?;
        self.bury_git_objects(&mut tx, &repo.id).await?;
        self.bury_lfs_parts(&mut tx, &repo.id).await?;
        repos::delete(&mut tx, &repo.id).await?;
        let detail = json!({ "kind": kind, "id": repo.id() });
        events::insert(&mut tx, self.event(managed.user(), &repo.id, "repo.delete", detail)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Has the objects removed that hold the larger files of a repository's history.
    async fn bury_git_objects(&self, tx: &mut Tx, repository_id: &str) -> Result<()> {
        let now = self.clock().now();
        let mut after = None;
        loop {
            let some = git_objects::stored_page(&mut *tx, repository_id, after, AT_ONCE).await?;
            let Some(last) = some.last() else { return Ok(()) };
            after = Some(last.id);
            let keys = some.iter().filter_map(|object| object.object.as_deref()).map(key);
            let paths: Vec<String> = keys.map(|key| key.map(|key| key.to_string())).collect::<Result<_>>()?;
            dead_objects::insert_all(tx, &paths, now).await?;
        }
    }

    /// Has the parts removed of objects that were on their way to a repository.
    async fn bury_lfs_parts(&self, tx: &mut Tx, repository_id: &str) -> Result<()> {
        let paths = paths_of(lfs_parts::delete_of_repository(tx, repository_id).await?);
        dead_objects::insert_all(tx, &paths, self.clock().now()).await?;
        Ok(())
    }
}

/// How many objects are looked up in one statement.
const AT_ONCE: i64 = 1000;
