//! The database itself, and who there is.

use limpide_db::check::{self, accounts, content};
use limpide_words::OwnerName;

use super::finding::Finding;
use super::{Check, MOST, PAGE};
use crate::accounts::Scope;
use crate::error::Result;

/// What helps against a wrong row.
pub(super) const RESTORE_ROW: &str = "restore the database from a backup, or mend this row by hand";

impl Check<'_> {
    pub(super) async fn database(&self) -> Result<()> {
        self.progress.enter("database");
        self.look(|| self.engine()).await?;
        self.look(|| self.members()).await?;
        self.look(|| self.claims()).await?;
        self.look(|| self.jobs_and_keys()).await?;
        self.scans().await?;
        self.owners().await?;
        self.tokens().await
    }

    async fn engine(&self) -> Result<Vec<Finding>> {
        let db = self.hub.db();
        let fault = |line: String| {
            Finding::damage("database-engine", format!("the database is damaged: {line}"))
                .at("the database file")
                .affects("whatever these pages and indices hold")
                .remedy("restore the database from a backup; `sqlite3 limpide.db .recover` saves what can be read")
        };
        let mut found: Vec<Finding> = check::engine_faults(db, 100).await?.into_iter().map(fault).collect();
        found.extend(check::orphans(db, MOST).await?.into_iter().map(|row| {
            let what = format!("a row of `{}` names a row of `{}` that is not there", row.child, row.parent);
            Finding::damage("orphan-row", what)
                .at(format!("table `{}`, row {}", row.child, row.at))
                .affects("what this row belongs to")
                .remedy(RESTORE_ROW)
        }));
        Ok(found)
    }

    async fn members(&self) -> Result<Vec<Finding>> {
        let rows = accounts::impossible_members(self.hub.db(), MOST).await?;
        let finding = |row: accounts::MemberRow| {
            let what = format!("`{}` cannot be a member with the role `{}`", row.member, row.role);
            Finding::damage("member", what)
                .at(format!("table `members`, organization {}", row.organization))
                .affects(format!("what {} may do in {}", row.member, row.organization))
                .remedy("end the membership with `limpide org member remove` and add it again")
        };
        Ok(rows.into_iter().map(finding).collect())
    }

    async fn claims(&self) -> Result<Vec<Finding>> {
        let db = self.hub.db();
        let finding = |row: content::ClaimRow| {
            let what = match row.file_sha256 {
                Some(real) => format!("the claim of {} names a file whose SHA-256 is {real}", row.sha256),
                None => format!("the claim of {} names a file that is not there", row.sha256),
            };
            Finding::damage("claim", what)
                .at(format!("table `claims`, repository {}, file {}", row.name, row.file))
                .affects("an upload that waits for its commit")
                .remedy("upload the file again with `hf upload`")
        };
        let mut found: Vec<Finding> =
            content::unfit_claims(db, MOST).await?.into_iter().map(finding).collect();
        found.extend(content::unknown_domains(db, "", MOST).await?.into_iter().map(|row| {
            let what = format!("the deduplication domain `{}` is nobody's", row.domain);
            Finding::damage("domain", what)
                .at(format!("table `xorb_domains`, xorb {}", row.xorb))
                .affects("no bytes: only who is told that the xorb is here")
                .remedy(RESTORE_ROW)
        }));
        Ok(found)
    }

    async fn owners(&self) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = accounts::owners(self.hub.db(), &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            let from = std::mem::replace(&mut after, last.id.clone());
            if page.iter().any(|row| wrong_owner(row).is_some()) {
                self.look(|| async {
                    let page = accounts::owners(self.hub.db(), &from, PAGE).await?;
                    Ok(page.iter().filter_map(wrong_owner).collect())
                })
                .await?;
            }
        }
    }

    async fn tokens(&self) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = accounts::tokens(self.hub.db(), &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            let from = std::mem::replace(&mut after, last.id.clone());
            if page.iter().any(|row| wrong_token(row).is_some()) {
                self.look(|| async {
                    let page = accounts::tokens(self.hub.db(), &from, PAGE).await?;
                    Ok(page.iter().filter_map(wrong_token).collect())
                })
                .await?;
            }
        }
    }
}

fn wrong_owner(row: &accounts::OwnerRow) -> Option<Finding> {
    let what = match row.name.parse::<OwnerName>() {
        Err(unfit) => unfit.to_string(),
        Ok(name) if name.folded() != row.folded => {
            format!("`{}` is found under `{}` instead of `{}`", row.name, row.folded, name.folded())
        }
        Ok(_) if !["user", "organization"].contains(&row.kind.as_str()) => {
            format!("`{}` is neither user nor organization, but `{}`", row.name, row.kind)
        }
        Ok(_) => return None,
    };
    let finding = Finding::damage("owner", what).at(format!("table `owners`, {}", row.id));
    Some(finding.affects(format!("{} and all repositories below it", row.name)).remedy(RESTORE_ROW))
}

fn wrong_token(row: &accounts::TokenRow) -> Option<Finding> {
    let digest = row.digest.len() == 64 && row.digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let scopes = row.role != "fineGrained" || serde_json::from_str::<Vec<Scope>>(&row.scopes).is_ok();
    let what = match &row.user_name {
        None => "its user is not there",
        Some(_) if !digest => "its digest is no SHA-256",
        Some(_) if !["read", "write", "fineGrained"].contains(&row.role.as_str()) => "its role is none",
        Some(_) if !scopes => "what it allows cannot be read",
        Some(_) => return None,
    };
    let user = row.user_name.as_deref().unwrap_or("nobody");
    let finding = Finding::damage("token", format!("the token `{}` of {user} is damaged: {what}", row.name));
    Some(
        finding
            .at(format!("table `tokens`, {}", row.id))
            .affects(format!("clients of {user} that use it"))
            .remedy("revoke it with `limpide token revoke` and make another"),
    )
}
