//! Gives a repository another name or owner; the old name leads to the new one.

use limpide_db::repos::Repo;
use limpide_db::{Tx, events, repos};
use limpide_words::{Kind, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::{Caller, Manageable};
use crate::changing;
use crate::error::{Error, Result};

/// A name that changes hands each time it is looked at is somebody's joke.
const PATIENCE: usize = 5;

impl Hub {
    /// Moves a repository.
    ///
    /// # Errors
    /// As [`Hub::manageable`]; `Forbidden` when the caller may not create at the new place, `Conflict` when the
    /// name is taken there.
    pub async fn move_repo(&self, caller: &Caller, kind: Kind, from: &RepoId, to: &RepoId) -> Result<()> {
        for _ in 0..PATIENCE {
            let managed = self.manageable(caller, kind, from).await?;
            let owner_id = self.may_create(managed.user(), kind, &to.owner).await?;
            let mut tx = changing::begin(self.db(), &managed.repo().id).await?;
            // It may have got another name before it was locked, and another repository this one: look again.
            let Some(repo) = repos::find(&mut tx, kind, from).await? else { continue };
            if repo.id == managed.repo().id {
                return self.rename(tx, &managed, &repo, (&owner_id, to)).await;
            }
        }
        Err(Error::Conflict(format!("Another repository is called {from} again and again; look again.")))
    }

    /// Gives a repository that is locked its new name.
    async fn rename(
        &self,
        mut tx: Tx,
        managed: &Manageable,
        repo: &Repo,
        (owner_id, to): (&str, &RepoId),
    ) -> Result<()> {
        match repos::rename(&mut tx, repo, owner_id, to, self.clock().now()).await {
            Err(limpide_db::Error::Taken(_)) => {
                return Err(Error::Conflict(format!(
                    "A {} repository called {to} already exists",
                    repo.kind
                )));
            }
            other => other?,
        }
        let detail = json!({ "from": repo.id(), "to": to });
        events::insert(&mut tx, self.event(managed.user(), &repo.id, "repo.move", detail)).await?;
        self.standing_changed(&mut tx, &repo.id).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }
}
