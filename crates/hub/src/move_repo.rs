//! Gives a repository another name or owner; the old name leads to the new one.

use limpide_db::{events, repos};
use limpide_words::{Kind, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
use crate::error::{Error, Result};

impl Hub {
    /// Moves a repository.
    ///
    /// # Errors
    /// As [`Hub::manageable`]; `Forbidden` when the caller may not create at the new place, `Conflict` when the
    /// name is taken there.
    pub async fn move_repo(&self, caller: &Caller, kind: Kind, from: &RepoId, to: &RepoId) -> Result<()> {
        let managed = self.manageable(caller, kind, from).await?;
        let repo = managed.repo();
        let owner_id = self.may_create(managed.user(), kind, &to.owner).await?;
        let taken = || Error::Conflict(format!("A {kind} repository called {to} already exists"));
        if repos::find(self.db(), kind, to).await?.is_some_and(|other| other.id != repo.id) {
            return Err(taken());
        }
        let mut tx = self.db().begin().await?;
        match repos::rename(&mut tx, repo, &owner_id, to, self.clock().now()).await {
            Err(limpide_db::Error::Taken(_)) => return Err(taken()),
            other => other?,
        }
        let detail = json!({ "from": repo.id(), "to": to });
        events::insert(&mut tx, self.event(managed.user(), &repo.id, "repo.move", detail)).await?;
        tx.commit().await?;
        Ok(())
    }
}
