//! What audits said: `audits`, and what lists show of the newest one of `main`.

use limpide_words::{Moment, ObjectId, Sha256};

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// What the audit of a commit said.
    pub struct Audit {
        /// The commit.
        pub commit_id: ObjectId,
        /// The SHA-256 of the report.
        pub digest: Sha256,
        /// The report, packed.
        pub report: Vec<u8>,
        /// When it was made.
        pub created: Moment,
    }
}

record! {
    /// The headline of an audit.
    pub struct Headline {
        /// The repository.
        pub repository_id: String,
        /// The commit.
        pub commit_id: ObjectId,
        /// The SHA-256 of the report.
        pub digest: Sha256,
        /// The letter by what is verified,
        pub grade: String,
        /// and what it may be called.
        pub label: String,
        /// Thousandths, by what is verified.
        pub verified: i64,
        /// With what is attested,
        pub attested: i64,
        /// until the first of the attestations expires.
        pub attested_until: Option<Moment>,
        /// With all that is claimed.
        pub claimed: i64,
        /// How many claims the bytes contradict.
        pub contradictions: i64,
        /// Which licences are claimed, by criterion: JSON.
        pub licences: String,
        /// When it was made.
        pub created: Moment,
    }
}

record! {
    /// How many repositories have a letter.
    pub struct Graded {
        /// The letter, by what is verified.
        pub grade: String,
        /// How many.
        pub repositories: i64,
    }
}

record! {
    /// An audit in the history of a repository.
    pub struct Past {
        /// The commit.
        pub commit_id: ObjectId,
        /// Its number.
        pub number: i64,
        /// When it was made.
        pub date: Moment,
        /// Its title.
        pub title: String,
        /// The SHA-256 of the report.
        pub digest: Sha256,
        /// The letter by what is verified,
        pub grade: String,
        /// and what it may be called.
        pub label: String,
        /// Thousandths, by what is verified.
        pub verified: i64,
        /// With all that is claimed.
        pub claimed: i64,
        /// How many claims the bytes contradict.
        pub contradictions: i64,
        /// Which licences are claimed, by criterion: JSON.
        pub licences: String,
        /// When it was audited.
        pub created: Moment,
    }
}

/// Commits that are looked at, one behind the other, for one that was audited.
const FARTHEST: i64 = 1000;

/// Keeps what an audit said, in place of an earlier audit of the same commit.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, headline: &Headline, report: Vec<u8>) -> Result<()> {
    sql("INSERT INTO audits (repository_id, commit_id, digest, report, grade, label, verified, attested,
             attested_until, claimed, contradictions, licences, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (repository_id, commit_id) DO UPDATE SET digest = excluded.digest, report = excluded.report,
             grade = excluded.grade, label = excluded.label, verified = excluded.verified, attested = excluded.attested,
             attested_until = excluded.attested_until, claimed = excluded.claimed,
             contradictions = excluded.contradictions, licences = excluded.licences, created = excluded.created")
    .bind(&headline.repository_id)
    .bind(headline.commit_id)
    .bind(headline.digest)
    .bind(report)
    .bind(&headline.grade)
    .bind(&headline.label)
    .bind(headline.verified)
    .bind(headline.attested)
    .bind(headline.attested_until)
    .bind(headline.claimed)
    .bind(headline.contradictions)
    .bind(&headline.licences)
    .bind(headline.created)
    .run(tx)
    .await?;
    Ok(())
}

/// Shows in lists what the audit of this commit said, if it was audited and `main` stands on it.
///
/// # Errors
/// When the database fails.
pub async fn show_head(tx: &mut Tx, repository_id: &str, commit: ObjectId) -> Result<()> {
    sql("UPDATE repositories SET openness_commit = $2,
             openness_grade = (SELECT a.grade FROM audits a WHERE a.repository_id = $1 AND a.commit_id = $2),
             openness = (SELECT a.verified FROM audits a WHERE a.repository_id = $1 AND a.commit_id = $2)
         WHERE id = $1
             AND EXISTS (SELECT 1 FROM audits a WHERE a.repository_id = $1 AND a.commit_id = $2)
             AND EXISTS (SELECT 1 FROM refs f
                 WHERE f.repository_id = $1 AND f.name = 'refs/heads/main' AND f.target = $2)")
    .bind(repository_id)
    .bind(commit)
    .run(tx)
    .await?;
    Ok(())
}

/// Shows nothing any more, when what is shown went with its commit.
///
/// # Errors
/// When the database fails.
pub(crate) async fn forget_head(tx: &mut Tx, repository_id: &str) -> Result<()> {
    sql("UPDATE repositories SET openness_commit = NULL, openness_grade = NULL, openness = -1
         WHERE id = $1 AND NOT EXISTS (
             SELECT 1 FROM audits a WHERE a.repository_id = $1 AND a.commit_id = repositories.openness_commit)")
    .bind(repository_id)
    .run(tx)
    .await?;
    Ok(())
}

/// What the audit of a commit said.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, repository_id: &str, commit: ObjectId) -> Result<Option<Audit>> {
    sql("SELECT commit_id, digest, report, created FROM audits WHERE repository_id = $1 AND commit_id = $2")
        .bind(repository_id)
        .bind(commit)
        .one(door)
        .await
}

/// Whether a commit was audited.
///
/// # Errors
/// When the database fails.
pub async fn exists(door: impl Door, repository_id: &str, commit: ObjectId) -> Result<bool> {
    let found: Option<String> =
        sql("SELECT commit_id AS value FROM audits WHERE repository_id = $1 AND commit_id = $2")
            .bind(repository_id)
            .bind(commit)
            .one(door)
            .await?;
    Ok(found.is_some())
}

/// Notes how far a commit is attested, and until when.
///
/// # Errors
/// When the database fails.
pub async fn set_attested(
    tx: &mut Tx,
    repository_id: &str,
    commit: ObjectId,
    attested: i64,
    until: Option<Moment>,
) -> Result<()> {
    sql("UPDATE audits SET attested = $3, attested_until = $4 WHERE repository_id = $1 AND commit_id = $2")
        .bind(repository_id)
        .bind(commit)
        .bind(attested)
        .bind(until)
        .run(tx)
        .await?;
    Ok(())
}

/// What the audit of the nearest commit before this one said: of its first parent, of that one's first parent, and so on.
///
/// # Errors
/// When the database fails.
pub async fn before(door: impl Door, repository_id: &str, commit: ObjectId) -> Result<Option<Audit>> {
    sql("WITH RECURSIVE line (id, step) AS (
             SELECT p.parent_id, 1 FROM commit_parents p
                 WHERE p.repository_id = $1 AND p.commit_id = $2 AND p.position = 0
             UNION ALL SELECT p.parent_id, l.step + 1 FROM line l JOIN commit_parents p
                 ON p.repository_id = $1 AND p.commit_id = l.id AND p.position = 0 AND l.step < $3
         )
         SELECT a.commit_id, a.digest, a.report, a.created FROM line l
             JOIN audits a ON a.repository_id = $1 AND a.commit_id = l.id ORDER BY l.step LIMIT 1")
    .bind(repository_id)
    .bind(commit)
    .bind(FARTHEST)
    .one(door)
    .await
}

/// The headlines that lists show of these repositories.
///
/// # Errors
/// When the database fails.
pub async fn headlines(door: impl Door, repository_ids: &[&str]) -> Result<Vec<Headline>> {
    sql("SELECT a.repository_id, a.commit_id, a.digest, a.grade, a.label, a.verified, a.attested, a.attested_until, a.claimed,
             a.contradictions, a.licences, a.created
         FROM repositories r JOIN audits a ON a.repository_id = r.id AND a.commit_id = r.openness_commit
         WHERE r.id IN each($1)")
    .bind(json_set(repository_ids))
    .all(door)
    .await
}

/// The audits of a repository, of whichever branch, from the newest commit below this number downwards.
///
/// # Errors
/// When the database fails.
pub async fn downwards(door: impl Door, repository_id: &str, below: i64, limit: i64) -> Result<Vec<Past>> {
    sql("SELECT a.commit_id, c.number, c.date, c.title, a.digest, a.grade, a.label, a.verified, a.claimed,
             a.contradictions, a.licences, a.created
         FROM audits a JOIN commits c ON c.repository_id = a.repository_id AND c.id = a.commit_id
         WHERE a.repository_id = $1 AND c.number < $2 ORDER BY c.number DESC LIMIT $3")
    .bind(repository_id)
    .bind(below)
    .bind(limit)
    .all(door)
    .await
}

/// How many public repositories have which letter; those without one are left out.
///
/// # Errors
/// When the database fails.
pub async fn graded(door: impl Door) -> Result<Vec<Graded>> {
    sql("SELECT openness_grade AS grade, COUNT(*) AS repositories FROM repositories
         WHERE private = FALSE AND openness_grade >= 'A' GROUP BY openness_grade ORDER BY openness_grade")
    .all(door)
    .await
}
