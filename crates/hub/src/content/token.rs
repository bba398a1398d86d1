//! Who may read from and write to the content store: passes, and the tokens that stand for them.
//!
//! Clients get a token from a repository's address and show it at the store's. The token is a pass for that one
//! repository, signed, good for some minutes; the store looks nothing up.

use std::ops::Deref;
use std::time::Duration;

use limpide_db::repos::Repo;
use limpide_words::Moment;
use serde::{Deserialize, Serialize};

use crate::Hub;
use crate::access::{Caller, Content, Writable};
use crate::error::{Error, Result};
use crate::settings::Deduplication;

const PURPOSE: &str = "content token";

/// A token for the content store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentToken {
    /// The store that it opens: the last part of the store's address, `…/cas/{store}`.
    pub store: String,
    /// The token.
    pub token: String,
    /// When it stops working.
    pub expires: Moment,
}

/// May read the files of one repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReadPass {
    #[serde(rename = "r")]
    pub(super) repository_id: String,
    /// The user; empty for anyone.
    #[serde(rename = "u")]
    pub(super) user_id: String,
    /// Within which it may be said that a chunk is already there.
    #[serde(rename = "d")]
    pub(super) domain: String,
    /// Where that domain's store is.
    #[serde(rename = "c")]
    pub(super) store: String,
    #[serde(rename = "w")]
    writes: bool,
    /// In seconds since 1970.
    #[serde(rename = "e")]
    expires: i64,
}

/// May also add files to the repository, to be committed there.
#[derive(Debug, Clone)]
pub struct WritePass(ReadPass);

impl Deref for WritePass {
    type Target = ReadPass;

    fn deref(&self) -> &ReadPass {
        &self.0
    }
}

impl Hub {
    /// A token to read the files of a repository.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub fn content_token_to_read(&self, content: &Content, caller: &Caller) -> Result<ContentToken> {
        self.token_for(&self.read_pass_for(content, caller))
    }

    /// A token to add files to a repository.
    ///
    /// # Errors
    /// When it cannot be signed, or the database fails.
    pub async fn content_token_to_write(&self, writable: &Writable) -> Result<ContentToken> {
        self.learn_epoch().await?;
        self.token_for(&self.write_pass_for(writable))
    }

    /// The pass of somebody who may read a repository.
    pub fn read_pass_for(&self, content: &Content, caller: &Caller) -> ReadPass {
        let user_id = if let Caller::User(user) = caller { user.id.as_str() } else { "" };
        self.pass(content.repo(), user_id, false)
    }

    /// The pass of somebody who may write to a repository.
    pub fn write_pass_for(&self, writable: &Writable) -> WritePass {
        WritePass(self.pass(writable.repo(), &writable.user().id, true))
    }

    /// The pass that a token stands for, to read.
    ///
    /// # Errors
    /// `SignIn` when the token was not made here, not for this store, or has expired.
    pub fn read_pass(&self, store: &str, token: &str) -> Result<ReadPass> {
        let refusal = |why: &str| {
            Error::SignIn(format!(
                "This token for the content store {why}: ask the repository for a new one."
            ))
        };
        let pass: ReadPass =
            self.unseal(PURPOSE, token)?.ok_or_else(|| refusal("is not one of this hub's"))?;
        if pass.store != store {
            return Err(refusal("is for another store than the one of this address"));
        }
        if pass.expires <= self.clock().now().seconds() {
            return Err(refusal("has expired"));
        }
        Ok(pass)
    }

    /// The pass that a token stands for, to write.
    ///
    /// # Errors
    /// As [`Hub::read_pass`]; `Forbidden` when the token only reads.
    pub fn write_pass(&self, store: &str, token: &str) -> Result<WritePass> {
        let pass = self.read_pass(store, token)?;
        if !pass.writes {
            return Err(Error::Forbidden(
                "This token for the content store only reads: ask for one at `…/xet-write-token/…`.".into(),
            ));
        }
        Ok(WritePass(pass))
    }

    /// The same pass, good for so long from now on.
    pub(crate) fn pass_lasting(&self, pass: &ReadPass, span: Duration) -> ReadPass {
        let expires = (self.clock().now() + span).seconds();
        ReadPass { expires, ..pass.clone() }
    }

    fn token_for(&self, pass: &ReadPass) -> Result<ContentToken> {
        let token = self.seal(PURPOSE, pass)?;
        Ok(ContentToken { store: pass.store.clone(), token, expires: Moment::from_seconds(pass.expires) })
    }

    fn pass(&self, repo: &Repo, user_id: &str, writes: bool) -> ReadPass {
        let domain = match self.settings().deduplication {
            Deduplication::Instance => String::new(),
            Deduplication::Owner => repo.owner_id.clone(),
        };
        ReadPass {
            repository_id: repo.id.clone(),
            user_id: user_id.to_owned(),
            store: self.store_of(&domain),
            domain,
            writes,
            expires: (self.clock().now() + self.settings().limits.content_token).seconds(),
        }
    }

    /// Where the store of a domain is. Clients remember for weeks, by the store's address, what they have sent
    /// there: what one domain was sent, another must not be thought to have. Nor what was there before a purge.
    fn store_of(&self, domain: &str) -> String {
        let epoch = match self.epoch() {
            0 => String::new(),
            epoch => format!(".{epoch}"),
        };
        match domain {
            "" => format!("{}{epoch}", self.instance()),
            domain => format!("{}{epoch}-{domain}", self.instance()),
        }
    }

    /// Whether this is the name of a store of this hub, as it stands in an address.
    pub fn has_store(&self, store: &str) -> bool {
        let Some(rest) = store.strip_prefix(self.instance()) else { return false };
        // Tokens of an earlier epoch are good until they end.
        let domain = match rest.strip_prefix('.') {
            Some(epoch) => epoch.trim_start_matches(|letter: char| letter.is_ascii_digit()),
            None => rest,
        };
        match self.settings().deduplication {
            Deduplication::Instance => domain.is_empty(),
            Deduplication::Owner => domain.len() > 1 && domain.starts_with('-'),
        }
    }
}

impl ReadPass {
    /// Whether it is for this store, and still good.
    pub(crate) fn opens(&self, store: &str, now: Moment) -> bool {
        self.store == store && self.expires > now.seconds()
    }

    /// The same, to write, if it was given to somebody who may.
    pub(crate) fn to_write(&self) -> Option<WritePass> {
        self.writes.then(|| WritePass(self.clone()))
    }

    /// Whether it also writes.
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// The id of the repository that it is for.
    pub fn repository_id(&self) -> &str {
        &self.repository_id
    }

    /// The store that it opens.
    pub fn store(&self) -> &str {
        &self.store
    }
}
