//! The large files that a repository has, over all branches and all of its history.

use limpide_db::lfs_files::{self, LfsFile};
use limpide_words::Sha256;

use crate::Hub;
use crate::access::{Readable, Writable};
use crate::error::{Error, Result};

/// A page of large files.
#[derive(Debug, Clone)]
pub struct LfsFileList {
    /// The files, in the order of their SHA-256.
    pub files: Vec<LfsFile>,
    /// What to ask for the next page with.
    pub next: Option<Sha256>,
}

/// Files of a page.
const PAGE: usize = 1000;

impl Hub {
    /// A page of the large files that were ever committed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn list_lfs_files(&self, repo: &Readable, after: Option<Sha256>) -> Result<LfsFileList> {
        let files = lfs_files::page(self.db(), &repo.repo().id, after, PAGE as i64).await?;
        let next = files.last().filter(|_| files.len() == PAGE).map(|file| file.sha256);
        Ok(LfsFileList { files, next })
    }

    /// Removes large files from every commit. Not there yet: it rewrites history.
    ///
    /// # Errors
    /// `Unsupported`, always.
    pub fn delete_lfs_files(&self, _repo: &Writable, _files: &[Sha256]) -> Result<()> {
        Err(Error::Unsupported(
            "Limpide cannot remove files from past commits yet. Delete them in a new commit: their bytes stay in \
             the repository's history, and leave the hub with the repository."
                .into(),
        ))
    }
}
