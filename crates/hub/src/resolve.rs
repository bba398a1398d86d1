//! Finds the bytes of a file of a commit, wherever they are.

use std::ops::Range;

use futures::StreamExt;
use limpide_db::commits::Commit;
use limpide_words::{FilePath, Moment, ObjectId};

use crate::Hub;
use crate::access::Content;
use crate::content::{ContentStream, StoredFile};
use crate::error::Result;
use crate::paths::{What, no_entry};

/// A file of a commit, ready to be read.
#[derive(Debug, Clone)]
pub struct Resolved {
    /// Its path.
    pub path: FilePath,
    /// Its length.
    pub size: u64,
    /// The git id of its blob: for content, of the pointer to it.
    pub id: ObjectId,
    /// The content that git has only a pointer to; none when git has the bytes.
    pub stored: Option<StoredFile>,
    /// When the commit was made.
    pub date: Moment,
}

impl Resolved {
    /// What changes when the bytes do: the SHA-256 of content, else the git id.
    pub fn hash(&self) -> String {
        self.stored.as_ref().map_or_else(|| self.id.to_string(), |stored| stored.sha256.to_string())
    }
}

impl Hub {
    /// Lets a file be downloaded; gives a warning to send along when it is malicious.
    ///
    /// # Errors
    /// `Quarantined` when it is held back.
    pub async fn release(&self, content: &Content, file: &Resolved) -> Result<Option<String>> {
        self.let_through(&content.repo().id, &[file.hash()], Some(&file.path)).await
    }

    /// The file at a path of a commit.
    ///
    /// # Errors
    /// `NotFound` when there is none: a folder is no file, and a pointer whose content never arrived has no bytes.
    pub async fn resolve(&self, content: &Content, commit: &Commit, path: &FilePath) -> Result<Resolved> {
        let entry = self.entry(content.readable(), commit, path).await?;
        let (size, stored) = match entry.what {
            What::Folder => return Err(no_entry(path.as_str(), &commit.id.to_string())),
            What::Regular { size } => (size, None),
            What::Lfs { sha256, file, .. } => {
                let file = self.lfs_file(sha256, file.as_deref()).await?;
                (file.size, Some(file))
            }
        };
        Ok(Resolved { path: path.clone(), size, id: entry.id, stored, date: commit.date })
    }

    /// The file at a path of a commit as git has it: of content, the pointer.
    ///
    /// # Errors
    /// As [`Hub::resolve`].
    pub async fn resolve_raw(&self, content: &Content, commit: &Commit, path: &FilePath) -> Result<Resolved> {
        let entry = self.entry(content.readable(), commit, path).await?;
        let size = match entry.what {
            What::Folder => return Err(no_entry(path.as_str(), &commit.id.to_string())),
            What::Regular { size } => size,
            What::Lfs { pointer_size, .. } => pointer_size,
        };
        Ok(Resolved { path: path.clone(), size, id: entry.id, stored: None, date: commit.date })
    }

    /// The bytes of a range of a file, which lies within it.
    ///
    /// # Errors
    /// When the bytes cannot be had.
    pub async fn open_resolved(
        &self,
        content: &Content,
        file: &Resolved,
        range: Range<u64>,
    ) -> Result<ContentStream> {
        if let Some(stored) = &file.stored {
            return Ok(self.read(stored, range));
        }
        let bytes = self.read_blob(content, file.id).await?;
        let end = usize::try_from(range.end).unwrap_or(usize::MAX).min(bytes.len());
        let start = usize::try_from(range.start).unwrap_or(usize::MAX).min(end);
        Ok(futures::stream::once(std::future::ready(Ok(bytes.slice(start..end)))).boxed())
    }
}
