//! What people have signed about commits: `attestations`.

use limpide_words::{Moment, ObjectId, OwnerName, Sha256};

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// Something that was signed.
    pub struct Attestation {
        /// The SHA-256 of its canonical JSON.
        pub id: Sha256,
        /// The commit that it is about.
        pub commit_id: ObjectId,
        /// The user who sent it.
        pub user_id: String,
        /// The name of that user.
        pub user_name: OwnerName,
        /// In whose name it is signed.
        pub signer: OwnerName,
        /// Its canonical JSON.
        pub attestation: String,
        /// Whether its key is still one of the user's.
        pub is_known: bool,
        /// When it was sent.
        pub created: Moment,
    }
}

/// Something signed, on its way in.
#[derive(Debug, Clone)]
pub struct NewAttestation<'a> {
    /// The repository.
    pub repository_id: &'a str,
    /// The SHA-256 of its canonical JSON.
    pub id: Sha256,
    /// The commit that it is about.
    pub commit_id: ObjectId,
    /// The user who sends it.
    pub user_id: &'a str,
    /// The key that it is signed with, in hexadecimal.
    pub public_key: String,
    /// In whose name it is signed.
    pub signer: OwnerName,
    /// Its canonical JSON.
    pub attestation: String,
    /// Now.
    pub created: Moment,
}

/// Adds one.
///
/// # Errors
/// `Taken` when it is there already.
pub async fn insert(tx: &mut Tx, new: &NewAttestation<'_>) -> Result<()> {
    sql("INSERT INTO attestations
             (repository_id, id, commit_id, user_id, public_key, signer, attestation, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(new.repository_id)
    .bind(new.id)
    .bind(new.commit_id)
    .bind(new.user_id)
    .bind(&new.public_key)
    .bind(&new.signer)
    .bind(&new.attestation)
    .bind(new.created)
    .run(tx)
    .await?;
    Ok(())
}

/// What was signed about a commit, in the order it came.
///
/// # Errors
/// When the database fails.
pub async fn of_commit(door: impl Door, repository_id: &str, commit: ObjectId) -> Result<Vec<Attestation>> {
    sql("SELECT a.id, a.commit_id, a.user_id, o.name AS user_name, a.signer, a.attestation, a.created,
             EXISTS (SELECT 1 FROM keys k WHERE k.user_id = a.user_id AND k.public_key = a.public_key) AS is_known
         FROM attestations a JOIN owners o ON o.id = a.user_id
         WHERE a.repository_id = $1 AND a.commit_id = $2 ORDER BY a.created, a.id")
    .bind(repository_id)
    .bind(commit)
    .all(door)
    .await
}

/// One of a repository.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, repository_id: &str, id: Sha256) -> Result<Option<Attestation>> {
    sql("SELECT a.id, a.commit_id, a.user_id, o.name AS user_name, a.signer, a.attestation, a.created,
             EXISTS (SELECT 1 FROM keys k WHERE k.user_id = a.user_id AND k.public_key = a.public_key) AS is_known
         FROM attestations a JOIN owners o ON o.id = a.user_id WHERE a.repository_id = $1 AND a.id = $2")
    .bind(repository_id)
    .bind(id)
    .one(door)
    .await
}

/// Removes one.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, repository_id: &str, id: Sha256) -> Result<()> {
    sql("DELETE FROM attestations WHERE repository_id = $1 AND id = $2")
        .bind(repository_id)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

record! {
    /// A commit about which something is signed.
    pub struct Attested {
        /// The repository.
        pub repository_id: String,
        /// The commit.
        pub commit_id: ObjectId,
    }
}

/// The commits about which a user has signed something with a key.
///
/// # Errors
/// When the database fails.
pub async fn signed_with(door: impl Door, user_id: &str, public_key: &str) -> Result<Vec<Attested>> {
    sql("SELECT DISTINCT repository_id, commit_id FROM attestations
         WHERE user_id = $1 AND public_key = $2 ORDER BY repository_id, commit_id")
    .bind(user_id)
    .bind(public_key)
    .all(door)
    .await
}
