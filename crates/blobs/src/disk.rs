//! Keeps objects as files in a folder: written aside, made durable, then renamed into place.

mod reader;

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use limpide_words::Moment;
use tempfile::NamedTempFile;
use tokio::task::{JoinHandle, spawn_blocking};

use crate::store::{ByteStream, Stored};
use crate::{Error, Family, Key, Result};
use reader::{Buffers, Reader};

/// How much is written at once: a thread is woken for each step.
const STEP: usize = 256 << 10;

/// A folder of objects, with `tmp/` beside them for what is not finished.
#[derive(Debug)]
pub(crate) struct Disk {
    root: PathBuf,
    /// The folders that this process knows to be on the disk for good.
    durable: Mutex<HashSet<PathBuf>>,
    buffers: Arc<Buffers>,
}

/// A file being written; the disk takes one piece while the next one arrives.
pub(crate) struct Upload {
    disk: Arc<Disk>,
    key: Key,
    /// The step under way, which gives the file back. None once a step has failed.
    step: Option<Step<NamedTempFile>>,
    waiting: Vec<Bytes>,
    waiting_length: usize,
}

/// Work on the disk under way on a thread that may wait.
type Step<T> = JoinHandle<Result<T>>;

impl Disk {
    /// Opens the folder, and makes it where it is not there.
    pub(crate) async fn open(folder: &Path) -> Result<Self> {
        let folder = folder.to_path_buf();
        aside(move || {
            let failed = |cause| Error::of_file(format!("opening the folder {}", folder.display()), cause);
            let root = std::path::absolute(&folder).map_err(failed)?;
            let unfinished = root.join("tmp");
            // Folders that others made are theirs to bring to the disk; we may not even read them.
            let existing = unfinished.ancestors().find(|above| above.exists()).unwrap_or(&unfinished);
            make_folder(&unfinished, existing).map_err(failed)?;
            Ok(Self { root, durable: Mutex::default(), buffers: Arc::default() })
        })
        .await
    }

    pub(crate) async fn put(self: &Arc<Self>, key: &Key, bytes: Bytes) -> Result<()> {
        let (disk, key) = (Arc::clone(self), *key);
        aside(move || {
            let file = disk.begin(&key)?;
            write_all(file.as_file(), &[bytes]).map_err(|cause| Error::of_file(writing(&key), cause))?;
            disk.publish(file, &key)
        })
        .await
    }

    pub(crate) async fn get(self: &Arc<Self>, key: &Key, limit: u64) -> Result<Bytes> {
        let (disk, key) = (Arc::clone(self), *key);
        aside(move || {
            let (file, size) = disk.open_object(&key)?;
            if size > limit {
                return Err(Error::TooLarge { key, size, limit });
            }
            read(&file, &key, 0..size)
        })
        .await
    }

    pub(crate) async fn range(self: &Arc<Self>, key: &Key, range: Range<u64>) -> Result<Bytes> {
        let (disk, key) = (Arc::clone(self), *key);
        aside(move || {
            let file = disk.open_range(&key, &range)?;
            read(&file, &key, range)
        })
        .await
    }

    pub(crate) async fn stream(self: &Arc<Self>, key: &Key, range: Range<u64>) -> Result<ByteStream> {
        let (disk, key, asked) = (Arc::clone(self), *key, range.clone());
        let file = Arc::new(aside(move || disk.open_range(&key, &asked)).await?);
        let reader = Reader::new(file, key, range, Arc::clone(&self.buffers));
        Ok(stream::try_unfold(reader, Reader::next).boxed())
    }

    pub(crate) async fn size(self: &Arc<Self>, key: &Key) -> Result<Option<u64>> {
        let (disk, key) = (Arc::clone(self), *key);
        aside(move || match fs::metadata(disk.path(&key)) {
            Ok(metadata) => Ok(Some(metadata.len())),
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(Error::of_file(reading(&key), cause)),
        })
        .await
    }

    /// Not made durable: an object that returns after a power cut is one that no row names, as any other.
    pub(crate) async fn forget(self: &Arc<Self>, key: &Key) -> Result<()> {
        let (disk, key) = (Arc::clone(self), *key);
        aside(move || match fs::remove_file(disk.path(&key)) {
            Err(cause) if cause.kind() != ErrorKind::NotFound => {
                Err(Error::of_file(format!("removing `{key}`"), cause))
            }
            _ => Ok(()),
        })
        .await
    }

    pub(crate) fn list(self: &Arc<Self>, family: Family) -> BoxStream<'static, Result<Stored>> {
        let disk = Arc::clone(self);
        stream::iter(0..=u8::MAX)
            .then(move |shelf| {
                let disk = Arc::clone(&disk);
                aside(move || disk.list_shelf(family, shelf))
            })
            .map_ok(|found| stream::iter(found).map(Ok))
            .try_flatten()
            .boxed()
    }

    pub(crate) async fn sweep_unfinished(self: &Arc<Self>, before: Moment) -> Result<u64> {
        let disk = Arc::clone(self);
        aside(move || {
            let folder = disk.root.join("tmp");
            remove_older(&folder, before)
                .map_err(|cause| Error::of_file(format!("sweeping {}", folder.display()), cause))
        })
        .await
    }

    pub(crate) fn place(&self, key: &Key) -> String {
        self.path(key).display().to_string()
    }

    pub(crate) async fn unfinished(self: &Arc<Self>) -> Result<(u64, u64)> {
        let disk = Arc::clone(self);
        aside(move || {
            let folder = disk.root.join("tmp");
            count(&folder).map_err(|cause| Error::of_file(format!("listing {}", folder.display()), cause))
        })
        .await
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.root.join(key.to_string())
    }

    /// A new file, aside: it vanishes when it is dropped. Its lock tells every sweep that somebody writes it,
    /// whatever the clock says, and ends with the process that does.
    fn begin(&self, key: &Key) -> Result<NamedTempFile> {
        let failed = |cause| Error::of_file(writing(key), cause);
        let folder = self.root.join("tmp");
        // The error of a temporary file hides the system's number, which opening its folder tells again.
        let told = |cause| File::open(&folder).err().unwrap_or(cause);
        let file = NamedTempFile::new_in(&folder).map_err(|cause| failed(told(cause)))?;
        match file.as_file().try_lock() {
            // Some network file systems have no locks: there, the clock has to do.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
            Err(TryLockError::WouldBlock) => Err(failed(ErrorKind::WouldBlock.into())),
        }
    }

    /// Makes a written file durable and visible under its key.
    fn publish(&self, file: NamedTempFile, key: &Key) -> Result<()> {
        let target = self.path(key);
        let publish = || {
            file.as_file().sync_all()?;
            let folder = self.durable_folder(&target)?;
            file.persist(&target).map_err(|failure| failure.error)?;
            sync_folder(folder)
        };
        publish().map_err(|cause| Error::of_file(writing(key), cause))
    }

    /// The folder of an object, made where it is not there.
    fn durable_folder<'path>(&self, object: &'path Path) -> io::Result<&'path Path> {
        let folder = object.parent().unwrap_or(object);
        let known = || self.durable.lock().unwrap_or_else(PoisonError::into_inner);
        if !known().contains(folder) {
            // Also where it exists: who made it, a moment ago or in a process that died, may not have
            // brought it to the disk.
            make_folder(folder, &self.root)?;
            known().insert(folder.to_path_buf());
        }
        Ok(folder)
    }

    fn open_object(&self, key: &Key) -> Result<(File, u64)> {
        let open = || {
            let file = File::open(self.path(key))?;
            let size = file.metadata()?.len();
            Ok((file, size))
        };
        open().map_err(|cause: io::Error| match cause.kind() {
            ErrorKind::NotFound => Error::Missing(*key),
            _ => Error::of_file(reading(key), cause),
        })
    }

    fn open_range(&self, key: &Key, asked: &Range<u64>) -> Result<File> {
        let (file, size) = self.open_object(key)?;
        if asked.start > asked.end || asked.end > size {
            return Err(Error::Range { key: *key, asked: asked.clone(), size });
        }
        Ok(file)
    }

    fn list_shelf(&self, family: Family, shelf: u8) -> Result<Vec<Stored>> {
        let place = format!("{}/{shelf:02x}", family.letter());
        let look = || {
            let mut found = Vec::new();
            for entry in entries(&self.root.join(&place))? {
                let entry = entry?;
                let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
                let Ok(key) = format!("{place}/{name}").parse() else { continue };
                let Some(metadata) = if_there(entry.metadata())? else { continue };
                found.push(Stored { key, size: metadata.len(), modified: moment(metadata.modified()?) });
            }
            Ok(found)
        };
        look().map_err(|cause| Error::of_file(format!("listing `{place}`"), cause))
    }
}

impl Upload {
    pub(crate) fn begin(disk: &Arc<Disk>, key: &Key) -> Self {
        let (disk, key) = (Arc::clone(disk), *key);
        let step = {
            let disk = Arc::clone(&disk);
            spawn_blocking(move || disk.begin(&key))
        };
        Self { disk, key, step: Some(step), waiting: Vec::new(), waiting_length: 0 }
    }

    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.waiting_length += bytes.len();
        self.waiting.push(bytes);
        if self.waiting_length < STEP {
            return Ok(());
        }
        let file = self.file().await?;
        let (key, pieces) = (self.key, std::mem::take(&mut self.waiting));
        self.waiting_length = 0;
        self.step = Some(spawn_blocking(move || {
            write_all(file.as_file(), &pieces).map_err(|cause| Error::of_file(writing(&key), cause))?;
            Ok(file)
        }));
        Ok(())
    }

    pub(crate) async fn finish(mut self) -> Result<()> {
        let file = self.file().await?;
        aside(move || {
            write_all(file.as_file(), &self.waiting)
                .map_err(|cause| Error::of_file(writing(&self.key), cause))?;
            self.disk.publish(file, &self.key)
        })
        .await
    }

    pub(crate) async fn abort(mut self) -> Result<()> {
        match self.file().await {
            Ok(file) => aside(move || file.close().map_err(|cause| Error::of_file("giving up", cause))).await,
            Err(_) => Ok(()),
        }
    }

    /// The file, once the step under way is done with it.
    async fn file(&mut self) -> Result<NamedTempFile> {
        match self.step.take() {
            Some(step) => done(step).await,
            None => Err(Error::unavailable(writing(&self.key), "an earlier piece could not be written")),
        }
    }
}

/// Does what may wait for the disk on a thread that may wait.
async fn aside<T: Send + 'static>(act: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    done(spawn_blocking(act)).await
}

async fn done<T>(step: Step<T>) -> Result<T> {
    step.await.unwrap_or_else(|cause| Err(Error::unavailable("waiting for the disk", cause)))
}

fn read(file: &File, key: &Key, range: Range<u64>) -> Result<Bytes> {
    let read = || {
        let length = usize::try_from(range.end - range.start).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        file.read_exact_at(&mut bytes, range.start)?;
        Ok(bytes.into())
    };
    read().map_err(|cause| Error::of_file(reading(key), cause))
}

/// Writes all pieces at the end of the file, in as few calls as possible.
fn write_all(mut file: &File, pieces: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<_> =
        pieces.iter().filter(|piece| !piece.is_empty()).map(|p| IoSlice::new(p)).collect();
    let mut rest = &mut slices[..];
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => return Err(cause),
        }
    }
    Ok(())
}

/// Makes a folder with all above it, and brings the names below `root` that lead there to the disk.
fn make_folder(folder: &Path, root: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    folder.ancestors().skip(1).take_while(|above| above.starts_with(root)).try_for_each(sync_folder)
}

/// Brings the names in a folder to the disk.
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

fn remove_older(folder: &Path, before: Moment) -> io::Result<u64> {
    let mut removed = 0;
    for entry in entries(folder)? {
        let entry = entry?;
        let Some(metadata) = if_there(entry.metadata())? else { continue };
        if metadata.is_file() && moment(metadata.modified()?) < before && !is_being_written(&entry.path())? {
            if_there(fs::remove_file(entry.path()))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Whether a process still holds the file: a clock that jumped makes every file look old.
fn is_being_written(file: &Path) -> io::Result<bool> {
    let Some(file) = if_there(File::open(file))? else { return Ok(false) };
    Ok(matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// How many files there are, and how many bytes.
fn count(folder: &Path) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in entries(folder)? {
        let Some(metadata) = if_there(entry?.metadata())? else { continue };
        files += 1;
        bytes += metadata.len();
    }
    Ok((files, bytes))
}

/// What lies in a folder; nothing when nobody made it yet.
fn entries(folder: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    Ok(if_there(fs::read_dir(folder))?.into_iter().flatten())
}

/// None for what somebody else removed in the meantime.
fn if_there<T>(found: io::Result<T>) -> io::Result<Option<T>> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(cause),
    }
}

fn moment(time: SystemTime) -> Moment {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(0) + since
}

fn reading(key: &Key) -> String {
    format!("reading `{key}`")
}

fn writing(key: &Key) -> String {
    format!("writing `{key}`")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    /// Linux answers every write to `/dev/full` as a full disk does.
    #[tokio::test]
    async fn a_full_disk_is_told_as_such_and_nothing_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(Disk::open(folder.path()).await.unwrap());
        for (pieces, length) in [(1, 10), (1, 3 * STEP), (9, STEP), (900, 10_000)] {
            let key = Key::Xorb(Uuid::now_v7());
            let answer = fill(&disk, &key, pieces, length).await;
            assert!(matches!(answer, Err(Error::Full)), "{pieces} pieces of {length} bytes: {answer:?}");
            assert_eq!(disk.size(&key).await.unwrap(), None);
            assert_eq!(fs::read_dir(folder.path().join("tmp")).unwrap().count(), 0);
        }
    }

    async fn fill(disk: &Arc<Disk>, key: &Key, pieces: usize, length: usize) -> Result<()> {
        let mut upload = Upload::begin(disk, key);
        let (_, path) = upload.file().await?.into_parts();
        let full = File::options().write(true).open("/dev/full").unwrap();
        upload.step = Some(spawn_blocking(move || Ok(NamedTempFile::from_parts(full, path))));
        for _ in 0..pieces {
            upload.write(vec![0; length].into()).await?;
        }
        upload.finish().await
    }

    #[tokio::test]
    async fn an_upload_that_failed_once_cannot_be_finished() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Arc::new(Disk::open(folder.path()).await.unwrap());
        let mut upload = Upload::begin(&disk, &Key::Xorb(Uuid::now_v7()));
        let (_, path) = upload.file().await.unwrap().into_parts();
        let full = File::options().write(true).open("/dev/full").unwrap();
        upload.step = Some(spawn_blocking(move || Ok(NamedTempFile::from_parts(full, path))));
        upload.write(vec![0; STEP].into()).await.unwrap();
        assert!(matches!(upload.write(vec![0; STEP].into()).await, Err(Error::Full)));
        assert!(matches!(upload.write(vec![0; STEP].into()).await, Err(Error::Unavailable { .. })));
        assert!(matches!(upload.finish().await, Err(Error::Unavailable { .. })));
    }

    #[test]
    fn many_pieces_are_written_in_their_order() {
        let mut file = tempfile::tempfile().unwrap();
        // More than the 1024 that the kernel takes in one call.
        let pieces: Vec<Bytes> =
            (0..5000_u32).map(|at| Bytes::from(format!("{at} ").repeat(at as usize % 3))).collect();
        write_all(&file, &pieces).unwrap();
        let mut found = Vec::new();
        io::Seek::rewind(&mut file).unwrap();
        io::Read::read_to_end(&mut file, &mut found).unwrap();
        assert!(found == pieces.concat());
    }
}
