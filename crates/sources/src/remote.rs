//! A repository on a hub, at one commit.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use limpide_openness::{Content, File, Gate, Reach, Ref, Source, Standing, Subject, Trouble};
use limpide_words::{Kind, RepoId, Revision, Sha256};
use moka::sync::Cache;
use serde::Deserialize;
use sha2::Digest;

use crate::hub::Hub;

/// Files up to this size are fetched whole, whichever part is read.
const SMALL: u64 = 1 << 20;

/// Of larger files so much is fetched when a part of their beginning is read: headers seldom end after it.
const BEGINNING: u64 = 128 << 10;

/// The most that is read at once.
const LARGEST_READ: u64 = 256 << 20;

/// How much of what was fetched is kept.
const KEPT: u64 = 64 << 20;

/// How many parts are fetched at the same time.
const AT_A_TIME: usize = 8;

/// As in a folder.
const MOST_FILES: usize = 200_000;

/// A repository on a hub.
#[derive(Debug)]
pub struct Remote {
    hub: Arc<Hub>,
    kind: Kind,
    id: RepoId,
    commit: String,
    standing: Standing,
    files: BTreeMap<String, File>,
    kept: Cache<Part, Bytes>,
}

/// A part of a file.
type Part = (String, Range<u64>);

/// What `GET /api/{kind}/{id}/revision/{rev}?blobs=true` says, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Description {
    id: String,
    sha: Option<String>,
    gated: Option<Gated>,
    private: Option<bool>,
    #[serde(default)]
    siblings: Vec<Sibling>,
}

/// `false`, `"auto"` or `"manual"`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Gated {
    Is(bool),
    How(String),
}

#[derive(Debug, Deserialize)]
struct Sibling {
    rfilename: String,
    size: Option<u64>,
    lfs: Option<Pointed>,
}

/// An entry of `GET /api/{kind}/{id}/tree/{rev}`.
#[derive(Debug, Deserialize)]
struct Entry {
    r#type: String,
    path: String,
    size: u64,
    lfs: Option<Pointed>,
}

/// What a pointer in git stands for: descriptions call the hash `sha256`, listings `oid`.
#[derive(Debug, Deserialize)]
struct Pointed {
    #[serde(alias = "oid")]
    sha256: String,
    size: u64,
}

#[derive(Debug, Deserialize)]
struct Refs {
    #[serde(default)]
    branches: Vec<NamedRef>,
    #[serde(default)]
    tags: Vec<NamedRef>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NamedRef {
    name: String,
    target_commit: String,
}

impl Remote {
    /// The repository, its files listed; at the revision, or at the head of its main branch.
    pub fn open(hub: &Arc<Hub>, kind: Kind, id: &RepoId, revision: Option<&Revision>) -> Reach<Self> {
        let rest = ["revision", revision.map_or("main", Revision::as_str)];
        // The question mark is no part of a segment.
        let address = format!("{}?blobs=true", hub.api(kind, id, &rest));
        hub.wait(hub.describe::<Description>(address)).and_then(|said| Self::of(hub, kind, id, said))
    }

    fn of(hub: &Arc<Hub>, kind: Kind, asked: &RepoId, said: Description) -> Reach<Self> {
        let Some(commit) = said.sha else { return Reach::Absent("the repository has no commit".to_owned()) };
        if said.siblings.len() > MOST_FILES {
            return Reach::Unreachable(format!("it has more than {MOST_FILES} files"));
        }
        let mut files = BTreeMap::new();
        for sibling in said.siblings {
            let Some(size) = sibling.lfs.as_ref().map(|lfs| lfs.size).or(sibling.size) else {
                return Reach::Unreachable(format!(
                    "the hub does not tell the size of `{}`",
                    sibling.rfilename
                ));
            };
            files.insert(sibling.rfilename.clone(), file(sibling.rfilename, size, sibling.lfs));
        }
        let gate = said.gated.map(|gated| match gated {
            Gated::Is(false) => Gate::Open,
            Gated::How(word) if word == "auto" => Gate::Auto,
            Gated::Is(true) | Gated::How(_) => Gate::Manual,
        });
        Reach::Found(Self {
            hub: hub.clone(),
            kind,
            // A repository that was moved answers under its new name.
            id: said.id.parse().unwrap_or_else(|_| asked.clone()),
            commit,
            standing: Standing { gate, private: said.private },
            files,
            kept: Cache::builder()
                .weigher(|_, bytes: &Bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX))
                .max_capacity(KEPT)
                .build(),
        })
    }

    /// Which part is fetched when one is read: the same for parts that are likely to be read together.
    fn window(size: u64, range: &Range<u64>) -> Range<u64> {
        match size {
            0..=SMALL => 0..size,
            _ if range.end <= BEGINNING => 0..BEGINNING,
            _ => range.clone(),
        }
    }

    async fn fetch(&self, file: &File, window: Range<u64>) -> Result<Bytes, Trouble> {
        let part = self.hub.part(self.kind, &self.id, (&self.commit, &file.path), window.clone()).await;
        let cannot = |why: &str| Trouble::Unreachable(format!("`{}` cannot be read: {why}", file.path));
        let bytes = part.map_err(|failure| cannot(&failure.why()))?;
        let whole = window == (0..file.size);
        // What a hub says of a file is believed only until its bytes are here.
        if whole && file.sha256.is_some_and(|sha256| sha256 != Sha256(sha2::Sha256::digest(&bytes).into())) {
            return Err(cannot("its bytes have another SHA-256 than the hub says"));
        }
        self.kept.insert((file.path.clone(), window), bytes.clone());
        Ok(bytes)
    }
}

impl Entry {
    fn file(self) -> File {
        file(self.path, self.lfs.as_ref().map_or(self.size, |lfs| lfs.size), self.lfs)
    }
}

fn file(path: String, size: u64, lfs: Option<Pointed>) -> File {
    File { path, size, sha256: lfs.and_then(|lfs| lfs.sha256.parse().ok()), content: Content::Here }
}

impl Source for Remote {
    fn subject(&self) -> Subject {
        Subject {
            kind: self.kind,
            repository: Some(self.id.to_string()),
            commit: Some(self.commit.clone()),
            hub: Some(self.hub.endpoint().to_owned()),
        }
    }

    fn files(&self) -> Result<Vec<File>, Trouble> {
        Ok(self.files.values().cloned().collect())
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble> {
        let file = self.files.get(path).ok_or_else(|| Trouble::NoFile(path.to_owned()))?;
        let range = range.start.min(file.size)..range.end.min(file.size);
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        if range.end - range.start > LARGEST_READ {
            return Err(Trouble::Unreachable(format!(
                "`{path}` cannot be read: that is more than is read at once"
            )));
        }
        let window = Self::window(file.size, &range);
        let kept = self.kept.get(&(path.to_owned(), window.clone()));
        let bytes = match kept {
            Some(bytes) => bytes,
            None => self.hub.wait(self.fetch(file, window.clone()))?,
        };
        // Both ends lie within the window, which was fetched whole and is in memory.
        let at = |offset: u64| usize::try_from(offset - window.start).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes.slice(at(range.start)..at(range.end)))
    }

    fn expect(&self, parts: &[(String, Range<u64>)]) {
        let mut windows = BTreeSet::new();
        for (path, range) in parts {
            if let Some(file) = self.files.get(path)
                && file.size > 0
            {
                let range = range.start.min(file.size)..range.end.min(file.size);
                let window = Self::window(file.size, &range);
                if !window.is_empty() && window.end - window.start <= KEPT {
                    windows.insert((path, window.start, window.end));
                }
            }
        }
        let fetches = windows.into_iter().filter_map(|(path, start, end)| {
            let kept = self.kept.contains_key(&(path.clone(), start..end));
            self.files.get(path).filter(|_| !kept).map(|file| self.fetch(file, start..end))
        });
        // What fails here is asked for again when it is read, and said then.
        self.hub.wait(stream::iter(fetches).buffer_unordered(AT_A_TIME).for_each(|_| std::future::ready(())));
    }

    fn standing(&self) -> Standing {
        self.standing
    }

    fn refs(&self) -> Reach<Vec<Ref>> {
        let address = self.hub.api(self.kind, &self.id, &["refs"]);
        self.hub.wait(self.hub.describe::<Refs>(address)).and_then(|refs| {
            let all = refs.branches.into_iter().chain(refs.tags);
            Reach::Found(all.map(|found| Ref { name: found.name, commit: found.target_commit }).collect())
        })
    }

    fn files_at(&self, name: &str) -> Reach<Vec<File>> {
        let address = format!("{}?recursive=true", self.hub.api(self.kind, &self.id, &["tree", name]));
        self.hub.wait(self.hub.list::<Entry>(address, MOST_FILES)).and_then(|entries| {
            let files = entries.into_iter().filter(|entry| entry.r#type == "file");
            Reach::Found(files.map(Entry::file).collect())
        })
    }
}
