//! A folder on this machine's disk: what lies in it is read, and nothing outside it.

mod bounds;
mod hash;
mod walk;

use std::collections::BTreeMap;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::Path;

use bytes::Bytes;
use limpide_formats::card;
use limpide_openness::{Content, File, Source, Subject, Trouble};
use limpide_words::{Kind, RepoId, Sha256};

use bounds::Bounds;
use walk::Entry;

/// A folder, its files listed. Symbolic links are not followed, with one exception: those of a snapshot in the cache
/// of the Hugging Face clients, which lead to the blobs that it is made of.
#[derive(Debug)]
pub struct Folder {
    subject: Subject,
    bounds: Bounds,
    entries: BTreeMap<String, Entry>,
}

/// What is said of a folder that its bytes do not tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// Its kind; by the name of the cache's folder or by its card where none is given.
    pub kind: Option<Kind>,
    /// The repository that it is a copy of.
    pub repository: Option<RepoId>,
}

/// The most that is read at once.
const LARGEST_READ: u64 = 256 << 20;

/// The most of a card that is read to learn what kind of repository it belongs to.
const LONGEST_CARD: u64 = 1 << 20;

impl Folder {
    /// Opens a folder and lists its files.
    ///
    /// # Errors
    /// When there is no such folder, when a part of it cannot be listed, or when it holds more files than are looked
    /// at: what is not seen whole cannot be said to lack anything.
    pub fn open(path: &Path, named: Named) -> Result<Self, Trouble> {
        let (bounds, snapshot) = bounds::around(path)?;
        let entries = walk::list(&bounds)?;
        let repository = named.repository.or_else(|| Some(snapshot.as_ref()?.repository.clone()));
        let subject = Subject {
            kind: named.kind.or_else(|| Some(snapshot.as_ref()?.kind)).unwrap_or(Kind::Model),
            repository: repository.map(|id| id.to_string()),
            // A checkout of git may have been edited since; a snapshot of the cache is what was fetched.
            commit: snapshot.as_ref().map(|snapshot| snapshot.commit.to_string()),
            hub: None,
        };
        let mut folder = Self { subject, bounds, entries };
        if named.kind.is_none() && snapshot.is_none() {
            folder.subject.kind = folder.kind_by_card();
        }
        Ok(folder)
    }

    /// Computes the SHA-256 of every file that is there, with all processors. `progress` is told of bytes as they
    /// are read. A file that cannot be read stays without.
    pub fn hash(&mut self, progress: &(dyn Fn(u64) + Sync)) {
        for (path, sha256) in hash::all(&self.bounds, &self.entries, progress) {
            if let Some(entry) = self.entries.get_mut(&path) {
                entry.sha256 = Some(sha256);
            }
        }
    }

    /// The bytes of the files that are there.
    pub fn bytes(&self) -> u64 {
        let here = self.entries.values().filter(|entry| entry.content == Content::Here);
        here.map(|entry| entry.size).fold(0, u64::saturating_add)
    }

    /// The kind that the fields of the card belong to; a model, when they belong to both or neither.
    fn kind_by_card(&self) -> Kind {
        let Ok(bytes) = self.read("README.md", 0..LONGEST_CARD) else { return Kind::Model };
        let text = String::from_utf8_lossy(&bytes);
        let Some(Ok(serde_json::Value::Object(fields))) = card::front_matter(&text).map(card::parse) else {
            return Kind::Model;
        };
        let has = |names: &[&str]| names.iter().any(|name| fields.contains_key(*name));
        if has(OF_DATASETS) && !has(OF_MODELS) { Kind::Dataset } else { Kind::Model }
    }
}

/// Fields that only cards of datasets have, and only cards of models (the Hub's documentation of metadata).
const OF_DATASETS: &[&str] = &[
    "annotations_creators",
    "configs",
    "dataset_info",
    "language_creators",
    "size_categories",
    "source_datasets",
    "task_categories",
    "task_ids",
];
const OF_MODELS: &[&str] = &["base_model", "datasets", "library_name", "model-index", "pipeline_tag"];

impl Source for Folder {
    fn subject(&self) -> Subject {
        self.subject.clone()
    }

    fn files(&self) -> Result<Vec<File>, Trouble> {
        let file = |(path, entry): (&String, &Entry)| File {
            path: path.clone(),
            size: entry.size,
            sha256: entry.sha256,
            content: entry.content,
        };
        Ok(self.entries.iter().map(file).collect())
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble> {
        let entry = self.entries.get(path).ok_or_else(|| Trouble::NoFile(path.to_owned()))?;
        match entry.content {
            Content::Here => {}
            Content::NotFetched | Content::Lost => {
                return Err(cannot(path, "it is a pointer, and its object was not fetched"));
            }
            Content::Skipped => {
                return Err(cannot(path, "it is a link or a special file, which is not followed"));
            }
        }
        let file = self.bounds.file(&entry.place).map_err(|error| cannot(path, error))?;
        let size = file.metadata().map_err(|error| cannot(path, error))?.len();
        let (start, end) = (range.start.min(size), range.end.min(size));
        let length = end.saturating_sub(start);
        if length > LARGEST_READ {
            return Err(cannot(path, format!("{length} bytes are more than are read at once")));
        }
        // `length` is bounded above, and a machine that runs this has at least 32 bits.
        let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
        file.read_exact_at(&mut bytes, start).map_err(|error| cannot(path, error))?;
        Ok(Bytes::from(bytes))
    }
}

fn cannot(path: &str, why: impl std::fmt::Display) -> Trouble {
    Trouble::Unreachable(format!("`{path}` cannot be read: {why}"))
}

/// A file's content by its hash.
type Hashed = (String, Sha256);
