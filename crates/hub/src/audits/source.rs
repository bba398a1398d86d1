//! A repository of this hub at a commit, as an audit reads it.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use futures::TryStreamExt;
use limpide_db::commits::Commit;
use limpide_db::repos::Repo;
use limpide_openness::{Content, File, Gate, Reach, Ref, Source, Standing, Subject, Trouble};

use super::reading::Reading;
use crate::content::StoredFile;
use crate::error::{Error, Result};
use crate::git::store::Store;
use crate::paths::What;
use crate::tree::Leaf;

/// A commit with more files is not audited: their names alone would take gigabytes of memory.
const MOST_FILES: usize = 1_000_000;

/// The longest part of a file that is read at once.
const LONGEST_PART: u64 = 128 << 20;

/// A repository at a commit.
pub(crate) struct HubSource {
    reading: Arc<Reading>,
    repo: Repo,
    commit: Commit,
    files: OnceLock<BTreeMap<String, Leaf>>,
    /// What was read last: checkers read a file in several parts.
    open: Mutex<Option<(String, Open)>>,
}

/// A file that is being read.
#[derive(Clone)]
enum Open {
    Blob(Bytes),
    Stored(StoredFile),
}

impl HubSource {
    pub(crate) fn new(reading: Arc<Reading>, repo: Repo, commit: Commit) -> Self {
        Self { reading, repo, commit, files: OnceLock::new(), open: Mutex::default() }
    }

    fn store(&self) -> Store<'_> {
        Store { hub: &self.reading.hub, repository_id: &self.repo.id }
    }

    /// The files by their paths.
    fn leaves(&self) -> std::result::Result<&BTreeMap<String, Leaf>, Trouble> {
        if let Some(files) = self.files.get() {
            return Ok(files);
        }
        let files = self.reading.wait(self.files_of(&self.commit))?;
        let by_path = files.into_iter().map(|leaf| (leaf.entry.path.clone(), leaf)).collect();
        Ok(self.files.get_or_init(|| by_path))
    }

    async fn files_of(&self, commit: &Commit) -> Result<Vec<Leaf>> {
        let files = self.store().files(commit, MOST_FILES).await?;
        files.ok_or_else(|| {
            Error::TooLarge(format!("The commit {} has more than {MOST_FILES} files.", commit.id))
        })
    }

    fn open(&self, path: &str, leaf: &Leaf) -> std::result::Result<Open, Trouble> {
        let mut last = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, open)) = &*last
            && name == path
        {
            return Ok(open.clone());
        }
        let opened = match &leaf.entry.what {
            What::Lfs { sha256, file, .. } => {
                Open::Stored(self.reading.wait(self.reading.hub.lfs_file(*sha256, file.as_deref()))?)
            }
            What::Regular { .. } | What::Folder => {
                Open::Blob(self.reading.wait(self.store().bytes(leaf.entry.id))?)
            }
        };
        *last = Some((path.to_owned(), opened.clone()));
        Ok(opened)
    }

    async fn stored_part(&self, file: &StoredFile, range: Range<u64>) -> Result<Bytes> {
        let pieces: Vec<Bytes> = self.reading.hub.read(file, range).try_collect().await?;
        Ok(pieces.concat().into())
    }

    async fn named_refs(&self) -> Result<Vec<Ref>> {
        let list = self.reading.hub.refs_of(&self.repo.id).await?;
        let named = list.branches.into_iter().chain(list.tags);
        Ok(named.map(|found| Ref { name: found.name, commit: found.commit.to_string() }).collect())
    }

    async fn files_named(&self, name: &str) -> Result<Vec<File>> {
        let commit = self.reading.hub.commit_of(&self.repo.id, &name.parse()?).await?;
        Ok(self.files_of(&commit).await?.iter().map(file).collect())
    }
}

impl Source for HubSource {
    fn subject(&self) -> Subject {
        Subject {
            kind: self.repo.kind,
            repository: Some(self.repo.id().to_string()),
            commit: Some(self.commit.id.to_string()),
            hub: self.reading.hub.settings().public_url.clone(),
        }
    }

    fn files(&self) -> std::result::Result<Vec<File>, Trouble> {
        Ok(self.leaves()?.values().map(file).collect())
    }

    fn read(&self, path: &str, range: Range<u64>) -> std::result::Result<Bytes, Trouble> {
        let leaf = self.leaves()?.get(path).ok_or_else(|| Trouble::NoFile(path.to_owned()))?;
        if leaf.is_link {
            return Err(Trouble::Unreachable(format!("`{path}` is a symbolic link")));
        }
        let range = range.start..range.end.min(size(&leaf.entry.what));
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        if range.end - range.start > LONGEST_PART {
            let words = format!("more than {} MiB of `{path}` are not read at once", LONGEST_PART >> 20);
            return Err(Trouble::Unreachable(words));
        }
        let bytes = match self.open(path, leaf)? {
            Open::Blob(bytes) => part(&bytes, &range),
            Open::Stored(file) => self.reading.wait(self.stored_part(&file, range))?,
        };
        self.reading.signs.read(bytes.len() as u64);
        Ok(bytes)
    }

    fn standing(&self) -> Standing {
        let gate = match self.repo.gated.as_str() {
            "auto" => Gate::Auto,
            "manual" => Gate::Manual,
            _ => Gate::Open,
        };
        Standing { gate: Some(gate), private: Some(self.repo.private) }
    }

    fn refs(&self) -> Reach<Vec<Ref>> {
        reached(self.reading.wait(self.named_refs()))
    }

    fn files_at(&self, name: &str) -> Reach<Vec<File>> {
        reached(self.reading.wait(self.files_named(name)))
    }
}

fn reached<T>(outcome: std::result::Result<T, Trouble>) -> Reach<T> {
    outcome.map_or_else(|trouble| Reach::Unreachable(trouble.to_string()), Reach::Found)
}

fn file(leaf: &Leaf) -> File {
    let entry = &leaf.entry;
    let (sha256, content) = match &entry.what {
        _ if leaf.is_link => (None, Content::Skipped),
        What::Lfs { sha256, file: Some(_), .. } => (Some(*sha256), Content::Here),
        What::Lfs { sha256, file: None, .. } => (Some(*sha256), Content::Lost),
        What::Regular { .. } | What::Folder => (None, Content::Here),
    };
    File { path: entry.path.clone(), size: size(&entry.what), sha256, content }
}

fn size(what: &What) -> u64 {
    match what {
        What::Lfs { size, .. } | What::Regular { size } => *size,
        What::Folder => 0,
    }
}

fn part(bytes: &Bytes, range: &Range<u64>) -> Bytes {
    let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
    bytes.slice(place(range.start)..place(range.end))
}
