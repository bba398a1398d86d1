//! Changes who sees a repository, and what readers must agree to.

use limpide_db::{events, repos};
use limpide_words::{Kind, RepoId};
use serde_json::json;

use crate::Hub;
use crate::access::Caller;
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
        let private = change.private.unwrap_or(repo.private);
        let gated = change.gated.unwrap_or_else(|| repo.gated.clone());
        if !["false", "auto", "manual"].contains(&gated.as_str()) {
            return Err(Error::Invalid(format!("`gated` is false, \"auto\" or \"manual\", not `{gated}`.")));
        }
        let mut tx = self.db().begin().await?;
        repos::set_access(&mut tx, &repo.id, private, &gated).await?;
        let detail = json!({ "private": private, "gated": gated });
        events::insert(&mut tx, self.event(managed.user(), &repo.id, "repo.settings", detail)).await?;
        tx.commit().await?;
        Ok(())
    }
}
