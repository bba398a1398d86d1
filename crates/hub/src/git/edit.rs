//! Edits a tree: reads only the folders on the way to what changes, and writes only those that changed.

use std::collections::{BTreeMap, HashMap};

use gix_object::Kind;
use gix_object::bstr::BStr;
use gix_object::tree::{EntryKind, EntryMode};
use limpide_words::{FilePath, ObjectId};

use crate::error::{Error, Result, Thing};
use crate::git::objects::id_of;
use crate::git::store::Store;
use crate::git::tree::{Tree, TreeEntry};

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

/// A folder: as it is stored, and what became of it once somebody looked.
#[derive(Debug, Default)]
struct Folder {
    stored: Option<ObjectId>,
    opened: Option<Opened>,
}

/// A folder that somebody looked into: its tree as it is stored, and each name that was looked at, with what has it now.
#[derive(Debug, Default)]
struct Opened {
    before: Tree,
    seen: BTreeMap<Vec<u8>, Option<Node>>,
}

impl<'a> Editor<'a> {
    /// Begins with the tree of this id.
    pub(crate) fn new(store: Store<'a>, root: ObjectId) -> Self {
        Self { store, root: Folder::stored(root) }
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
            let opened = folder.open(self.store).await?;
            folder = match opened.entry(part).get_or_insert_with(|| Node::Folder(Folder::default())) {
                Node::Folder(next) => next,
                Node::File { .. } => return Err(file_in_the_way(path, part)),
            };
        }
        let node = folder.open(self.store).await?.entry(name);
        let mut mode = EntryMode::from(EntryKind::Blob);
        match node {
            Some(Node::Folder(folder)) if !folder.holds_nothing() => return Err(folder_in_the_way(path)),
            // What git made executable stays so.
            Some(Node::File { mode: before, .. }) if before.is_executable() => mode = *before,
            _ => {}
        }
        *node = Some(Node::File { mode, id });
        Ok(())
    }

    async fn delete(&mut self, path: &FilePath) -> Result<()> {
        let mut folder = &mut self.root;
        let mut parts: Vec<&str> = path.parts().collect();
        let name = parts.pop().unwrap_or_default();
        for part in parts {
            let Some(Node::Folder(next)) = folder.open(self.store).await?.entry(part) else {
                return Err(nothing_there(path));
            };
            folder = next;
        }
        match folder.open(self.store).await?.entry(name).take() {
            Some(_) => Ok(()),
            None => Err(nothing_there(path)),
        }
    }

    /// The id of the tree as it is now, and the trees that are new.
    pub(crate) fn write(&self) -> Result<(ObjectId, HashMap<ObjectId, Tree>)> {
        let mut fresh = HashMap::new();
        if let Some(id) = self.root.write(&mut fresh)? {
            return Ok((id, fresh));
        }
        // Only the root is kept when nothing is left in it.
        let empty = Tree::default();
        let id = id_of(Kind::Tree, &empty.bytes())?;
        fresh.insert(id, empty);
        Ok((id, fresh))
    }
}

impl Folder {
    fn stored(id: ObjectId) -> Self {
        Self { stored: Some(id), opened: None }
    }

    /// Looks into the folder; its tree is read when this is the first look.
    async fn open(&mut self, store: Store<'_>) -> Result<&mut Opened> {
        if self.opened.is_none() {
            let before = match self.stored {
                Some(id) => store.tree(id).await?,
                None => Tree::default(),
            };
            self.opened = Some(Opened { before, seen: BTreeMap::new() });
        }
        Ok(self.opened.get_or_insert_default())
    }

    /// Whether no file is left in it. Git knows no empty folders: one that was not looked into holds something.
    fn holds_nothing(&self) -> bool {
        let Some(opened) = &self.opened else { return false };
        let empty = |node: &Option<Node>| match node {
            Some(Node::Folder(folder)) => folder.holds_nothing(),
            Some(Node::File { .. }) => false,
            None => true,
        };
        opened.seen.values().all(empty)
            && opened.before.entries().all(|entry| opened.seen.contains_key::<[u8]>(entry.name))
    }

    /// Writes the folder below all that is in it; none when nothing is.
    fn write(&self, fresh: &mut HashMap<ObjectId, Tree>) -> Result<Option<ObjectId>> {
        let Some(Opened { before, seen }) = &self.opened else { return Ok(self.stored) };
        let mut entries = Vec::with_capacity(seen.len());
        for (name, node) in seen {
            let (mode, id) = match node {
                Some(Node::File { mode, id }) => (*mode, Some(*id)),
                Some(Node::Folder(folder)) => (EntryKind::Tree.into(), folder.write(fresh)?),
                None => continue,
            };
            entries.extend(id.map(|id| TreeEntry { name: BStr::new(name), mode, id }));
        }
        let tree = before.edited(seen.keys().map(Vec::as_slice), entries)?;
        if tree.len() == 0 {
            return Ok(None);
        }
        let id = id_of(Kind::Tree, &tree.bytes())?;
        if self.stored != Some(id) {
            fresh.insert(id, tree);
        }
        Ok(Some(id))
    }
}

impl Opened {
    /// What has this name, to be read or changed; none when nothing has it.
    fn entry(&mut self, name: &str) -> &mut Option<Node> {
        let Self { before, seen } = self;
        seen.entry(name.into()).or_insert_with(|| before.find(name.as_bytes()).map(Node::stored))
    }
}

impl Node {
    fn stored(entry: TreeEntry<'_>) -> Self {
        match entry.mode.is_tree() {
            true => Self::Folder(Folder::stored(entry.id)),
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
