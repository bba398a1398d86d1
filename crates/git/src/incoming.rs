//! What a client pushes, kept apart until it is known to be good.

use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use limpide_words::ObjectId;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::error::{Error, Result};
use crate::mirror::{Mirror, OBJECTS, make_bare};
use crate::pack::ObjectKind;
use crate::program::{complaint, end, git, spawn};
use crate::receive::broken_off;
use crate::service::Input;

/// As many objects are asked for at a time: all their ids fit into a pipe, so that nobody waits for the other.
const AT_A_TIME: usize = 256;

/// A file that the process holds a lock on whose push this is.
const HELD: &str = "held";

/// The most memory that git may take for one object: larger ones are refused, or streamed.
pub(crate) const MOST_MEMORY: &str = "512m";

/// Objects that a client has sent. They see those of the mirror, which does not see them; all of them are gone when
/// this is dropped.
#[derive(Debug)]
pub struct Incoming {
    folder: TempDir,
    mirror: Arc<Mirror>,
    _held: File,
}

/// An object that a client has sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// Its id.
    pub id: ObjectId,
    /// What it is.
    pub kind: ObjectKind,
    /// How many bytes it has.
    pub size: u64,
    /// Its place in the pack: who reads in this order makes the least work.
    pub place: usize,
}

/// Reads objects, those of the mirror too.
#[derive(Debug)]
pub struct ObjectReader {
    _child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Incoming {
    /// A place for a push, in the folder of all pushes, where nobody else begins one meanwhile.
    pub(crate) fn make(pushes: &Path, mirror: Arc<Mirror>) -> Result<Self> {
        fs::create_dir_all(pushes)?;
        for left in fs::read_dir(pushes)? {
            let left = left?.path();
            // Locks go with the process that holds them.
            if File::open(left.join(HELD)).is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
                || File::open(left.join(HELD)).is_ok_and(|held| held.try_lock().is_ok())
            {
                fs::remove_dir_all(left)?;
            }
        }
        let folder = tempfile::Builder::new().prefix("").rand_bytes(16).tempdir_in(pushes)?;
        let held = File::create(folder.path().join(HELD))?;
        held.lock()?;
        make_bare(folder.path())?;
        Ok(Self { folder, mirror, _held: held })
    }

    /// Takes a pack in, of at most so many bytes. Git makes sure that it is whole, that its objects are well-formed,
    /// and that all that they name is there.
    ///
    /// # Errors
    /// `BadPack` with git's words, for a pack that it refuses.
    pub async fn take_in(&self, mut pack: Input, most: u64) -> Result<()> {
        let mut command = self.git()?;
        command
            .args(["index-pack", "--stdin", "--fix-thin", "--strict", "--threads=2"])
            .arg(format!("--max-input-size={most}"))
            .env("GIT_ALLOC_LIMIT", MOST_MEMORY)
            .stdin(Stdio::piped());
        let mut child = spawn(&mut command)?;
        let mut stdin = child.stdin.take();
        let feed = async {
            while let Some(piece) = pack.next().await {
                let piece = piece.map_err(broken_off)?;
                // Git has ended, and said why. The rest is read all the same: many clients read no answer before.
                if let Some(input) = &mut stdin
                    && input.write_all(&piece).await.is_err()
                {
                    stdin = None;
                }
            }
            drop(stdin);
            Ok(())
        };
        let (fed, words): (Result<()>, _) = tokio::join!(feed, complaint(child.stderr.take()));
        let done = child.wait().await?;
        fed?;
        if done.success() { Ok(()) } else { Err(Error::bad_pack(&words)) }
    }

    /// The mirror that it sees.
    pub fn mirror(&self) -> &Arc<Mirror> {
        &self.mirror
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What was sent, in the order of the pack.
    ///
    /// # Errors
    /// When git fails.
    pub async fn list(&self) -> Result<Vec<Sent>> {
        let mut command = git(self.folder.path());
        command.args(["cat-file", "--batch-all-objects", "--unordered"]).arg("--batch-check");
        let mut child = spawn(command.stdout(Stdio::piped()))?;
        let mut lines = BufReader::new(pipe(child.stdout.take())?).lines();
        let mut sent = Vec::new();
        while let Some(line) = lines.next_line().await? {
            let Head { id, kind, size } = read_head(&line)?;
            sent.push(Sent { id, kind, size, place: sent.len() });
        }
        end("cat-file", &mut child).await?;
        Ok(sent)
    }

    /// Begins to read objects.
    ///
    /// # Errors
    /// When git cannot be run.
    pub fn reader(&self) -> Result<ObjectReader> {
        ObjectReader::of(self.git()?)
    }

    /// `git`, here, with the objects of the mirror in sight.
    fn git(&self) -> Result<Command> {
        let mut command = git(self.folder.path());
        command.env("GIT_ALTERNATE_OBJECT_DIRECTORIES", quoted(&self.mirror.folder().join(OBJECTS))?);
        Ok(command)
    }
}

impl ObjectReader {
    /// Reads where this `git` looks.
    pub(crate) fn of(mut git: Command) -> Result<Self> {
        git.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = spawn(&mut git)?;
        let input = pipe(child.stdin.take())?;
        let output = BufReader::with_capacity(64 << 10, pipe(child.stdout.take())?);
        Ok(Self { _child: child, input, output })
    }

    /// These objects, in this order; none for one that is nowhere. The caller knows that they fit into memory.
    ///
    /// # Errors
    /// When git fails.
    pub async fn read(&mut self, ids: &[ObjectId]) -> Result<Vec<Option<(ObjectKind, Bytes)>>> {
        let mut objects = Vec::with_capacity(ids.len());
        for ids in ids.chunks(AT_A_TIME) {
            let asked: String = ids.iter().map(|id| format!("{id}\n")).collect();
            self.input.write_all(asked.as_bytes()).await?;
            for _ in ids {
                objects.push(self.next().await?);
            }
        }
        Ok(objects)
    }

    async fn next(&mut self) -> Result<Option<(ObjectKind, Bytes)>> {
        let mut head = String::new();
        self.output.read_line(&mut head).await?;
        let head = head.trim_end();
        if head.ends_with(" missing") {
            return Ok(None);
        }
        let Head { kind, size, .. } = read_head(head)?;
        let size = usize::try_from(size).map_err(io::Error::other)?;
        let mut bytes = vec![0; size + 1];
        self.output.read_exact(&mut bytes).await?;
        // The line end that follows.
        bytes.truncate(size);
        Ok(Some((kind, bytes.into())))
    }
}

/// What git says before an object: `<id> <kind> <size>`.
struct Head {
    id: ObjectId,
    kind: ObjectKind,
    size: u64,
}

fn read_head(line: &str) -> Result<Head> {
    let mut parts = line.split(' ');
    let mut next = || parts.next().unwrap_or_default();
    let (id, kind, size) = (next().parse(), ObjectKind::from_word(next()), next().parse());
    match (id, kind, size) {
        (Ok(id), Some(kind), Ok(size)) => Ok(Head { id, kind, size }),
        _ => Err(Error::Failed { act: "cat-file", complaint: format!("it said `{line}`") }),
    }
}

pub(crate) fn pipe<T>(pipe: Option<T>) -> io::Result<T> {
    pipe.ok_or_else(|| io::ErrorKind::BrokenPipe.into())
}

/// A folder as git reads it in a list of folders, whatever its name.
fn quoted(folder: &Path) -> Result<String> {
    let folder = std::path::absolute(folder)?;
    let text = folder
        .to_str()
        .ok_or_else(|| io::Error::other("the folder of mirrors has a name that is not UTF-8"))?;
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}
