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
        match bytes {
            1.. => self.keep_quota(tx, repo, 0).await,
            _ => Ok(()),
        }
    }

    /// Makes sure that the owner of a repository may have so many bytes more.
    ///
    /// # Errors
    /// `TooLarge` otherwise.
    pub(crate) async fn keep_quota(&self, tx: &mut Tx, repo: &Repo, more: u64) -> Result<()> {
        let quota = self.settings().limits.owner;
        if quota == 0 {
            return Ok(());
        }
        let has = repos::size_of_all(tx, &repo.owner_id).await?.unsigned_abs();
        let wanted = has.saturating_add(more);
        if wanted <= quota {
            return Ok(());
        }
        Err(Error::TooLarge(format!(
            "The quota of {owner} is used up: its repositories may hold {quota} bytes together, and would hold {wanted}. \
             Delete a repository of {owner} that is not needed any more, or ask the administrator of this hub for more.",
            owner = repo.owner
        )))
    }
}
