//! Likes: who, and of what.

use limpide_db::likes::{self, Liker};
use limpide_words::{Kind, RepoId};

use crate::Hub;
use crate::access::{Caller, Readable};
use crate::changing;
use crate::error::{Error, Result};

impl Hub {
    /// Notes that the caller likes a repository, or likes it no more.
    ///
    /// # Errors
    /// As [`Hub::readable`]; `SignIn` for anyone, `Forbidden` for a token that only reads.
    pub async fn like(&self, caller: &Caller, kind: Kind, id: &RepoId, liked: bool) -> Result<()> {
        let readable = self.readable(caller, kind, id).await?;
        let user = caller.user()?;
        if user.grant == crate::Grant::Read {
            return Err(Error::Forbidden("This token only reads; use one that may write.".into()));
        }
        let mut tx = changing::begin(self.db(), &readable.repo().id).await?;
        match liked {
            true => likes::insert(&mut tx, &user.id, &readable.repo().id, self.clock().now()).await?,
            false => likes::remove(&mut tx, &user.id, &readable.repo().id).await?,
        }
        tx.commit().await?;
        Ok(())
    }

    /// Whether the caller likes a repository.
    ///
    /// # Errors
    /// `SignIn` for anyone.
    pub async fn likes_it(&self, caller: &Caller, readable: &Readable) -> Result<bool> {
        Ok(likes::is_liked(self.db(), &caller.user()?.id, &readable.repo().id).await?)
    }

    /// Who likes a repository, by name, after a name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn likers(&self, readable: &Readable, after: &str, limit: i64) -> Result<Vec<Liker>> {
        Ok(likes::likers(self.db(), &readable.repo().id, after, limit).await?)
    }
}
