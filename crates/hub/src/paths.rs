//! What lies at a path: one file for a download, many for a client that asks about its own list.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use gix_object::tree::EntryMode;
use limpide_db::commits::{self, Commit};
use limpide_db::git_objects::{self, BlobFacts};
use limpide_db::repos::Repo;
use limpide_words::{FilePath, Moment, ObjectId, Revision, Sha256};

use crate::Hub;
use crate::access::{Content, Readable};
use crate::error::{Error, Result, Thing};
use crate::git::store::Store;
use crate::git::tree::{Tree, TreeEntry};
use crate::revision::{PATIENCE, changes_too_fast};

/// A file or a folder of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it lies.
    pub path: String,
    /// Its git id.
    pub id: ObjectId,
    /// What it is.
    pub what: What,
    /// Which commit last changed it, when that was asked.
    pub last_commit: Option<LastCommit>,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A folder.
    Folder,
    /// A file whose bytes git holds.
    Regular {
        /// How many bytes.
        size: u64,
    },
    /// A file whose bytes the content store holds; git has a pointer.
    Lfs {
        /// How many bytes the content has.
        size: u64,
        /// Its SHA-256.
        sha256: Sha256,
        /// How many bytes the pointer has.
        pointer_size: u64,
        /// The hash under which the content store knows it; none when its bytes never arrived.
        file: Option<String>,
    },
}

/// The commit that last changed an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastCommit {
    /// Its id.
    pub id: ObjectId,
    /// Its title.
    pub title: String,
    /// When it was made.
    pub date: Moment,
}

/// An entry as its tree tells it.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) path: String,
    pub(crate) mode: EntryMode,
    pub(crate) id: ObjectId,
    /// The number of the commit that last changed it, when that was asked.
    pub(crate) number: u32,
}

/// The most paths that one question may name.
const MOST_PATHS: usize = 1000;

impl Hub {
    /// What lies at a path, for a download: ask [`Hub::commit_at`] first which commit is meant.
    ///
    /// # Errors
    /// `NotFound` when nothing is there.
    pub async fn entry(&self, repo: &Readable, commit: &Commit, path: &FilePath) -> Result<Entry> {
        self.entry_in(repo.repo(), commit, path)
            .await?
            .ok_or_else(|| no_entry(path.as_str(), &commit.id.to_string()))
    }

    pub(crate) async fn entry_in(
        &self,
        repo: &Repo,
        commit: &Commit,
        path: &FilePath,
    ) -> Result<Option<Entry>> {
        let store = Store { hub: self, repository_id: &repo.id };
        let Some((mode, id)) = store.look_up(commit.tree, path).await? else { return Ok(None) };
        let found = Found { path: path.to_string(), mode, id, number: 0 };
        Ok(store.describe(vec![found], false).await?.pop())
    }

    /// The bytes of a file that git holds.
    ///
    /// # Errors
    /// `NotFound` when the repository has no such blob.
    pub async fn read_blob(&self, repo: &Content, id: ObjectId) -> Result<Bytes> {
        let store = Store { hub: self, repository_id: &repo.repo().id };
        let stored = git_objects::find(self.db(), store.repository_id, [id]).await?.pop();
        match stored.filter(|stored| stored.kind == "blob") {
            Some(stored) => store.content(stored).await,
            None => {
                Err(Error::NotFound(Thing::Entry, format!("This repository has no file with the id {id}.")))
            }
        }
    }

    /// What lies at each of these paths; those where nothing is are left out.
    ///
    /// # Errors
    /// `NotFound` for the revision; `TooLarge` for more than 1000 paths.
    pub async fn paths_info(
        &self,
        repo: &Readable,
        revision: &Revision,
        paths: &[String],
        expand: bool,
    ) -> Result<Vec<Entry>> {
        if paths.len() > MOST_PATHS {
            return Err(Error::TooLarge(format!(
                "too many parameters: ask for at most {MOST_PATHS} paths at a time"
            )));
        }
        for _ in 0..PATIENCE {
            let commit = self.commit_at(repo, revision).await?;
            match self.paths_of(repo, &commit, paths, expand).await {
                Err(Error::Internal(_)) if self.squashed_away(&repo.repo().id, commit.id).await? => {}
                other => return other,
            }
        }
        Err(changes_too_fast())
    }

    async fn paths_of(
        &self,
        repo: &Readable,
        commit: &Commit,
        paths: &[String],
        expand: bool,
    ) -> Result<Vec<Entry>> {
        let store = Store { hub: self, repository_id: &repo.repo().id };
        let mut finder = Finder::new(store, commit, expand);
        let mut found = Vec::with_capacity(paths.len());
        for path in paths.iter().filter_map(|path| path.parse().ok()) {
            found.extend(finder.find(&path).await?);
        }
        store.describe(found, expand).await
    }
}

pub(crate) fn no_entry(path: &str, revision: &str) -> Error {
    Error::NotFound(Thing::Entry, format!("`{path}` does not exist at {revision}."))
}

impl Store<'_> {
    /// The entry at a path below a tree.
    pub(crate) async fn look_up(
        &self,
        root: ObjectId,
        path: &FilePath,
    ) -> Result<Option<(EntryMode, ObjectId)>> {
        let mut tree = root;
        let mut parts = path.parts().peekable();
        while let Some(part) = parts.next() {
            let folder = self.tree(tree).await?;
            match folder.find(part.as_bytes()) {
                Some(found) if parts.peek().is_none() => return Ok(Some((found.mode, found.id))),
                Some(found) if found.mode.is_tree() => tree = found.id,
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    /// What callers are told of entries: sizes, contents, and last commits when they were asked.
    pub(crate) async fn describe(&self, found: Vec<Found>, expand: bool) -> Result<Vec<Entry>> {
        let db = self.hub.db();
        let blobs = found.iter().filter(|found| !found.mode.is_tree()).map(|found| found.id);
        let facts = self.facts(blobs.collect()).await?;
        let lacking = found.iter().find(|found| found.mode.is_blob() && !facts.contains_key(&found.id));
        if let Some(Found { path, id, .. }) = lacking {
            let missing = anyhow::anyhow!("blob {id} of {}, at `{path}`, is missing", self.repository_id);
            return Err(self.cause_of(missing).await);
        }
        let mut last: HashMap<u32, LastCommit> = HashMap::new();
        if expand {
            let numbers: std::collections::HashSet<_> = found.iter().map(|found| found.number).collect();
            for commit in commits::numbered(db, self.repository_id, numbers).await? {
                let number = u32::try_from(commit.number).unwrap_or(0);
                last.insert(number, LastCommit { id: commit.id, title: commit.title, date: commit.date });
            }
            if let Some(lacking) = found.iter().find(|found| !last.contains_key(&found.number)) {
                let (path, number) = (&lacking.path, lacking.number);
                let missing = anyhow::anyhow!(
                    "commit {number} of {}, which changed `{path}`, is missing",
                    self.repository_id
                );
                return Err(self.cause_of(missing).await);
            }
        }
        let entry = |found: Found| Entry {
            what: if found.mode.is_tree() { What::Folder } else { What::of(facts.get(&found.id)) },
            last_commit: last.get(&found.number).cloned(),
            path: found.path,
            id: found.id,
        };
        Ok(found.into_iter().map(entry).collect())
    }
}

impl What {
    fn of(facts: Option<&BlobFacts>) -> Self {
        let size = facts.map_or(0, |facts| facts.size.unsigned_abs());
        match facts.map(|facts| (facts.lfs_sha256, facts.lfs_size, facts.file.clone())) {
            Some((Some(sha256), Some(content), file)) => {
                Self::Lfs { size: content.unsigned_abs(), sha256, pointer_size: size, file }
            }
            _ => Self::Regular { size },
        }
    }
}

/// Finds many paths of one commit, reading each folder once.
pub(crate) struct Finder<'a> {
    store: Store<'a>,
    expand: bool,
    folders: HashMap<String, Arc<Opened>>,
    root: (ObjectId, u32),
}

/// A folder with the numbers of its entries, where they were asked for.
struct Opened {
    tree: Tree,
    numbers: Vec<u32>,
}

impl<'a> Finder<'a> {
    pub(crate) fn new(store: Store<'a>, commit: &Commit, expand: bool) -> Self {
        let number = u32::try_from(commit.number).unwrap_or(0);
        Self { store, expand, folders: HashMap::new(), root: (commit.tree, number) }
    }

    /// The entry at a path.
    pub(crate) async fn find(&mut self, path: &FilePath) -> Result<Option<Found>> {
        let (tree, number) = self.root;
        let mut folder = self.open("", tree, number).await?;
        let mut above = String::new();
        let mut parts = path.parts().peekable();
        while let Some(part) = parts.next() {
            let Some(place) = folder.tree.place(part.as_bytes()) else { return Ok(None) };
            let Some(TreeEntry { mode, id, .. }) = folder.tree.entry(place) else { return Ok(None) };
            let number = folder.numbers.get(place).copied().unwrap_or(0);
            if parts.peek().is_none() {
                return Ok(Some(Found { path: path.to_string(), mode, id, number }));
            }
            if !mode.is_tree() {
                return Ok(None);
            }
            if !above.is_empty() {
                above.push('/');
            }
            above.push_str(part);
            folder = self.open(&above, id, number).await?;
        }
        Ok(None)
    }

    async fn open(&mut self, path: &str, tree: ObjectId, number: u32) -> Result<Arc<Opened>> {
        if let Some(opened) = self.folders.get(path) {
            return Ok(opened.clone());
        }
        let tree = self.store.tree(tree).await?;
        let numbers = match self.expand {
            true => self.store.numbers(number, path, tree.len()).await?,
            false => Vec::new(),
        };
        let opened = Arc::new(Opened { tree, numbers });
        self.folders.insert(path.to_owned(), opened.clone());
        Ok(opened)
    }
}
