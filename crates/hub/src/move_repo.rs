//! Gives a repository another name or owner; the old name leads to the new one.

use limpide_db::{events, repos};
use limpide_words::{Kind, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
use crate::changing;
use crate::error::{Error, Result};

impl Hub {
    /// Moves a repository.
    ///
    /// # Errors
    /// As [`Hub::manageable`]; `Forbidden` when the caller may not create at the new place, `Conflict` when the
    /// name is taken there.
    pub async fn move_repo(&self, caller: &Caller, kind: Kind, from: &RepoId, to: &RepoId) -> Result<()> {
        let managed = self.manageable(caller, kind, from).await?;
        let owner_id = self.may_create(managed.user(), kind, &to.owner).await?;
        let mut tx = changing::begin(self.db(), &managed.repo().id).await?;
        // It may have got another name before it was locked.
        let repo = &match repos::find(&mut tx, kind, from).await? {
            Some(repo) if repo.id == managed.repo().id => repo,
            _ => return Err(self.renamed(caller, kind, from).await),
        };
        match repos::rename(&mut tx, repo, &owner_id, to, self.clock().now()).await {
            Err(limpide_db::Error::Taken(_)) => {
                return Err(Error::Conflict(format!("A {kind} repository called {to} already exists")));
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

    /// The refusal for a name that has just come to stand for something else.
    async fn renamed(&self, caller: &Caller, kind: Kind, from: &RepoId) -> Error {
        match self.manageable(caller, kind, from).await {
            Ok(_) => {
                Error::Conflict(format!("Another repository is called {from} since a moment; look again."))
            }
            Err(error) => error,
        }
    }
}
