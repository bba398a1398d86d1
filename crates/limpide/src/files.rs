//! The data folder: made at first start, held by one server at a time.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;

use anyhow::{Context, Result, bail};

use crate::settings::Settings;

/// Holds the data folder for as long as it lives.
#[derive(Debug)]
pub(crate) struct Held(#[expect(dead_code, reason = "the lock ends with the file")] Option<File>);

/// Makes the data folder if it is missing. With SQLite, also keeps other servers out of it: each of two would
/// believe to be the only one that cleans up.
pub(crate) fn hold(settings: &Settings) -> Result<Held> {
    let folder = &settings.data;
    if !folder.exists() {
        // Tokens are hashed, but private models are not: the folder is its owner's alone.
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.with_context(|| format!("the data folder `{}` cannot be made", folder.display()))?;
    }
    lock(settings)
}

/// With SQLite, keeps servers out of the data folder.
pub(crate) fn lock(settings: &Settings) -> Result<Held> {
    if !settings.is_on_sqlite() {
        return Ok(Held(None));
    }
    let folder = &settings.data;
    let path = folder.join("lock");
    let open = fs::OpenOptions::new().create(true).append(true).open(&path);
    let file = open.with_context(|| format!("`{}` cannot be opened", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Held(Some(file))),
        Err(TryLockError::WouldBlock) => bail!(
            "another limpide serves the data folder `{}`. Stop it first, or choose another folder with --data.",
            folder.display()
        ),
        // Some network file systems have no locks; the operator was warned by the documentation of SQLite.
        Err(TryLockError::Error(cause)) => {
            tracing::warn!(%cause, "the data folder cannot be locked: {cause}");
            Ok(Held(None))
        }
    }
}

/// As many open files as the system lets us have: each client and each xorb being read takes one.
pub(crate) fn raise_file_limit() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    if limit.current == limit.maximum {
        return;
    }
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(cause) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%cause, "the limit of open files stays at {:?}: {cause}", limit.current);
    }
}
