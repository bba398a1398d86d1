//! How git is run: with nothing of the machine's or a user's configuration, and gone when nobody waits for it.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::OnceLock;

use tokio::io::AsyncReadExt;
use tokio::process::{Child, ChildStderr, Command};

use crate::error::{Error, Result};

/// The most of a complaint that is kept.
const COMPLAINT: u64 = 16 << 10;

/// Where the program is, once it was found.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// `git`, in a folder.
pub(crate) fn git(folder: &Path) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut command = Command::new(program(&path));
    command.current_dir(folder).env_clear().env("PATH", path);
    command
        // Complaints are recognised by their English words.
        .env("LC_ALL", "C")
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        // The folder is ours, whoever we run as today.
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// The program by its whole name: only then can it be started without a copy of all that this process is.
fn program(path: &OsStr) -> &Path {
    if let Some(program) = PROGRAM.get() {
        return program;
    }
    let found =
        std::env::split_paths(path).map(|folder| folder.join("git")).find(|program| program.is_file());
    // Not there is not for ever.
    found.map_or(Path::new("git"), |found| PROGRAM.get_or_init(|| found))
}

pub(crate) fn spawn(command: &mut Command) -> Result<Child> {
    command.spawn().map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::NoProgram,
        _ => error.into(),
    })
}

/// Runs it to its end.
pub(crate) async fn run(act: &'static str, command: &mut Command) -> Result<()> {
    let mut child = spawn(command)?;
    end(act, &mut child).await
}

/// Waits for the end of a program that prints nothing that is wanted.
pub(crate) async fn end(act: &'static str, child: &mut Child) -> Result<()> {
    let complaint = complaint(child.stderr.take()).await;
    if child.wait().await?.success() { Ok(()) } else { Err(Error::complaint(act, &complaint)) }
}

/// What a program says until it stops talking.
pub(crate) async fn complaint(stderr: Option<ChildStderr>) -> Vec<u8> {
    let mut words = Vec::new();
    if let Some(mut stderr) = stderr {
        let _ = (&mut stderr).take(COMPLAINT).read_to_end(&mut words).await;
        // It must not wait for a reader of the rest.
        let _ = tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await;
    }
    words
}
