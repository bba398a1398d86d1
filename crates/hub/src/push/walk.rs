//! Looks at everything that the commits of a push change: once, in the order in which it came about.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use gix_object::tree::EntryMode;
use limpide_db::folder_history::FolderNumbers;
use limpide_db::lfs_files::{self, NewLfsFile};
use limpide_db::{git_objects, repos, runs};
use limpide_formats::card::Card;
use limpide_formats::pointer;
use limpide_git::{Command, ObjectKind, ObjectReader, Sent};
use limpide_words::{FilePath, ObjectId, RefName, Sha256, Unfit};

use super::Push;
use super::graph::{Graph, NewCommit};
use super::rules::Broken;
use crate::changing;
use crate::commit::CARD;
use crate::error::{Error, Result};
use crate::git::store::Store;
use crate::git::tree::{Tree, TreeEntry};
use crate::history::{self, View, folder_rows, numbered, short};
use crate::validate_card::report;

/// The most bytes of the history of folders that are held in memory.
const MOST_HISTORY: usize = 256 << 20;

/// Ids of one question to the database.
const PAGE: usize = 1000;

/// A look at a push.
pub(super) struct Walk<'a> {
    push: &'a Push,
    view: Sight<'a>,
    numbers: HashMap<ObjectId, u32>,
    next: u32,
    pointers: HashMap<ObjectId, Option<(Sha256, u64)>>,
    contents: HashMap<(Sha256, u64), NewLfsFile>,
    card: Option<Card>,
    reached: HashSet<ObjectId>,
    broken: Broken,
}

/// What was seen.
pub(super) struct Seen {
    /// What is wrong.
    pub(super) broken: Broken,
    /// The objects that refs lead to, among those that were sent.
    pub(super) reached: HashSet<ObjectId>,
    /// The numbers of new commits.
    pub(super) numbers: HashMap<ObjectId, u32>,
    /// The history of the folders that they touch.
    pub(super) folders: Vec<FolderNumbers>,
    /// Those of the objects that are pointers.
    pub(super) pointers: HashSet<ObjectId>,
    /// What they stand for.
    pub(super) lfs_files: Vec<NewLfsFile>,
    /// The card of `main`, when it changes.
    pub(super) card: Option<Card>,
}

impl Seen {
    /// Those of the objects that refs lead to which fit, in the order of the pack.
    pub(super) fn reached_of(
        &self,
        sent: &HashMap<ObjectId, Sent>,
        fits: impl Fn(&Sent) -> bool,
    ) -> Vec<Sent> {
        let reached = self.reached.iter().filter_map(|id| sent.get(id));
        let mut reached: Vec<Sent> = reached.filter(|sent| fits(sent)).copied().collect();
        reached.sort_unstable_by_key(|sent| sent.place);
        reached
    }
}

/// Trees and histories of folders, stored or sent.
struct Sight<'a> {
    store: Store<'a>,
    reader: &'a mut ObjectReader,
    sent: &'a HashMap<ObjectId, Sent>,
    rows: HashMap<(u32, String), Vec<u8>>,
    bytes: usize,
    changed: Vec<Changed>,
}

/// An entry that a commit changes.
struct Changed {
    path: std::result::Result<FilePath, (String, String)>,
    mode: EntryMode,
    id: ObjectId,
}

impl<'a> Walk<'a> {
    /// Begins to look at so many commits.
    pub(super) async fn begin(
        push: &'a Push,
        sent: &'a HashMap<ObjectId, Sent>,
        reader: &'a mut ObjectReader,
        commits: usize,
    ) -> Result<Self> {
        let repository_id = &push.repo.repo().id;
        let count = u32::try_from(commits).map_err(|_| too_much())?;
        // Numbers of commits that are not recorded after all are left out.
        let mut tx = changing::begin(push.hub.db(), repository_id).await?;
        let last = repos::take_numbers(&mut tx, repository_id, count).await?.ok_or_else(Error::deleted)?;
        tx.commit().await?;
        let store = Store { hub: &push.hub, repository_id };
        Ok(Self {
            push,
            view: Sight { store, reader, sent, rows: HashMap::new(), bytes: 0, changed: Vec::new() },
            numbers: HashMap::with_capacity(commits),
            next: short(last)? - count + 1,
            pointers: HashMap::new(),
            contents: HashMap::new(),
            card: None,
            reached: HashSet::new(),
            broken: Broken::new(push.hub.settings().limits.regular_file),
        })
    }

    /// Looks at a commit, after its parents.
    pub(super) async fn look_at(&mut self, graph: &Graph, commit: &NewCommit) -> Result<()> {
        let version = |id: &ObjectId| match self.numbers.get(id) {
            Some(number) => graph.tree(*id).map(|tree| (tree, *number)),
            None => graph.known(*id),
        };
        let parents: Vec<history::Version> = commit.parents.iter().filter_map(version).collect();
        let number = self.next;
        self.next += 1;
        self.numbers.insert(commit.id, number);
        for (path, numbers) in folder_rows(&mut self.view, parents, commit.tree).await? {
            let numbers = runs::write(&numbered(numbers, number));
            self.view.bytes += path.len() + numbers.len() + 100;
            self.view.rows.insert((number, path), numbers);
        }
        if self.view.bytes > MOST_HISTORY {
            return Err(too_much());
        }
        let changed = std::mem::take(&mut self.view.changed);
        self.reached.extend([commit.id, commit.tree]);
        // A submodule names a commit of another repository.
        self.reached.extend(changed.iter().filter(|entry| !entry.mode.is_commit()).map(|entry| entry.id));
        self.read_pointers(&changed).await?;
        let facts = self.facts_of_others(&changed).await?;
        for Changed { path, mode, id } in changed {
            let path = match path {
                Ok(path) => path,
                Err((path, why)) => {
                    self.broken.path(&path, &why);
                    continue;
                }
            };
            if mode.is_tree() || mode.is_commit() {
                continue;
            }
            match (self.view.sent.get(&id), facts.get(&id)) {
                (Some(sent), _) => {
                    self.broken.file(path.as_str(), sent.size);
                    let pointer = self.pointers.get(&id).copied().flatten();
                    self.want(path, id, pointer);
                }
                (None, Some(fact)) if fact.file.is_none() => {
                    let pointer = fact.lfs_sha256.zip(fact.lfs_size.map(i64::unsigned_abs));
                    self.want(path, id, pointer);
                }
                (None, Some(_)) => {}
                (None, None) => self.broken.is_missing(path.as_str()),
            }
        }
        Ok(())
    }

    fn want(&mut self, path: FilePath, pointer: ObjectId, content: Option<(Sha256, u64)>) {
        if let Some((sha256, size)) = content {
            self.contents.entry((sha256, size)).or_insert(NewLfsFile { sha256, pointer, path });
        }
    }

    /// Finds out which of the small files that were sent are pointers.
    async fn read_pointers(&mut self, changed: &[Changed]) -> Result<()> {
        let is_small = |id: &ObjectId| {
            self.view
                .sent
                .get(id)
                .is_some_and(|sent| sent.kind == ObjectKind::Blob && sent.size <= pointer::LONGEST as u64)
        };
        let small: HashSet<ObjectId> = changed
            .iter()
            .map(|entry| entry.id)
            .filter(|id| is_small(id) && !self.pointers.contains_key(id))
            .collect();
        let small: Vec<ObjectId> = small.into_iter().collect();
        for (id, object) in small.iter().zip(self.view.reader.read(&small).await?) {
            self.pointers.insert(*id, object.and_then(|(_, bytes)| pointer::read(&bytes)));
        }
        Ok(())
    }

    /// What is known of files that were not sent.
    async fn facts_of_others(
        &self,
        changed: &[Changed],
    ) -> Result<HashMap<ObjectId, git_objects::BlobFacts>> {
        let others = changed.iter().filter(|entry| !entry.mode.is_tree() && !entry.mode.is_commit());
        let others: HashSet<ObjectId> =
            others.map(|entry| entry.id).filter(|id| !self.view.sent.contains_key(id)).collect();
        let others: Vec<ObjectId> = others.into_iter().collect();
        let mut facts = HashMap::new();
        for page in others.chunks(PAGE) {
            let found = git_objects::firm_facts(
                self.push.hub.db(),
                self.view.store.repository_id,
                page.iter().copied(),
            )
            .await?;
            facts.extend(found.into_iter().map(|fact| (fact.id, fact)));
        }
        Ok(facts)
    }

    /// Makes sure that what pointers stand for is there.
    pub(super) async fn look_at_contents(&mut self) -> Result<()> {
        let now = self.push.hub.clock().now();
        let wanted: Vec<Sha256> = self.contents.keys().map(|(sha256, _)| *sha256).collect();
        let mut there = HashMap::new();
        for page in wanted.chunks(PAGE) {
            let known = lfs_files::known(
                self.push.hub.db(),
                self.view.store.repository_id,
                page.iter().copied(),
                now,
            )
            .await?;
            there.extend(known.into_iter().map(|file| (file.sha256, file.size.unsigned_abs())));
        }
        for ((sha256, size), file) in &self.contents {
            if there.get(sha256) != Some(size) {
                self.broken.lacks_content(file.path.as_str(), &sha256.to_string());
            }
        }
        Ok(())
    }

    /// Looks at the cards of branches where they change.
    pub(super) async fn look_at_cards(&mut self, commands: &[Command], graph: &Graph) -> Result<()> {
        for (command, tip) in commands.iter().zip(&graph.tips) {
            let (Ok(Some(tip)), Ok(name)) = (tip, command.name.parse::<RefName>()) else { continue };
            let Some(branch) = name.as_branch() else { continue };
            let before = match command.old {
                Some(old) => {
                    self.push.hub.commit_behind(self.view.store, old).await?.map(|commit| commit.tree)
                }
                None => None,
            };
            let before = match before {
                Some(tree) => card_in(&self.view.tree(tree).await?),
                None => None,
            };
            let after = match graph.tree(tip.commit) {
                Some(tree) => card_in(&self.view.tree(tree).await?),
                None => None,
            };
            if before == after {
                continue;
            }
            let kind = self.push.repo.repo().kind;
            let mut card = Card::default();
            if let Some(id) = after {
                let text = self.text(id).await?;
                let errors = report(&String::from_utf8_lossy(&text), kind).errors;
                self.broken.card(branch, &errors);
                card = Card::read(&text, kind);
            }
            if name == RefName::main() {
                self.card = Some(card);
            }
        }
        Ok(())
    }

    /// The bytes of a file, unless it is refused anyway.
    async fn text(&mut self, id: ObjectId) -> Result<Bytes> {
        let largest = self.push.hub.settings().limits.regular_file;
        if self.view.sent.get(&id).is_some_and(|sent| sent.size > largest) {
            return Ok(Bytes::new());
        }
        let read = self.view.reader.read(&[id]).await?.pop().flatten();
        Ok(read.map(|(_, bytes)| bytes).unwrap_or_default())
    }

    /// Ends the look.
    pub(super) fn end(self, graph: &Graph) -> Seen {
        let Self { mut reached, view: Sight { sent, rows, .. }, .. } = self;
        reached.extend(graph.tips.iter().flatten().flatten().map(|tip| tip.target));
        reached.retain(|id| sent.contains_key(id));
        let folders = rows
            .into_iter()
            .map(|((number, path), numbers)| FolderNumbers { number: number.into(), path, numbers })
            .collect();
        let pointers = self.pointers.into_iter().filter_map(|(id, content)| content.map(|_| id)).collect();
        let lfs_files = self.contents.into_values().collect();
        let (broken, numbers, card) = (self.broken, self.numbers, self.card);
        Seen { broken, reached, numbers, folders, pointers, lfs_files, card }
    }
}

impl View for Sight<'_> {
    async fn tree(&mut self, id: ObjectId) -> Result<Tree> {
        if !self.sent.contains_key(&id) {
            return self.store.tree(id).await;
        }
        if let Some(tree) = self.store.hub.trees().get(&id).await {
            return Ok(tree);
        }
        let Some((ObjectKind::Tree, bytes)) = self.reader.read(&[id]).await?.pop().flatten() else {
            return Err(Error::Internal(anyhow::anyhow!("the folder {id} was sent, and cannot be read")));
        };
        let tree = Tree::read(bytes)?;
        self.store.hub.trees().insert(id, tree.clone()).await;
        Ok(tree)
    }

    async fn numbers(&mut self, number: u32, path: &str, entries: usize) -> Result<Vec<u32>> {
        match self.rows.get(&(number, path.to_owned())) {
            Some(row) => runs::read(row, entries).ok_or_else(|| {
                Error::Internal(anyhow::anyhow!("the history of `{path}` at {number} is broken"))
            }),
            None => self.store.numbers(number, path, entries).await,
        }
    }

    fn changed(&mut self, folder: &str, entry: &TreeEntry<'_>) {
        let path = history::join(folder, entry);
        let path = match std::str::from_utf8(entry.name) {
            Ok(_) => path.parse().map_err(|unfit: Unfit| (path, unfit.to_string())),
            Err(_) => Err((path, "its name is not UTF-8".to_owned())),
        };
        self.changed.push(Changed { path, mode: entry.mode, id: entry.id });
    }
}

/// The blob of the card in a root folder.
fn card_in(root: &Tree) -> Option<ObjectId> {
    root.find(CARD.as_bytes()).filter(|entry| entry.mode.is_blob()).map(|entry| entry.id)
}

fn too_much() -> Error {
    Error::TooLarge(
        "This push brings more history than can be taken in at a time. Push older commits first.".into(),
    )
}
