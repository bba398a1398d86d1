//! Which commit a caller means by a branch, a tag, a full ref or (the beginning of) a commit id.

use limpide_db::commits::{self, Commit};
use limpide_db::git_objects;
use limpide_db::refs::{self, Ref};
use limpide_words::{ObjectId, RefName, Revision};

use crate::Hub;
use crate::access::Readable;
use crate::error::{Error, Result, Thing};
use crate::git::objects::tag_target;
use crate::git::store::Store;

/// Tags of tags of tags: more steps than this are somebody's joke.
const MOST_TAGS: usize = 5;

/// A reader begins anew when the history is squashed while it reads, but not for ever.
pub(crate) const PATIENCE: usize = 20;

impl Hub {
    /// The commit that a revision stands for: a branch first, then a tag, a full ref, a commit id,
    /// the beginning of one.
    ///
    /// # Errors
    /// `NotFound` when it stands for none.
    pub async fn commit_at(&self, repo: &Readable, revision: &Revision) -> Result<Commit> {
        self.commit_of(&repo.repo().id, revision).await
    }

    pub(crate) async fn commit_of(&self, repository_id: &str, revision: &Revision) -> Result<Commit> {
        let found = self.find_commit(repository_id, revision).await?;
        found.ok_or_else(|| no_revision(revision.as_str()))
    }

    async fn find_commit(&self, repository_id: &str, revision: &Revision) -> Result<Option<Commit>> {
        // Mostly it is a branch: one question then, and branches go first in any case.
        if let Ok(branch) = RefName::branch(revision.as_str())
            && let Some(commit) = commits::head(self.db(), repository_id, &branch).await?
        {
            return Ok(Some(commit));
        }
        let store = Store { hub: self, repository_id };
        for _ in 0..PATIENCE {
            let Some(found) = self.find_ref(repository_id, revision.as_str()).await? else { break };
            if let Some(commit) = self.commit_behind(store, found.target).await? {
                return Ok(Some(commit));
            }
            // Squashed away since: the ref stands elsewhere now.
        }
        let Some(prefix) = revision.as_commit_prefix() else { return Ok(None) };
        let mut found = commits::find_by_prefix(self.db(), repository_id, &prefix).await?;
        // Two commits that begin alike: it stands for neither.
        Ok(if found.len() == 1 { found.pop() } else { None })
    }

    /// The branch, tag or full ref of this name; `HEAD` is the branch that a repository starts with, as in git.
    async fn find_ref(&self, repository_id: &str, name: &str) -> Result<Option<Ref>> {
        let full = if name == "HEAD" { RefName::main().to_string() } else { name.to_owned() };
        let names = [format!("refs/heads/{name}"), format!("refs/tags/{name}"), full];
        let found = refs::find(self.db(), repository_id, names.clone()).await?;
        let place = |found: &Ref| names.iter().position(|name| name == found.name.as_str());
        Ok(found.into_iter().min_by_key(place))
    }

    /// The commit that a ref's target is, or that the tag it is stands for.
    pub(crate) async fn commit_behind(&self, store: Store<'_>, target: ObjectId) -> Result<Option<Commit>> {
        let mut target = target;
        for _ in 0..MOST_TAGS {
            if let Some(commit) = commits::find(self.db(), store.repository_id, [target]).await?.pop() {
                return Ok(Some(commit));
            }
            let object = git_objects::find(self.db(), store.repository_id, [target]).await?.pop();
            let Some(tag) = object.filter(|object| object.kind == "tag") else { return Ok(None) };
            target = tag_target(&store.content(tag).await?)?;
        }
        Ok(None)
    }

    /// Whether a reader found something missing because its commit was squashed away while it read.
    pub(crate) async fn squashed_away(&self, repository_id: &str, commit: ObjectId) -> Result<bool> {
        Ok(commits::find(self.db(), repository_id, [commit]).await?.is_empty())
    }

    /// The branch, or other ref that commits are made to, that a revision stands for.
    pub(crate) async fn branch_of(&self, repository_id: &str, revision: &Revision) -> Result<RefName> {
        let text = revision.as_str();
        let name = match text.strip_prefix("refs/") {
            Some(_) => text.parse(),
            None => RefName::branch(text),
        };
        let name: RefName = name.map_err(|_| no_revision(text))?;
        let there = !refs::find(self.db(), repository_id, [name.to_string()]).await?.is_empty();
        if !there || name.as_tag().is_some() {
            return Err(no_revision(text));
        }
        Ok(name)
    }
}

/// The refusal for a reader whose history is squashed again and again.
pub(crate) fn changes_too_fast() -> Error {
    Error::Conflict(
        "The history of this repository is rewritten faster than it can be read; try again.".into(),
    )
}

/// Clients look for these words.
pub(crate) fn no_revision(revision: &str) -> Error {
    Error::NotFound(Thing::Revision, format!("Invalid rev id: {revision}"))
}
