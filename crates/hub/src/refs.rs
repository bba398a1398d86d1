//! Branches and tags: lists, creates and deletes them.

use std::collections::HashMap;

use limpide_db::refs::{self, Ref};

use limpide_db::{Tx, events, git_objects, repos};
use limpide_words::{ObjectId, RefName, Revision};
use serde_json::json;

use crate::Hub;
use crate::access::{Readable, Writable};
use crate::changing;
use crate::error::{Error, Result};
use crate::git::objects::{Object, TagText, tag_target};
use crate::git::store::Store;
use crate::revision::no_revision;

/// The refs of a repository.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RefList {
    /// `refs/heads/…`
    pub branches: Vec<NamedRef>,
    /// `refs/tags/…`
    pub tags: Vec<NamedRef>,
    /// `refs/convert/…`
    pub converts: Vec<NamedRef>,
    /// `refs/pr/…`
    pub pull_requests: Vec<NamedRef>,
}

/// A ref and the commit it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRef {
    /// The name that people use: `main`, `v1.0`, `refs/pr/1` without what stands before.
    pub name: String,
    /// The full name.
    pub full: RefName,
    /// The commit, also for an annotated tag.
    pub commit: ObjectId,
}

/// A tag to be created.
#[derive(Debug, Clone)]
pub struct NewTag {
    /// Its name, without `refs/tags/`.
    pub name: String,
    /// Why it was set; makes it an annotated tag.
    pub message: Option<String>,
}

/// The most bytes of a tag's message.
const LONGEST_MESSAGE: usize = 65_536;

impl Hub {
    /// All refs, by name.
    ///
    /// # Errors
    /// `NotFound` when the repository has just been deleted.
    pub async fn list_refs(&self, repo: &Readable) -> Result<RefList> {
        self.refs_of(&repo.repo().id).await
    }

    pub(crate) async fn refs_of(&self, repository_id: &str) -> Result<RefList> {
        let all = refs::all(self.db(), repository_id).await?;
        // Every repository has its `main`, as long as it is there.
        if all.is_empty() {
            return Err(Error::deleted());
        }
        let commits = self.tagged_commits(Store { hub: self, repository_id }, &all).await?;
        let mut list = RefList::default();
        for Ref { name, target } in all {
            let text = name.as_str();
            let families = [
                ("refs/heads/", &mut list.branches),
                ("refs/tags/", &mut list.tags),
                ("refs/convert/", &mut list.converts),
                ("refs/pr/", &mut list.pull_requests),
            ];
            let commit = commits.get(&target).copied().unwrap_or(target);
            for (prefix, family) in families {
                if let Some(short) = text.strip_prefix(prefix) {
                    family.push(NamedRef { name: short.to_owned(), full: name.clone(), commit });
                }
            }
        }
        Ok(list)
    }

    /// For each annotated tag, the commit it stands for.
    async fn tagged_commits(&self, store: Store<'_>, all: &[Ref]) -> Result<HashMap<ObjectId, ObjectId>> {
        let tagged = all.iter().filter(|found| found.name.as_tag().is_some()).map(|found| found.target);
        let mut commits = HashMap::new();
        for stored in git_objects::find(self.db(), store.repository_id, tagged).await? {
            if stored.kind == "tag" {
                commits.insert(stored.id, tag_target(&store.content(stored).await?)?);
            }
        }
        Ok(commits)
    }

    /// The commits that all refs stand for.
    pub(crate) async fn ref_commits(&self, tx: &mut Tx, store: Store<'_>) -> Result<Vec<ObjectId>> {
        let all = refs::all(tx, store.repository_id).await?;
        let tagged = self.tagged_commits(store, &all).await?;
        Ok(all.iter().map(|found| tagged.get(&found.target).copied().unwrap_or(found.target)).collect())
    }

    /// Creates a branch that starts at a revision, or at `main`.
    ///
    /// # Errors
    /// `Invalid` for its name; `NotFound` for the revision; `Conflict` when there is a branch of this name.
    pub async fn create_branch(&self, repo: &Writable, name: &str, start: Option<&Revision>) -> Result<()> {
        let branch = RefName::branch(name)?;
        // Locked first: else the commit could be squashed away before a ref keeps it.
        let mut tx = changing::begin(self.db(), &repo.repo().id).await?;
        let target = match start {
            Some(revision) => self.commit_of(&repo.repo().id, revision).await?.id,
            None => self.head(repo, &RefName::main()).await?.id,
        };
        self.create_ref(&mut tx, repo, &branch, target).await?;
        tx.commit().await?;
        self.ring();
        Ok(())
    }

    /// Deletes a branch. Its commits stay for a while, known by their ids: then they are collected.
    ///
    /// # Errors
    /// `Forbidden` for `main`; `NotFound` when there is no branch of this name.
    pub async fn delete_branch(&self, repo: &Writable, name: &str) -> Result<()> {
        let branch = RefName::branch(name).map_err(|_| no_revision(name))?;
        if branch == RefName::main() {
            return Err(Error::Forbidden("Cannot delete refs/heads/main".into()));
        }
        self.delete_ref(repo, name, &branch).await
    }

    /// Sets a tag on a revision; with a message, it is an object of its own, as with `git tag -a`.
    ///
    /// # Errors
    /// `NotFound` for the revision; `Invalid` for the name; `Conflict` when there is a tag of this name.
    pub async fn create_tag(&self, repo: &Writable, revision: &Revision, new: NewTag) -> Result<()> {
        let mut tx = changing::begin(self.db(), &repo.repo().id).await?;
        let mut target = self.commit_of(&repo.repo().id, revision).await?.id;
        let name = RefName::tag(&new.name)?;
        let message = new.message.unwrap_or_default().replace('\0', "");
        if message.len() > LONGEST_MESSAGE {
            return Err(Error::TooLarge(format!(
                "The message of a tag has at most {LONGEST_MESSAGE} bytes."
            )));
        }
        let mut objects = Vec::new();
        if !message.trim().is_empty() {
            let (author, date) = (&repo.user().name, self.clock().now());
            let text = TagText { target, name: &new.name, author, message: message.trim(), date };
            let object = Object::tag(&text)?;
            target = object.id;
            objects.extend(Store { hub: self, repository_id: &repo.repo().id }.keep(object).await?);
        }
        git_objects::insert(&mut tx, &repo.repo().id, &objects, None).await?;
        self.create_ref(&mut tx, repo, &name, target).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deletes a tag.
    ///
    /// # Errors
    /// `NotFound` when there is no tag of this name.
    pub async fn delete_tag(&self, repo: &Writable, name: &str) -> Result<()> {
        let tag = RefName::tag(name).map_err(|_| no_revision(name))?;
        self.delete_ref(repo, name, &tag).await
    }

    async fn create_ref(&self, tx: &mut Tx, repo: &Writable, name: &RefName, target: ObjectId) -> Result<()> {
        let all = refs::all(&mut *tx, &repo.repo().id).await?;
        if let Some(other) = in_the_way(all.iter().map(|found| &found.name), name) {
            return Err(Error::Conflict(format!(
                "Reference {name} cannot be created: {other} is in the way"
            )));
        }
        let detail = json!({ "ref": name.as_str(), "to": target });
        events::insert(tx, self.event(repo.user(), &repo.repo().id, "ref.create", detail)).await?;
        match refs::insert(tx, &repo.repo().id, name, target).await {
            Err(limpide_db::Error::Taken(_)) => {
                Err(Error::Conflict(format!("Reference {name} already exists")))
            }
            other => Ok(other?),
        }?;
        self.ref_moved(tx, &repo.repo().id, name, target).await
    }

    async fn delete_ref(&self, repo: &Writable, asked: &str, name: &RefName) -> Result<()> {
        // Locked first: else another ref could be set, meanwhile, to where this one stood.
        let mut tx = changing::begin(self.db(), &repo.repo().id).await?;
        if !refs::delete(&mut tx, &repo.repo().id, name).await? {
            return Err(no_revision(asked));
        }
        let detail = json!({ "ref": name.as_str() });
        events::insert(&mut tx, self.event(repo.user(), &repo.repo().id, "ref.delete", detail)).await?;
        repos::shed(&mut tx, &repo.repo().id, self.clock().now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The ref that keeps git from having another: git's refs are files in folders, so there is no `a/b` beside an `a`.
pub(crate) fn in_the_way<'a>(
    all: impl IntoIterator<Item = &'a RefName>,
    name: &RefName,
) -> Option<&'a RefName> {
    let is_within =
        |one: &str, folder: &str| one.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    let (all, name) = (all.into_iter(), name.as_str());
    all.into_iter().find(|other| is_within(other.as_str(), name) || is_within(name, other.as_str()))
}
