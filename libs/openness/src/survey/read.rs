//! Reads files of a source within bounds, and pins what is read.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use bytes::Bytes;
use limpide_words::Sha256;

use crate::Remark;
use crate::canonical::sha256;
use crate::remark::remark;
use crate::report::{Locator, Span};
use crate::source::{Content, File, Source};

/// The longest text file that is read whole: cards are the longest people write.
pub(crate) const LONGEST_TEXT: u64 = 4 << 20;

/// Text that is read of one repository in all; code of large ones beyond it stays unread, and the report says so. Of
/// those around the audited one, which may be many, less is read.
pub(crate) const MOST_TEXT: u64 = 48 << 20;
pub(crate) const MOST_TEXT_AROUND: u64 = 8 << 20;

/// Whose repository a file lies in, when it is not the audited one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Elsewhere {
    /// `kind:owner/name`.
    pub(crate) repository: Option<String>,
    /// Its commit.
    pub(crate) commit: Option<String>,
    /// The address of a code repository.
    pub(crate) address: Option<String>,
}

/// A source, how much may still be read of it, and what could not be.
pub(crate) struct Reader<'a> {
    pub(crate) source: &'a dyn Source,
    elsewhere: Elsewhere,
    left: Cell<u64>,
    notes: RefCell<Vec<Remark>>,
}

/// A file that was read whole.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// Its path.
    pub(crate) path: String,
    /// Its bytes.
    pub(crate) bytes: Bytes,
    /// Their SHA-256.
    pub(crate) sha256: Sha256,
    elsewhere: Elsewhere,
}

/// A part of a file that was read.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    /// The part.
    pub(crate) bytes: Bytes,
    start: u64,
}

impl<'a> Reader<'a> {
    /// Reads `most` bytes of text of a source; what it reads is pinned as lying `elsewhere`.
    pub(crate) fn new(source: &'a dyn Source, elsewhere: Elsewhere, most: u64) -> Self {
        Self { source, elsewhere, left: Cell::new(most), notes: RefCell::new(Vec::new()) }
    }

    /// A file as text, if it is there, short enough and readable; notes why not.
    pub(crate) fn text(&self, file: &File) -> Option<Text> {
        let path = &file.path;
        if file.content != Content::Here {
            return None;
        }
        let size = file.size;
        if size > LONGEST_TEXT {
            self.note(remark!(
                "file-too-long",
                "`{path}` has {size} bytes, more than the {limit} that are read of a text",
                path,
                size,
                limit = LONGEST_TEXT
            ));
            return None;
        }
        if size > self.left.get() {
            self.note(remark!(
                "texts-too-many",
                "`{path}` and what follows it was not read: there is too much text",
                path
            ));
            return None;
        }
        self.left.set(self.left.get() - size);
        let bytes = self.bytes(file, 0..size)?.bytes;
        let sha256 = sha256(&bytes);
        Some(Text { path: path.clone(), bytes, sha256, elsewhere: self.elsewhere.clone() })
    }

    /// Part of a file; notes why it could not be read.
    pub(crate) fn bytes(&self, file: &File, range: Range<u64>) -> Option<Slice> {
        let range = range.start..range.end.min(file.size);
        if range.is_empty() {
            return Some(Slice { bytes: Bytes::new(), start: range.start });
        }
        match self.source.read(&file.path, range.clone()) {
            Ok(bytes) if bytes.len() as u64 == range.end - range.start => {
                Some(Slice { bytes, start: range.start })
            }
            Ok(_) => {
                let path = &file.path;
                self.note(remark!(
                    "file-changed",
                    "`{path}` ended before the length it was listed with",
                    path
                ));
                None
            }
            Err(trouble) => {
                let path = &file.path;
                self.note(remark!("file-unreadable", "`{path}` could not be read: {trouble}", path, trouble));
                None
            }
        }
    }

    /// Tells the reader of the report something.
    pub(crate) fn note(&self, remark: Remark) {
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&remark) && notes.len() < 200 {
            notes.push(remark);
        }
    }

    /// Where a part of a file is, with the file's own hash when it is known.
    pub(crate) fn locate(&self, file: &File, slice: &Slice) -> Locator {
        let span = Span {
            start: slice.start,
            end: slice.start + slice.bytes.len() as u64,
            sha256: sha256(&slice.bytes),
        };
        Locator { span: Some(span), ..self.place(file) }
    }

    /// Where a file is.
    pub(crate) fn place(&self, file: &File) -> Locator {
        Locator { path: Some(file.path.clone()), sha256: file.sha256, ..self.elsewhere.locator() }
    }

    /// Where the list of files is.
    pub(crate) fn whole(&self) -> Locator {
        self.elsewhere.locator()
    }

    /// What could not be read.
    pub(crate) fn into_notes(self) -> Vec<Remark> {
        self.notes.into_inner()
    }
}

impl Elsewhere {
    fn locator(&self) -> Locator {
        Locator {
            repository: self.repository.clone(),
            commit: self.commit.clone(),
            address: self.address.clone(),
            ..Locator::default()
        }
    }
}

impl Text {
    /// Where a part of it is.
    pub(crate) fn locate(&self, span: Range<usize>) -> Locator {
        let span = span.start.min(self.bytes.len())..span.end.min(self.bytes.len());
        let part = self.bytes.get(span.clone()).unwrap_or_default();
        let span = Span { start: span.start as u64, end: span.end as u64, sha256: sha256(part) };
        Locator {
            path: Some(self.path.clone()),
            sha256: Some(self.sha256),
            span: Some(span),
            ..self.elsewhere.locator()
        }
    }

    /// Where it is, as a whole.
    pub(crate) fn place(&self) -> Locator {
        Locator { path: Some(self.path.clone()), sha256: Some(self.sha256), ..self.elsewhere.locator() }
    }

    /// A part of it as people read it.
    pub(crate) fn quote(&self, span: Range<usize>) -> String {
        String::from_utf8_lossy(self.bytes.get(span).unwrap_or_default()).into_owned()
    }
}
