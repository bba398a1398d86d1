//! Git LFS: tells a client what to send and where, takes it in, and gives it back.
//!
//! Clients follow the addresses they are given without any headers of their own: each holds a ticket, signed,
//! for one object of one repository.

use std::time::Duration;

use limpide_db::claims;
use limpide_formats::lfs::LfsObject;
use limpide_words::Sha256;
use serde::{Deserialize, Serialize};

use crate::Hub;
use crate::access::Writable;
use crate::content::{Body, Declared, ReadPass, StoredFile, WritePass, drain};
use crate::error::{Error, Result};
use crate::lfs_parts::LfsInParts;

const PURPOSE: &str = "lfs ticket";

/// What a client is told of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LfsOutcome {
    /// Nothing to do: the repository has it.
    Held,
    /// Send it, or fetch it, with this ticket.
    Go(String),
    /// Send it part by part.
    GoInParts(LfsInParts),
    /// The repository does not have it.
    Missing,
    /// It cannot be: says why.
    Refused(String),
}

/// Lets its holder send or fetch one object of one repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LfsTicket {
    pass: ReadPass,
    object: LfsObject,
}

impl Hub {
    /// What to send of these objects, and how: `takes_parts` when the client can send one in parts. Only what this
    /// repository has counts as there: of others nothing is said.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lfs_upload(
        &self,
        repo: &Writable,
        pass: &WritePass,
        objects: &[LfsObject],
        takes_parts: bool,
    ) -> Result<Vec<LfsOutcome>> {
        let held = self.lfs_held(pass, objects).await?;
        let answered: Vec<Option<LfsOutcome>> =
            objects.iter().map(|object| self.not_sent(*object, &held)).collect();
        let sent = || objects.iter().zip(&answered).filter(|(_, answer)| answer.is_none());
        // git-lfs is told one way for all objects of an answer.
        let in_parts = takes_parts && sent().any(|(object, _)| object.size > self.settings().limits.lfs_part);
        let (count, bytes) = sent()
            .fold((0, 0_u64), |(count, bytes), (object, _)| (count + 1, bytes.saturating_add(object.size)));
        let full = self.over_quota(repo.repo(), bytes).await?;
        let outcome = |(object, answer): (&LfsObject, &Option<LfsOutcome>)| match answer {
            Some(answer) => Ok(answer.clone()),
            None if let Some(words) = &full => Ok(LfsOutcome::Refused(words.clone())),
            None if in_parts => self.lfs_in_parts(pass, *object, count).map(LfsOutcome::GoInParts),
            None => self.lfs_ticket_lasting(pass, *object, self.settings().limits.link).map(LfsOutcome::Go),
        };
        objects.iter().zip(&answered).map(outcome).collect()
    }

    /// What is said of an object that is not to be sent.
    fn not_sent(&self, object: LfsObject, held: &[LfsObject]) -> Option<LfsOutcome> {
        let limit = self.settings().limits.file;
        match held.iter().find(|held| held.oid == object.oid) {
            Some(held) if held.size == object.size => Some(LfsOutcome::Held),
            Some(held) => Some(LfsOutcome::Refused(format!(
                "The object {} has {} bytes, not {}.",
                object.oid, held.size, object.size
            ))),
            None if object.size > limit => {
                Some(LfsOutcome::Refused(format!("This hub takes files of at most {limit} bytes.")))
            }
            None => None,
        }
    }

    /// Where to fetch these objects.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lfs_download(&self, pass: &ReadPass, objects: &[LfsObject]) -> Result<Vec<LfsOutcome>> {
        let oids: Vec<Sha256> = objects.iter().map(|object| object.oid).collect();
        let contents: Vec<String> = oids.iter().map(Sha256::to_string).collect();
        self.let_through(pass.repository_id(), &contents, None).await?;
        let committed = claims::committed(self.db(), pass.repository_id(), &oids).await?;
        let outcome = |object: &LfsObject| match committed.iter().find(|held| held.sha256 == object.oid) {
            Some(held) => {
                let object = LfsObject { oid: object.oid, size: held.size.unsigned_abs() };
                self.lfs_ticket_lasting(pass, object, self.settings().limits.link).map(LfsOutcome::Go)
            }
            None => Ok(LfsOutcome::Missing),
        };
        objects.iter().map(outcome).collect()
    }

    /// The ticket that an address of this object holds.
    ///
    /// # Errors
    /// `Expired` when it is not for this object, or not good any more.
    pub fn lfs_ticket(&self, store: &str, oid: &str, ticket: &str) -> Result<LfsTicket> {
        let ticket: LfsTicket = self.unseal(PURPOSE, ticket)?.ok_or_else(bad_ticket)?;
        let fits = ticket.pass.opens(store, self.clock().now()) && ticket.object.oid.to_string() == oid;
        if fits { Ok(ticket) } else { Err(bad_ticket()) }
    }

    /// Takes an object in.
    ///
    /// # Errors
    /// `Expired` when the ticket is one to fetch; `Unprocessable` when the bytes are others.
    pub async fn lfs_put(&self, ticket: &LfsTicket, mut body: Body<'_>) -> Result<()> {
        let LfsTicket { pass, object } = ticket;
        let pass = pass.to_write().ok_or_else(bad_ticket)?;
        if self.lfs_has(&pass, *object).await? {
            // Sent again because the answer was lost.
            return drain(&mut body, object.size).await;
        }
        self.ingest(&pass, Some(Declared { sha256: object.oid, size: object.size }), body).await?;
        Ok(())
    }

    /// The object, to be read.
    ///
    /// # Errors
    /// `NotFound` when the repository does not have it.
    pub async fn lfs_get(&self, ticket: &LfsTicket) -> Result<StoredFile> {
        let LfsTicket { pass, object } = ticket;
        self.let_through(pass.repository_id(), &[object.oid.to_string()], None).await?;
        self.committed_file(pass.repository_id(), object.oid).await?.ok_or_else(|| missing(object.oid))
    }

    /// Makes sure that an object which a client has sent is there, as it says.
    ///
    /// # Errors
    /// `Unprocessable` when it was to send another one; `NotFound` when it is not there.
    pub async fn lfs_verify(&self, ticket: &LfsTicket, sent: LfsObject) -> Result<()> {
        let LfsTicket { pass, object } = ticket;
        if *object != sent {
            let LfsObject { oid, size } = object;
            return Err(Error::Unprocessable(format!(
                "The object {oid} with {size} bytes was announced, not this."
            )));
        }
        match self.lfs_has(pass, sent).await? {
            true => Ok(()),
            false => Err(missing(sent.oid)),
        }
    }

    /// Whether the repository has this object, or it was sent for it.
    pub(crate) async fn lfs_has(&self, pass: &ReadPass, object: LfsObject) -> Result<bool> {
        Ok(self.lfs_held(pass, &[object]).await?.contains(&object))
    }

    /// Those of these objects that the repository has, or that were sent for it, with their true sizes.
    async fn lfs_held(&self, pass: &ReadPass, objects: &[LfsObject]) -> Result<Vec<LfsObject>> {
        let oids: Vec<Sha256> = objects.iter().map(|object| object.oid).collect();
        let held = claims::held(self.db(), pass.repository_id(), &oids, self.clock().now()).await?;
        Ok(held.iter().map(|held| LfsObject { oid: held.sha256, size: held.size.unsigned_abs() }).collect())
    }

    /// A ticket for an object, good for so long.
    pub(crate) fn lfs_ticket_lasting(
        &self,
        pass: &ReadPass,
        object: LfsObject,
        span: Duration,
    ) -> Result<String> {
        self.seal(PURPOSE, &LfsTicket { pass: self.pass_lasting(pass, span), object })
    }
}

pub(crate) fn bad_ticket() -> Error {
    Error::Expired("This link has expired, or is for something else: ask the repository again.".into())
}

fn missing(oid: Sha256) -> Error {
    Error::missing(format!("The repository has no object {oid}: send it first."))
}
