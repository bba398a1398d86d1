//! Lists the files and folders of a commit, page by page. A page costs what it shows, plus the width of the
//! folders on the way to where it begins.

use futures::Stream;
use futures::stream::try_unfold;
use limpide_db::commits::Commit;
use limpide_words::{FilePath, ObjectId, Revision};

use crate::Hub;
use crate::access::Readable;
use crate::error::{Error, Result};
use crate::git::store::Store;
use crate::git::tree::Tree;
use crate::history::join;
use crate::paths::{Entry, Finder, Found, no_entry};
use crate::revision::{PATIENCE, changes_too_fast};

/// What to list, and how.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// The folder; the root when none is given.
    pub folder: Option<FilePath>,
    /// Whether to list what is in folders below, too. Folders are listed either way.
    pub recursive: bool,
    /// Whether to tell the last commit of each entry.
    pub expand: bool,
    /// Where the page before ended, as it said.
    pub cursor: Option<String>,
    /// The most entries of a page; fewer than the page of the hub.
    pub limit: Option<usize>,
}

/// A page of a listing.
#[derive(Debug, Clone)]
pub struct TreePage {
    /// The commit whose tree this is.
    pub commit: ObjectId,
    /// The entries, in git's order; each folder comes before what is in it.
    pub entries: Vec<Entry>,
    /// What to ask for the next page with.
    pub next: Option<String>,
}

/// The Hub's pages: fewer entries when each tells its last commit.
const PAGE: usize = 1000;
const PAGE_EXPANDED: usize = 100;

/// Folders that are read ahead with one question.
const AHEAD: usize = 100;

impl Hub {
    /// A page of the files and folders of a revision.
    ///
    /// A cursor keeps to the commit of the first page, wherever the branch has moved since.
    ///
    /// # Errors
    /// `NotFound` for the revision or the folder; `Invalid` for a cursor that this hub did not make.
    pub async fn list_tree(
        &self,
        repo: &Readable,
        revision: &Revision,
        listing: &Listing,
    ) -> Result<TreePage> {
        let cursor = listing.cursor.as_deref().map(Cursor::read).transpose()?;
        let revision = cursor.as_ref().map_or(revision, |cursor| &cursor.commit);
        for _ in 0..PATIENCE {
            let commit = self.commit_at(repo, revision).await?;
            match self.page_of(repo, &commit, listing, cursor.as_ref()).await {
                Err(Error::Internal(_)) if self.squashed_away(&repo.repo().id, commit.id).await? => {}
                other => return other,
            }
        }
        Err(changes_too_fast())
    }

    async fn page_of(
        &self,
        repo: &Readable,
        commit: &Commit,
        listing: &Listing,
        cursor: Option<&Cursor>,
    ) -> Result<TreePage> {
        let store = Store { hub: self, repository_id: &repo.repo().id };
        let mut walk =
            Walk { store, recursive: listing.recursive, expand: listing.expand, stack: Vec::new() };
        walk.begin(commit, listing.folder.as_ref()).await?;
        if let Some(cursor) = cursor {
            walk.resume(&cursor.path, listing.folder.as_ref()).await?;
        }
        let page = if listing.expand { PAGE_EXPANDED } else { PAGE };
        let limit = listing.limit.unwrap_or(page).clamp(1, page);
        let mut found = walk.take(limit + 1).await?;
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more);
        let next = last.map(|last| format!("{}:{}", commit.id, last.path));
        Ok(TreePage { commit: commit.id, entries: store.describe(found, listing.expand).await?, next })
    }

    /// All files of a commit, without folders, a thousand at a time.
    pub fn siblings<'a>(
        &'a self,
        repo: &'a Readable,
        commit: &'a Commit,
        details: bool,
    ) -> impl Stream<Item = Result<Vec<Entry>>> + Send + 'a {
        let store = Store { hub: self, repository_id: &repo.repo().id };
        let walk = Walk { store, recursive: true, expand: false, stack: Vec::new() };
        try_unfold((walk, false), move |(mut walk, begun)| async move {
            if !begun {
                walk.begin(commit, None).await?;
            }
            let mut found = walk.take(PAGE).await?;
            if found.is_empty() {
                return Ok(None);
            }
            found.retain(|found| !found.mode.is_tree());
            let entries = if details { store.describe(found, false).await? } else { bare(found) };
            Ok(Some((entries, (walk, true))))
        })
    }
}

/// A file of a commit, and whether it is one that only names another.
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    pub(crate) entry: Entry,
    pub(crate) is_link: bool,
}

impl Store<'_> {
    /// All files of a commit, without folders; none when there are more than `most`.
    pub(crate) async fn files(&self, commit: &Commit, most: usize) -> Result<Option<Vec<Leaf>>> {
        let mut walk = Walk { store: *self, recursive: true, expand: false, stack: Vec::new() };
        walk.begin(commit, None).await?;
        let mut files = Vec::new();
        loop {
            let mut found = walk.take(PAGE).await?;
            if found.is_empty() {
                return Ok(Some(files));
            }
            found.retain(|found| !found.mode.is_tree());
            let links: Vec<bool> = found.iter().map(|found| found.mode.is_link()).collect();
            let entries = self.describe(found, false).await?;
            files.extend(entries.into_iter().zip(links).map(|(entry, is_link)| Leaf { entry, is_link }));
            if files.len() > most {
                return Ok(None);
            }
        }
    }
}

/// Names and ids only: sizes were not asked for and read as 0.
fn bare(found: Vec<Found>) -> Vec<Entry> {
    let what = crate::paths::What::Regular { size: 0 };
    let entry =
        |found: Found| Entry { path: found.path, id: found.id, what: what.clone(), last_commit: None };
    found.into_iter().map(entry).collect()
}

/// Where a page ended: the commit it is of, and the last path it showed.
struct Cursor {
    commit: Revision,
    path: FilePath,
}

impl Cursor {
    fn read(text: &str) -> Result<Self> {
        let refusal =
            || Error::Invalid("This cursor is not one that the hub gave; begin at the first page.".into());
        let (commit, path) = text.split_once(':').ok_or_else(refusal)?;
        let commit: ObjectId = commit.parse().map_err(|_| refusal())?;
        let commit = commit.to_string().parse().map_err(|_| refusal())?;
        Ok(Self { commit, path: path.parse().map_err(|_| refusal())? })
    }
}

/// A walk through a tree, folder before content.
struct Walk<'a> {
    store: Store<'a>,
    recursive: bool,
    expand: bool,
    stack: Vec<Frame>,
}

/// A folder on the way.
struct Frame {
    path: String,
    tree: Tree,
    numbers: Vec<u32>,
    next: usize,
    /// Up to where the folders below have been read ahead.
    warm: usize,
}

impl Walk<'_> {
    /// Stands before the first entry of a folder.
    async fn begin(&mut self, commit: &Commit, folder: Option<&FilePath>) -> Result<()> {
        let Some(folder) = folder else {
            return self.enter(String::new(), commit.tree, u32::try_from(commit.number).unwrap_or(0)).await;
        };
        let found = Finder::new(self.store, commit, self.expand).find(folder).await?;
        match found.filter(|found| found.mode.is_tree()) {
            Some(found) => self.enter(found.path, found.id, found.number).await,
            None => Err(no_entry(folder.as_str(), &commit.id.to_string())),
        }
    }

    async fn enter(&mut self, path: String, tree: ObjectId, number: u32) -> Result<()> {
        let tree = self.store.tree(tree).await?;
        let numbers = match self.expand {
            true => self.store.numbers(number, &path, tree.len()).await?,
            false => Vec::new(),
        };
        self.stack.push(Frame { path, tree, numbers, next: 0, warm: 0 });
        Ok(())
    }

    /// Stands behind the entry at this path, which an earlier page ended with.
    async fn resume(&mut self, path: &FilePath, folder: Option<&FilePath>) -> Result<()> {
        let gone =
            || Error::Invalid("This cursor does not fit this listing; begin at the first page.".into());
        let rest = match folder {
            Some(folder) => {
                path.as_str().strip_prefix(folder.as_str()).and_then(|rest| rest.strip_prefix('/'))
            }
            None => Some(path.as_str()),
        };
        for part in rest.ok_or_else(gone)?.split('/') {
            let frame = self.stack.last_mut().ok_or_else(gone)?;
            let place = frame.tree.place(part.as_bytes()).ok_or_else(gone)?;
            frame.next = place + 1;
            frame.warm = place + 1;
            let found = frame.found(place).ok_or_else(gone)?;
            if found.mode.is_tree() && self.recursive {
                self.enter(found.path, found.id, found.number).await?;
            }
        }
        Ok(())
    }

    async fn take(&mut self, limit: usize) -> Result<Vec<Found>> {
        let mut taken = Vec::new();
        while taken.len() < limit {
            let Some(found) = self.next().await? else { break };
            taken.push(found);
        }
        Ok(taken)
    }

    async fn next(&mut self) -> Result<Option<Found>> {
        while let Some(frame) = self.stack.last_mut() {
            let place = frame.next;
            let Some(found) = frame.found(place) else {
                self.stack.pop();
                continue;
            };
            frame.next += 1;
            // Another repository inside this one: there is nothing here to show.
            if found.mode.is_commit() {
                continue;
            }
            if self.recursive && found.mode.is_tree() {
                if place >= frame.warm {
                    let ahead: Vec<_> = frame.folders_from(place).take(AHEAD).collect();
                    frame.warm = ahead.last().map_or(place, |(last, _)| last + 1);
                    self.store.warm(ahead.into_iter().map(|(_, id)| id)).await?;
                }
                self.enter(found.path.clone(), found.id, found.number).await?;
            }
            return Ok(Some(found));
        }
        Ok(None)
    }
}

impl Frame {
    fn found(&self, place: usize) -> Option<Found> {
        let entry = self.tree.entry(place)?;
        let number = self.numbers.get(place).copied().unwrap_or(0);
        Some(Found { path: join(&self.path, &entry), mode: entry.mode, id: entry.id, number })
    }

    fn folders_from(&self, place: usize) -> impl Iterator<Item = (usize, ObjectId)> {
        let entries = (place..self.tree.len()).filter_map(|place| Some((place, self.tree.entry(place)?)));
        entries.filter(|(_, entry)| entry.mode.is_tree()).map(|(place, entry)| (place, entry.id))
    }
}
