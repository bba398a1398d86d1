//! A small commons in memory: repositories, pages and code elsewhere, made by the tests and read as a hub would be.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use limpide_openness::{
    Audit, Content, File, Gate, Page, Reach, Ref, Report, Source, Standing, Subject, Trouble, World, audit,
};
use limpide_words::{Kind, RepoId, Sha256};
use sha2::Digest;

/// Everything there is.
#[derive(Debug, Default, Clone)]
pub(crate) struct Commons {
    repositories: BTreeMap<(Kind, String), Arc<Shelf>>,
    pages: BTreeMap<String, (u16, String)>,
    code: BTreeMap<String, Arc<Shelf>>,
    /// Addresses and ids that cannot be asked about.
    cut_off: bool,
    /// How many repositories were asked for.
    asked: Arc<AtomicUsize>,
}

/// The files of one repository, and how it is offered.
#[derive(Debug, Clone)]
pub(crate) struct Shelf {
    kind: Kind,
    id: Option<String>,
    commit: Option<String>,
    files: BTreeMap<String, Vec<u8>>,
    elsewhere: BTreeMap<String, (u64, Content)>,
    revisions: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    gate: Option<Gate>,
    private: bool,
}

impl Shelf {
    /// A model on a hub, open to all.
    pub(crate) fn model(id: &str) -> Self {
        Self::new(Kind::Model, id)
    }

    /// A dataset on a hub, open to all.
    pub(crate) fn dataset(id: &str) -> Self {
        Self::new(Kind::Dataset, id)
    }

    fn new(kind: Kind, id: &str) -> Self {
        Self {
            kind,
            id: Some(id.to_owned()),
            commit: Some("1111111111111111111111111111111111111111".to_owned()),
            files: BTreeMap::new(),
            elsewhere: BTreeMap::new(),
            revisions: BTreeMap::new(),
            gate: Some(Gate::Open),
            private: false,
        }
    }

    /// The same as a folder: no name, no commit, no gate.
    pub(crate) fn in_a_folder(mut self) -> Self {
        (self.id, self.commit, self.gate) = (None, None, None);
        self
    }

    /// With a file.
    pub(crate) fn file(mut self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.insert(path.to_owned(), bytes.into());
        self
    }

    /// With a card of this metadata and text.
    pub(crate) fn card(self, metadata: &str, text: &str) -> Self {
        self.file("README.md", format!("---\n{metadata}\n---\n{text}"))
    }

    /// With a file whose pointer is there and whose object is not.
    pub(crate) fn lost(mut self, path: &str, size: u64) -> Self {
        self.elsewhere.insert(path.to_owned(), (size, Content::Lost));
        self
    }

    /// With a file whose pointer is there and whose object was not fetched.
    pub(crate) fn pointer(mut self, path: &str, size: u64) -> Self {
        self.elsewhere.insert(path.to_owned(), (size, Content::NotFetched));
        self
    }

    /// With a branch or tag that holds one file.
    pub(crate) fn revision(mut self, name: &str, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.revisions.entry(name.to_owned()).or_default().insert(path.to_owned(), bytes.into());
        self
    }

    /// Behind a gate.
    pub(crate) fn gated(mut self, gate: Gate) -> Self {
        self.gate = Some(gate);
        self
    }

    /// Seen by some only.
    pub(crate) fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// On a hub, under this name.
    pub(crate) fn named(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// The SHA-256 of a part of a file.
    pub(crate) fn sha256(&self, path: &str, start: u64, end: u64) -> Option<Sha256> {
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        Some(Sha256(sha2::Sha256::digest(self.files.get(path)?.get(range)?).into()))
    }

    /// At another commit.
    pub(crate) fn at(mut self, commit: &str) -> Self {
        self.commit = Some(commit.to_owned());
        self
    }
}

impl Commons {
    /// An empty commons.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// With this repository.
    pub(crate) fn with(mut self, shelf: Shelf) -> Self {
        let id = shelf.id.clone().expect("a shelf of a commons has a name").to_lowercase();
        self.repositories.insert((shelf.kind, id), Arc::new(shelf));
        self
    }

    /// With a page.
    pub(crate) fn page(mut self, address: &str, status: u16, text: &str) -> Self {
        self.pages.insert(address.to_owned(), (status, text.to_owned()));
        self
    }

    /// With code at an address.
    pub(crate) fn code(mut self, address: &str, shelf: Shelf) -> Self {
        self.code.insert(address.to_owned(), Arc::new(shelf.in_a_folder()));
        self
    }

    /// The same, and nothing of it can be asked any more.
    pub(crate) fn when_cut_off(mut self) -> Self {
        self.cut_off = true;
        self
    }

    /// How many repositories were asked for until now.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// Audits a repository in it.
    pub(crate) fn audit(&self, shelf: &Shelf) -> Report {
        self.audit_after(shelf, None)
    }

    /// Audits a repository in it, after an earlier report.
    pub(crate) fn audit_after(&self, shelf: &Shelf, earlier: Option<&Report>) -> Report {
        let source = Reading(Arc::new(shelf.clone()));
        audit(Audit { source: &source, world: self, earlier }).expect("the files of a shelf can be listed")
    }
}

/// A shelf that is being read.
struct Reading(Arc<Shelf>);

impl Source for Reading {
    fn subject(&self) -> Subject {
        let hub = self.0.id.as_ref().map(|_| "https://hub.example.org".to_owned());
        Subject { kind: self.0.kind, repository: self.0.id.clone(), commit: self.0.commit.clone(), hub }
    }

    fn files(&self) -> Result<Vec<File>, Trouble> {
        let mut files = listed(&self.0.files, self.0.id.is_some());
        files.extend(self.0.elsewhere.iter().map(|(path, (size, content))| File {
            path: path.clone(),
            size: *size,
            sha256: Some(Sha256([7; 32])),
            content: *content,
        }));
        Ok(files)
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble> {
        let bytes = self.0.files.get(path).ok_or_else(|| Trouble::NoFile(path.to_owned()))?;
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(bytes.len());
        let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
        Ok(Bytes::copy_from_slice(&bytes[start..end]))
    }

    fn standing(&self) -> Standing {
        Standing { gate: self.0.gate, private: self.0.id.as_ref().map(|_| self.0.private) }
    }

    fn refs(&self) -> Reach<Vec<Ref>> {
        if self.0.id.is_none() {
            return Reach::Unreachable("a folder has no branches or tags".to_owned());
        }
        let reference = |name: &String| Ref { name: name.clone(), commit: name.clone() };
        Reach::Found(self.0.revisions.keys().map(reference).collect())
    }

    fn files_at(&self, name: &str) -> Reach<Vec<File>> {
        match self.0.revisions.get(name) {
            Some(files) => Reach::Found(listed(files, true)),
            None => Reach::Absent("no such revision".to_owned()),
        }
    }
}

fn listed(files: &BTreeMap<String, Vec<u8>>, hashed: bool) -> Vec<File> {
    let file = |(path, bytes): (&String, &Vec<u8>)| File {
        path: path.clone(),
        size: bytes.len() as u64,
        sha256: hashed.then(|| Sha256(sha2::Sha256::digest(bytes).into())),
        content: Content::Here,
    };
    files.iter().map(file).collect()
}

impl World for Commons {
    fn repository(&self, kind: Kind, id: &RepoId) -> Reach<Box<dyn Source>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.repositories.get(&(kind, id.folded())) {
            _ if self.cut_off => Reach::offline(),
            Some(shelf) if shelf.private => Reach::Closed("401".to_owned()),
            Some(shelf) => Reach::Found(Box::new(Reading(Arc::clone(shelf)))),
            None => Reach::Absent("404".to_owned()),
        }
    }

    fn page(&self, address: &str) -> Reach<Page> {
        match self.pages.get(address) {
            _ if self.cut_off => Reach::offline(),
            Some((status, text)) => Reach::Found(Page {
                address: address.to_owned(),
                status: *status,
                sha256: Sha256(sha2::Sha256::digest(text).into()),
                text: text.clone(),
            }),
            None => Reach::Unreachable("the host does not answer".to_owned()),
        }
    }

    fn code(&self, address: &str) -> Reach<Box<dyn Source>> {
        match self.code.get(address) {
            _ if self.cut_off => Reach::offline(),
            Some(shelf) => Reach::Found(Box::new(Reading(Arc::clone(shelf)))),
            None => Reach::Absent("404".to_owned()),
        }
    }

    fn holders(&self, sha256: Sha256) -> Reach<Vec<String>> {
        if self.cut_off {
            return Reach::offline();
        }
        let holds =
            |shelf: &Shelf| shelf.files.values().any(|bytes| sha2::Sha256::digest(bytes)[..] == sha256.0);
        let holders = self.repositories.iter().filter(|(_, shelf)| !shelf.private && holds(shelf));
        Reach::Found(holders.map(|((kind, id), _)| format!("{kind}:{id}")).collect())
    }
}
