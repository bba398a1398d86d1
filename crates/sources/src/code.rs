//! A repository of code elsewhere, at its newest commit.

use std::collections::BTreeMap;
use std::ops::Range;

use bytes::Bytes;
use limpide_formats::pointer;
use limpide_git::{Elsewhere, TreeFile};
use limpide_openness::{Content, File, Source, Subject, Trouble};
use limpide_words::{Kind, ObjectId};
use tokio::runtime::Handle;

use crate::names::readable;

/// As in a folder.
const MOST_FILES: usize = 200_000;

/// The largest file that is read: git gives it whole.
const LARGEST_FILE: u64 = 64 << 20;

/// A copy of a repository of code.
#[derive(Debug)]
pub(crate) struct Code {
    address: String,
    copy: Elsewhere,
    files: BTreeMap<String, Blob>,
    runtime: Handle,
}

#[derive(Debug)]
struct Blob {
    id: ObjectId,
    file: File,
}

impl Code {
    pub(crate) fn new(address: String, copy: Elsewhere, files: Vec<TreeFile>, runtime: Handle) -> Self {
        let files = files.into_iter().map(blob).map(|blob| (blob.file.path.clone(), blob)).collect();
        let mut code = Self { address, copy, files, runtime };
        code.read_pointers();
        code
    }

    /// Files that are pointers stand for what they point to.
    fn read_pointers(&mut self) {
        let small = |blob: &&mut Blob| {
            blob.file.content == Content::Here && (1..=pointer::LONGEST as u64).contains(&blob.file.size)
        };
        for blob in self.files.values_mut().filter(small) {
            let Ok(Some(bytes)) = self.runtime.block_on(self.copy.read(blob.id)) else { continue };
            if let Some((sha256, size)) = pointer::read(&bytes) {
                blob.file =
                    File { size, sha256: Some(sha256), content: Content::NotFetched, ..blob.file.clone() };
            }
        }
    }
}

fn blob(found: TreeFile) -> Blob {
    let here = found.size.is_some_and(|size| size <= LARGEST_FILE) && !found.is_link;
    let content = if here { Content::Here } else { Content::Skipped };
    let size = found.size.unwrap_or_default();
    Blob { id: found.id, file: File { path: readable(&found.path), size, sha256: None, content } }
}

impl Source for Code {
    fn subject(&self) -> Subject {
        // Code on a forge is neither model nor dataset; a space is the kind that holds code.
        Subject {
            kind: Kind::Space,
            repository: None,
            commit: Some(self.copy.commit().to_string()),
            hub: Some(self.address.clone()),
        }
    }

    fn files(&self) -> Result<Vec<File>, Trouble> {
        match self.files.len() > MOST_FILES {
            true => Err(Trouble::Unreachable(format!("it has more than {MOST_FILES} files"))),
            false => Ok(self.files.values().map(|blob| blob.file.clone()).collect()),
        }
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble> {
        let blob = self.files.get(path).ok_or_else(|| Trouble::NoFile(path.to_owned()))?;
        let cannot = |why: &str| Trouble::Unreachable(format!("`{path}` cannot be read: {why}"));
        if blob.file.content != Content::Here {
            return Err(cannot("it is a link, a pointer, or larger than what is fetched"));
        }
        let read =
            self.runtime.block_on(self.copy.read(blob.id)).map_err(|error| cannot(&error.to_string()))?;
        let bytes = read.ok_or_else(|| cannot("it was not fetched"))?;
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes.slice(at(range.start)..at(range.end.max(range.start))))
    }
}
