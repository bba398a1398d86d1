//! A bare repository that follows one of the hub's: how it is made and brought up to date.

use std::io;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use limpide_words::{ObjectId, RefName};
use tokio::fs;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin};
use tokio::sync::{Mutex, MutexGuard};

use crate::error::{Error, Result};
use crate::incoming::Incoming;
use crate::pack::{ObjectKind, Writer};
use crate::program::{end, git, run, spawn};

/// Where a mirror says how far it has come. Written last: what came after it is only asked for again.
const KNOWN: &str = "limpide-known";

/// Where a mirror says how far it had come when all of it was put into one pack.
const PACKED: &str = "limpide-packed";

/// An empty file that tells by its time when a mirror was used last.
pub(crate) const USED: &str = "limpide-used";

/// What git is told for every repository of ours.
///
/// Partial clones fetch what they lack by its id. Deltas of large files cost much memory and gain little; several
/// clients at a time share the processors.
pub(crate) const CONFIG: &str = "\
[core]
\trepositoryformatversion = 0
\tbare = true
\tbigFileThreshold = 2m
[uploadpack]
\tallowFilter = true
\tallowReachableSHA1InWant = true
[pack]
\tthreads = 1
\twindowMemory = 64m
[gc]
\tauto = 0
";

/// Where objects lie, and packs among them.
pub(crate) const OBJECTS: &str = "objects";
pub(crate) const PACKS: &str = "objects/pack";

/// From so many objects on, all of a mirror is put into one pack once half of it is new.
const MANY: i64 = 1000;

/// How the files begin that git has not finished.
const LEFTOVERS: [&[u8]; 2] = [b"tmp_", b".tmp-"];

/// More packs than this are joined: git looks for an object in each.
const MOST_PACKS: usize = 32;

/// A bare repository on this machine's disk.
#[derive(Debug)]
pub struct Mirror {
    folder: PathBuf,
    /// Taken by whoever brings it up to date; readers need no turn.
    turn: Mutex<()>,
    /// Taken by whoever puts it into one pack.
    packing: Mutex<()>,
}

/// A branch, a tag or another ref, and the object it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ref {
    /// Its full name.
    pub name: RefName,
    /// A commit, or an annotated tag.
    pub target: ObjectId,
}

/// A mirror that is being brought up to date; others who want to do the same wait.
#[derive(Debug)]
pub struct Update<'a> {
    mirror: &'a Mirror,
    known: i64,
    _turn: MutexGuard<'a, ()>,
}

/// Objects on their way into a mirror.
pub struct PackWriter<'a> {
    folder: &'a Path,
    known: &'a mut i64,
    child: Child,
    input: ChildStdin,
    writer: Writer,
}

impl Mirror {
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder, turn: Mutex::default(), packing: Mutex::default() }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Begins to bring the mirror up to date; makes it first when it is not there.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn update(&self) -> Result<Update<'_>> {
        let turn = self.turn.lock().await;
        if !fs::try_exists(self.folder.join("HEAD")).await? {
            self.make().await?;
        }
        let known = self.number(KNOWN).await?;
        Ok(Update { mirror: self, known, _turn: turn })
    }

    /// Puts everything into one pack with a bitmap, when much has come since that was done: git then knows what a clone
    /// needs without a walk through history. Meanwhile the mirror is as good to read and to bring up to date as ever.
    ///
    /// # Errors
    /// When git fails; the mirror is as good as before.
    pub async fn pack_as_one(&self) -> Result<()> {
        let Ok(_alone) = self.packing.try_lock() else { return Ok(()) };
        let (known, packed) = (self.number(KNOWN).await?, self.number(PACKED).await?);
        if known < MANY || known / 2 < packed {
            return Ok(());
        }
        // What no ref leads to stays: objects come before the commits that name them.
        let words = ["repack", "-a", "-d", "-q", "--keep-unreachable", "--write-bitmap-index"];
        run("repack", git(&self.folder).args(words)).await?;
        write_whole(&self.folder.join(PACKED), known.to_string().as_bytes()).await
    }

    /// A number that a file of ours holds; 0 when there is none.
    async fn number(&self, file: &str) -> Result<i64> {
        match fs::read_to_string(self.folder.join(file)).await {
            Ok(text) => Ok(text.trim().parse().unwrap_or(0)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error.into()),
        }
    }

    async fn make(&self) -> Result<()> {
        let folder = self.folder.clone();
        let make = move || {
            std::fs::create_dir_all(&folder)?;
            std::fs::write(folder.join(USED), b"")?;
            make_bare(&folder)
        };
        tokio::task::spawn_blocking(make).await.map_err(io::Error::other)?
    }
}

/// Makes a repository without objects and refs. The head comes last: without it, git sees no repository here, and
/// neither do we.
pub(crate) fn make_bare(folder: &Path) -> Result<()> {
    for inner in [PACKS, "objects/info", "refs"] {
        std::fs::create_dir_all(folder.join(inner))?;
    }
    std::fs::write(folder.join("config"), CONFIG)?;
    std::fs::write(folder.join("HEAD"), b"ref: refs/heads/main\n")?;
    Ok(())
}

impl Update<'_> {
    /// How far the mirror has come: the number given to [`PackWriter::finish`] last, 0 for a new mirror.
    pub fn known(&self) -> i64 {
        self.known
    }

    /// Begins to add so many objects.
    ///
    /// # Errors
    /// When git cannot be run.
    pub async fn pack(&mut self, objects: u32) -> Result<PackWriter<'_>> {
        let folder = self.mirror.folder();
        if let Ok(_alone) = self.mirror.packing.try_lock() {
            remove_leftovers(&folder.join(PACKS)).await?;
        }
        let mut command = git(folder);
        command.args(["index-pack", "--stdin", "--threads=2"]).stdin(std::process::Stdio::piped());
        let mut child = spawn(&mut command)?;
        let (writer, head) = Writer::begin(objects);
        let input = child.stdin.take().ok_or_else(|| io::Error::from(io::ErrorKind::BrokenPipe))?;
        let mut pack = PackWriter { folder, known: &mut self.known, child, input, writer };
        pack.send(&head).await?;
        Ok(pack)
    }

    /// Takes over what was pushed, which is all that the mirror lacked up to this number. Clients have packed it well.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn take_over(&mut self, incoming: &Incoming, until: i64) -> Result<()> {
        let folder = self.mirror.folder();
        let mut files = Vec::new();
        let mut entries = fs::read_dir(incoming.folder().join(PACKS)).await?;
        while let Some(entry) = entries.next_entry().await? {
            files.push(entry.file_name());
        }
        // Git finds a pack by its index: that comes last.
        files.sort_by_key(|name| Path::new(name).extension().is_some_and(|extension| extension == "idx"));
        for name in files {
            fs::rename(incoming.folder().join(PACKS).join(&name), folder.join(PACKS).join(&name)).await?;
        }
        write_whole(&folder.join(KNOWN), until.to_string().as_bytes()).await?;
        self.known = until;
        Ok(())
    }

    /// Lets the mirror have these refs and no others, all at once.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn set_refs(&self, refs: &[Ref]) -> Result<()> {
        let mut sorted: Vec<&Ref> = refs.iter().collect();
        sorted.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
        let mut text = String::from("# pack-refs with: sorted \n");
        for Ref { name, target } in sorted {
            text += &format!("{target} {name}\n");
        }
        let path = self.mirror.folder.join("packed-refs");
        match fs::read(&path).await {
            Ok(before) if before == text.as_bytes() => Ok(()),
            _ => write_whole(&path, text.as_bytes()).await,
        }
    }

    /// Joins packs when there are many.
    ///
    /// # Errors
    /// When git fails; the mirror is as good as before.
    pub async fn tidy(&self) -> Result<()> {
        let mut packs = 0;
        let mut entries = fs::read_dir(self.mirror.folder.join(PACKS)).await?;
        while let Some(entry) = entries.next_entry().await? {
            packs += usize::from(entry.path().extension().is_some_and(|extension| extension == "pack"));
        }
        if packs <= MOST_PACKS {
            return Ok(());
        }
        run("repack", git(self.mirror.folder()).args(["repack", "-d", "-q", "--geometric=2"])).await
    }
}

impl PackWriter<'_> {
    /// Adds objects.
    ///
    /// # Errors
    /// When git refuses them.
    pub async fn add(self, objects: Vec<(ObjectKind, Bytes)>) -> Result<Self> {
        let Self { folder, known, child, input, mut writer } = self;
        let packing = tokio::task::spawn_blocking(move || {
            let packed = writer.objects(&objects);
            (writer, packed)
        });
        let (writer, packed) = packing.await.map_err(io::Error::other)?;
        let mut pack = Self { folder, known, child, input, writer };
        pack.send(&packed?).await?;
        Ok(pack)
    }

    /// Ends the pack: its objects are in the mirror, which has now come so far.
    ///
    /// # Errors
    /// When git refuses it.
    pub async fn finish(mut self, known: i64) -> Result<()> {
        let checksum = self.writer.checksum()?;
        self.send(&checksum).await?;
        drop(self.input);
        end("index-pack", &mut self.child).await?;
        write_whole(&self.folder.join(KNOWN), known.to_string().as_bytes()).await?;
        *self.known = known;
        Ok(())
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<()> {
        match self.input.write_all(bytes).await {
            // It has ended, and said why.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                end("index-pack", &mut self.child).await?;
                Err(Error::Io(error))
            }
            other => Ok(other?),
        }
    }
}

/// Removes what git leaves of a pack that it could not finish. Nobody else writes here meanwhile.
async fn remove_leftovers(packs: &Path) -> Result<()> {
    let mut entries = fs::read_dir(packs).await?;
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        if LEFTOVERS.iter().any(|begin| name.as_encoded_bytes().starts_with(begin)) {
            fs::remove_file(entry.path()).await?;
        }
    }
    Ok(())
}

/// Puts a file in place of another, or leaves that one.
async fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    let mut file = fs::File::create(&new).await?;
    file.write_all(bytes).await?;
    file.sync_all().await?;
    Ok(fs::rename(&new, path).await?)
}
