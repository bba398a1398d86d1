//! Removes from the store what nothing names any more, and what unfinished uploads left behind.

use std::collections::HashSet;
use std::future::ready;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use limpide_blobs::{Family, Key, Stored};
use limpide_db::moving::backups;
use limpide_db::{dead_objects, git_objects, lfs_parts, shards, xorbs};
use limpide_words::Moment;
use uuid::Uuid;

use crate::Hub;
use crate::error::{Error, Result};
use crate::lfs_parts::paths_of;

/// An upload that has not ended after so long never will.
const UNFINISHED: Duration = Duration::from_secs(48 * 3600);

/// How many objects are removed before their rows are.
const AT_ONCE: i64 = 500;

/// Of so many sweeps two in a row look at everything that is stored; the others only at what is soon looked through.
const WHOLE_EVERY: u64 = 24;

/// Sweeps a hub again and again. Any number of replicas may do so: what is removed twice is removed.
#[derive(Debug)]
pub struct Sweeper {
    hub: Hub,
    /// Objects that no row named when the sweep before this one looked.
    unnamed: HashSet<Key>,
    /// How many sweeps there were.
    sweeps: u64,
}

impl Sweeper {
    /// A sweeper that has not looked yet.
    pub fn new(hub: Hub) -> Self {
        Self { hub, unnamed: HashSet::new(), sweeps: 0 }
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
        self.hub.bury_expired_parts(now).await?;
        self.hub.forget_old_sessions().await?;
        Ok(removed + self.hub.remove_due().await?)
    }

    /// Removes what was put into the store before a commit or an upload failed: no row ever named it.
    async fn sweep_lost(&mut self, before: Moment) -> Result<u64> {
        let mut removed = 0;
        let mut unnamed = HashSet::new();
        let families = match self.sweeps % WHOLE_EVERY {
            0 | 1 => &Family::ALL[..],
            _ => &[Family::GitBlobs, Family::LfsParts],
        };
        self.sweeps += 1;
        for family in families {
            let old = self.hub.blobs().list(*family).try_filter(|stored| ready(stored.modified < before));
            let mut batches = old.try_chunks(AT_ONCE as usize);
            while let Some(batch) = batches.next().await {
                let batch = batch.map_err(|cut_short| cut_short.1)?;
                let lost = self.hub.unnamed(*family, &batch).await?;
                let may_go = !self.hub.is_backed_up().await?;
                for Stored { key, .. } in lost {
                    if may_go && self.unnamed.contains(key) {
                        self.hub.blobs().forget(key).await?;
                        removed += 1;
                    } else {
                        unnamed.insert(*key);
                    }
                }
            }
        }
        self.unnamed = unnamed;
        Ok(removed)
    }
}

impl Hub {
    /// Removes objects from the store whose time has come; gives how many.
    pub(crate) async fn remove_due(&self) -> Result<u64> {
        let (now, mut removed) = (self.clock().now(), 0);
        loop {
            let due = dead_objects::due(self.db(), now, AT_ONCE).await?;
            if due.is_empty() {
                return Ok(removed);
            }
            if !self.remove_dead(&due).await? {
                return Ok(removed);
            }
            removed += due.len() as u64;
        }
    }

    /// Whether a backup is under way: then nothing may be removed from the store.
    ///
    /// Ask when it is known what is to be removed, never before. A backup that begins after the answer sees, in its
    /// rows, that nothing names it.
    async fn is_backed_up(&self) -> Result<bool> {
        Ok(backups::is_under_way(self.db(), self.clock().now()).await?)
    }

    /// Removes objects that are noted as dead, unless a backup is under way: then a later sweep does it.
    pub(crate) async fn remove_dead(&self, paths: &[String]) -> Result<bool> {
        if self.is_backed_up().await? {
            return Ok(false);
        }
        for path in paths {
            let key: Key =
                path.parse().map_err(|error| Error::Internal(anyhow::anyhow!("{path}: {error}")))?;
            self.blobs().forget(&key).await?;
        }
        let mut tx = self.db().begin().await?;
        dead_objects::forget(&mut tx, paths).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Has parts of LFS objects removed that waited too long for the others.
    async fn bury_expired_parts(&self, now: Moment) -> Result<()> {
        loop {
            let mut tx = self.db().begin().await?;
            let expired = lfs_parts::delete_expired(&mut tx, now, AT_ONCE).await?;
            if expired.is_empty() {
                return Ok(());
            }
            dead_objects::insert_all(&mut tx, &paths_of(expired), now).await?;
            tx.commit().await?;
        }
    }

    /// Those of these objects of a family that no row names. What is noted as dead is not among them: links to it may be
    /// good for a while, and it goes when they are not.
    pub(crate) async fn unnamed<'a>(&self, family: Family, stored: &'a [Stored]) -> Result<Vec<&'a Stored>> {
        let ids: Vec<Uuid> = stored.iter().map(|stored| stored.key.id()).collect();
        let unnamed = match family {
            Family::Xorbs | Family::ChunkTables => xorbs::unnamed(self.db(), &ids).await?,
            Family::Shards => shards::unnamed(self.db(), &ids).await?,
            Family::GitBlobs => git_objects::unnamed(self.db(), &ids).await?,
            Family::LfsParts => lfs_parts::unnamed(self.db(), &ids).await?,
        };
        let paths: Vec<String> = unnamed.iter().map(|id| family.key(*id).to_string()).collect();
        let dead: HashSet<String> = dead_objects::among(self.db(), &paths).await?.into_iter().collect();
        let lost: HashSet<Uuid> = unnamed
            .into_iter()
            .zip(paths)
            .filter(|(_, path)| !dead.contains(path))
            .map(|(id, _)| id)
            .collect();
        Ok(stored.iter().filter(|stored| lost.contains(&stored.key.id())).collect())
    }
}
