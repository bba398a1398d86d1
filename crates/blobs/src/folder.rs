//! The folder of a backup: files that appear whole or not at all, and objects kept beside them as on any disk.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use tempfile::NamedTempFile;
use tokio::task::spawn_blocking;

use crate::{Blobs, Error, Location, Result};

/// The folder of a backup. Held by one writer, or by any number of readers, for as long as it lives.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    _held: File,
}

/// A file on its way into the folder. Nobody sees it before [`finish`](Self::finish).
#[derive(Debug)]
pub struct NewFile {
    file: NamedTempFile,
    target: PathBuf,
}

impl Folder {
    /// Opens the folder to write, and makes it where it is not there: its owner's alone.
    ///
    /// # Errors
    /// When it cannot be made, or somebody else writes or reads it.
    pub async fn create(folder: &Path) -> Result<Self> {
        let folder = folder.to_path_buf();
        aside(opening(&folder), move || {
            let root = std::path::absolute(folder)?;
            private_folder(&root)?;
            let file = File::options().create(true).append(true).open(root.join("lock"))?;
            locked(file.try_lock())?;
            Ok(Self { root, _held: file })
        })
        .await
    }

    /// Opens the folder to read.
    ///
    /// # Errors
    /// When it is not there, or somebody writes it.
    pub async fn open(folder: &Path) -> Result<Self> {
        let folder = folder.to_path_buf();
        aside(opening(&folder), move || {
            let root = std::path::absolute(folder)?;
            // A copy of a backup may have come without its lock.
            let file = File::open(root.join("lock")).or_else(|_| File::open(&root))?;
            locked(file.try_lock_shared())?;
            Ok(Self { root, _held: file })
        })
        .await
    }

    /// The objects of the folder.
    ///
    /// # Errors
    /// As [`Blobs::open`].
    pub async fn objects(&self) -> Result<Blobs> {
        let root = self.root.clone();
        aside(opening(&self.root), move || private_folder(&root.join("objects"))).await?;
        Blobs::open(&Location::Disk(self.root.join("objects"))).await
    }

    /// Where a file of the folder lies, for people.
    pub fn place(&self, name: &str) -> String {
        self.root.join(name).display().to_string()
    }

    /// Reads a file whole, when it is there and no longer than `limit`.
    ///
    /// # Errors
    /// When it is longer, or cannot be read.
    pub async fn get(&self, name: &str, limit: u64) -> Result<Option<Bytes>> {
        let path = self.root.join(name);
        aside(format!("reading {}", path.display()), move || {
            let file = match File::open(&path) {
                Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(None),
                other => other?,
            };
            let mut bytes = Vec::new();
            file.take(limit + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > limit {
                return Err(io::Error::other(format!("it is longer than {limit} bytes")));
            }
            Ok(Some(bytes.into()))
        })
        .await
    }

    /// Opens a file to read it from its beginning; none when it is not there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn reader(&self, name: &str) -> Result<Option<BufReader<File>>> {
        let path = self.root.join(name);
        aside(format!("reading {}", path.display()), move || match File::open(&path) {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            file => Ok(Some(BufReader::with_capacity(1 << 18, file?))),
        })
        .await
    }

    /// Begins a file; the folders that lead to it are made.
    ///
    /// # Errors
    /// When it cannot be made.
    pub async fn writer(&self, name: &str) -> Result<NewFile> {
        let target = self.root.join(name);
        aside(format!("writing {}", target.display()), move || {
            let folder = target.parent().unwrap_or(&target);
            private_folder(folder)?;
            Ok(NewFile { file: NamedTempFile::new_in(folder)?, target })
        })
        .await
    }

    /// Removes a folder below this one with all that is in it, if it is there.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub async fn remove_folder(&self, name: &str) -> Result<()> {
        let path = self.root.join(name);
        aside(format!("removing {}", path.display()), move || match fs::remove_dir_all(&path) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => Err(cause),
            _ => Ok(()),
        })
        .await
    }

    /// The names of what lies in a folder below this one.
    ///
    /// # Errors
    /// When it cannot be listed.
    pub async fn names(&self, name: &str) -> Result<Vec<String>> {
        let path = self.root.join(name);
        aside(format!("listing {}", path.display()), move || {
            let entries = match fs::read_dir(&path) {
                Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
                other => other?,
            };
            entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect()
        })
        .await
    }
}

impl NewFile {
    /// Makes the file durable and lets it be seen, in place of any other of its name.
    ///
    /// # Errors
    /// When the disk fails; then the former file is still there.
    pub async fn finish(self) -> Result<()> {
        aside(format!("writing {}", self.target.display()), move || {
            self.file.as_file().sync_all()?;
            let folder = self.target.parent().unwrap_or(&self.target).to_path_buf();
            self.file.persist(&self.target).map_err(|failure| failure.error)?;
            File::open(&folder)?.sync_all()?;
            // The folder may be new, too.
            folder.parent().map_or(Ok(()), |above| File::open(above)?.sync_all())
        })
        .await
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn opening(folder: &Path) -> String {
    format!("opening the folder {}", folder.display())
}

/// Secrets and private repositories are in a backup.
fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

fn locked(outcome: std::result::Result<(), TryLockError>) -> io::Result<()> {
    match outcome {
        // Some network file systems have no locks.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
        Err(TryLockError::WouldBlock) => Err(io::Error::new(
            ErrorKind::ResourceBusy,
            "another limpide is at work in it; wait until it has ended",
        )),
    }
}

async fn aside<T: Send + 'static>(
    doing: String,
    act: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    let failed = doing.clone();
    match spawn_blocking(act).await {
        Ok(outcome) => outcome.map_err(|cause| Error::of_file(doing, cause)),
        Err(cause) => Err(Error::unavailable(failed, cause)),
    }
}
