//! Audits and what goes with them, as they stand: `audits`, `attestations`, `jobs`, `keys`, and what lists show.

use crate::door::{Door, Result, sql};
use crate::record::record;

record! {
    /// An audit, as it stands.
    pub struct AuditRow {
        /// The commit.
        pub commit_id: String,
        /// The SHA-256 of the report.
        pub digest: String,
        /// The report, packed.
        pub report: Vec<u8>,
        /// The letter by what is verified.
        pub grade: String,
        /// Thousandths, by what is verified.
        pub verified: i64,
        /// With all that is claimed.
        pub claimed: i64,
        /// How many claims the bytes contradict.
        pub contradictions: i64,
    }
}

/// The next audits of a repository, by commit.
///
/// # Errors
/// When the database fails.
pub async fn audits(door: impl Door, repository_id: &str, after: &str, limit: i64) -> Result<Vec<AuditRow>> {
    sql("SELECT commit_id, digest, report, grade, verified, claimed, contradictions FROM audits
         WHERE repository_id = $1 AND commit_id > $2 ORDER BY commit_id LIMIT $3")
    .bind(repository_id)
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// What lists show of a repository, beside what its audit says.
    pub struct ShownRow {
        /// The commit that was audited.
        pub shown_commit: Option<String>,
        /// The letter that is shown,
        pub shown_grade: Option<String>,
        /// and that of the audit.
        pub grade: Option<String>,
        /// The thousandths that are shown,
        pub shown: i64,
        /// and those of the audit.
        pub verified: Option<i64>,
    }
}

/// What lists show of a repository, if it is (still) there.
///
/// # Errors
/// When the database fails.
pub async fn shown(door: impl Door, repository_id: &str) -> Result<Option<ShownRow>> {
    sql("SELECT r.openness_commit AS shown_commit, r.openness_grade AS shown_grade, r.openness AS shown, a.grade,
             a.verified
         FROM repositories r LEFT JOIN audits a ON a.repository_id = r.id AND a.commit_id = r.openness_commit
         WHERE r.id = $1")
    .bind(repository_id)
    .one(door)
    .await
}

record! {
    /// An attestation, as it stands.
    pub struct AttestationRow {
        /// The SHA-256 of its canonical JSON.
        pub id: String,
        /// The commit that it is about.
        pub commit_id: String,
        /// The key that it is signed with.
        pub public_key: String,
        /// In whose name.
        pub signer: String,
        /// Its canonical JSON.
        pub attestation: String,
    }
}

/// The next attestations of a repository, by id.
///
/// # Errors
/// When the database fails.
pub async fn attestations(
    door: impl Door,
    repository_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<AttestationRow>> {
    sql("SELECT id, commit_id, public_key, signer, attestation FROM attestations
         WHERE repository_id = $1 AND id > $2 ORDER BY id LIMIT $3")
    .bind(repository_id)
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// A job that cannot be.
    pub struct JobRow {
        /// Its id.
        pub id: String,
        /// Its kind.
        pub kind: String,
        /// Its state.
        pub state: String,
    }
}

/// Jobs in a state that is none, that run under no lease or wait under one, or were begun less often than never; so
/// many at most.
///
/// # Errors
/// When the database fails.
pub async fn impossible_jobs(door: impl Door, limit: i64) -> Result<Vec<JobRow>> {
    sql("SELECT id, kind, state FROM jobs
         WHERE state NOT IN ('waiting', 'running', 'failed') OR (state = 'running') <> (lease IS NOT NULL)
             OR attempts < 0
         ORDER BY id LIMIT $1")
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// A key, as it stands.
    pub struct KeyRow {
        /// The user.
        pub user_name: String,
        /// The name that the user gave it.
        pub name: String,
        /// The key.
        pub public_key: String,
    }
}

/// Keys that have not the length of one; so many at most.
///
/// # Errors
/// When the database fails.
pub async fn impossible_keys(door: impl Door, limit: i64) -> Result<Vec<KeyRow>> {
    sql("SELECT COALESCE(o.name, k.user_id) AS user_name, k.name, k.public_key
         FROM keys k LEFT JOIN owners o ON o.id = k.user_id
         WHERE k.public_key NOT LIKE '-----BEGIN PUBLIC KEY-----%'
             AND (LENGTH(k.public_key) <> 64 OR k.public_key <> LOWER(k.public_key)) ORDER BY k.user_id, k.name LIMIT $1")
    .bind(limit)
    .all(door)
    .await
}
