//! What a commit changed: which files, and what they were before.

use std::collections::BTreeMap;

use limpide_db::commits::{self, Commit};
use limpide_words::ObjectId;

use crate::Hub;
use crate::access::Readable;
use crate::error::Result;
use crate::git::store::Store;
use crate::git::tree::Tree;

/// Files that are told of one commit: a first upload may bring a hundred thousand.
const MOST: usize = 300;

/// Folders that are read for one answer.
const MOST_FOLDERS: usize = 2000;

/// A file that a commit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path.
    pub path: String,
    /// What it was; none when it is new.
    pub before: Option<ObjectId>,
    /// What it became; none when it was deleted.
    pub after: Option<ObjectId>,
}

/// What a commit changed.
#[derive(Debug, Clone)]
pub struct Changes {
    /// The commit.
    pub commit: Commit,
    /// What it is compared with: its first parent.
    pub parent: Option<ObjectId>,
    /// The files, by path.
    pub files: Vec<FileChange>,
    /// Whether there are more.
    pub is_cut: bool,
}

/// A folder before and after; none where there was or is no such folder.
struct Pair {
    path: String,
    before: Option<ObjectId>,
    after: Option<ObjectId>,
}

impl Hub {
    /// What a commit changed, beside its first parent.
    ///
    /// # Errors
    /// `NotFound` for what is no commit of the repository.
    pub async fn changes(&self, repo: &Readable, commit: &Commit) -> Result<Changes> {
        let id = &repo.repo().id;
        let store = Store { hub: self, repository_id: id };
        let parents = commits::parents(self.db(), id, [commit.id]).await?;
        let parent = parents.first().map(|parent| parent.parent_id);
        let before = match parent {
            Some(parent) => commits::find(self.db(), id, [parent]).await?.first().map(|parent| parent.tree),
            None => None,
        };
        let mut changed = BTreeMap::new();
        let mut waiting = vec![Pair { path: String::new(), before, after: Some(commit.tree) }];
        let mut read = 0;
        while changed.len() <= MOST && read < MOST_FOLDERS {
            let Some(pair) = waiting.pop() else { break };
            read += 1;
            let (old, new) = (tree(store, pair.before).await?, tree(store, pair.after).await?);
            compare(&pair.path, old.as_ref(), new.as_ref(), &mut |change, is_folder| match is_folder {
                true => waiting.push(Pair { path: change.path, before: change.before, after: change.after }),
                false => {
                    changed.insert(change.path.clone(), change);
                }
            });
        }
        let is_cut = changed.len() > MOST || !waiting.is_empty();
        let files = changed.into_values().take(MOST).collect();
        Ok(Changes { commit: commit.clone(), parent, files, is_cut })
    }
}

async fn tree(store: Store<'_>, id: Option<ObjectId>) -> Result<Option<Tree>> {
    match id {
        Some(id) => Ok(Some(store.tree(id).await?)),
        None => Ok(None),
    }
}

/// Tells the entries of a folder that are not as they were, and whether they are folders themselves.
fn compare(folder: &str, old: Option<&Tree>, new: Option<&Tree>, tell: &mut impl FnMut(FileChange, bool)) {
    let path = |name: &[u8]| {
        let name = String::from_utf8_lossy(name);
        if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") }
    };
    for entry in new.iter().flat_map(|tree| tree.entries()) {
        let (path, is_folder, after) = (path(entry.name), entry.mode.is_tree(), Some(entry.id));
        match old.and_then(|tree| tree.find(entry.name)) {
            None => tell(FileChange { path, before: None, after }, is_folder),
            Some(before) if before.mode.is_tree() != is_folder => {
                // A folder in place of a file, or the reverse: one went, the other came.
                tell(FileChange { path: path.clone(), before: Some(before.id), after: None }, !is_folder);
                tell(FileChange { path, before: None, after }, is_folder);
            }
            Some(before) if before.id == entry.id && before.mode == entry.mode => {}
            Some(before) => tell(FileChange { path, before: Some(before.id), after }, is_folder),
        }
    }
    for entry in old.iter().flat_map(|tree| tree.entries()) {
        if new.is_none_or(|tree| tree.find(entry.name).is_none()) {
            let change = FileChange { path: path(entry.name), before: Some(entry.id), after: None };
            tell(change, entry.mode.is_tree());
        }
    }
}
