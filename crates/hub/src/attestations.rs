//! What people sign about a commit where its bytes alone cannot tell. It is kept as it was signed, and applied whenever
//! a report is read: beside what the bytes show, and never above it.

use limpide_db::attestations::{self, NewAttestation};
use limpide_db::{Tx, audits, commits, events, keys};
use limpide_openness::{Attestation, AttestationStanding, Key, Report, Role as SignedAs};
use limpide_words::{Kind, Moment, ObjectId, OwnerName, RepoId, Sha256};
use serde_json::json;

use crate::Hub;
use crate::access::{Caller, Readable, Role, SignedIn};
use crate::audits::stored;
use crate::changing;
use crate::error::{Error, Result, Thing};
use crate::revision::no_revision;

/// What was signed, with who sent it when.
#[derive(Debug, Clone)]
pub struct Attested {
    /// The SHA-256 of its canonical JSON, by which it is called.
    pub id: Sha256,
    /// The attestation.
    pub attestation: Attestation,
    /// Who sent it.
    pub sender: OwnerName,
    /// When.
    pub created: Moment,
}

/// The most attestations of one commit, and of one user about it.
const MOST: usize = 256;
const MOST_OF_ONE: usize = 64;

/// How far the clock of a signer may be ahead.
const AHEAD: std::time::Duration = std::time::Duration::from_secs(300);

impl Hub {
    /// Keeps what the caller has signed about a commit of a repository.
    ///
    /// # Errors
    /// `NotFound` for the repository or the commit; `Invalid` for a statement about something else, one that has expired,
    /// a signature that does not match or a key that is not the caller's; `Forbidden` to sign in the name of others.
    pub async fn attest(
        &self,
        caller: &Caller,
        kind: Kind,
        id: &RepoId,
        attestation: Attestation,
    ) -> Result<Attested> {
        let readable = self.readable(caller, kind, id).await?;
        let user = caller.signing_user()?;
        let (signer, commit) = self.check_statement(&readable, &attestation).await?;
        self.may_sign(caller, &readable, &signer, attestation.statement.role).await?;
        let public_key = attestation.key.to_string();
        if !keys::is_known(self.db(), &user.id, &public_key).await? {
            let words = "This is signed with a key that is not one of yours: add it first, at `/api/keys`.";
            return Err(Error::Invalid(words.into()));
        }
        attestation.verify().map_err(|refused| Error::Invalid(format!("This cannot be kept: {refused}.")))?;
        let json =
            limpide_openness::canonical(&attestation).map_err(|error| Error::Internal(error.into()))?;
        let new = NewAttestation {
            repository_id: &readable.repo().id,
            id: stored::digest(&json),
            commit_id: commit,
            user_id: &user.id,
            public_key,
            signer,
            attestation: String::from_utf8_lossy(&json).into_owned(),
            created: self.clock().now(),
        };
        self.insert_attestation(user, &new).await?;
        Ok(Attested { id: new.id, attestation, sender: user.name.clone(), created: new.created })
    }

    /// What was signed about a commit, in the order it came, whether it counts or not.
    ///
    /// # Errors
    /// `NotFound` for the commit.
    pub async fn attestations(&self, repo: &Readable, commit: ObjectId) -> Result<Vec<Attested>> {
        let rows = attestations::of_commit(self.db(), &repo.repo().id, commit).await?;
        rows.into_iter().map(Attested::of).collect()
    }

    /// Withdraws what was signed: the one who sent it may, and whoever may sign in the same name.
    ///
    /// # Errors
    /// `NotFound` for the repository or the attestation; `Forbidden` for what others have signed.
    pub async fn withdraw_attestation(
        &self,
        caller: &Caller,
        kind: Kind,
        id: &RepoId,
        attestation: Sha256,
    ) -> Result<()> {
        let readable = self.readable(caller, kind, id).await?;
        let user = caller.signing_user()?;
        let repository_id = &readable.repo().id;
        let found = attestations::find(self.db(), repository_id, attestation).await?;
        let found =
            found.ok_or_else(|| Error::missing(format!("There is no attestation {attestation} here.")))?;
        if found.user_id != user.id && !self.signs_for(user, &found.signer).await? {
            return Err(Error::Forbidden("Only its signer can withdraw an attestation.".into()));
        }
        let mut tx = changing::begin(self.db(), repository_id).await?;
        attestations::delete(&mut tx, repository_id, attestation).await?;
        let detail = json!({ "id": attestation, "commit": found.commit_id, "signer": found.signer });
        events::insert(&mut tx, self.event(user, repository_id, "attestation.withdraw", detail)).await?;
        self.weigh_attestations(&mut tx, repository_id, found.commit_id).await?;
        Ok(tx.commit().await?)
    }

    /// Whether a statement is about a commit of this repository, and counts for a while from now on.
    async fn check_statement(
        &self,
        repo: &Readable,
        attestation: &Attestation,
    ) -> Result<(OwnerName, ObjectId)> {
        let statement = &attestation.statement;
        let (repo, now) = (repo.repo(), self.clock().now());
        if (statement.kind, statement.repository.as_str()) != (repo.kind, repo.id().to_string().as_str()) {
            let words = format!(
                "The statement is about {} {}, not about {} {}.",
                statement.kind,
                statement.repository,
                repo.kind,
                repo.id()
            );
            return Err(Error::Invalid(words));
        }
        if statement.issued > now + AHEAD || statement.expires <= now {
            let words = "The statement does not count now: it was issued in the future, or has expired.";
            return Err(Error::Invalid(words.into()));
        }
        let commit = statement.commit.parse().map_err(|_| no_revision(&statement.commit))?;
        match commits::find(self.db(), &repo.id, [commit]).await?.is_empty() {
            true => Err(Error::NotFound(Thing::Revision, format!("Invalid rev id: {commit}"))),
            false => Ok((statement.signer.parse()?, commit)),
        }
    }

    /// Refuses to sign in the name of somebody else, or as the owner without being allowed to write.
    async fn may_sign(
        &self,
        caller: &Caller,
        readable: &Readable,
        signer: &OwnerName,
        role: SignedAs,
    ) -> Result<()> {
        if !self.signs_for(caller.signing_user()?, signer).await? {
            return Err(Error::Forbidden(format!("You cannot sign in the name of {signer}.")));
        }
        let repo = readable.repo();
        if role == SignedAs::Owner {
            self.writable(caller, repo.kind, &repo.id()).await?;
            if *signer != repo.owner {
                let words = format!("As the owner of {} only {} can sign.", repo.id(), repo.owner);
                return Err(Error::Forbidden(words));
            }
        }
        Ok(())
    }

    /// Whether a user signs in a name: their own, or that of an organisation that they write for.
    async fn signs_for(&self, user: &SignedIn, signer: &OwnerName) -> Result<bool> {
        if user.name == *signer {
            return Ok(true);
        }
        let owner = limpide_db::accounts::owner_by_name(self.db(), signer).await?;
        let Some(owner) = owner.filter(|owner| owner.kind == "organization" && owner.name == *signer) else {
            return Ok(false);
        };
        Ok(self.role_in_owner(user, &owner.id).await? >= Some(Role::Write))
    }

    async fn insert_attestation(&self, user: &SignedIn, new: &NewAttestation<'_>) -> Result<()> {
        let repository_id = new.repository_id;
        let mut tx = changing::begin(self.db(), repository_id).await?;
        let there = attestations::of_commit(&mut tx, repository_id, new.commit_id).await?;
        if there.len() >= MOST || there.iter().filter(|one| one.user_id == user.id).count() >= MOST_OF_ONE {
            return Err(Error::TooLarge(format!(
                "A commit has at most {MOST} attestations, {MOST_OF_ONE} of them by one user."
            )));
        }
        match attestations::insert(&mut tx, new).await {
            Err(limpide_db::Error::Taken(_)) => {
                return Err(Error::Conflict("This attestation is here already.".into()));
            }
            other => other?,
        }
        let detail = json!({ "id": new.id, "commit": new.commit_id, "signer": new.signer });
        events::insert(&mut tx, self.event(user, repository_id, "attestation.add", detail)).await?;
        self.weigh_attestations(&mut tx, repository_id, new.commit_id).await?;
        Ok(tx.commit().await?)
    }

    /// A report with what was signed about its commit, as far as it counts now.
    pub(crate) async fn attested_report(
        &self,
        repository_id: &str,
        commit: ObjectId,
        report: Report,
    ) -> Result<Report> {
        let rows = attestations::of_commit(self.db(), repository_id, commit).await?;
        Ok(if rows.is_empty() { report } else { with_rows(&report, &rows, self.clock().now()) })
    }

    /// Notes how far a commit is attested, for lists, and until when that holds.
    pub(crate) async fn weigh_attestations(
        &self,
        tx: &mut Tx,
        repository_id: &str,
        commit: ObjectId,
    ) -> Result<()> {
        let Some(row) = audits::find(&mut *tx, repository_id, commit).await? else { return Ok(()) };
        let rows = attestations::of_commit(&mut *tx, repository_id, commit).await?;
        let report = with_rows(&stored::unpack(&row.report)?, &rows, self.clock().now());
        let attested = stored::headline(&report).map_or(0, |outcome| i64::from(outcome.attested.score));
        let valid = report.attestations.iter().filter(|shown| shown.standing == AttestationStanding::Valid);
        let until = valid.map(|shown| shown.attestation.statement.expires).min();
        Ok(audits::set_attested(tx, repository_id, commit, attested, until).await?)
    }
}

fn with_rows(report: &Report, rows: &[attestations::Attestation], now: Moment) -> Report {
    // What was written by the program that keeps it can be read; a damaged row counts for nothing.
    let read = |row: &attestations::Attestation| Attestation::read(row.attestation.as_bytes()).ok();
    let given: Vec<Attestation> = rows.iter().filter_map(read).collect();
    let known = rows.iter().filter(|row| row.is_known).filter_map(read);
    let keys: Vec<Key> =
        known.map(|attestation| Key { owner: attestation.statement.signer, key: attestation.key }).collect();
    report.with_attestations(&given, &keys, now)
}

impl Attested {
    fn of(row: attestations::Attestation) -> Result<Self> {
        let attestation = Attestation::read(row.attestation.as_bytes())
            .map_err(|refused| Error::Internal(anyhow::anyhow!("attestation {}: {refused}", row.id)))?;
        Ok(Self { id: row.id, attestation, sender: row.user_name, created: row.created })
    }
}
