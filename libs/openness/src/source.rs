//! Where an audit reads: the repository itself, and the world outside it. Whoever calls decides how; the calls
//! block, so a server makes them on a thread where that harms nobody.

use std::cell::RefCell;
use std::io;
use std::ops::Range;

use bytes::Bytes;
use limpide_formats::reading::ReadAt;
use limpide_words::{Kind, RepoId, Sha256};
use serde::{Deserialize, Serialize};

use crate::report::Subject;

/// A repository that is read: a folder, a commit on this hub, or a commit on another.
pub trait Source: Sync {
    /// What it is, as far as that is known.
    fn subject(&self) -> Subject;

    /// Its files, in any order. Folders are not listed.
    ///
    /// # Errors
    /// When the list cannot be had; the audit then fails.
    fn files(&self) -> Result<Vec<File>, Trouble>;

    /// A part of a file; shorter when the file ends before.
    ///
    /// # Errors
    /// When it cannot be read; what depends on it is then unchecked.
    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble>;

    /// Says what will be read, so that a source far away can fetch it in one go. Reading does not depend on it.
    fn expect(&self, _parts: &[(String, Range<u64>)]) {}

    /// How it is offered to others.
    fn standing(&self) -> Standing {
        Standing::default()
    }

    /// Its branches and tags.
    fn refs(&self) -> Reach<Vec<Ref>> {
        Reach::Unreachable("a folder has no branches or tags".to_owned())
    }

    /// The files of another of its revisions, a name that [`Source::refs`] gave.
    fn files_at(&self, _name: &str) -> Reach<Vec<File>> {
        Reach::Unreachable("a folder has no revisions".to_owned())
    }
}

/// What lies outside a repository: other repositories, pages, code elsewhere.
pub trait World: Sync {
    /// The repository that a card names, where its ids are given.
    fn repository(&self, kind: Kind, id: &RepoId) -> Reach<Box<dyn Source>>;

    /// What an address answers to anybody, without signing in.
    fn page(&self, address: &str) -> Reach<Page>;

    /// The files of a git repository that an address names, such as one on a code forge.
    fn code(&self, address: &str) -> Reach<Box<dyn Source>>;

    /// Other repositories that hold a file with these bytes, by `kind:owner/name`, in order.
    fn holders(&self, _sha256: Sha256) -> Reach<Vec<String>> {
        Reach::Unreachable("no other repositories are known here".to_owned())
    }
}

/// A file of a source, as readers of formats read it: through a window, which is small where they jump about and grows
/// where they go through the file.
pub struct FileReader<'a> {
    source: &'a dyn Source,
    path: &'a str,
    size: u64,
    window: RefCell<Window>,
}

/// The part of a file that was read last.
#[derive(Default)]
struct Window {
    begin: u64,
    bytes: Bytes,
}

impl Window {
    const SMALLEST: u64 = 16 << 10;
    const LARGEST: u64 = 1 << 20;

    fn end(&self) -> u64 {
        self.begin + self.bytes.len() as u64
    }
}

impl<'a> FileReader<'a> {
    /// A file of this length.
    pub fn new(source: &'a dyn Source, path: &'a str, size: u64) -> Self {
        Self { source, path, size, window: RefCell::default() }
    }
}

impl ReadAt for FileReader<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut window = self.window.borrow_mut();
        if at < window.begin || at >= window.end() {
            let goes_on = at > 0 && at == window.end();
            let length = if goes_on { 2 * window.bytes.len() as u64 } else { Window::SMALLEST };
            let length = length.clamp(Window::SMALLEST, Window::LARGEST).max(into.len() as u64);
            let end = at.saturating_add(length).min(self.size);
            if at >= end {
                return Ok(0);
            }
            let bytes = self.source.read(self.path, at..end).map_err(io::Error::other)?;
            *window = Window { begin: at, bytes };
        }
        window.bytes.as_ref().read_at(at - window.begin, into)
    }
}

/// A world of which nothing can be reached.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

impl World for Offline {
    fn repository(&self, _kind: Kind, _id: &RepoId) -> Reach<Box<dyn Source>> {
        Reach::offline()
    }

    fn page(&self, _address: &str) -> Reach<Page> {
        Reach::offline()
    }

    fn code(&self, _address: &str) -> Reach<Box<dyn Source>> {
        Reach::offline()
    }
}

/// What became of looking for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach<T> {
    /// It is there, for anybody.
    Found(T),
    /// Whoever is asked says that there is no such thing: gives what was answered.
    Absent(String),
    /// It is there, and not for everybody (gated), or it may be there and is not shown (private): gives what was answered.
    Closed(String),
    /// It could not be asked: says why. Nothing follows from it.
    Unreachable(String),
}

impl<T> Reach<T> {
    /// What an audit that may not leave the folder says of all else.
    pub fn offline() -> Self {
        Self::Unreachable("the audit ran offline".to_owned())
    }

    /// What comes of looking further at what was found.
    pub fn and_then<U>(self, further: impl FnOnce(T) -> Reach<U>) -> Reach<U> {
        match self {
            Self::Found(value) => further(value),
            Self::Absent(answer) => Reach::Absent(answer),
            Self::Closed(answer) => Reach::Closed(answer),
            Self::Unreachable(why) => Reach::Unreachable(why),
        }
    }

    /// The word for it, as in reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Found(_) => "found",
            Self::Absent(_) => "absent",
            Self::Closed(_) => "closed",
            Self::Unreachable(_) => "unreachable",
        }
    }

    /// What was found, if anything.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(value) => Some(value),
            _ => None,
        }
    }
}

/// A file of a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path, with `/` between folders.
    pub path: String,
    /// How long its content is; for a pointer, what it points to.
    pub size: u64,
    /// The SHA-256 of its content, where that is known without reading it.
    pub sha256: Option<Sha256>,
    /// Whether its bytes are there.
    pub content: Content,
}

/// Whether a file's bytes can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// They can.
    Here,
    /// The file is an LFS pointer, and its object was not fetched.
    NotFetched,
    /// The file is an LFS pointer, and the store that should hold its object does not.
    Lost,
    /// They are not looked at, such as those behind a symbolic link.
    Skipped,
}

/// How a repository is offered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What is asked of whoever wants its files. None when that is unknown, as for a folder.
    pub gate: Option<Gate>,
    /// Whether only some may see it. None when that is unknown.
    pub private: Option<bool>,
}

/// What is asked of whoever wants files of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gate {
    /// Nothing.
    Open,
    /// To sign in and agree to something; everybody who does gets in.
    Auto,
    /// To be let in by somebody.
    Manual,
}

/// A branch or tag.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// Its name, without `refs/heads/` or `refs/tags/`.
    pub name: String,
    /// The commit it stands at.
    pub commit: String,
}

/// What an address answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Where the answer came from, after redirects.
    pub address: String,
    /// The HTTP status.
    pub status: u16,
    /// The SHA-256 of the whole body.
    pub sha256: Sha256,
    /// The first part of the body, as text.
    pub text: String,
}

/// Why something could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no such file.
    #[error("there is no `{0}`")]
    NoFile(String),
    /// It could not be reached: says why.
    #[error("{0}")]
    Unreachable(String),
}
