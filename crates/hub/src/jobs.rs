//! Work in the background: asked for in the transaction of what makes it needed, done by whichever replica takes it.
//!
//! A job is taken for as long as a lease lasts, and whoever does it keeps extending the lease. When a process is
//! killed, nobody does, and the job is taken again. Whatever a job comes to is written in one transaction with its end,
//! and only by whoever still holds it: so it may be begun many times, and happens once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use limpide_db::Tx;
use limpide_db::commits::{self, Commit};
use limpide_db::jobs::{self, Figure, Job, NewJob};
use limpide_db::repos::{self, Repo};
use limpide_words::{Moment, ObjectId, Revision};
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::error::{Error, Result};
use crate::{Hub, chance, changing};

/// The audit of a commit.
pub(crate) const AUDIT: &str = "audit";

/// The scan of the files of a commit.
pub(crate) const SCAN: &str = "scan";

/// What this program can do. A newer one on the same database may ask for more.
const KINDS: [&str; 2] = [AUDIT, SCAN];

/// How long a job stays with whoever took it and is not heard of any more, and how often they are heard of.
const LEASE: Duration = Duration::from_secs(60);
const SIGN_OF_LIFE: Duration = Duration::from_secs(5);

/// How often a job is begun before it is given up, and how long it rests between: five seconds first, then four times as
/// long each time.
pub(crate) const MOST_ATTEMPTS: i64 = 5;
const REST: Duration = Duration::from_secs(5);

/// The longest that a job may take.
const LONGEST: Duration = Duration::from_secs(600);

/// Those who do jobs for as long as a server runs.
#[derive(Debug)]
pub struct Workers {
    told: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

/// Wakes the workers of this process.
#[derive(Debug, Default)]
pub(crate) struct Bell(Notify);

/// How whoever does a job and whoever watches over it hear of each other.
#[derive(Debug, Default)]
pub(crate) struct Signs {
    stopped: AtomicBool,
    files: AtomicU64,
    bytes: AtomicU64,
}

/// A job about a commit that has not come to anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The commit.
    pub commit: ObjectId,
    /// `waiting`, `running` or `failed`.
    pub state: String,
    /// How often it was begun.
    pub attempts: i64,
    /// How far it is.
    pub progress: String,
    /// Why the last attempt came to nothing.
    pub error: Option<String>,
    /// When it was asked for.
    pub since: Moment,
}

/// Why a job was stopped before its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    /// The server stops.
    Leaving,
    /// Somebody else has it now.
    Lost,
    /// It took too long.
    TooLong,
}

impl Workers {
    /// Lets so many jobs be done at a time.
    pub fn begin(hub: &Hub, count: u32) -> Self {
        let (told, _) = watch::channel(false);
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            tasks.spawn(work(hub.clone(), told.subscribe()));
        }
        Self { told, tasks }
    }

    /// Ends them in order: jobs under way are given back, for other replicas or for later.
    pub async fn stop(mut self) {
        self.told.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

async fn work(hub: Hub, mut told: watch::Receiver<bool>) {
    loop {
        let done = hub.do_job(&mut told).await;
        if *told.borrow() {
            return;
        }
        match done {
            Ok(Some(_)) => continue,
            Ok(None) => {}
            Err(error) => {
                let cause = format!("{:#}", anyhow::Error::from(error));
                tracing::warn!(cause, "jobs cannot be looked for; it will be tried again: {cause}");
            }
        }
        tokio::select! {
            () = hub.bell().0.notified() => {}
            () = tokio::time::sleep(hub.settings().jobs.looked_every) => {}
            () = is_told(&mut told) => return,
        }
    }
}

/// Waits until workers are told to stop.
async fn is_told(told: &mut watch::Receiver<bool>) {
    // Nobody left who could tell: there is nobody either who waits for the work.
    let _ = told.wait_for(|told| *told).await;
}

impl Hub {
    /// Does the job that has been due longest, and gives its kind; none when no job is due.
    ///
    /// # Errors
    /// When the database fails. What a job itself fails of is noted with the job.
    pub async fn do_next_job(&self) -> Result<Option<String>> {
        let (_told, mut never) = watch::channel(false);
        self.do_job(&mut never).await
    }

    /// How many jobs there are, by kind and state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn job_figures(&self) -> Result<Vec<Figure>> {
        Ok(jobs::figures(self.db()).await?)
    }

    /// Has something done about a commit, unless that is asked for already.
    pub(crate) async fn enqueue(
        &self,
        tx: &mut Tx,
        kind: &str,
        repository_id: &str,
        commit: ObjectId,
    ) -> Result<()> {
        Ok(jobs::insert(tx, &self.new_job(kind, repository_id, commit)).await?)
    }

    /// Has something done about a commit once more.
    pub(crate) async fn enqueue_anew(
        &self,
        tx: &mut Tx,
        kind: &str,
        repository_id: &str,
        commit: ObjectId,
    ) -> Result<()> {
        Ok(jobs::insert_anew(tx, &self.new_job(kind, repository_id, commit)).await?)
    }

    fn new_job<'a>(&self, kind: &'a str, repository_id: &'a str, commit: ObjectId) -> NewJob<'a> {
        let (id, subject, now) = (chance::id(), commit.to_string(), self.clock().now());
        NewJob { id, kind, repository_id, subject, now }
    }

    /// Has something done about a commit, in a transaction of its own: as for [`Hub::enqueue`].
    pub(crate) async fn ask_for(&self, kind: &str, repository_id: &str, commit: ObjectId) -> Result<()> {
        let mut tx = self.db().begin().await?;
        changing::keep(&mut tx, repository_id).await?;
        self.enqueue(&mut tx, kind, repository_id, commit).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// What is being done about a commit. It is to be read before what comes of it: what is finished in between has then
    /// left its result, and is not asked for twice.
    pub(crate) async fn job_about(
        &self,
        kind: &str,
        repository_id: &str,
        commit: ObjectId,
    ) -> Result<Option<Job>> {
        Ok(jobs::find(self.db(), kind, repository_id, &commit.to_string()).await?)
    }

    /// How far what is to be done about a commit is, of which there was this job and no result; it is asked for when
    /// nobody has yet.
    pub(crate) async fn pending(
        &self,
        kind: &str,
        repository_id: &str,
        commit: ObjectId,
        job: Option<Job>,
    ) -> Result<Pending> {
        if let Some(job) = job {
            return Ok(Pending::of(commit, job));
        }
        self.ask_for(kind, repository_id, commit).await?;
        Ok(Pending::new(commit, self.clock().now()))
    }

    /// Has something done about a revision once more.
    pub(crate) async fn do_anew(
        &self,
        kind: &str,
        repository_id: &str,
        revision: &Revision,
    ) -> Result<Pending> {
        let commit = self.commit_of(repository_id, revision).await?.id;
        let mut tx = changing::begin(self.db(), repository_id).await?;
        self.enqueue_anew(&mut tx, kind, repository_id, commit).await?;
        tx.commit().await?;
        self.ring();
        let job = self.job_about(kind, repository_id, commit).await?;
        Ok(job.map_or_else(|| Pending::new(commit, self.clock().now()), |job| Pending::of(commit, job)))
    }

    /// The commit that a job is about, with its repository, if both are still there.
    pub(crate) async fn commit_of_job(&self, job: &Job) -> Result<Option<(Repo, Commit)>> {
        let commit: ObjectId = job
            .subject
            .parse()
            .map_err(|error| Error::Internal(anyhow::anyhow!("`{}` is no commit: {error}", job.subject)))?;
        let repo = repos::by_id(self.db(), &job.repository_id).await?;
        let commit = commits::find(self.db(), &job.repository_id, [commit]).await?.pop();
        Ok(repo.zip(commit))
    }

    /// Ends a job of which there is nothing left to do.
    pub(crate) async fn drop_job(&self, job: &Job) -> Result<()> {
        let mut tx = self.db().begin().await?;
        jobs::finish(&mut tx, job, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Tells the workers of this process that a job was asked for, when its transaction is committed.
    pub(crate) fn ring(&self) {
        self.bell().0.notify_one();
    }

    async fn do_job(&self, told: &mut watch::Receiver<bool>) -> Result<Option<String>> {
        let now = self.clock().now();
        if !jobs::any_due(self.db(), &KINDS, now).await? {
            return Ok(None);
        }
        let mut tx = self.db().begin().await?;
        let taken = jobs::take(&mut tx, &KINDS, &chance::id(), now, now + LEASE).await?;
        tx.commit().await?;
        let Some(job) = taken else { return Ok(None) };
        if job.attempts > MOST_ATTEMPTS {
            let words = format!("It was begun {MOST_ATTEMPTS} times, and the server ended each time.");
            self.settle(&job, Err(Error::Conflict(words))).await?;
            return Ok(Some(job.kind));
        }
        // Another worker may find the next one.
        self.ring();
        self.watch_over(&job, told).await?;
        Ok(Some(job.kind))
    }

    /// Does a job, and keeps its lease meanwhile. Neither ever waits for the other: each needs the database, which with
    /// SQLite is written to by one at a time.
    async fn watch_over(&self, job: &Job, told: &mut watch::Receiver<bool>) -> Result<()> {
        let signs = Arc::new(Signs::default());
        let mut working = std::pin::pin!(self.act(job, &signs));
        let mut lost = std::pin::pin!(self.keep_until_lost(job, &signs));
        let mut too_long = std::pin::pin!(tokio::time::sleep(LONGEST));
        let (mut stopped, mut is_lost) = (None, false);
        let outcome = loop {
            let why = tokio::select! {
                outcome = &mut working => break outcome,
                () = &mut lost, if !is_lost => {
                    is_lost = true;
                    Stopped::Lost
                }
                () = is_told(told), if stopped.is_none() => Stopped::Leaving,
                () = &mut too_long, if stopped.is_none() => Stopped::TooLong,
            };
            stopped = stopped.or(Some(why));
            signs.stopped.store(true, Ordering::Relaxed);
        };
        match (stopped, outcome) {
            (Some(Stopped::Lost), _) => Ok(()),
            (Some(Stopped::Leaving), Err(_)) => self.give_back(job).await,
            (Some(Stopped::TooLong), Err(_)) => {
                let words = format!("It took longer than {} minutes.", LONGEST.as_secs() / 60);
                self.settle(job, Err(Error::Conflict(words))).await
            }
            (_, outcome) => self.settle(job, outcome).await,
        }
    }

    /// Does what a job is for, in one transaction with its end.
    async fn act(&self, job: &Job, signs: &Arc<Signs>) -> Result<()> {
        match job.kind.as_str() {
            AUDIT => self.audit(job, signs).await,
            SCAN => self.scan(job, signs).await,
            other => Err(Error::Unsupported(format!("This server knows no `{other}`."))),
        }
    }

    /// Keeps the lease; ends when somebody else has the job.
    async fn keep_until_lost(&self, job: &Job, signs: &Signs) {
        loop {
            tokio::time::sleep(SIGN_OF_LIFE).await;
            if !self.is_kept(job, signs).await {
                return;
            }
        }
    }

    /// Extends the lease; false when somebody else has the job. A database that cannot be asked just now may be asked
    /// again before the lease ends.
    async fn is_kept(&self, job: &Job, signs: &Signs) -> bool {
        match self.extend(job, &signs.progress()).await {
            Ok(kept) => kept,
            Err(error) => {
                tracing::warn!(job = job.id, %error, "the lease of a job could not be extended: {error}");
                true
            }
        }
    }

    async fn extend(&self, job: &Job, progress: &str) -> Result<bool> {
        let mut tx = self.db().begin().await?;
        let kept = jobs::extend(&mut tx, job, self.clock().now() + LEASE, progress).await?;
        tx.commit().await?;
        Ok(kept)
    }

    async fn give_back(&self, job: &Job) -> Result<()> {
        let mut tx = self.db().begin().await?;
        jobs::give_back(&mut tx, job, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Notes what a job that was not done failed of: it is tried again later, or given up.
    async fn settle(&self, job: &Job, outcome: Result<()>) -> Result<()> {
        let Err(error) = outcome else { return Ok(()) };
        let words = error.to_string();
        let cause = format!("{:#}", anyhow::Error::from(error));
        let given_up = job.attempts >= MOST_ATTEMPTS;
        tracing::warn!(
            job = job.id,
            kind = job.kind,
            repository = job.repository_id,
            subject = job.subject,
            given_up,
            cause,
            "{} of {} failed, attempt {}: {cause}",
            job.kind,
            job.subject,
            job.attempts
        );
        let mut tx = self.db().begin().await?;
        match given_up {
            true => jobs::fail(&mut tx, job, &words).await?,
            false => jobs::retry(&mut tx, job, rested(self.clock().now(), job.attempts), &words).await?,
        }
        Ok(tx.commit().await?)
    }
}

/// When a job is tried again that was begun so many times.
fn rested(now: Moment, attempts: i64) -> Moment {
    let times = u32::try_from(attempts.clamp(1, MOST_ATTEMPTS) - 1).unwrap_or(0);
    now + REST * 4_u32.pow(times)
}

impl Signs {
    /// Whether the work is to end before its time.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    /// Tells that a part of a file was read.
    pub(crate) fn read(&self, bytes: u64) {
        self.files.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn progress(&self) -> String {
        let (parts, bytes) = (self.files.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed));
        format!("{parts} parts of files read, {bytes} bytes")
    }
}

impl Pending {
    fn new(commit: ObjectId, since: Moment) -> Self {
        let state = "waiting".to_owned();
        Self { commit, state, attempts: 0, progress: String::new(), error: None, since }
    }

    fn of(commit: ObjectId, job: Job) -> Self {
        let Job { state, attempts, progress, error, created: since, .. } = job;
        Self { commit, state, attempts, progress, error, since }
    }

    /// Whether nobody will try again by themselves.
    pub fn is_given_up(&self) -> bool {
        self.state == "failed"
    }
}
