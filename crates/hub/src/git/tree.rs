//! Trees in git's format. A folder may have a hundred thousand entries: they are read where they lie, found by their
//! place and by their name, and an edit copies what it leaves alone.

use std::cmp::Ordering;
use std::sync::Arc;

use bytes::Bytes;
use gix_object::bstr::BStr;
use gix_object::tree::{EntryMode, name_order};
use gix_object::{TreeRefIter, tree};
use limpide_words::ObjectId;

use crate::error::{Error, Result};
use crate::git::objects::{damaged, object_id};

/// A tree, and where each of its entries begins. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tree {
    bytes: Bytes,
    starts: Arc<[u32]>,
}

/// One line of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TreeEntry<'a> {
    pub(crate) name: &'a BStr,
    pub(crate) mode: EntryMode,
    pub(crate) id: ObjectId,
}

impl Tree {
    /// Reads a tree through; from here on, all its entries can be read.
    pub(crate) fn read(bytes: Bytes) -> Result<Self> {
        let mut starts = Vec::new();
        let mut lines = lines(&bytes);
        let mut start = 0;
        while let Some(line) = lines.next() {
            line.map_err(|error| damaged("tree", &error))?;
            starts.push(u32::try_from(start).map_err(|error| damaged("tree", &error))?);
            start = lines.offset_to_next_entry(&bytes);
        }
        Ok(Self { starts: starts.into(), bytes })
    }

    /// How many entries it has.
    pub(crate) fn len(&self) -> usize {
        self.starts.len()
    }

    /// How many bytes of memory it takes.
    pub(crate) fn weight(&self) -> usize {
        self.bytes.len() + size_of_val(&*self.starts)
    }

    /// Its bytes, as git has them.
    pub(crate) fn bytes(&self) -> Bytes {
        self.bytes.clone()
    }

    /// The bytes of the entry at a place, in git's order; none behind the last.
    pub(crate) fn line(&self, place: usize) -> &[u8] {
        self.lines_between(place, place + 1)
    }

    /// The entry at a place.
    pub(crate) fn entry(&self, place: usize) -> Option<TreeEntry<'_>> {
        TreeEntry::read(self.line(place))
    }

    /// All entries, in their order.
    pub(crate) fn entries(&self) -> impl Iterator<Item = TreeEntry<'_>> {
        lines(&self.bytes).filter_map(|line| line.ok().map(TreeEntry::from))
    }

    /// The entry of this name.
    pub(crate) fn find(&self, name: &[u8]) -> Option<TreeEntry<'_>> {
        self.entry(self.place(name)?)
    }

    /// The place of the entry of this name.
    pub(crate) fn place(&self, name: &[u8]) -> Option<usize> {
        [false, true].into_iter().find_map(|is_tree| self.search(name, is_tree).ok())
    }

    /// This tree without the entries of some names, and with others.
    pub(crate) fn edited<'a>(
        &self,
        without: impl IntoIterator<Item = &'a [u8]>,
        with: impl IntoIterator<Item = TreeEntry<'a>>,
    ) -> Result<Self> {
        let gone = without.into_iter().filter_map(|name| Some((self.place(name)?, None)));
        let mut new: Vec<_> = with.into_iter().collect();
        new.sort_by(TreeEntry::order);
        let place = |entry: &TreeEntry<'_>| {
            self.search(entry.name, entry.mode.is_tree()).unwrap_or_else(|place| place)
        };
        let mut steps: Vec<_> =
            gone.chain(new.into_iter().map(|entry| (place(&entry), Some(entry)))).collect();
        // Stable: entries that come to the same place keep their order.
        steps.sort_by_key(|(place, _)| *place);

        let mut new = NewTree::with_capacity(self.bytes.len() + steps.len() * 64, self.len() + steps.len());
        let mut kept = 0;
        for (place, entry) in steps {
            new.copy(self, kept, place)?;
            kept = kept.max(place);
            match entry {
                Some(entry) => new.push(entry)?,
                None => kept = place + 1,
            }
        }
        new.copy(self, kept, self.len())?;
        Ok(Self { bytes: new.bytes.into(), starts: new.starts.into() })
    }

    fn lines_between(&self, first: usize, end: usize) -> &[u8] {
        self.bytes.get(self.start(first)..self.start(end)).unwrap_or_default()
    }

    fn start(&self, place: usize) -> usize {
        self.starts.get(place).map_or(self.bytes.len(), |start| *start as usize)
    }

    /// The place of an entry, or where it would have to stand.
    fn search(&self, name: &[u8], is_tree: bool) -> std::result::Result<usize, usize> {
        self.starts.binary_search_by(|start| match TreeEntry::read(&self.bytes[*start as usize..]) {
            Some(entry) => name_order(entry.name, entry.mode.is_tree(), name, is_tree),
            None => Ordering::Less,
        })
    }
}

/// A tree that is being written.
#[derive(Debug)]
struct NewTree {
    bytes: Vec<u8>,
    starts: Vec<u32>,
}

impl NewTree {
    fn with_capacity(bytes: usize, entries: usize) -> Self {
        Self { bytes: Vec::with_capacity(bytes), starts: Vec::with_capacity(entries) }
    }

    /// Adds the entries between two places of another tree.
    fn copy(&mut self, from: &Tree, first: usize, end: usize) -> Result<()> {
        let lines = from.lines_between(first, end);
        if lines.is_empty() {
            return Ok(());
        }
        let (here, there) = (self.next_start(lines.len())?, from.starts[first]);
        self.starts.extend(from.starts[first..end].iter().map(|start| here + (start - there)));
        self.bytes.extend_from_slice(lines);
        Ok(())
    }

    fn push(&mut self, entry: TreeEntry<'_>) -> Result<()> {
        let start = self.next_start(0)?;
        self.starts.push(start);
        self.bytes.extend_from_slice(entry.mode.as_bytes(&mut [0; 6]));
        self.bytes.push(b' ');
        self.bytes.extend_from_slice(entry.name);
        self.bytes.push(0);
        self.bytes.extend_from_slice(&entry.id.0);
        Ok(())
    }

    /// Where the next entry begins; those that follow it in the next bytes must have a place, too.
    fn next_start(&self, bytes: usize) -> Result<u32> {
        let too_many =
            |_| Error::Invalid("This folder would have too many entries; use several folders.".into());
        u32::try_from(self.bytes.len() + bytes).map_err(too_many)?;
        u32::try_from(self.bytes.len()).map_err(too_many)
    }
}

impl<'a> TreeEntry<'a> {
    /// The entry with which these bytes of a tree begin.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        lines(bytes).next()?.ok().map(Self::from)
    }

    /// Which of two entries comes first in a tree: git sorts a folder as if a `/` ended its name.
    pub(crate) fn order(&self, other: &TreeEntry<'_>) -> Ordering {
        name_order(self.name, self.mode.is_tree(), other.name, other.mode.is_tree())
    }
}

impl<'a> From<tree::EntryRef<'a>> for TreeEntry<'a> {
    fn from(line: tree::EntryRef<'a>) -> Self {
        Self { name: line.filename, mode: line.mode, id: object_id(line.oid) }
    }
}

fn lines(bytes: &[u8]) -> TreeRefIter<'_> {
    TreeRefIter::from_bytes(bytes, gix_hash::Kind::Sha1)
}

#[cfg(test)]
mod tests {
    use gix_object::tree::EntryKind::{Blob, Tree as Folder};

    use super::*;

    fn entry(name: &str, kind: tree::EntryKind, id: u8) -> TreeEntry<'_> {
        TreeEntry { name: name.into(), mode: kind.into(), id: ObjectId([id; 20]) }
    }

    fn tree<'a>(entries: impl IntoIterator<Item = TreeEntry<'a>>) -> Tree {
        read_again(Tree::default().edited([], entries).unwrap())
    }

    /// An edit knows where its entries begin; who reads them finds the same.
    fn read_again(tree: Tree) -> Tree {
        assert_eq!(Tree::read(tree.bytes()).unwrap().starts, tree.starts);
        tree
    }

    fn names(tree: &Tree) -> Vec<String> {
        tree.entries().map(|entry| entry.name.to_string()).collect()
    }

    #[test]
    fn entries_stand_in_git_s_order_and_are_found_by_name() {
        // Git sorts the folder `a` as if it were called `a/`, after `a.txt`.
        let folder = tree([entry("a", Folder, 1), entry("a.txt", Blob, 2), entry("a0", Blob, 3)]);
        assert_eq!(names(&folder), ["a.txt", "a", "a0"]);
        assert_eq!(folder.find(b"a"), Some(entry("a", Folder, 1)));
        assert_eq!(folder.find(b"a.txt"), folder.entry(0));
        assert_eq!(folder.find(b"b"), None);
        assert_eq!((folder.len(), folder.entry(3)), (3, None));
    }

    #[test]
    fn an_edit_leaves_the_rest_as_it_was() {
        let before = tree(["b", "d", "f", "h"].map(|name| entry(name, Blob, 1)));
        let edit = |without: &[&'static str], with: &[&'static str]| {
            let without = without.iter().map(|name| name.as_bytes());
            read_again(before.edited(without, with.iter().map(|name| entry(name, Blob, 2))).unwrap())
        };
        assert_eq!(names(&edit(&[], &["i", "a", "c", "c2"])), ["a", "b", "c", "c2", "d", "f", "h", "i"]);
        assert_eq!(names(&edit(&["b", "h", "x"], &[])), ["d", "f"]);
        assert_eq!(names(&edit(&["d", "f"], &["e", "d"])), ["b", "d", "e", "h"]);
        assert_eq!(edit(&["d"], &["d"]).find(b"d"), Some(entry("d", Blob, 2)));
        assert_eq!(edit(&["d"], &["d"]).find(b"f"), Some(entry("f", Blob, 1)));
        assert!(edit(&["b", "d", "f", "h"], &[]).bytes.is_empty());
    }

    #[test]
    fn a_file_becomes_a_folder_of_the_same_name() {
        let before = tree([entry("a", Blob, 1), entry("a.txt", Blob, 2)]);
        let after = read_again(before.edited([&b"a"[..]], [entry("a", Folder, 3)]).unwrap());
        assert_eq!(names(&after), ["a.txt", "a"]);
        assert_eq!(after.find(b"a"), Some(entry("a", Folder, 3)));
    }

    #[test]
    fn what_is_no_tree_is_refused() {
        let bytes = tree([entry("a", Blob, 1)]).bytes;
        for end in 1..bytes.len() {
            assert!(Tree::read(bytes.slice(..end)).is_err(), "{end} bytes");
        }
    }
}
