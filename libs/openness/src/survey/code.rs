//! Source code: of the repository itself, and of those that its card links to. It is judged by what it does, not by how
//! its files are called.

use std::collections::BTreeMap;

use limpide_formats::code::{self, SignalKind};

use super::licences::LicenceText;
use super::read::{Elsewhere, Reader};
use super::role::{self, Role};
use crate::canonical::sha256;
use crate::report::{Locator, Span};
use crate::source::{Content, File, Reach, Source};

/// Files of code that are looked into, and the longest of them.
const MOST_FILES: usize = 2000;
const LONGEST: u64 = 512 << 10;

/// A file of code, and what it does.
pub(crate) struct CodeFile {
    pub(crate) path: String,
    /// Lines that do something.
    pub(crate) statements: usize,
    /// Classes that it defines.
    pub(crate) classes: Vec<String>,
    /// What it does, with one place for each kind of thing.
    pub(crate) does: BTreeMap<SignalKind, Locator>,
}

/// Code elsewhere that a card links to.
pub(crate) struct Linked {
    /// Its address.
    pub(crate) address: String,
    /// The card's sentence around the link.
    pub(crate) sentence: std::ops::Range<usize>,
    /// What is there.
    pub(crate) reach: Reach<Repository>,
}

/// A repository of code.
pub(crate) struct Repository {
    /// Its files of code.
    pub(crate) code: Vec<CodeFile>,
    /// Its licences.
    pub(crate) licences: Vec<LicenceText>,
}

impl Repository {
    /// Reads code at an address.
    pub(crate) fn read(source: &dyn Source, address: &str) -> Option<Self> {
        let elsewhere = Elsewhere { commit: source.subject().commit, address: Some(address.to_owned()), ..Elsewhere::default() };
        let reader = Reader::new(source, elsewhere);
        let mut files = source.files().ok()?;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Some(Self { code: read(&reader, &files), licences: super::licences::texts(&reader, &files) })
    }
}

/// Looks into the files of code among these.
pub(crate) fn read(reader: &Reader<'_>, files: &[File]) -> Vec<CodeFile> {
    let code = files.iter().filter(|file| role::of(&file.path) == Role::Code && file.content == Content::Here);
    code.filter(|file| file.size > 0 && file.size <= LONGEST).take(MOST_FILES).filter_map(|file| look(reader, file)).collect()
}

fn look(reader: &Reader<'_>, file: &File) -> Option<CodeFile> {
    let text = reader.text(file)?;
    let survey = code::Survey::read(&file.path, &text.bytes).ok()?;
    let mut does = BTreeMap::new();
    for signal in &survey.signals {
        does.entry(signal.kind).or_insert_with(|| text.locate(signal.span.clone()));
    }
    Some(CodeFile { path: file.path.clone(), statements: survey.statements, classes: survey.classes, does })
}

/// The whole of some bytes, as a place.
pub(crate) fn span_of(bytes: &[u8], start: u64) -> Span {
    Span { start, end: start + bytes.len() as u64, sha256: sha256(bytes) }
}
