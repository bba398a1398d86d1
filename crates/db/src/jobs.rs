//! What is to be done in the background: `jobs`. Any number of replicas take from it, each job for one of them at a time.

use limpide_words::{Kind, Moment, OwnerName, RepoName};

use crate::door::{Db, Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// Something to be done.
    pub struct Job {
        /// Its id. Of two jobs of one repository, the one that was asked for first has the smaller.
        pub id: String,
        /// What kind of work it is.
        pub kind: String,
        /// The repository that it is about.
        pub repository_id: String,
        /// What of that repository.
        pub subject: String,
        /// `waiting`, `running` or `failed`.
        pub state: String,
        /// How often it was begun.
        pub attempts: i64,
        /// What whoever runs it knows, and nobody else.
        pub lease: Option<String>,
        /// How far it is.
        pub progress: String,
        /// Why the last attempt came to nothing.
        pub error: Option<String>,
        /// When it was asked for.
        pub created: Moment,
    }
}

/// A job to be asked for.
#[derive(Debug, Clone)]
pub struct NewJob<'a> {
    /// A new id.
    pub id: String,
    /// What kind of work it is.
    pub kind: &'a str,
    /// The repository that it is about.
    pub repository_id: &'a str,
    /// What of that repository.
    pub subject: String,
    /// Now.
    pub now: Moment,
}

/// Asks for a job, unless it is there already: waiting, running or failed.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, job: &NewJob<'_>) -> Result<()> {
    sql("INSERT INTO jobs (id, kind, repository_id, subject, state, again, attempts, due, progress, created)
         VALUES ($1, $2, $3, $4, 'waiting', FALSE, 0, $5, '', $5)
         ON CONFLICT (kind, repository_id, subject) DO NOTHING")
    .bind(&job.id)
    .bind(job.kind)
    .bind(job.repository_id)
    .bind(&job.subject)
    .bind(job.now)
    .run(tx)
    .await?;
    Ok(())
}

/// Asks for a job once more: one that runs is done again when it has ended, one that failed begins anew.
///
/// # Errors
/// When the database fails.
pub async fn insert_anew(tx: &mut Tx, job: &NewJob<'_>) -> Result<()> {
    insert(tx, job).await?;
    sql("UPDATE jobs SET again = (state = 'running'),
             attempts = CASE WHEN state = 'running' THEN attempts ELSE 0 END,
             due = CASE WHEN state = 'running' THEN due ELSE $4 END,
             error = CASE WHEN state = 'running' THEN error ELSE NULL END,
             state = CASE WHEN state = 'running' THEN 'running' ELSE 'waiting' END
         WHERE kind = $1 AND repository_id = $2 AND subject = $3")
    .bind(job.kind)
    .bind(job.repository_id)
    .bind(&job.subject)
    .bind(job.now)
    .run(tx)
    .await?;
    Ok(())
}

/// Whether there is something of these kinds to be taken. Asks nobody to wait.
///
/// # Errors
/// When the database fails.
pub async fn any_due(db: &Db, kinds: &[&str], now: Moment) -> Result<bool> {
    let found: Option<String> = sql(
        "SELECT id AS value FROM jobs WHERE state <> 'failed' AND due <= $1 AND kind IN each($2) LIMIT 1",
    )
    .bind(now)
    .bind(json_set(kinds))
    .one(db)
    .await?;
    Ok(found.is_some())
}

/// Takes the job that has been due longest, until the lease ends: whoever knows its word may change it till then, and
/// afterwards until somebody else has taken it. Jobs of one repository are taken in their order, one at a time.
///
/// # Errors
/// When the database fails.
pub async fn take(
    tx: &mut Tx,
    kinds: &[&str],
    lease: &str,
    now: Moment,
    until: Moment,
) -> Result<Option<Job>> {
    sql("UPDATE jobs SET state = 'running', lease = $1, due = $2, attempts = attempts + 1, progress = ''
         WHERE id = (
             SELECT j.id FROM jobs j WHERE j.state <> 'failed' AND j.due <= $3 AND j.kind IN each($4)
                 AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.repository_id = j.repository_id
                     AND o.kind = j.kind AND o.state <> 'failed' AND o.id < j.id)
             ORDER BY j.due, j.id LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, repository_id, subject, state, attempts, lease, progress, error, created")
    .bind(lease)
    .bind(until)
    .bind(now)
    .bind(json_set(kinds))
    .one(tx)
    .await
}

/// Keeps a job for longer and tells how far it is; false when somebody else has taken it.
///
/// # Errors
/// When the database fails.
pub async fn extend(tx: &mut Tx, job: &Job, until: Moment, progress: &str) -> Result<bool> {
    let kept = sql("UPDATE jobs SET due = $3, progress = $4 WHERE id = $1 AND lease = $2")
        .bind(&job.id)
        .bind(job.lease.as_deref())
        .bind(until)
        .bind(progress)
        .run(tx)
        .await?;
    Ok(kept == 1)
}

/// Ends a job that is done; false when somebody else has taken it: then whatever was done is to be left out. One that
/// was asked for again waits once more.
///
/// # Errors
/// When the database fails.
pub async fn finish(tx: &mut Tx, job: &Job, now: Moment) -> Result<bool> {
    let again = sql("UPDATE jobs SET state = 'waiting', again = FALSE, attempts = 0, due = $3, lease = NULL
         WHERE id = $1 AND lease = $2 AND again")
    .bind(&job.id)
    .bind(job.lease.as_deref())
    .bind(now)
    .run(tx)
    .await?;
    let ended = sql("DELETE FROM jobs WHERE id = $1 AND lease = $2")
        .bind(&job.id)
        .bind(job.lease.as_deref())
        .run(tx)
        .await?;
    Ok(again + ended == 1)
}

/// Gives a job back that was not done, to be tried again from `due` on.
///
/// # Errors
/// When the database fails.
pub async fn retry(tx: &mut Tx, job: &Job, due: Moment, error: &str) -> Result<()> {
    sql("UPDATE jobs SET state = 'waiting', lease = NULL, due = $3, error = $4 WHERE id = $1 AND lease = $2")
        .bind(&job.id)
        .bind(job.lease.as_deref())
        .bind(due)
        .bind(error)
        .run(tx)
        .await?;
    Ok(())
}

/// Gives a job back as if it had not been taken.
///
/// # Errors
/// When the database fails.
pub async fn give_back(tx: &mut Tx, job: &Job, now: Moment) -> Result<()> {
    sql("UPDATE jobs SET state = 'waiting', lease = NULL, due = $3, attempts = attempts - 1
         WHERE id = $1 AND lease = $2")
    .bind(&job.id)
    .bind(job.lease.as_deref())
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Gives a job up: it stays, and says why.
///
/// # Errors
/// When the database fails.
pub async fn fail(tx: &mut Tx, job: &Job, error: &str) -> Result<()> {
    sql("UPDATE jobs SET state = 'failed', lease = NULL, error = $3 WHERE id = $1 AND lease = $2")
        .bind(&job.id)
        .bind(job.lease.as_deref())
        .bind(error)
        .run(tx)
        .await?;
    Ok(())
}

/// A job, if it is not done.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, kind: &str, repository_id: &str, subject: &str) -> Result<Option<Job>> {
    sql("SELECT id, kind, repository_id, subject, state, attempts, lease, progress, error, created FROM jobs
         WHERE kind = $1 AND repository_id = $2 AND subject = $3")
    .bind(kind)
    .bind(repository_id)
    .bind(subject)
    .one(door)
    .await
}

record! {
    /// How many jobs are in a state.
    pub struct Figure {
        /// The kind.
        pub kind: String,
        /// `waiting`, `running` or `failed`.
        pub state: String,
        /// How many.
        pub jobs: i64,
    }
}

/// How many jobs there are, by kind and state.
///
/// # Errors
/// When the database fails.
pub async fn figures(door: impl Door) -> Result<Vec<Figure>> {
    sql("SELECT kind, state, COUNT(*) AS jobs FROM jobs GROUP BY kind, state ORDER BY kind, state")
        .all(door)
        .await
}

record! {
    /// A job, with the repository that it is about.
    pub struct Listed {
        /// Its id.
        pub id: String,
        /// What kind of work it is.
        pub work: String,
        /// The kind of the repository,
        pub kind: Kind,
        /// its owner,
        pub owner: OwnerName,
        /// and its name.
        pub name: RepoName,
        /// `waiting`, `running` or `failed`.
        pub state: String,
        /// How often it was begun.
        pub attempts: i64,
        /// How far it is.
        pub progress: String,
        /// Why the last attempt came to nothing.
        pub error: Option<String>,
        /// When it was asked for.
        pub created: Moment,
    }
}

/// Some jobs, all or those in a state, the newest first, before the one with the id `before`.
///
/// # Errors
/// When the database fails.
pub async fn page(
    door: impl Door,
    state: Option<&str>,
    before: Option<&str>,
    limit: i64,
) -> Result<Vec<Listed>> {
    sql("SELECT j.id, j.kind AS work, r.kind, o.name AS owner, r.name, j.state, j.attempts, j.progress, j.error, j.created
         FROM jobs j JOIN repositories r ON r.id = j.repository_id JOIN owners o ON o.id = r.owner_id WHERE TRUE")
    .filter(" AND j.state = $?", state)
    .filter(" AND j.id < $?", before)
    .filter(" ORDER BY j.id DESC LIMIT $?", Some(limit))
    .all(door)
    .await
}
