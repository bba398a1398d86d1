//! What is done with malicious files: shown, warned of, or held back until somebody who manages the repository has
//! looked at them and lets them through.

use std::fmt;
use std::str::FromStr;

use limpide_db::events;
use limpide_db::scans::{self, Acknowledgement};
use limpide_safety::{Level, telling_name};
use limpide_words::{FilePath, OwnerName, Revision};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Flagged;
use super::contents::{content_of, is_under};
use crate::access::{Caller, Manageable, Readable, Role};
use crate::error::{Error, Result};
use crate::paths::no_entry;
use crate::{Hub, changing};

/// The longest reason that is kept.
const LONGEST_REASON: usize = 2000;

/// What is done with malicious files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WhenMalicious {
    /// Their status tells.
    Show,
    /// Downloads come with a warning, too.
    #[default]
    Warn,
    /// They cannot be downloaded until somebody who manages the repository lets them through.
    Quarantine,
}

impl WhenMalicious {
    /// How it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::Warn => "warn",
            Self::Quarantine => "quarantine",
        }
    }
}

impl fmt::Display for WhenMalicious {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for WhenMalicious {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        match word {
            "show" => Ok(Self::Show),
            "warn" => Ok(Self::Warn),
            "quarantine" => Ok(Self::Quarantine),
            other => Err(Error::Invalid(format!("`malicious` is show, warn or quarantine, not `{other}`."))),
        }
    }
}

impl Hub {
    /// Lets a download of these contents through; gives a warning to send along when one of them is malicious: in the file
    /// at this path, or, where whoever asks names none, in any file.
    ///
    /// # Errors
    /// `Quarantined` when one of them is held back.
    pub(crate) async fn let_through(
        &self,
        repository_id: &str,
        contents: &[String],
        path: Option<&FilePath>,
    ) -> Result<Option<String>> {
        let policy = self.policy().id().sha256.clone();
        let name = path.map(|path| telling_name(path.as_str()));
        let mut found = None;
        for row in scans::held_back(self.db(), repository_id, contents, &policy).await? {
            let is_meant = name.as_ref().is_none_or(|name| is_under(&row.name, name));
            if is_meant && self.level_of(&row)? == Level::Malicious {
                found = Some(row.content);
                break;
            }
        }
        let Some(content) = found else { return Ok(None) };
        match self.when_malicious(repository_id).await? {
            WhenMalicious::Show => Ok(None),
            WhenMalicious::Warn => {
                Ok(Some("This file is malicious: loading it would run code that harms.".to_owned()))
            }
            WhenMalicious::Quarantine => Err(held_back(&format!("A file ({content})"))),
        }
    }

    /// Lets git have what the refs of a repository lead to.
    ///
    /// # Errors
    /// `Quarantined` when git itself, not LFS, keeps a malicious file there.
    pub(crate) async fn let_git_through(&self, repository_id: &str) -> Result<()> {
        if self.when_malicious(repository_id).await? != WhenMalicious::Quarantine {
            return Ok(());
        }
        let mut in_git: Vec<Flagged> = Vec::new();
        for row in scans::of_refs(self.db(), repository_id).await? {
            let flagged = self.commit_safety(row)?.flagged;
            in_git.extend(flagged.into_iter().filter(|file| file.content.len() == GIT_ID));
        }
        let contents: Vec<String> = in_git.iter().map(|file| file.content.clone()).collect();
        let policy = self.policy().id().sha256.clone();
        for row in scans::held_back(self.db(), repository_id, &contents, &policy).await? {
            let is_held = |file: &&Flagged| {
                file.content == row.content && is_under(&row.name, &telling_name(&file.path))
            };
            if let Some(file) = in_git.iter().find(is_held)
                && self.level_of(&row)? == Level::Malicious
            {
                return Err(held_back(&format!("`{}`", file.path)));
            }
        }
        Ok(())
    }

    /// What is done with malicious files of a repository: what its owner says, else the hub.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn when_malicious(&self, repository_id: &str) -> Result<WhenMalicious> {
        match scans::owners_word(self.db(), repository_id).await? {
            Some(word) => Ok(known(&word)),
            None => Ok(self.settings().safety.malicious),
        }
    }

    /// What the owner says that is done with malicious files; none for what the hub does.
    ///
    /// # Errors
    /// `NotFound` for the owner.
    pub async fn owner_when_malicious(&self, owner: &OwnerName) -> Result<Option<WhenMalicious>> {
        let word = scans::word_of_owner(self.db(), &self.owner_by_name(owner).await?.id).await?;
        Ok(word.as_deref().map(known))
    }

    /// Says what is done with malicious files of an owner; none for what the hub does.
    ///
    /// # Errors
    /// `NotFound` for the owner; `SignIn` or `Forbidden` for whoever does not administer it, or holds a token that may
    /// not write.
    pub async fn set_owner_when_malicious(
        &self,
        caller: &Caller,
        owner: &OwnerName,
        word: Option<WhenMalicious>,
    ) -> Result<()> {
        let user = caller.signing_user()?;
        let found = self.owner_by_name(owner).await?;
        if self.role_in_owner(user, &found.id).await? < Some(Role::Admin) {
            return Err(Error::Forbidden(format!("You do not administer {owner}.")));
        }
        let mut tx = self.db().begin().await?;
        scans::set_owners_word(&mut tx, &found.id, word.map(WhenMalicious::as_str)).await?;
        let detail = json!({ "owner": owner, "malicious": word });
        events::insert(&mut tx, self.account_event(user, "owner.safety", detail)).await?;
        Ok(tx.commit().await?)
    }

    /// Lets a malicious file through, whatever is done with others: somebody has looked at it.
    ///
    /// # Errors
    /// `NotFound` for the file; `Invalid` without a reason, and for a file that is not malicious.
    pub async fn acknowledge(
        &self,
        repo: &Manageable,
        (revision, path): (&Revision, &FilePath),
        reason: &str,
    ) -> Result<()> {
        let reason = reason.trim();
        if reason.is_empty() || reason.len() > LONGEST_REASON {
            let words =
                format!("Say in `reason` why the file may be downloaded, in at most {LONGEST_REASON} bytes.");
            return Err(Error::Invalid(words));
        }
        let content = self.malicious_content(repo, revision, path).await?;
        let (id, user) = (&repo.repo().id, repo.user());
        let mut tx = changing::begin(self.db(), id).await?;
        scans::acknowledge(&mut tx, id, &content, (&user.id, reason), self.clock().now()).await?;
        let detail = json!({ "path": path, "content": content, "reason": reason });
        events::insert(&mut tx, self.event(user, id, "file.acknowledge", detail)).await?;
        Ok(tx.commit().await?)
    }

    /// Lets a file through no longer.
    ///
    /// # Errors
    /// `NotFound` when it was not let through.
    pub async fn revoke_acknowledgement(&self, repo: &Manageable, content: &str) -> Result<()> {
        let (id, user) = (&repo.repo().id, repo.user());
        let mut tx = changing::begin(self.db(), id).await?;
        if !scans::revoke(&mut tx, id, content).await? {
            return Err(Error::missing(format!("The content {content} was not let through.")));
        }
        events::insert(&mut tx, self.event(user, id, "file.revoke", json!({ "content": content }))).await?;
        Ok(tx.commit().await?)
    }

    /// What is let through for a repository, by whom and why.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn acknowledgements(&self, repo: &Readable) -> Result<Vec<Acknowledgement>> {
        Ok(scans::acknowledged(self.db(), &repo.repo().id).await?)
    }

    async fn malicious_content(
        &self,
        repo: &Manageable,
        revision: &Revision,
        path: &FilePath,
    ) -> Result<String> {
        let commit = self.commit_of(&repo.repo().id, revision).await?;
        let entry = self.entry_in(repo.repo(), &commit, path).await?;
        let content = entry
            .as_ref()
            .and_then(content_of)
            .ok_or_else(|| no_entry(path.as_str(), &commit.id.to_string()))?;
        let rows = scans::find(self.db(), std::slice::from_ref(&content)).await?;
        let name = telling_name(path.as_str());
        match rows.iter().find(|row| is_under(&row.name, &name)).map(|row| self.level_of(row)).transpose()? {
            Some(Level::Malicious) => Ok(content),
            _ => Err(Error::Invalid(format!(
                "`{path}` was not found to be malicious: there is nothing to acknowledge."
            ))),
        }
    }
}

/// What a word of the database means. For one that only a newer hub knows the safest is done.
fn known(word: &str) -> WhenMalicious {
    word.parse().unwrap_or(WhenMalicious::Quarantine)
}

/// The letters of a git id; a SHA-256 has more.
const GIT_ID: usize = 40;

fn held_back(what: &str) -> Error {
    Error::Quarantined(format!(
        "{what} is malicious and held back. Somebody who manages the repository can look at what was found and let it \
         through: `POST /api/…/acknowledgements` with `path` and `reason`."
    ))
}
