//! Lists a folder: every file below it, with bounds on their number and on depth.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use limpide_formats::pointer;
use limpide_openness::{Content, Trouble};
use limpide_words::Sha256;
use rustix::fs::{AtFlags, Dir, FileType, statat};

use super::bounds::Bounds;
use crate::names::readable;

/// A file as it was found.
#[derive(Debug)]
pub(super) struct Entry {
    /// Where it lies within the bounds.
    pub(super) place: PathBuf,
    pub(super) size: u64,
    pub(super) sha256: Option<Sha256>,
    pub(super) content: Content,
}

/// More files than any repository should have; the Hub asks for fewer than 100 000.
const MOST_FILES: usize = 200_000;

/// Folders within folders, as in `FilePath`.
const DEEPEST: usize = 256;

/// Every file below the folder, by its readable path. What git and the Hugging Face clients keep for themselves is left out.
pub(super) fn list(bounds: &Bounds) -> Result<BTreeMap<String, Entry>, Trouble> {
    let mut entries = BTreeMap::new();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let shown = if folder.as_os_str().is_empty() { ".".into() } else { shown(&folder) };
        let cannot =
            |why: String| Trouble::Unreachable(format!("the folder `{shown}` cannot be listed: {why}"));
        if folder.components().count() > DEEPEST {
            return Err(cannot(format!("it lies more than {DEEPEST} folders deep")));
        }
        match list_one(bounds, &folder, &mut entries, &mut folders) {
            Ok(()) => {}
            // It was removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound && !folder.as_os_str().is_empty() => {}
            Err(error) => return Err(cannot(error.to_string())),
        }
        if entries.len() + folders.len() > MOST_FILES {
            return Err(Trouble::Unreachable(format!(
                "there are more than {MOST_FILES} files; audit a folder with less in it"
            )));
        }
    }
    Ok(entries)
}

/// Adds what lies directly in a folder.
fn list_one(
    bounds: &Bounds,
    folder: &Path,
    entries: &mut BTreeMap<String, Entry>,
    folders: &mut Vec<PathBuf>,
) -> io::Result<()> {
    let open = bounds.folder(&bounds.place(folder))?;
    for found in Dir::read_from(&open)? {
        let found = found?;
        let name = OsStr::from_bytes(found.file_name().to_bytes());
        let path = folder.join(name);
        if matches!(name.as_bytes(), b"." | b"..") || is_private(&path) {
            continue;
        }
        match entry(bounds, open.as_fd(), &path) {
            Ok(Some(entry)) => _ = entries.insert(shown(&path), entry),
            Ok(None) => folders.push(path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        // One folder alone may hold millions.
        if entries.len() + folders.len() > MOST_FILES {
            break;
        }
    }
    Ok(())
}

/// What git and the clients keep beside the files: `.git` (a folder, or a file in a worktree or submodule), and
/// what `hf download --local-dir` notes.
fn is_private(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == ".git") || path == Path::new(".cache/huggingface")
}

/// A file; none for a folder.
fn entry(bounds: &Bounds, folder: BorrowedFd<'_>, path: &Path) -> io::Result<Option<Entry>> {
    let status = statat(folder, path.file_name().unwrap_or_default(), AtFlags::SYMLINK_NOFOLLOW)?;
    let place = bounds.place(path);
    let skipped = |place| Entry { place, size: 0, sha256: None, content: Content::Skipped };
    Ok(match FileType::from_raw_mode(status.st_mode) {
        FileType::Directory => None,
        FileType::RegularFile => {
            Some(regular(bounds, place, u64::try_from(status.st_size).unwrap_or_default()))
        }
        FileType::Symlink => Some(match bounds.followed(&place) {
            Some((place, size)) => regular(bounds, place, size),
            None => skipped(place),
        }),
        _ => Some(skipped(place)),
    })
}

/// A file, or what it points to.
fn regular(bounds: &Bounds, place: PathBuf, size: u64) -> Entry {
    match pointed(bounds, &place, size) {
        Some((sha256, size)) => Entry { place, size, sha256: Some(sha256), content: Content::NotFetched },
        None => Entry { place, size, sha256: None, content: Content::Here },
    }
}

/// What a file points to, if it is an LFS pointer. One that cannot be read says so when it is read.
fn pointed(bounds: &Bounds, place: &Path, size: u64) -> Option<(Sha256, u64)> {
    let length = usize::try_from(size).ok().filter(|length| (1..=pointer::LONGEST).contains(length))?;
    let mut bytes = [0; pointer::LONGEST];
    bounds.file(place).ok()?.read_exact_at(&mut bytes[..length], 0).ok()?;
    pointer::read(&bytes[..length])
}

fn shown(path: &Path) -> String {
    readable(path.as_os_str().as_bytes())
}
