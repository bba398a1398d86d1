//! Records a commit, and for each folder it touched, which commit last changed each entry.
//!
//! Listings that show last commits only look numbers up: an untouched folder is found under the number
//! that its own entry has in the folder above. Numbers are unique in a repository, so branches that share
//! a parent never mistake each other's rows.

use std::cmp::Ordering;

use gix_object::bstr::BStr;
use limpide_db::commits::{self, Commit};
use limpide_db::git_objects::{self, NewObject};
use limpide_db::lfs_files::{self, NewLfsFile};
use limpide_db::{Tx, folder_history, repos};
use limpide_words::ObjectId;

use crate::error::{Error, Result};
use crate::git::objects::TreeEntry;
use crate::git::store::{Store, Trees};

/// A folder with the number of the commit that last changed each of its entries; 0 stands for the commit
/// that is being made, which has no number yet.
pub(crate) type FolderRow = (String, Vec<u32>);

/// A tree as a commit left it, with that commit's number.
pub(crate) type Version = (ObjectId, u32);

/// Everything that a new commit adds to the database.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// The commit; its number is given when it is recorded.
    pub(crate) commit: Commit,
    pub(crate) parents: &'a [ObjectId],
    pub(crate) objects: &'a [NewObject],
    pub(crate) lfs_files: &'a [NewLfsFile],
    pub(crate) folders: Vec<FolderRow>,
}

/// A folder that differs from what it was in the parents.
struct Touched {
    path: String,
    tree: ObjectId,
    before: Vec<Version>,
}

/// A folder in one of the parents, read side by side with the folder that it became: both are in git's order.
struct Before {
    entries: Vec<TreeEntry>,
    numbers: Vec<u32>,
    /// Where the reading stands.
    place: usize,
}

/// The rows of a commit: one for each folder of `tree` that differs from every parent's, and for the root.
pub(crate) async fn folder_rows(
    trees: &Trees<'_>,
    parents: Vec<Version>,
    tree: ObjectId,
) -> Result<Vec<FolderRow>> {
    let mut rows = Vec::new();
    let mut waiting = vec![Touched { path: String::new(), tree, before: parents }];
    while let Some(folder) = waiting.pop() {
        let mut before = Vec::with_capacity(folder.before.len());
        for version in &folder.before {
            before.push(Before::read(trees, &folder.path, *version).await?);
        }
        let entries = trees.entries(folder.tree).await?;
        let mut numbers = Vec::with_capacity(entries.len());
        for entry in entries {
            before.iter_mut().for_each(|parent| parent.seek(&entry));
            let number = before.iter().find_map(|parent| parent.unchanged(&entry)).unwrap_or(0);
            numbers.push(number);
            if number == 0 && entry.mode.is_tree() {
                let before = before.iter().filter_map(|parent| parent.folder(&entry)).collect();
                waiting.push(Touched { path: join(&folder.path, &entry), tree: entry.id, before });
            }
        }
        rows.push((folder.path, numbers));
    }
    Ok(rows)
}

impl Before {
    async fn read(trees: &Trees<'_>, path: &str, (tree, number): Version) -> Result<Self> {
        let entries = trees.entries(tree).await?;
        let numbers = trees.store.numbers(number, path, entries.len()).await?;
        Ok(Self { entries, numbers, place: 0 })
    }

    /// Goes on to where an entry stands or would stand; entries are asked for in their order.
    fn seek(&mut self, entry: &TreeEntry) {
        let rest = self.entries.iter().skip(self.place);
        self.place += rest.take_while(|here| here.order(entry) == Ordering::Less).count();
    }

    /// The number of the entry just sought, when it is the same here.
    fn unchanged(&self, entry: &TreeEntry) -> Option<u32> {
        (self.entries.get(self.place) == Some(entry)).then(|| self.numbers.get(self.place).copied())?
    }

    /// The folder of the name just sought, as it was here.
    fn folder(&self, entry: &TreeEntry) -> Option<Version> {
        let before = self.entries.get(self.place)?;
        (before.mode.is_tree() && before.name == entry.name)
            .then(|| self.numbers.get(self.place).map(|number| (before.id, *number)))?
    }
}

/// The path of an entry of a folder.
pub(crate) fn join(folder: &str, entry: &TreeEntry) -> String {
    let name = BStr::new(&entry.name);
    if folder.is_empty() { name.to_string() } else { format!("{folder}/{name}") }
}

impl Store<'_> {
    /// The numbers of a folder as the commit of that number left it.
    pub(crate) async fn numbers(&self, number: u32, path: &str, entries: usize) -> Result<Vec<u32>> {
        let row = folder_history::find(self.hub.db(), self.repository_id, [(number, path)]).await?.pop();
        let bytes = row.map(|row| row.numbers).unwrap_or_default();
        if bytes.len() != entries * 4 {
            let lacking =
                anyhow::anyhow!("folder `{path}` of {} has no history at {number}", self.repository_id);
            return Err(self.cause_of(lacking).await);
        }
        Ok(bytes.as_chunks::<4>().0.iter().map(|digits| u32::from_le_bytes(*digits)).collect())
    }
}

/// Adds a commit with all that belongs to it. It shows once a ref is moved to it, last of all.
pub(crate) async fn record(tx: &mut Tx, repository_id: &str, entry: Entry<'_>) -> Result<()> {
    // From here on other commits to this repository wait: they get the numbers that follow.
    let number = repos::next_number(tx, repository_id).await?;
    let number = number.ok_or_else(Error::deleted)?;
    let short =
        u32::try_from(number).map_err(|_| Error::Invalid("This repository has too many commits.".into()))?;
    let mut commit = entry.commit;
    commit.number = number;

    let added = git_objects::insert(tx, repository_id, entry.objects).await?;
    let grown = blob_bytes(entry.objects, &added);
    let new_files = lfs_files::commit(tx, repository_id, entry.lfs_files, commit.date).await?;
    let named: std::collections::HashSet<_> = entry.lfs_files.iter().map(|file| file.sha256).collect();
    if lfs_files::committed(&mut *tx, repository_id, named.iter().copied()).await?.len() < named.len() {
        return Err(Error::Conflict("An uploaded file has expired in this moment; upload it again.".into()));
    }
    repos::grow(tx, repository_id, grown + new_files.iter().sum::<i64>()).await?;

    commits::insert(tx, repository_id, &commit, entry.parents).await?;
    let mut folders = entry.folders;
    for place in folders.iter_mut().flat_map(|(_, numbers)| numbers).filter(|place| **place == 0) {
        *place = short;
    }
    folder_history::insert(tx, repository_id, number, &folders).await?;
    Ok(())
}

/// How many bytes of regular files are among the objects that were added. Pointers count as what they point to.
pub(crate) fn blob_bytes(objects: &[NewObject], added: &[ObjectId]) -> i64 {
    let added: std::collections::HashSet<_> = added.iter().collect();
    let mut counted = std::collections::HashSet::new();
    objects
        .iter()
        .filter(|object| object.kind == "blob" && object.lfs.is_none())
        .filter(|object| added.contains(&object.id) && counted.insert(object.id))
        .map(|object| object.size)
        .sum()
}
