//! The mirrors on this machine's disk: as many as fit, those used last.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use crate::error::Result;
use crate::incoming::Incoming;
use crate::mirror::{Mirror, PACKS, USED};

/// Where pushes lie until they are known to be good.
const PUSHES: &str = "pushes";

/// What the folder of a mirror ends with, and that of one on its way out.
const MIRROR: &str = "git";
const GONE: &str = "gone";

/// All mirrors of this machine.
#[derive(Debug)]
pub struct Mirrors {
    folder: PathBuf,
    most: u64,
    open: Mutex<HashMap<String, Arc<Mirror>>>,
    /// Taken by whoever begins a push.
    pushes: Arc<Mutex<()>>,
}

/// A mirror on the disk.
struct Found {
    id: String,
    size: u64,
    used: SystemTime,
}

impl Mirrors {
    /// Mirrors in a folder, which is made when the first is; they may take `most` bytes together.
    pub fn new(folder: PathBuf, most: u64) -> Self {
        Self { folder, most, open: Mutex::default(), pushes: Arc::default() }
    }

    /// The mirror of the repository of this id. While it is held it is not removed.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn mirror(&self, id: &str) -> Result<Arc<Mirror>> {
        let mirror = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let place = self.place(id, MIRROR);
            open.entry(id.to_owned()).or_insert_with(|| Arc::new(Mirror::at(place))).clone()
        };
        let folder = mirror.folder().to_owned();
        tokio::task::spawn_blocking(move || touch(&folder)).await.map_err(io::Error::other)?;
        Ok(mirror)
    }

    /// A place for what is pushed to the repository of a mirror. What a process has left that ended too soon is removed.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn incoming(&self, mirror: Arc<Mirror>) -> Result<Incoming> {
        let (folder, turn) = (self.folder.join(PUSHES), Arc::clone(&self.pushes));
        let make = move || {
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            Incoming::make(&folder, mirror)
        };
        tokio::task::spawn_blocking(make).await.map_err(io::Error::other)?
    }

    /// Removes mirrors, those first that were not used for longest, until the rest fits. Those that are held stay.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn fit(self: &Arc<Self>) -> Result<()> {
        let mirrors = Arc::clone(self);
        tokio::task::spawn_blocking(move || mirrors.fit_now()).await.map_err(io::Error::other)?
    }

    fn fit_now(&self) -> Result<()> {
        let mut found = self.list()?;
        let mut total: u64 = found.iter().map(|mirror| mirror.size).sum();
        found.sort_by_key(|mirror| mirror.used);
        for mirror in found {
            if total <= self.most {
                break;
            }
            if self.retire(&mirror.id)? {
                total -= mirror.size;
                std::fs::remove_dir_all(self.place(&mirror.id, GONE))?;
            }
        }
        Ok(())
    }

    /// Takes a mirror away from whoever asks next; false when it is held.
    fn retire(&self, id: &str) -> Result<bool> {
        // Nobody can take hold of it meanwhile.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.get(id).is_some_and(|mirror| Arc::strong_count(mirror) > 1) {
            return Ok(false);
        }
        std::fs::rename(self.place(id, MIRROR), self.place(id, GONE))?;
        open.remove(id);
        Ok(true)
    }

    /// What lies on the disk; what a process that ended in between has left is removed.
    fn list(&self) -> Result<Vec<Found>> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let path = entry?.path();
            let name = path.file_stem().and_then(OsStr::to_str).map(str::to_owned);
            match (name, path.extension().and_then(OsStr::to_str)) {
                (Some(id), Some(MIRROR)) => {
                    let used = std::fs::metadata(path.join(USED)).and_then(|file| file.modified());
                    let used = used.unwrap_or(SystemTime::UNIX_EPOCH);
                    found.push(Found { id, size: size(&path.join(PACKS))?, used });
                }
                (_, Some(GONE)) => std::fs::remove_dir_all(&path)?,
                _ => {}
            }
        }
        Ok(found)
    }

    fn place(&self, id: &str, end: &str) -> PathBuf {
        self.folder.join(format!("{id}.{end}"))
    }
}

/// Notes that a mirror was used, if it is there.
fn touch(folder: &Path) {
    // On a disk that is full or read-only, mirrors are still good to read.
    let _ = std::fs::write(folder.join(USED), b"");
}

/// The bytes of the files of a folder.
fn size(folder: &Path) -> Result<u64> {
    let mut total = 0;
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        other => other?,
    };
    for entry in entries {
        match entry?.metadata() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            other => total += other?.len(),
        }
    }
    Ok(total)
}
