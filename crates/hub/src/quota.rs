//! How much the repositories of one owner may hold together.

use limpide_db::Tx;
use limpide_db::repos::{self, Repo};

use crate::Hub;
use crate::error::{Error, Result};

impl Hub {
    /// Notes that a repository grew by so many bytes.
    ///
    /// # Errors
    /// `TooLarge` when its owner would have more than the quota.
    pub(crate) async fn grow(&self, tx: &mut Tx, repo: &Repo, bytes: i64) -> Result<()> {
        repos::grow(tx, &repo.id, bytes).await?;
        let Some(quota) = self.settings().limits.owner.filter(|_| bytes > 0) else { return Ok(()) };
        let holds = repos::size_of_all(tx, &repo.owner_id).await?.unsigned_abs();
        if holds <= quota { Ok(()) } else { Err(Error::TooLarge(used_up(repo, quota, holds))) }
    }

    /// What is said when the owner of a repository would have more than the quota with so many bytes more.
    pub(crate) async fn over_quota(&self, repo: &Repo, more: u64) -> Result<Option<String>> {
        let Some(quota) = self.settings().limits.owner.filter(|_| more > 0) else { return Ok(None) };
        let mut tx = self.db().begin().await?;
        let would_hold =
            repos::size_of_all(&mut tx, &repo.owner_id).await?.unsigned_abs().saturating_add(more);
        Ok((would_hold > quota).then(|| used_up(repo, quota, would_hold)))
    }
}

fn used_up(repo: &Repo, quota: u64, would_hold: u64) -> String {
    let owner = &repo.owner;
    format!(
        "The quota of {owner} is used up: its repositories may hold {quota} bytes together, and would hold {would_hold}. \
         Delete a repository of {owner} that is not needed any more, or ask the administrator of this hub for more."
    )
}
