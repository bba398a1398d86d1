//! What a repository elsewhere holds today: its newest commit, without history. Its files are read as objects and never
//! written out, so that no name, link, filter or hook of theirs does anything on this machine.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use bytes::Bytes;
use limpide_words::ObjectId;
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::sync::Mutex;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use crate::error::{Error, Result};
use crate::incoming::{MOST_MEMORY, ObjectReader, pipe};
use crate::mirror::CONFIG;
use crate::program::{complaint, end, git, spawn};

/// Where to fetch from, and how much at most.
#[derive(Debug, Clone)]
pub struct Place {
    /// An address that begins with `http://` or `https://`. Git follows no redirect from it.
    pub address: String,
    /// The machine that answers there, as `host:port:ip`: git asks no other, whatever names come to stand for meanwhile.
    pub machine: Option<String>,
    /// Bytes on the disk.
    pub most: u64,
    /// How long it may take.
    pub patience: Duration,
}

/// A copy of the newest commit, gone when this is dropped.
#[derive(Debug)]
pub struct Elsewhere {
    folder: TempDir,
    commit: ObjectId,
    reader: Mutex<ObjectReader>,
}

/// A file of the commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeFile {
    /// Its path, which may be anything.
    pub path: Vec<u8>,
    /// The blob that it is.
    pub id: ObjectId,
    /// Its size; none when it is larger than what is fetched.
    pub size: Option<u64>,
    /// Whether it is a symbolic link.
    pub is_link: bool,
}

/// Blobs from this size on are not fetched.
const LARGE: &str = "blob:limit=1m";

/// How often it is looked at how much has come.
const LOOK: Duration = Duration::from_millis(250);

/// The list of files may be so long.
const LONGEST_LIST: u64 = 64 << 20;

/// The variables by which people tell programs how to reach the network; curl reads them.
const WAYS: [&str; 8] = [
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "no_proxy",
    "NO_PROXY",
    "GIT_SSL_CAINFO",
];

impl Elsewhere {
    /// Fetches the newest commit of the branch that the repository shows first.
    ///
    /// # Errors
    /// `Failed` when git says that it cannot, or when there is more than the place allows.
    pub async fn fetch(place: &Place) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("limpide-").tempdir()?;
        clone(folder.path(), place).await?;
        if size(folder.path()) > place.most {
            return Err(Error::Failed { act: "clone", complaint: too_large(place.most) });
        }
        // From here on it knows of no other machine: what was not fetched is missing, and nobody asks for it.
        fs::write(folder.path().join("config"), CONFIG)?;
        let commit = head(folder.path()).await?;
        let reader = Mutex::new(ObjectReader::of(git(folder.path()))?);
        Ok(Self { folder, commit, reader })
    }

    /// The commit.
    pub fn commit(&self) -> ObjectId {
        self.commit
    }

    /// Its files. What it only refers to, as submodules, is left out.
    ///
    /// # Errors
    /// When git fails, or lists more than is read.
    pub async fn files(&self) -> Result<Vec<TreeFile>> {
        let mut command = git(self.folder.path());
        command.args(["ls-tree", "-r", "-z", "-l", "--full-tree"]).arg(self.commit.to_string());
        let list = said("ls-tree", &mut command).await?;
        Ok(list.split(|byte| *byte == 0).filter_map(tree_file).collect())
    }

    /// The bytes of a file; none when it was not fetched. The caller knows that they fit into memory.
    ///
    /// # Errors
    /// When git fails.
    pub async fn read(&self, id: ObjectId) -> Result<Option<Bytes>> {
        let mut found = self.reader.lock().await.read(&[id]).await?;
        Ok(found.pop().flatten().map(|(_, bytes)| bytes))
    }
}

/// `git clone`, watched.
async fn clone(folder: &Path, place: &Place) -> Result<()> {
    let mut command = git(folder);
    for (name, value) in WAYS.iter().filter_map(|name| Some((name, std::env::var_os(name)?))) {
        command.env(name, value);
    }
    command.env("GIT_ALLOW_PROTOCOL", "http:https").env("GIT_ALLOC_LIMIT", MOST_MEMORY);
    command.args(["-c", "http.followRedirects=false", "-c", "fetch.unpackLimit=1"]);
    if let Some(machine) = &place.machine {
        command.arg("-c").arg(format!("http.curloptResolve={machine}"));
    }
    command
        .args(["clone", "--quiet", "--bare", "--depth=1", "--single-branch", "--no-tags", "--template="])
        .arg(format!("--filter={LARGE}"))
        .args(["--", &place.address, "."]);
    let mut child = spawn(&mut command)?;
    let words = complaint(child.stderr.take());
    let whole = async {
        let words = words.await;
        if child.wait().await?.success() { Ok(()) } else { Err(Error::complaint("clone", &words)) }
    };
    tokio::select! {
        done = whole => done,
        why = too_much(folder, place) => Err(Error::Failed { act: "clone", complaint: why }),
    }
}

/// Waits until the copy has become too large or has taken too long, and says which.
async fn too_much(folder: &Path, place: &Place) -> String {
    let begun = Instant::now();
    let mut looks = interval_at(begun + LOOK, LOOK);
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        looks.tick().await;
        if begun.elapsed() >= place.patience {
            return format!("it takes longer than {} s", place.patience.as_secs());
        }
        if size(folder) > place.most {
            return too_large(place.most);
        }
    }
}

fn too_large(most: u64) -> String {
    format!("it is larger than {} MiB", most >> 20)
}

/// The bytes of the files below a folder that git writes to meanwhile.
fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let size_of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.filter_map(std::result::Result::ok).map(size_of).fold(0, u64::saturating_add)
}

async fn head(folder: &Path) -> Result<ObjectId> {
    let said =
        said("rev-parse", git(folder).args(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"])).await;
    let line = said.map_err(|_| empty())?;
    String::from_utf8_lossy(&line).trim().parse().map_err(|_| empty())
}

fn empty() -> Error {
    Error::Failed { act: "rev-parse", complaint: "the repository holds no commit".to_owned() }
}

/// What git prints.
async fn said(act: &'static str, command: &mut tokio::process::Command) -> Result<Vec<u8>> {
    let mut child = spawn(command.stdout(Stdio::piped()))?;
    let mut said = Vec::new();
    let mut output = pipe(child.stdout.take())?.take(LONGEST_LIST + 1);
    output.read_to_end(&mut said).await?;
    if said.len() as u64 > LONGEST_LIST {
        return Err(Error::Failed { act, complaint: "it has more files than are looked at".to_owned() });
    }
    end(act, &mut child).await?;
    Ok(said)
}

/// `<mode> <kind> <id> <size>\t<path>`; the size is `BAD` for a blob that is not there.
fn tree_file(line: &[u8]) -> Option<TreeFile> {
    let tab = line.iter().position(|byte| *byte == b'\t')?;
    let (head, path) = (std::str::from_utf8(&line[..tab]).ok()?, &line[tab + 1..]);
    let mut words = head.split_ascii_whitespace();
    let (mode, kind, id, size) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if kind != "blob" {
        return None;
    }
    Some(TreeFile {
        path: path.to_vec(),
        id: id.parse().ok()?,
        size: size.parse().ok(),
        is_link: mode == "120000",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_tree_is_read_whatever_the_name() {
        let id = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
        let read = |line: &str| tree_file(line.as_bytes()).map(|file| (file.path, file.size, file.is_link));
        let name = b"a\tb".to_vec();
        assert_eq!(read(&format!("100644 blob {id}      12\ta\tb")), Some((name.clone(), Some(12), false)));
        assert_eq!(read(&format!("120000 blob {id}     BAD\ta\tb")), Some((name, None, true)));
        assert_eq!(read(&format!("160000 commit {id}       -\tmodule")), None);
    }

    proptest::proptest! {
        #[test]
        fn any_line_is_read_without_panic(line: Vec<u8>) {
            let _ = tree_file(&line);
        }
    }
}
