//! Changes who sees a repository, and what readers must agree to.

use limpide_db::{events, repos};
use limpide_words::{Kind, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
use crate::changing;
use crate::error::{Error, Result};

/// What is to change; the rest stays.
#[derive(Debug, Clone, Default)]
pub struct RepoSettings {
    /// Whether only members see it.
    pub private: Option<bool>,
    /// `false`, `auto` or `manual`.
    pub gated: Option<String>,
}

impl Hub {
    /// Changes the settings of a repository.
    ///
    /// # Errors
    /// As [`Hub::manageable`]; `Invalid` for a gate there is not.
    pub async fn set_repo_settings(
        &self,
        caller: &Caller,
        kind: Kind,
        id: &RepoId,
        change: RepoSettings,
    ) -> Result<()> {
        let managed = self.manageable(caller, kind, id).await?;
        let repo = managed.repo();
        if let Some(gated) = &change.gated
            && !["false", "auto", "manual"].contains(&gated.as_str())
        {
            return Err(Error::Invalid(format!("`gated` is false, \"auto\" or \"manual\", not `{gated}`.")));
        }
        let mut tx = changing::begin(self.db(), &repo.id).await?;
        // Only what was asked: somebody else may change the rest at the same time.
        if let Some(private) = change.private {
            repos::set_private(&mut tx, &repo.id, private).await?;
        }
        if let Some(gated) = &change.gated {
            repos::set_gated(&mut tx, &repo.id, gated).await?;
        }
        let detail = json!({ "private": change.private, "gated": change.gated });
        events::insert(&mut tx, self.event(managed.user(), &repo.id, "repo.settings", detail)).await?;
        self.standing_changed(&mut tx, &repo.id).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }
}
