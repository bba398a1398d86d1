//! A folder on this machine's disk: what lies in it, and the hashes of its files.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, Result, bail};
use limpide_signing::{Algorithm, Digest, Entry, Listed};
use rustix::fs::OFlags;
use sha2::Digest as _;

use crate::progress::Progress;

/// How much of a file is read at once.
const PIECE: usize = 1 << 20;

/// Folders within folders, and things in a folder: far beyond any model.
const DEEPEST: usize = 256;
const MOST: usize = 2_000_000;

/// What lies in a folder.
pub(super) struct Folder {
    root: PathBuf,
    entries: Vec<Listed>,
    sizes: HashMap<String, u64>,
}

impl Folder {
    /// Lists a folder and all folders below. Links are listed and not followed.
    pub(super) fn open(root: &Path) -> Result<Self> {
        if !root.is_dir() {
            bail!("there is no folder `{}`", root.display());
        }
        let mut folder = Self { root: root.to_owned(), entries: Vec::new(), sizes: HashMap::new() };
        let mut waiting = vec![(String::new(), 0)];
        while let Some((path, depth)) = waiting.pop() {
            for below in folder.list(&path)? {
                if depth == DEEPEST {
                    bail!("`{below}` lies more than {DEEPEST} folders deep");
                }
                waiting.push((below, depth + 1));
            }
        }
        folder.entries.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(folder)
    }

    /// Lists one folder; gives the folders in it.
    fn list(&mut self, path: &str) -> Result<Vec<String>> {
        let place = self.root.join(path);
        let cannot = || format!("the folder `{}` cannot be listed", place.display());
        let mut folders = Vec::new();
        for entry in std::fs::read_dir(&place).with_context(cannot)? {
            let entry = entry.with_context(cannot)?;
            let (name, kind) = (entry.file_name(), entry.file_type().with_context(cannot)?);
            let Some(name) = name.to_str() else {
                bail!("the name of `{}` is no text in UTF-8; give it another", entry.path().display());
            };
            let path = if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
            if kind.is_dir() {
                folders.push(path);
                continue;
            }
            let metadata = std::fs::metadata(entry.path()).ok().filter(std::fs::Metadata::is_file);
            let kind = match &metadata {
                Some(_) if kind.is_symlink() => Entry::Link,
                Some(_) => Entry::File,
                None => Entry::Other,
            };
            self.sizes.insert(path.clone(), metadata.map_or(0, |metadata| metadata.len()));
            self.entries.push(Listed { path, entry: kind });
            if self.entries.len() > MOST {
                bail!("`{}` holds more than {MOST} files", self.root.display());
            }
        }
        Ok(folders)
    }

    /// What lies in it, by path.
    pub(super) fn entries(&self) -> &[Listed] {
        &self.entries
    }

    /// The bytes of these files.
    pub(super) fn bytes<'path>(&self, paths: impl Iterator<Item = &'path str>) -> u64 {
        paths.filter_map(|path| self.sizes.get(path)).fold(0, |sum, size| sum.saturating_add(*size))
    }

    /// The hash of each of these files, with all processors. A file that is not there any more has none.
    pub(super) fn hash<'path>(
        &self,
        paths: impl Iterator<Item = &'path str>,
        algorithm: Algorithm,
        follows_links: bool,
    ) -> Result<HashMap<String, Digest>> {
        let mut waiting: Vec<&str> = paths.collect();
        // The largest are taken first: none of them is begun when all others are done.
        waiting.sort_by_key(|path| self.sizes.get(*path));
        let progress = Progress::new("hashed", self.bytes(waiting.iter().copied()));
        let waiting = Mutex::new(waiting);
        let work = || {
            let mut hashed = Vec::new();
            while let Some(path) = waiting.lock().ok().and_then(|mut waiting| waiting.pop()) {
                let file = open(&self.root.join(path), follows_links);
                match file.and_then(|file| digest(file, algorithm, &progress)) {
                    Ok(digest) => hashed.push((path.to_owned(), digest)),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error).with_context(|| format!("`{path}` cannot be read")),
                }
            }
            Ok(hashed)
        };
        let all: Vec<Result<Vec<(String, Digest)>>> = thread::scope(|scope| {
            let workers = thread::available_parallelism().map_or(1, usize::from);
            let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
            workers.into_iter().filter_map(|worker| worker.join().ok()).collect()
        });
        Ok(all.into_iter().collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// A file that may be anything, such as a signature that came with a model: at most so many bytes, and one more where there
/// are more.
pub(super) fn read(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path, true)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a file. A link or a pipe that has taken its place since it was listed is not followed, nor waited for.
fn open(path: &Path, follows_links: bool) -> io::Result<File> {
    let mut flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    if !follows_links {
        flags |= OFlags::NOFOLLOW;
    }
    let file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is not a file any more")),
    }
}

fn digest(file: File, algorithm: Algorithm, progress: &Progress) -> io::Result<Digest> {
    match algorithm {
        Algorithm::Sha256 => {
            let mut hasher = sha2::Sha256::new();
            pieces(file, progress, |piece| hasher.update(piece))?;
            Ok(Digest(hasher.finalize().into()))
        }
        Algorithm::Blake3 => {
            let mut hasher = blake3::Hasher::new();
            pieces(file, progress, |piece| _ = hasher.update(piece))?;
            Ok(Digest(hasher.finalize().into()))
        }
    }
}

fn pieces(mut file: File, progress: &Progress, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut piece = vec![0; PIECE];
    loop {
        let read = match file.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        take(&piece[..read]);
        progress.add(read as u64);
    }
}
