//! How an audit reads: it waits, on a thread of its own, for what the hub fetches on others.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use limpide_db::repos::Repo;
use limpide_openness::Trouble;
use tokio::runtime::Handle;

use crate::Hub;
use crate::error::{Error, Result};
use crate::jobs::{MOST_ATTEMPTS, Signs};

/// One audit under way.
pub(crate) struct Reading {
    pub(crate) hub: Hub,
    /// The repository that is audited.
    pub(crate) repository_id: String,
    pub(crate) signs: Arc<Signs>,
    runtime: Handle,
    /// Whether what cannot be read is left out, because it could not be read before either.
    is_last: bool,
    failed: Mutex<Option<Error>>,
}

impl Reading {
    /// An audit of this repository, begun for the so-manieth time. Make it on the runtime that shall do the reading.
    pub(crate) fn new(hub: Hub, repo: &Repo, signs: Arc<Signs>, attempt: i64) -> Self {
        let is_last = attempt >= MOST_ATTEMPTS;
        let (repository_id, runtime) = (repo.id.clone(), Handle::current());
        Self { hub, repository_id, signs, runtime, is_last, failed: Mutex::default() }
    }

    /// Waits for something that the hub does. When the hub fails, the audit is in vain.
    pub(crate) fn wait<T>(&self, act: impl Future<Output = Result<T>>) -> std::result::Result<T, Trouble> {
        if self.signs.is_stopped() {
            return Err(Trouble::Unreachable("the audit was stopped".into()));
        }
        self.runtime.block_on(act).map_err(|error| {
            let words = error.to_string();
            if !matches!(error, Error::NotFound(..)) {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
            Trouble::Unreachable(words)
        })
    }

    /// Whether what was read is what there is.
    ///
    /// # Errors
    /// When the audit was stopped, or the hub could not read something that it may be able to read later.
    pub(crate) fn end(&self) -> Result<()> {
        if self.signs.is_stopped() {
            return Err(Error::Conflict("The audit was stopped.".into()));
        }
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).take();
        match failed {
            Some(error) if !self.is_last => Err(error),
            _ => Ok(()),
        }
    }
}
