//! Audits, and what people signed: that reports are those that were made, and that lists show what they say.

use limpide_db::check::audits::{self, AttestationRow, AuditRow};
use limpide_openness::Attestation;

use super::database::RESTORE_ROW;
use super::finding::Finding;
use super::repos::Repo;
use super::{Check, MOST, PAGE, Sound};
use crate::audits::stored;
use crate::error::Result;

/// What helps against a damaged report.
const AUDIT_ANEW: &str = "have the commit audited anew: `POST /api/…/openness/{commit}`";

impl Check<'_> {
    pub(super) async fn audits(&self, repo: &Repo) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = audits::audits(self.hub.db(), &repo.id, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            let from = std::mem::replace(&mut after, last.commit_id.clone());
            self.look(|| async {
                let page = audits::audits(self.hub.db(), &repo.id, &from, PAGE).await?;
                Ok(page.iter().filter_map(|row| wrong_audit(repo, row)).collect())
            })
            .await?;
        }
        self.look(|| self.shown(repo)).await?;
        self.attestations(repo).await
    }

    async fn attestations(&self, repo: &Repo) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = audits::attestations(self.hub.db(), &repo.id, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            let from = std::mem::replace(&mut after, last.id.clone());
            self.look(|| async {
                let page = audits::attestations(self.hub.db(), &repo.id, &from, PAGE).await?;
                Ok(page.iter().filter_map(|row| wrong_attestation(repo, row)).collect())
            })
            .await?;
        }
    }

    async fn shown(&self, repo: &Repo) -> Result<Vec<Finding>> {
        let Some(row) = audits::shown(self.hub.db(), &repo.id).await? else { return Ok(Vec::new()) };
        let fits = match row.shown_commit {
            Some(_) => row.shown_grade == row.grade && Some(row.shown) == row.verified,
            None => row.shown_grade.is_none() && row.shown == -1,
        };
        let finding = || {
            Finding::damage("openness", "lists show another openness than the audit says")
                .at(format!("table `repositories`, {} ({})", repo.called, repo.id))
                .affects(format!("how lists find and sort {}", repo.called))
                .remedy(AUDIT_ANEW)
        };
        Ok(if fits { Vec::new() } else { vec![finding()] })
    }

    /// Jobs and keys, of whomever.
    pub(super) async fn jobs_and_keys(&self) -> Result<Vec<Finding>> {
        let job = |row: audits::JobRow| {
            Finding::damage("job", format!("a job of the kind `{}` cannot be `{}` so", row.kind, row.state))
                .at(format!("table `jobs`, {}", row.id))
                .affects("what was to be done in the background")
                .remedy("delete the row, and have the commit audited anew")
        };
        let key = |row: audits::KeyRow| {
            Finding::damage("key", format!("the key `{}` of {} is no Ed25519 key", row.name, row.user_name))
                .at(format!("table `keys`, {} of {}", row.name, row.user_name))
                .affects("what was signed with it: it counts no more")
                .remedy(RESTORE_ROW)
        };
        let jobs = audits::impossible_jobs(self.hub.db(), MOST).await?.into_iter().map(job);
        let keys = audits::impossible_keys(self.hub.db(), MOST).await?.into_iter().map(key);
        Ok(jobs.chain(keys).collect())
    }
}

fn wrong_audit(repo: &Repo, row: &AuditRow) -> Option<Finding> {
    let what = audit_sound(row).err()?;
    let finding = Finding::damage("audit", what)
        .at(format!("table `audits`, commit {} of {}", row.commit_id, repo.called))
        .affects(format!("what is told of the openness of {}; no bytes of files", repo.called));
    Some(finding.remedy(AUDIT_ANEW))
}

fn audit_sound(row: &AuditRow) -> Sound<()> {
    let told = |error| format!("{:#}", anyhow::Error::from(error));
    let report = stored::unpack(&row.report).map_err(told)?;
    let json = stored::canonical(&report).map_err(told)?;
    let (headline, commit) = (stored::headline(&report), report.subject.commit.as_deref());
    let score = |score: Option<u32>| i64::from(score.unwrap_or(0));
    let same = [
        ("digest", stored::digest(&json).to_string() == row.digest),
        ("commit", commit == Some(row.commit_id.as_str())),
        ("grade", headline.map_or("", |outcome| &outcome.verified.name) == row.grade),
        ("verified score", score(headline.map(|outcome| outcome.verified.score)) == row.verified),
        ("claimed score", score(headline.map(|outcome| outcome.claimed.score)) == row.claimed),
        ("number of contradictions", report.contradictions.len() as i64 == row.contradictions),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(format!("its row has another {what} than its report")),
        None => Ok(()),
    }
}

fn wrong_attestation(repo: &Repo, row: &AttestationRow) -> Option<Finding> {
    let what = attestation_sound(row).err()?;
    let finding = Finding::damage("attestation", what)
        .at(format!("table `attestations`, {} of {}", row.id, repo.called))
        .affects(format!("what {} signed about {}", row.signer, repo.called));
    Some(finding.remedy("let its signer send it again"))
}

fn attestation_sound(row: &AttestationRow) -> Sound<()> {
    let json = row.attestation.as_bytes();
    let attestation = Attestation::read(json).map_err(|refused| refused.to_string())?;
    attestation.verify().map_err(|refused| refused.to_string())?;
    let same = [
        ("id", stored::digest(json).to_string() == row.id),
        ("commit", attestation.statement.commit == row.commit_id),
        ("signer", attestation.statement.signer == row.signer),
        ("key", attestation.key.to_string() == row.public_key),
    ];
    match same.iter().find(|(_, same)| !same) {
        Some((what, _)) => Err(format!("its row has another {what} than what was signed")),
        None => Ok(()),
    }
}
