//! Removes from the store what nothing names any more, and what unfinished uploads left behind.

use std::collections::HashSet;
use std::future::ready;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use limpide_blobs::{Family, Key};
use limpide_db::{dead_objects, git_objects};
use limpide_words::Moment;

use crate::Hub;
use crate::error::{Error, Result};
use crate::git::store::key;

/// An upload that has not ended after so long never will.
const UNFINISHED: Duration = Duration::from_secs(48 * 3600);

/// How many objects are removed before their rows are.
const AT_ONCE: i64 = 500;

/// Sweeps a hub again and again. Any number of replicas may do so: what is removed twice is removed.
#[derive(Debug)]
pub struct Sweeper {
    hub: Hub,
    /// Git objects that no row named when the sweep before this one looked.
    unnamed: HashSet<String>,
}

impl Sweeper {
    /// A sweeper that has not looked yet.
    pub fn new(hub: Hub) -> Self {
        Self { hub, unnamed: HashSet::new() }
    }

    /// Removes objects whose time has come, and the remains of uploads that were cut off; gives how many.
    ///
    /// Between two sweeps there must be more time than a commit takes: what a commit has stored already has no
    /// row before it ends, and its age cannot be trusted when the clock has jumped. So only what two sweeps in a
    /// row found without one is removed.
    ///
    /// # Errors
    /// When the store or the database fails; the rest is removed the next time.
    pub async fn sweep(&mut self) -> Result<u64> {
        let now = self.hub.clock().now();
        let mut removed = self.hub.blobs().sweep_unfinished(now - UNFINISHED).await?;
        removed += self.sweep_lost(now - UNFINISHED).await?;
        loop {
            let due = dead_objects::due(self.hub.db(), now, AT_ONCE).await?;
            if due.is_empty() {
                return Ok(removed);
            }
            for path in &due {
                let key: Key =
                    path.parse().map_err(|error| Error::Internal(anyhow::anyhow!("{path}: {error}")))?;
                self.hub.blobs().forget(&key).await?;
            }
            let mut tx = self.hub.db().begin().await?;
            dead_objects::forget(&mut tx, &due).await?;
            tx.commit().await?;
            removed += due.len() as u64;
        }
    }

    /// Removes what commits put into the store before they failed: no row ever named it.
    async fn sweep_lost(&mut self, before: Moment) -> Result<u64> {
        let mut removed = 0;
        let mut unnamed = HashSet::new();
        let old =
            self.hub.blobs().list(Family::GitBlobs).try_filter(|stored| ready(stored.modified < before));
        let mut batches = old.try_chunks(AT_ONCE as usize);
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(|cut_short| cut_short.1)?;
            let ids = batch.iter().filter_map(|stored| match stored.key {
                Key::GitBlob(id) => Some(id.to_string()),
                _ => None,
            });
            let ids: Vec<String> = ids.collect();
            for id in git_objects::unnamed(self.hub.db(), &ids).await? {
                if self.unnamed.contains(&id) {
                    self.hub.blobs().forget(&key(&id)?).await?;
                    removed += 1;
                } else {
                    unnamed.insert(id);
                }
            }
        }
        self.unnamed = unnamed;
        Ok(removed)
    }
}
