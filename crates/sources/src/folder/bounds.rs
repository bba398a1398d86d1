//! What may be opened: what lies in the folder, and for a snapshot of the clients' cache the blobs that it is made of.
//! The kernel keeps the bounds and follows no link (`openat2`, Linux 5.6), so that nothing that changes meanwhile
//! leads out of them.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStringExt;
use std::path::{Component, Path, PathBuf};

use limpide_openness::Trouble;
use limpide_words::{Kind, ObjectId, RepoId};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2, readlinkat};

/// A folder that nothing is opened outside of.
#[derive(Debug)]
pub(super) struct Bounds {
    root: OwnedFd,
    /// Where, below the root, the files lie.
    inside: PathBuf,
    /// For a snapshot: the repository's folder, below the root, which then is the clients' cache.
    repository: Option<PathBuf>,
}

/// A snapshot in the cache of the Hugging Face clients.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) kind: Kind,
    pub(super) repository: RepoId,
    pub(super) commit: ObjectId,
}

/// In the cache, and in each repository's folder of it: where contents lie.
const BLOBS: &str = "blobs";

/// The bounds of a folder, and what its place tells of it.
///
/// # Errors
/// When there is no such folder.
pub(super) fn around(path: &Path) -> Result<(Bounds, Option<Snapshot>), Trouble> {
    let cannot = |error: io::Error| {
        Trouble::Unreachable(format!("the folder `{}` cannot be opened: {error}", path.display()))
    };
    let path = path.canonicalize().map_err(cannot)?;
    let (root, repository, snapshot) = match snapshot(&path) {
        Some((cache, repository, snapshot)) => (cache, Some(repository), Some(snapshot)),
        None => (path.as_path(), None, None),
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let opened = openat2(CWD, root, flags, Mode::empty(), ResolveFlags::empty());
    let inside = path.strip_prefix(root).unwrap_or(Path::new("")).to_path_buf();
    let root = opened.map_err(|error| cannot(error.into()))?;
    Ok((Bounds { root, inside, repository }, snapshot))
}

/// `models--ada--tiny/snapshots/<commit>` with `blobs` beside: the cache, the repository's folder in it, and what both say.
fn snapshot(path: &Path) -> Option<(&Path, PathBuf, Snapshot)> {
    let commit = path.file_name()?.to_str()?.parse().ok()?;
    let snapshots = path.parent()?;
    let folder = snapshots.parent().filter(|folder| folder.join(BLOBS).is_dir())?;
    let name = folder.file_name()?.to_str()?;
    let mut parts = name.split("--");
    let kind = Kind::from_plural(parts.next()?)?;
    let repository = format!("{}/{}", parts.next()?, parts.next()?).parse().ok()?;
    let ours = snapshots.file_name()? == "snapshots" && parts.next().is_none();
    ours.then_some((folder.parent()?, PathBuf::from(name), Snapshot { kind, repository, commit }))
}

impl Bounds {
    /// Where a path of the folder lies, below the root.
    pub(super) fn place(&self, path: &Path) -> PathBuf {
        let place = self.inside.join(path);
        if place.as_os_str().is_empty() { PathBuf::from(".") } else { place }
    }

    /// A folder, to be listed.
    pub(super) fn folder(&self, place: &Path) -> io::Result<OwnedFd> {
        self.open(place, OFlags::RDONLY | OFlags::DIRECTORY)
    }

    /// A file, to be read.
    pub(super) fn file(&self, place: &Path) -> io::Result<File> {
        // If a pipe has taken the file's place, opening it must not wait for a writer.
        let file = File::from(self.open(place, OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY)?);
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::other("it is not a file any more")),
        }
    }

    /// The file that a link of a snapshot stands for, and its size. It leads to one of the repository's own blobs, which may
    /// in turn be a link to a content that several repositories share; any other link leads nowhere.
    pub(super) fn followed(&self, link: &Path) -> Option<(PathBuf, u64)> {
        let own = self.target(link)?;
        if !own.starts_with(self.repository.as_ref()?.join(BLOBS)) {
            return None;
        }
        if let Some(size) = self.size(&own) {
            return Some((own, size));
        }
        let shared = self.target(&own).filter(|shared| shared.starts_with(BLOBS))?;
        let size = self.size(&shared)?;
        Some((shared, size))
    }

    /// Where a link leads, as long as that is below the root.
    fn target(&self, link: &Path) -> Option<PathBuf> {
        let opened = self.open(link, OFlags::PATH | OFlags::NOFOLLOW).ok()?;
        let target = readlinkat(&opened, "", Vec::new()).ok()?.into_bytes();
        let mut place = link.parent()?.to_path_buf();
        for part in Path::new(&OsString::from_vec(target)).components() {
            match part {
                Component::Normal(name) => place.push(name),
                Component::ParentDir => place.pop().then_some(())?,
                Component::CurDir => {}
                Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        Some(place)
    }

    /// The size of a file, which is not opened for it.
    fn size(&self, place: &Path) -> Option<u64> {
        let metadata = File::from(self.open(place, OFlags::PATH).ok()?).metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    fn open(&self, place: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        Ok(openat2(&self.root, place, flags | OFlags::CLOEXEC, Mode::empty(), resolve)?)
    }
}
