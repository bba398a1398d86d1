//! Commits changes to a branch: files arrive one by one, and show all at once.
//!
//! The bytes of files are kept as they arrive (objects that no commit names do no harm). At the end the
//! changes are applied to the tree of the branch as it is then; a single transaction records the commit and
//! moves the branch, last of all, by compare-and-swap. When somebody else was faster, the same changes are
//! applied to what they left.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use gix_object::Kind;
use limpide_db::commits::{self, Commit};
use limpide_db::git_objects::NewObject;
use limpide_db::lfs_files::{self, NewLfsFile};
use limpide_db::{Tx, events, refs, repos};
use limpide_formats::card::Card;
use limpide_formats::pointer;
use limpide_words::{FilePath, ObjectId, RefName, Revision, Sha256};
use serde_json::json;

use crate::Hub;
use crate::access::Writable;
use crate::error::{Error, Result};
use crate::git::edit::{Edit, Editor};
use crate::git::keeper::Keeper;
use crate::git::objects::{CommitText, Object};
use crate::git::store::{Store, Trees, key};
use crate::git::tree::{Tree, TreeEntry};
use crate::history::{self, FolderRow, folder_rows};
use crate::revision::no_revision;
use crate::{cards, changing};

/// A commit to be made, without its changes.
#[derive(Debug, Clone, Default)]
pub struct NewCommit {
    /// The first line of its message.
    pub title: String,
    /// What follows the title; may be empty.
    pub description: String,
    /// (The beginning of) the id of the commit that the branch must stand on.
    pub parent: Option<String>,
}

/// One change of a commit. Changes are applied in the order they are given.
#[derive(Debug, Clone)]
pub enum Change {
    /// Puts a file whose bytes git keeps.
    File {
        /// Where.
        path: FilePath,
        /// Its bytes.
        bytes: Bytes,
    },
    /// Puts a file whose bytes were uploaded before.
    LfsFile {
        /// Where.
        path: FilePath,
        /// The SHA-256 of its bytes.
        sha256: Sha256,
        /// How many bytes it has, when the caller knows.
        size: Option<u64>,
    },
    /// Removes a file, or a folder with all that is in it.
    DeleteFile(FilePath),
    /// Removes a folder with all that is in it, or a file.
    DeleteFolder(FilePath),
}

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The commit that the branch stands on now.
    pub id: ObjectId,
    /// False when the changes changed nothing, and no commit was needed.
    pub created: bool,
}

/// A commit that is being made.
#[derive(Debug)]
pub struct Draft {
    hub: Hub,
    repo: Writable,
    branch: RefName,
    new: NewCommit,
    steps: Vec<Step>,
    keeper: Keeper,
}

#[derive(Debug)]
enum Step {
    Edit(Edit),
    Lfs { path: FilePath, sha256: Sha256, size: Option<u64> },
}

/// Hashing this much on the spot would hold other requests up.
const LONG_TO_HASH: usize = 256 << 10;

/// Other replicas may be faster many times, but not for ever.
const PATIENCE: usize = 100;

/// The file that tells what a repository is.
pub(crate) const CARD: &str = "README.md";

impl Hub {
    /// Begins a commit to a branch. Add changes, then finish it.
    ///
    /// # Errors
    /// `NotFound` when there is no such branch; `Outdated` when it does not stand on the commit's parent;
    /// `Invalid` for a commit without title.
    pub async fn begin_commit(&self, repo: &Writable, revision: &Revision, new: NewCommit) -> Result<Draft> {
        let branch = self.branch_of(&repo.repo().id, revision).await?;
        let new = tidy(new)?;
        let head = self.head(repo, &branch).await?;
        new.fits_on(head.id)?;
        Ok(Draft {
            hub: self.clone(),
            repo: repo.clone(),
            branch,
            new,
            steps: Vec::new(),
            keeper: Keeper::new(self.clone(), repo.repo().clone()),
        })
    }

    /// Commits changes that are all at hand.
    ///
    /// # Errors
    /// As [`Hub::begin_commit`], [`Draft::add`] and [`Draft::finish`].
    pub async fn commit(
        &self,
        repo: &Writable,
        revision: &Revision,
        new: NewCommit,
        changes: Vec<Change>,
    ) -> Result<Committed> {
        let mut draft = self.begin_commit(repo, revision, new).await?;
        for change in changes {
            draft.add(change).await?;
        }
        draft.finish().await
    }

    /// The commit a branch stands on.
    pub(crate) async fn head(&self, repo: &Writable, branch: &RefName) -> Result<Commit> {
        let head = commits::head(self.db(), &repo.repo().id, branch).await?;
        head.ok_or_else(|| no_revision(branch.as_str()))
    }
}

impl NewCommit {
    /// Refuses when the branch has moved on.
    fn fits_on(&self, head: ObjectId) -> Result<()> {
        match &self.parent {
            Some(parent) if !head.to_string().starts_with(&parent.to_ascii_lowercase()) => {
                Err(Error::Outdated(
                    "The branch was updated since you opened this page. Please refresh and try again.".into(),
                ))
            }
            _ => Ok(()),
        }
    }
}

/// The most characters of a title and of a description.
const LONGEST_TITLE: usize = 1000;
const LONGEST_DESCRIPTION: usize = 65_536;

/// A message as git keeps it: one line, then perhaps more, without characters that neither git nor databases take.
pub(crate) fn tidy(new: NewCommit) -> Result<NewCommit> {
    let clean = |text: &str| text.replace('\0', "").replace("\r\n", "\n");
    let title = clean(&new.title);
    let (title, rest) = title.trim().split_once('\n').unwrap_or((title.trim(), ""));
    let description = format!("{}\n\n{}", rest.trim(), clean(&new.description).trim()).trim().to_owned();
    if title.is_empty() {
        return Err(Error::Invalid("The commit needs a title: send a `summary` that is not empty.".into()));
    }
    if title.len() > LONGEST_TITLE || description.len() > LONGEST_DESCRIPTION {
        return Err(Error::TooLarge(format!(
            "The message of this commit is too long: its title has at most {LONGEST_TITLE} bytes, \
             its description {LONGEST_DESCRIPTION}."
        )));
    }
    Ok(NewCommit { title: title.trim_end().to_owned(), description, parent: new.parent })
}

impl Draft {
    /// Adds a change; large files are durable when this returns, so that a long commit needs little memory.
    ///
    /// # Errors
    /// `Invalid` for a file that is too large for git; `TooLarge` for more changes than the limit.
    pub async fn add(&mut self, change: Change) -> Result<()> {
        let most = self.hub.settings().limits.changes;
        if self.steps.len() >= most {
            return Err(Error::TooLarge(format!(
                "This commit has more than {most} changes. Split it into several commits."
            )));
        }
        let step = match change {
            Change::File { path, bytes } => self.file(path, bytes).await?,
            Change::LfsFile { path, sha256, size } => Step::Lfs { path, sha256, size },
            Change::DeleteFile(path) | Change::DeleteFolder(path) => Step::Edit(Edit::Delete(path)),
        };
        self.steps.push(step);
        Ok(())
    }

    async fn file(&mut self, path: FilePath, bytes: Bytes) -> Result<Step> {
        let most = self.hub.settings().limits.regular_file;
        if bytes.len() as u64 > most {
            return Err(Error::Invalid(format!(
                "Your push was rejected because it contains files larger than {} MiB. \
                 Please use Xet or git-lfs to store large files. Offending file: {path}",
                most >> 20
            )));
        }
        // A pointer that comes as text stands for its content all the same, and must not stand for nothing.
        if let Some((sha256, size)) = pointer::read(&bytes) {
            return Ok(Step::Lfs { path, sha256, size: Some(size) });
        }
        let id = self.keep(bytes).await?;
        Ok(Step::Edit(Edit::Put(path, id)))
    }

    /// Keeps the bytes of a file, and gives their id.
    async fn keep(&mut self, bytes: Bytes) -> Result<ObjectId> {
        let object = match bytes.len() {
            0..LONG_TO_HASH => Object::new(Kind::Blob, bytes)?,
            _ => {
                let hashed = tokio::task::spawn_blocking(|| Object::new(Kind::Blob, bytes)).await;
                hashed.map_err(|error| Error::Internal(error.into()))??
            }
        };
        let id = object.id;
        self.keeper.keep([object]).await?;
        Ok(id)
    }

    /// Applies the changes to the branch and moves it to the new commit.
    ///
    /// # Errors
    /// `NotFound` when a path to be deleted is not there; `Invalid` when a file is in the way of a folder, or
    /// content was never uploaded; `Outdated` when the branch does not stand on the commit's parent any more.
    pub async fn finish(mut self) -> Result<Committed> {
        let lfs_files = self.find_contents().await?;
        let edits: Vec<Edit> = std::mem::take(&mut self.steps).into_iter().filter_map(Step::edit).collect();
        let hub = self.hub.clone();
        // Within one process commits take turns, so that each tree is edited once.
        let _turn = hub.turn(&self.repo.repo().id).await;
        for _ in 0..PATIENCE {
            let head = hub.head(&self.repo, &self.branch).await?;
            self.new.fits_on(head.id)?;
            let plan = match self.plan(&head, &edits).await {
                // Squashed away while we read it.
                Err(Error::Internal(_)) if hub.head(&self.repo, &self.branch).await?.id != head.id => {
                    continue;
                }
                other => other?,
            };
            let Some(plan) = plan else { return Ok(Committed { id: head.id, created: false }) };
            let id = plan.commit.id;
            let trees = plan.trees.clone();
            if self.record(&head, plan, &lfs_files).await? {
                // The next commit and the next listing look at these first.
                hub.remember(trees).await;
                return Ok(Committed { id, created: true });
            }
        }
        Err(Error::Conflict("Too many others commit to this branch at the same time; try again.".into()))
    }

    /// Makes sure that all LFS contents are there, and turns each into a pointer.
    async fn find_contents(&mut self) -> Result<Vec<NewLfsFile>> {
        let named = self.steps.iter().filter_map(Step::sha256);
        let named: HashSet<Sha256> = named.collect();
        if named.is_empty() {
            return Ok(Vec::new());
        }
        let now = self.hub.clock().now();
        let known = lfs_files::known(self.hub.db(), &self.repo.repo().id, named, now).await?;
        let known: HashMap<_, _> =
            known.into_iter().map(|file| (file.sha256, file.size.unsigned_abs())).collect();
        let (mut files, mut pointers) = (HashMap::new(), HashMap::new());
        for step in &mut self.steps {
            let Step::Lfs { path, sha256, size } = step else { continue };
            let Some(actual) = known.get(sha256).copied() else {
                // With a repository, all that was uploaded for it goes.
                return match repos::exists(self.hub.db(), &self.repo.repo().id).await? {
                    true => Err(unknown_content(path, *sha256)),
                    false => Err(Error::deleted()),
                };
            };
            if let Some(claimed) = *size
                && claimed != actual
            {
                return Err(Error::Invalid(format!(
                    "`{path}` is said to have {claimed} bytes, but the uploaded file with the SHA-256 {sha256} has {actual}."
                )));
            }
            let object = Object::new(Kind::Blob, pointer::write(*sha256, actual).into_bytes())?;
            let id = object.id;
            files.entry(*sha256).or_insert_with(|| NewLfsFile {
                sha256: *sha256,
                pointer: id,
                path: path.clone(),
            });
            pointers.insert(id, object);
            *step = Step::Edit(Edit::Put(path.clone(), id));
        }
        self.keeper.hold(pointers.into_values()).await?;
        Ok(files.into_values().collect())
    }

    /// The commit that applies the changes to this head; none when they change nothing.
    async fn plan(&self, head: &Commit, edits: &[Edit]) -> Result<Option<Plan>> {
        let store = Store { hub: &self.hub, repository_id: &self.repo.repo().id };
        let mut editor = Editor::new(store, head.tree);
        for edit in edits {
            editor.apply(edit).await?;
        }
        let (tree, fresh) = editor.write()?;
        if tree == head.tree {
            return Ok(None);
        }
        let now = self.hub.clock().now();
        let author = &self.repo.user().name;
        let (title, message) = (&self.new.title, &self.new.description);
        let text = CommitText { tree, parents: &[head.id], author, title, message, date: now };
        let object = Object::commit(&text)?;
        let commit = described(&text, object.id);

        let mut trees = Trees { store, fresh };
        let number = u32::try_from(head.number).unwrap_or(0);
        let folders = folder_rows(&mut trees, vec![(head.tree, number)], tree).await?;
        let card = match self.branch == RefName::main() {
            true => self.new_card(&trees, head.tree, tree).await?,
            false => None,
        };
        let (mut objects, mut there) = (Vec::with_capacity(trees.fresh.len() + 1), Vec::new());
        for (id, tree) in &trees.fresh {
            match store.keep(Object { id: *id, kind: Kind::Tree, bytes: tree.bytes() }).await? {
                Some(new) => objects.push(new),
                None => there.push(*id),
            }
        }
        objects.extend(store.keep(object).await?);
        Ok(Some(Plan { commit, objects, there, folders, card, trees: trees.fresh }))
    }

    /// The card, when this commit changes it.
    async fn new_card(&self, trees: &Trees<'_>, before: ObjectId, after: ObjectId) -> Result<Option<Card>> {
        let (before, after) = (trees.get(before).await?, trees.get(after).await?);
        let new = after.find(CARD.as_bytes());
        if before.find(CARD.as_bytes()) == new {
            return Ok(None);
        }
        let Some(TreeEntry { id, .. }) = new.filter(|entry| entry.mode.is_blob()) else {
            return Ok(Some(Card::default()));
        };
        let kind = self.repo.repo().kind;
        let bytes = match self.keeper.unwritten().find(|object| object.id == id) {
            Some(NewObject { data: Some(data), .. }) => data.clone(),
            Some(NewObject { object: Some(object), size, .. }) => {
                self.hub.blobs().get(&key(object)?, size.unsigned_abs()).await?
            }
            _ => trees.store.bytes(id).await?,
        };
        Ok(Some(Card::read(&bytes, kind)))
    }

    /// Records the commit and moves the branch; false when the branch has moved in between.
    async fn record(&self, head: &Commit, plan: Plan, lfs_files: &[NewLfsFile]) -> Result<bool> {
        let repository = &self.repo.repo().id;
        // Else a squash could take the commits away on which this one is built.
        let mut tx = changing::begin(self.hub.db(), repository).await?;
        let (id, date) = (plan.commit.id, plan.commit.date);
        let objects: Vec<NewObject> = self.keeper.unwritten().cloned().chain(plan.objects).collect();
        // The same change to the same parent in the same second is the same commit: another branch may have it.
        if commits::find(&mut tx, repository, [id]).await?.is_empty() {
            let (commit, folders) = (plan.commit, plan.folders);
            let parents = &[head.id];
            let named: HashSet<ObjectId> = self.keeper.written().iter().copied().chain(plan.there).collect();
            let named: Vec<ObjectId> = named.into_iter().collect();
            let entry =
                history::Entry { commit, parents, objects: &objects, named: &named, lfs_files, folders };
            match history::record(&self.hub, &mut tx, self.repo.repo(), entry).await {
                Err(Error::Internal(cause)) if is_taken(&cause) => return Ok(false),
                other => other?,
            }
        }
        if self.branch == RefName::main() {
            repos::set_modified(&mut tx, repository, date).await?;
        }
        if let Some(card) = &plan.card {
            cards::keep(&mut tx, self.repo.repo(), card).await?;
        }
        let moved = Moved { branch: &self.branch, from: head.id, to: id };
        if !moved.write(&self.hub, &mut tx, &self.repo, "commit").await? {
            return Ok(false);
        }
        tx.commit().await?;
        self.hub.ring();
        Ok(true)
    }
}

/// All that a commit adds, besides the files themselves.
struct Plan {
    commit: Commit,
    objects: Vec<NewObject>,
    /// Large folders that are there.
    there: Vec<ObjectId>,
    folders: Vec<FolderRow>,
    card: Option<Card>,
    trees: HashMap<ObjectId, Tree>,
}

/// A branch that moves.
pub(crate) struct Moved<'a> {
    pub(crate) branch: &'a RefName,
    pub(crate) from: ObjectId,
    pub(crate) to: ObjectId,
}

impl Moved<'_> {
    /// Notes what happened and moves the branch: last of all, and only from where it was.
    pub(crate) async fn write(
        &self,
        hub: &Hub,
        tx: &mut Tx,
        repo: &Writable,
        action: &'static str,
    ) -> Result<bool> {
        let detail = json!({ "ref": self.branch.as_str(), "from": self.from, "to": self.to });
        events::insert(tx, hub.event(repo.user(), &repo.repo().id, action, detail)).await?;
        if !refs::swap(tx, &repo.repo().id, self.branch, self.from, self.to).await? {
            return Ok(false);
        }
        hub.ref_moved(tx, &repo.repo().id, self.branch, self.to).await?;
        Ok(true)
    }
}

/// The row of a commit, without its number.
pub(crate) fn described(text: &CommitText<'_>, id: ObjectId) -> Commit {
    Commit {
        id,
        number: 0,
        tree: text.tree,
        author: text.author.to_string(),
        title: text.title.to_owned(),
        message: text.message.to_owned(),
        date: text.date,
    }
}

/// Whether the database refused a row that another request has just written.
pub(crate) fn is_taken(cause: &anyhow::Error) -> bool {
    matches!(cause.downcast_ref(), Some(limpide_db::Error::Taken(_)))
}

fn unknown_content(path: &FilePath, sha256: Sha256) -> Error {
    Error::Invalid(format!(
        "`{path}` names content that was not uploaded to this repository (SHA-256 {sha256}). Upload it first, then commit."
    ))
}

impl Step {
    fn edit(self) -> Option<Edit> {
        match self {
            Self::Edit(edit) => Some(edit),
            Self::Lfs { .. } => None,
        }
    }

    fn sha256(&self) -> Option<Sha256> {
        match self {
            Self::Lfs { sha256, .. } => Some(*sha256),
            Self::Edit(_) => None,
        }
    }
}
