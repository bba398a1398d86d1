//! Audits: what can be verified of the openness of a commit. Each commit that a branch comes to stand on is audited in
//! the background ([`crate::jobs`]); its report is kept with it, and tells of the commit before what was changed silently.

pub(crate) mod reading;
pub(crate) mod source;
pub(crate) mod stored;
mod world;

use std::sync::Arc;

use limpide_db::audits;
use limpide_db::commits::{self, Commit};
use limpide_db::jobs::{self, Job};
use limpide_db::repos::Repo;
use limpide_db::{Tx, refs, scans};
use limpide_openness::{Audit, Report, Source, World};
use limpide_signing::Predicate;
use limpide_words::{Moment, ObjectId, RefName, Revision, Sha256};

use self::reading::Reading;
use self::source::HubSource;
use self::stored::Stored;
use self::world::HubWorld;
use crate::Hub;
use crate::access::{Content, Readable, Writable};
use crate::changing;
use crate::error::{Error, Result};
use crate::jobs::{AUDIT, Pending, SCAN, Signs};

pub use self::stored::{Openness, Past};

/// What is known of the openness of a commit.
#[derive(Debug)]
pub enum Audited {
    /// It was audited.
    Report(Box<Made>),
    /// It will be, or it cannot be.
    Pending(Pending),
}

/// A report.
#[derive(Debug)]
pub struct Made {
    /// What was found.
    pub report: Report,
    /// The SHA-256 of its canonical JSON,
    pub digest: Sha256,
    /// which is this.
    pub json: Vec<u8>,
    /// When it was audited.
    pub created: Moment,
    /// Whether this program would audit it differently: that has been asked for.
    pub is_stale: bool,
}

/// How many audits a page of a history holds.
const PAGE: i64 = 100;

impl Hub {
    /// What is known of the openness of a revision. What was never audited, or by older rules, is from now on asked for.
    ///
    /// # Errors
    /// `NotFound` for the revision.
    pub async fn openness(&self, repo: &Readable, revision: &Revision) -> Result<Audited> {
        let commit = self.commit_at(repo, revision).await?;
        let repository_id = &repo.repo().id;
        let job = self.job_about(AUDIT, repository_id, commit.id).await?;
        if let Some(row) = audits::find(self.db(), repository_id, commit.id).await? {
            let made = self.made(repository_id, row).await?;
            if made.is_stale {
                self.ask_for(AUDIT, repository_id, commit.id).await?;
            }
            return Ok(Audited::Report(Box::new(made)));
        }
        Ok(Audited::Pending(self.pending(AUDIT, repository_id, commit.id, job).await?))
    }

    /// Has a revision audited once more: what it names may have changed, or come to be.
    ///
    /// # Errors
    /// `NotFound` for the revision.
    pub async fn audit_anew(&self, repo: &Writable, revision: &Revision) -> Result<Pending> {
        self.do_anew(AUDIT, &repo.repo().id, revision).await
    }

    /// What audits said of the commits of a repository, from the newest one downwards; `below` is the number of the last
    /// commit of the page before. Gives the number to ask for the next page with.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn openness_history(
        &self,
        repo: &Readable,
        below: Option<i64>,
    ) -> Result<(Vec<Past>, Option<i64>)> {
        let rows = audits::downwards(self.db(), &repo.repo().id, below.unwrap_or(i64::MAX), PAGE).await?;
        let next = rows.last().filter(|_| rows.len() as i64 == PAGE).map(|last| last.number);
        Ok((rows, next))
    }

    /// Is told, in the transaction in which a ref comes to stand on something, what it is: has that audited and scanned.
    pub(crate) async fn ref_moved(
        &self,
        tx: &mut Tx,
        repository_id: &str,
        name: &RefName,
        to: ObjectId,
    ) -> Result<()> {
        if name.as_branch().is_none() {
            return Ok(());
        }
        if scans::of_commit(&mut *tx, repository_id, to).await?.is_none() {
            self.enqueue(tx, SCAN, repository_id, to).await?;
        }
        if !audits::exists(&mut *tx, repository_id, to).await? {
            return self.enqueue(tx, AUDIT, repository_id, to).await;
        }
        Ok(audits::show_head(tx, repository_id, to).await?)
    }

    /// The same for all the branches of a repository that was made as a copy.
    pub(crate) async fn all_refs_moved(&self, tx: &mut Tx, repository_id: &str) -> Result<()> {
        for commit in refs::heads(&mut *tx, repository_id).await? {
            self.enqueue(tx, AUDIT, repository_id, commit).await?;
            self.enqueue(tx, SCAN, repository_id, commit).await?;
        }
        Ok(())
    }

    /// Is told, in its transaction, that something of the repository has changed that a report tells: its name, who may
    /// see it, what is asked of readers.
    pub(crate) async fn standing_changed(&self, tx: &mut Tx, repository_id: &str) -> Result<()> {
        match commits::head(&mut *tx, repository_id, &RefName::main()).await? {
            Some(head) => self.enqueue_anew(tx, AUDIT, repository_id, head.id).await,
            None => Ok(()),
        }
    }

    /// Does the job: audits the commit, if it is still there.
    pub(crate) async fn audit(&self, job: &Job, signs: &Arc<Signs>) -> Result<()> {
        let Some((repo, commit)) = self.commit_of_job(job).await? else { return self.drop_job(job).await };
        let before = audits::before(self.db(), &repo.id, commit.id).await?;
        // An earlier report that cannot be read any more tells nothing; it is no reason not to write this one.
        let before = before.and_then(|row| stored::unpack(&row.report).ok());
        let reading = Reading::new(self.clone(), &repo, signs.clone(), job.attempts);
        let audit = move |source: &dyn Source, world: &dyn World| {
            limpide_openness::audit(Audit { source, world, earlier: before.as_ref() })
        };
        let report = read(reading, (repo.clone(), commit.clone()), audit).await?;
        let report = report.map_err(|trouble| Error::Conflict(trouble.to_string()))?;
        self.keep_report(job, &repo, commit.id, &Stored::of(&report)?).await
    }

    /// Has a revision read the way audits read: on a thread that may wait, with what lies around it as a stranger sees it.
    ///
    /// # Errors
    /// `NotFound` for the revision; whatever keeps the hub from reading.
    pub async fn inspect<T: Send + 'static>(
        &self,
        repo: &Content,
        revision: &Revision,
        act: impl FnOnce(&dyn Source, &dyn World) -> T + Send + 'static,
    ) -> Result<T> {
        let commit = self.commit_at(repo.readable(), revision).await?;
        let reading = Reading::new(self.clone(), repo.repo(), Arc::default(), 1);
        read(reading, (repo.repo().clone(), commit), act).await
    }

    /// Writes what an audit said, and ends its job, unless somebody else has it now.
    async fn keep_report(&self, job: &Job, repo: &Repo, commit: ObjectId, stored: &Stored<'_>) -> Result<()> {
        let now = self.clock().now();
        let mut tx = match changing::begin(self.db(), &repo.id).await {
            // The job went with it.
            Err(Error::NotFound(..)) => return Ok(()),
            other => other?,
        };
        let is_there = !commits::find(&mut tx, &repo.id, [commit]).await?.is_empty();
        if is_there {
            let headline = stored.headline(&repo.id, commit, now);
            audits::put(&mut tx, &headline, stored.packed()?).await?;
            let said = Predicate::Openness(stored.said(now));
            self.state(&mut tx, repo, commit, said).await?;
            self.weigh_attestations(&mut tx, &repo.id, commit).await?;
            audits::show_head(&mut tx, &repo.id, commit).await?;
        }
        if jobs::finish(&mut tx, job, now).await? {
            tx.commit().await?;
        }
        Ok(())
    }

    /// The report of a row, with what was signed about it.
    async fn made(&self, repository_id: &str, row: audits::Audit) -> Result<Made> {
        let report = stored::unpack(&row.report)?;
        let is_stale = !stored::is_current(&report);
        let report = self.attested_report(repository_id, row.commit_id, report).await?;
        let json = stored::canonical(&report)?;
        Ok(Made { digest: stored::digest(&json), json, created: row.created, is_stale, report })
    }
}

/// Reads a commit on a thread that may wait.
async fn read<T: Send + 'static>(
    reading: Reading,
    (repo, commit): (Repo, Commit),
    act: impl FnOnce(&dyn Source, &dyn World) -> T + Send + 'static,
) -> Result<T> {
    let reading = Arc::new(reading);
    let (source, world) = (HubSource::new(reading.clone(), repo, commit), HubWorld::new(reading.clone()));
    let read = tokio::task::spawn_blocking(move || act(&source, &world)).await;
    let read = read.map_err(|error| Error::Internal(error.into()))?;
    reading.end()?;
    Ok(read)
}
