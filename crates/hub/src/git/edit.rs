//! Edits a tree: reads only the folders on the way to what changes, and writes only those that changed.

use std::collections::BTreeMap;

use bytes::Bytes;
use gix_object::tree::{EntryKind, EntryMode};
use limpide_words::{FilePath, ObjectId};

use crate::error::{Error, Result, Thing};
use crate::git::objects::{Object, TreeEntry, read_tree};
use crate::git::store::Store;

/// One step of a commit.
#[derive(Debug, Clone)]
pub(crate) enum Edit {
    /// Puts a blob in place of what was there.
    Put(FilePath, ObjectId),
    /// Removes a file, or a folder with all that is in it.
    Delete(FilePath),
}

/// A tree being edited.
#[derive(Debug)]
pub(crate) struct Editor<'a> {
    store: Store<'a>,
    root: Folder,
}

#[derive(Debug)]
enum Node {
    File { mode: EntryMode, id: ObjectId },
    Folder(Folder),
}

/// A folder: as it is stored, and its entries once somebody looked.
#[derive(Debug, Default)]
struct Folder {
    stored: Option<ObjectId>,
    entries: Option<BTreeMap<Bytes, Node>>,
}

impl<'a> Editor<'a> {
    /// Begins with the tree of this id.
    pub(crate) fn new(store: Store<'a>, root: ObjectId) -> Self {
        Self { store, root: Folder { stored: Some(root), entries: None } }
    }

    /// Takes one step.
    pub(crate) async fn apply(&mut self, edit: &Edit) -> Result<()> {
        match edit {
            Edit::Put(path, id) => self.put(path, *id).await,
            Edit::Delete(path) => self.delete(path).await,
        }
    }

    async fn put(&mut self, path: &FilePath, id: ObjectId) -> Result<()> {
        let mut folder = &mut self.root;
        let mut parts: Vec<&str> = path.parts().collect();
        let name = parts.pop().unwrap_or_default();
        for part in &parts {
            let entries = folder.open(self.store).await?;
            let node = entries
                .entry(Bytes::copy_from_slice(part.as_bytes()))
                .or_insert_with(|| Node::Folder(Folder::default()));
            folder = match node {
                Node::Folder(next) => next,
                Node::File { .. } => return Err(file_in_the_way(path, part)),
            };
        }
        let entries = folder.open(self.store).await?;
        let mut mode = EntryMode::from(EntryKind::Blob);
        match entries.get(name.as_bytes()) {
            Some(Node::Folder(folder)) if !folder.holds_nothing() => return Err(folder_in_the_way(path)),
            // What git made executable stays so.
            Some(Node::File { mode: before, .. }) if before.is_executable() => mode = *before,
            _ => {}
        }
        entries.insert(Bytes::copy_from_slice(name.as_bytes()), Node::File { mode, id });
        Ok(())
    }

    async fn delete(&mut self, path: &FilePath) -> Result<()> {
        let mut folder = &mut self.root;
        let mut parts: Vec<&str> = path.parts().collect();
        let name = parts.pop().unwrap_or_default();
        for part in parts {
            let Some(Node::Folder(next)) = folder.open(self.store).await?.get_mut(part.as_bytes()) else {
                return Err(nothing_there(path));
            };
            folder = next;
        }
        match folder.open(self.store).await?.remove(name.as_bytes()) {
            Some(_) => Ok(()),
            None => Err(nothing_there(path)),
        }
    }

    /// The id of the tree as it is now, and the trees that are new.
    pub(crate) fn write(&self) -> Result<(ObjectId, Vec<Object>)> {
        let mut fresh = Vec::new();
        if let Some(id) = self.root.write(&mut fresh)? {
            return Ok((id, fresh));
        }
        // Only the root is kept when nothing is left in it.
        let empty = Object::tree(&[])?;
        let id = empty.id;
        fresh.push(empty);
        Ok((id, fresh))
    }
}

impl Folder {
    /// The entries, read when this is the first look.
    async fn open(&mut self, store: Store<'_>) -> Result<&mut BTreeMap<Bytes, Node>> {
        if self.entries.is_none() {
            let entries = match self.stored {
                Some(id) => read_tree(&store.tree(id).await?)?,
                None => Vec::new(),
            };
            self.entries =
                Some(entries.into_iter().map(|entry| (entry.name.clone(), Node::stored(&entry))).collect());
        }
        Ok(self.entries.get_or_insert_default())
    }

    /// Whether no file is left in it. Git knows no empty folders: one that was not looked into holds something.
    fn holds_nothing(&self) -> bool {
        let empty = |node: &Node| matches!(node, Node::Folder(folder) if folder.holds_nothing());
        self.entries.as_ref().is_some_and(|entries| entries.values().all(empty))
    }

    /// Writes the folder below all that is in it; none when nothing is.
    fn write(&self, fresh: &mut Vec<Object>) -> Result<Option<ObjectId>> {
        let Some(entries) = &self.entries else { return Ok(self.stored) };
        let mut lines = Vec::with_capacity(entries.len());
        for (name, node) in entries {
            let (mode, id) = match node {
                Node::File { mode, id } => (*mode, Some(*id)),
                Node::Folder(folder) => (EntryKind::Tree.into(), folder.write(fresh)?),
            };
            lines.extend(id.map(|id| TreeEntry { name: name.clone(), mode, id }));
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let tree = Object::tree(&lines)?;
        let id = tree.id;
        if self.stored != Some(id) {
            fresh.push(tree);
        }
        Ok(Some(id))
    }
}

impl Node {
    fn stored(entry: &TreeEntry) -> Self {
        match entry.mode.is_tree() {
            true => Self::Folder(Folder { stored: Some(entry.id), entries: None }),
            false => Self::File { mode: entry.mode, id: entry.id },
        }
    }
}

fn nothing_there(path: &FilePath) -> Error {
    Error::NotFound(Thing::Entry, format!("A file with this name doesn't exist: `{path}`"))
}

fn file_in_the_way(path: &FilePath, part: &str) -> Error {
    Error::Invalid(format!(
        "`{path}` cannot be added: `{part}` on its way is a file, not a folder. Delete that file in the same commit first."
    ))
}

fn folder_in_the_way(path: &FilePath) -> Error {
    Error::Invalid(format!(
        "`{path}` cannot be added as a file: it is a folder. Delete the folder in the same commit first."
    ))
}
