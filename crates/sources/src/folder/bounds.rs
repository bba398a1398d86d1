//! What may be opened: the folder, and around a snapshot of the clients' cache the repository's part of that cache.
//! The kernel keeps the bounds (`openat2`, Linux 5.6), so that nothing that changes meanwhile leads out of them.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use limpide_openness::Trouble;
use limpide_words::{Kind, ObjectId, RepoId};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat2};

/// A folder that nothing is opened outside of.
#[derive(Debug)]
pub(super) struct Bounds {
    root: OwnedFd,
    /// Where, below the root, the files lie.
    inside: PathBuf,
    /// How paths are resolved.
    resolve: ResolveFlags,
}

/// A snapshot in the cache of the Hugging Face clients.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) kind: Kind,
    pub(super) repository: RepoId,
    pub(super) commit: ObjectId,
}

/// The bounds of a folder, and what its place tells of it.
///
/// # Errors
/// When there is no such folder.
pub(super) fn around(path: &Path) -> Result<(Bounds, Option<Snapshot>), Trouble> {
    let cannot = |error: io::Error| {
        Trouble::Unreachable(format!("the folder `{}` cannot be opened: {error}", path.display()))
    };
    let path = path.canonicalize().map_err(cannot)?;
    let (root, inside, snapshot) = match snapshot(&path) {
        Some((cache, inside, snapshot)) => (cache, inside, Some(snapshot)),
        None => (path.as_path(), PathBuf::new(), None),
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let fd = openat2(CWD, root, flags, Mode::empty(), ResolveFlags::empty())
        .map_err(|error| cannot(error.into()))?;
    let links = if snapshot.is_some() { ResolveFlags::NO_MAGICLINKS } else { ResolveFlags::NO_SYMLINKS };
    Ok((Bounds { root: fd, inside, resolve: ResolveFlags::BENEATH | links }, snapshot))
}

/// `models--ada--tiny/snapshots/<commit>` with `blobs` beside: the cache's folder, the rest, and what both say.
fn snapshot(path: &Path) -> Option<(&Path, PathBuf, Snapshot)> {
    let commit = path.file_name()?.to_str()?.parse().ok()?;
    let snapshots = path.parent()?;
    let cache = snapshots.parent().filter(|cache| cache.join("blobs").is_dir())?;
    let mut parts = cache.file_name()?.to_str()?.split("--");
    let kind = Kind::from_plural(parts.next()?)?;
    let repository = format!("{}/{}", parts.next()?, parts.next()?).parse().ok()?;
    let inside = path.strip_prefix(cache).ok()?.to_path_buf();
    let ours = snapshots.file_name()? == "snapshots" && parts.next().is_none();
    ours.then_some((cache, inside, Snapshot { kind, repository, commit }))
}

impl Bounds {
    /// Whether links are followed at all.
    pub(super) fn follows_links(&self) -> bool {
        !self.resolve.contains(ResolveFlags::NO_SYMLINKS)
    }

    /// A folder below, to be listed; never through a link.
    pub(super) fn folder(&self, place: &Path) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(openat2(
            &self.root,
            self.below(place),
            flags,
            Mode::empty(),
            self.resolve | ResolveFlags::NO_SYMLINKS,
        )?)
    }

    /// A file below, to be read.
    pub(super) fn file(&self, place: &Path) -> io::Result<File> {
        // If a pipe has taken the file's place, opening it must not wait for a writer.
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = File::from(openat2(&self.root, self.below(place), flags, Mode::empty(), self.resolve)?);
        match file.metadata()?.is_file() {
            true => Ok(file),
            false => Err(io::Error::other("it is not a file any more")),
        }
    }

    /// The size of the file that a link leads to, when it leads to one within the bounds. Nothing is opened for it.
    pub(super) fn linked(&self, place: &Path) -> Option<u64> {
        let flags = OFlags::PATH | OFlags::CLOEXEC;
        let file = openat2(&self.root, self.below(place), flags, Mode::empty(), self.resolve).ok()?;
        let metadata = File::from(file).metadata().ok()?;
        metadata.is_file().then_some(metadata.len())
    }

    fn below(&self, place: &Path) -> PathBuf {
        let path = self.inside.join(place);
        if path.as_os_str().is_empty() { PathBuf::from(".") } else { path }
    }
}
