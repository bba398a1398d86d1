//! Records a commit, and for each folder it touched, which commit last changed each entry.
//!
//! Listings that show last commits only look numbers up: an untouched folder is found under the number
//! that its own entry has in the folder above. Numbers are unique in a repository, so branches that share
//! a parent never mistake each other's rows.

use std::cmp::Ordering;
use std::collections::HashSet;

use limpide_db::commits::{self, Commit, NewCommit};
use limpide_db::folder_history::FolderNumbers;
use limpide_db::git_objects::{self, NewObject};
use limpide_db::lfs_files::{self, NewLfsFile};
use limpide_db::repos::Repo;
use limpide_db::{Tx, folder_history, repos, runs};
use limpide_words::{Moment, ObjectId};

use crate::Hub;
use crate::error::{Error, Result};
use crate::git::store::{Store, Trees};
use crate::git::tree::{Tree, TreeEntry};

/// A folder with the number of the commit that last changed each of its entries; 0 stands for the commit
/// that is being made, which has no number yet.
pub(crate) type FolderRow = (String, Vec<u32>);

/// A tree as a commit left it, with that commit's number.
pub(crate) type Version = (ObjectId, u32);

/// Where the history of folders is read: what is stored, and perhaps what is on its way.
pub(crate) trait View {
    /// A tree.
    async fn tree(&mut self, id: ObjectId) -> Result<Tree>;

    /// The numbers of a folder as the commit of that number left it.
    async fn numbers(&mut self, number: u32, path: &str, entries: usize) -> Result<Vec<u32>>;

    /// Is told of each entry, in its folder, that is in no parent as it is now.
    fn changed(&mut self, _folder: &str, _entry: &TreeEntry<'_>) {}
}

/// Everything that a new commit adds to the database.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    /// The commit; its number is given when it is recorded.
    pub(crate) commit: Commit,
    pub(crate) parents: &'a [ObjectId],
    pub(crate) objects: &'a [NewObject],
    /// Objects that are not among these, to which the commit leads and no parent does.
    pub(crate) named: &'a [ObjectId],
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
    tree: Tree,
    numbers: Vec<u32>,
    /// Where the reading stands.
    place: usize,
}

/// The rows of a commit: one for each folder of `tree` that differs from every parent's, and for the root.
pub(crate) async fn folder_rows(
    view: &mut impl View,
    parents: Vec<Version>,
    tree: ObjectId,
) -> Result<Vec<FolderRow>> {
    let mut rows = Vec::new();
    let mut waiting = vec![Touched { path: String::new(), tree, before: parents }];
    while let Some(folder) = waiting.pop() {
        let mut before = Vec::with_capacity(folder.before.len());
        for version in &folder.before {
            before.push(Before::read(view, &folder.path, *version).await?);
        }
        let tree = view.tree(folder.tree).await?;
        let mut numbers = Vec::with_capacity(tree.len());
        for place in 0..tree.len() {
            let same =
                |number: Option<u32>, parent: &mut Before| number.or(parent.unchanged(tree.line(place)));
            let unchanged = before.iter_mut().fold(None, same);
            numbers.push(unchanged.unwrap_or(0));
            let Some(entry) = tree.entry(place).filter(|_| unchanged.is_none()) else { continue };
            view.changed(&folder.path, &entry);
            if entry.mode.is_tree() {
                let before = before.iter().filter_map(|parent| parent.folder(&entry)).collect();
                waiting.push(Touched { path: join(&folder.path, &entry), tree: entry.id, before });
            }
        }
        rows.push((folder.path, numbers));
    }
    Ok(rows)
}

impl Before {
    async fn read(view: &mut impl View, path: &str, (tree, number): Version) -> Result<Self> {
        let tree = view.tree(tree).await?;
        let numbers = view.numbers(number, path, tree.len()).await?;
        Ok(Self { tree, numbers, place: 0 })
    }

    /// The number of an entry, when its line is the same here. Entries are asked for in their order, and most are the
    /// same, one after the other.
    fn unchanged(&mut self, line: &[u8]) -> Option<u32> {
        if self.tree.line(self.place) != line {
            let entry = TreeEntry::read(line)?;
            let earlier = |here: TreeEntry<'_>| here.order(&entry) == Ordering::Less;
            while self.tree.entry(self.place).is_some_and(earlier) {
                self.place += 1;
            }
            if self.tree.line(self.place) != line {
                return None;
            }
        }
        let number = self.numbers.get(self.place).copied();
        self.place += 1;
        number
    }

    /// The folder of the name just asked for, as it was here.
    fn folder(&self, entry: &TreeEntry<'_>) -> Option<Version> {
        let before = self.tree.entry(self.place)?;
        let number = *self.numbers.get(self.place)?;
        (before.mode.is_tree() && before.name == entry.name).then_some((before.id, number))
    }
}

/// The path of an entry of a folder.
pub(crate) fn join(folder: &str, entry: &TreeEntry<'_>) -> String {
    if folder.is_empty() { entry.name.to_string() } else { format!("{folder}/{}", entry.name) }
}

impl View for Trees<'_> {
    async fn tree(&mut self, id: ObjectId) -> Result<Tree> {
        self.get(id).await
    }

    async fn numbers(&mut self, number: u32, path: &str, entries: usize) -> Result<Vec<u32>> {
        self.store.numbers(number, path, entries).await
    }
}

impl Store<'_> {
    /// The numbers of a folder as the commit of that number left it.
    pub(crate) async fn numbers(&self, number: u32, path: &str, entries: usize) -> Result<Vec<u32>> {
        let row = folder_history::find(self.hub.db(), self.repository_id, [(number, path)]).await?.pop();
        match row.and_then(|row| runs::read(&row.numbers, entries)) {
            Some(numbers) => Ok(numbers),
            None => {
                let lacking =
                    anyhow::anyhow!("folder `{path}` of {} has no history at {number}", self.repository_id);
                Err(self.cause_of(lacking).await)
            }
        }
    }
}

/// Adds a commit with all that belongs to it. It shows once a ref is moved to it, last of all.
pub(crate) async fn record(hub: &Hub, tx: &mut Tx, repo: &Repo, entry: Entry<'_>) -> Result<()> {
    // From here on other commits to this repository wait: they get the numbers that follow.
    let number = repos::take_numbers(tx, &repo.id, 1).await?.ok_or_else(Error::deleted)?;
    let short = short(number)?;
    let commit = Commit { number, ..entry.commit };
    add_content(
        hub,
        tx,
        repo,
        Content { objects: entry.objects, named: entry.named, lfs_files: entry.lfs_files, date: commit.date },
    )
    .await?;
    commits::insert(tx, &repo.id, &[NewCommit { commit, parents: entry.parents.to_vec() }]).await?;
    let folders = entry.folders.into_iter().map(|(path, numbers)| FolderNumbers {
        path,
        number,
        numbers: runs::write(&numbered(numbers, short)),
    });
    folder_history::insert(tx, &repo.id, &folders.collect::<Vec<_>>()).await?;
    Ok(())
}

/// The number of a commit, as folders tell it.
pub(crate) fn short(number: i64) -> Result<u32> {
    u32::try_from(number).map_err(|_| Error::Invalid("This repository has too many commits.".into()))
}

/// The numbers of a folder, with that of the commit itself in its places.
pub(crate) fn numbered(mut numbers: Vec<u32>, own: u32) -> Vec<u32> {
    numbers.iter_mut().filter(|number| **number == 0).for_each(|number| *number = own);
    numbers
}

/// What commits bring with them.
#[derive(Debug)]
pub(crate) struct Content<'a> {
    pub(crate) objects: &'a [NewObject],
    /// Objects that are not among these and must be there: others may have taken them for loose meanwhile.
    pub(crate) named: &'a [ObjectId],
    pub(crate) lfs_files: &'a [NewLfsFile],
    /// When.
    pub(crate) date: Moment,
}

/// Adds what commits bring with them, and notes how the repository grew.
pub(crate) async fn add_content(hub: &Hub, tx: &mut Tx, repo: &Repo, content: Content<'_>) -> Result<()> {
    let Content { objects, named, lfs_files, date } = content;
    let added = git_objects::insert(tx, &repo.id, objects, None).await?;
    let (firm, are_all_there) = git_objects::name(tx, &repo.id, named).await?;
    if !are_all_there {
        return Err(Error::Conflict(
            "A file that this commit names has just left with the history that held it; try again.".into(),
        ));
    }
    let new_files = lfs_files::commit(tx, &repo.id, lfs_files, date).await?;
    let contents: HashSet<_> = lfs_files.iter().map(|file| file.sha256).collect();
    if lfs_files::committed(&mut *tx, &repo.id, contents.iter().copied()).await?.len() < contents.len() {
        return Err(Error::Conflict("An uploaded file has expired in this moment; upload it again.".into()));
    }
    let firm: i64 = firm.iter().map(|object| object.bytes).sum();
    hub.grow(tx, repo, blob_bytes(objects, &added) + firm + new_files.iter().sum::<i64>()).await
}

/// How many bytes of regular files are among the objects that were added. Pointers count as what they point to.
pub(crate) fn blob_bytes(objects: &[NewObject], added: &[ObjectId]) -> i64 {
    let added: HashSet<_> = added.iter().collect();
    let mut counted = HashSet::new();
    objects
        .iter()
        .filter(|object| object.kind == "blob" && object.lfs.is_none())
        .filter(|object| added.contains(&object.id) && counted.insert(object.id))
        .map(|object| object.size)
        .sum()
}
