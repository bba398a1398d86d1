//! Source code: of the repository itself, and of those that its card links to. It is judged by what it does, not by how
//! its files are called.

use std::collections::{BTreeMap, BTreeSet};

use limpide_formats::code::{self, SignalKind};

use super::licences::LicenceText;
use super::read::{Elsewhere, Reader};
use super::role::{self, Role};
use crate::report::Locator;
use crate::source::{Content, File, Reach, Source};

/// Files of code that are looked into, and the longest of them.
const MOST_FILES: usize = 2000;
const LONGEST: u64 = 512 << 10;

/// A file of code, and what it does.
pub(crate) struct CodeFile {
    pub(crate) path: String,
    /// Lines that do something.
    pub(crate) statements: u64,
    /// The heads of the classes that it defines.
    classes: Vec<String>,
    /// What it does.
    pub(crate) does: BTreeMap<SignalKind, Deed>,
}

/// Something that a file of code does.
pub(crate) struct Deed {
    /// Where, first.
    pub(crate) place: Locator,
    /// In which ways, by the patterns that were found.
    pub(crate) ways: BTreeSet<&'static str>,
}

impl CodeFile {
    /// Whether it defines a class of this name.
    pub(crate) fn defines(&self, class: &str) -> bool {
        self.classes.iter().any(|head| head.split(['(', ':']).next().is_some_and(|name| name.trim() == class))
    }

    /// Whether it defines how a dataset is fetched and built.
    pub(crate) fn builds_dataset(&self) -> bool {
        self.classes
            .iter()
            .any(|head| head.contains("GeneratorBasedBuilder") || head.contains("ArrowBasedBuilder"))
    }
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
    /// Reads code at an address, `most` bytes of it.
    pub(crate) fn read(source: &dyn Source, address: &str, most: u64) -> Option<Self> {
        let elsewhere = Elsewhere {
            commit: source.subject().commit,
            address: Some(address.to_owned()),
            ..Elsewhere::default()
        };
        let reader = Reader::new(source, elsewhere, most);
        let mut files = source.files().ok()?;
        files.sort_by(|one, other| one.path.cmp(&other.path));
        Some(Self { code: read(&reader, &files), licences: super::licences::texts(&reader, &files) })
    }
}

/// Looks into the files of code among these.
pub(crate) fn read(reader: &Reader<'_>, files: &[File]) -> Vec<CodeFile> {
    let code =
        files.iter().filter(|file| role::of(&file.path) == Role::Code && file.content == Content::Here);
    code.filter(|file| file.size > 0 && file.size <= LONGEST)
        .take(MOST_FILES)
        .filter_map(|file| look(reader, file))
        .collect()
}

fn look(reader: &Reader<'_>, file: &File) -> Option<CodeFile> {
    let text = reader.text(file)?;
    let source = std::str::from_utf8(&text.bytes).ok()?;
    let survey = code::Survey::read(source).ok()?;
    let mut does: BTreeMap<SignalKind, Deed> = BTreeMap::new();
    for signal in &survey.signals {
        let deed = does
            .entry(signal.kind)
            .or_insert_with(|| Deed { place: text.locate(signal.span.clone()), ways: BTreeSet::new() });
        deed.ways.insert(signal.pattern);
    }
    let classes = if survey.language == code::Language::Python { classes(source) } else { Vec::new() };
    Some(CodeFile { path: file.path.clone(), statements: survey.statements, classes, does })
}

/// The heads of the classes that lines of Python begin with: `Name(Base)`.
fn classes(source: &str) -> Vec<String> {
    let heads = source.lines().filter_map(|line| line.strip_prefix("class "));
    heads.map(|head| head.trim_end_matches([':', ' ']).to_owned()).collect()
}
