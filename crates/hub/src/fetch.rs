//! Lets the stock `git` fetch: brings the repository's mirror up to date, and leaves the talking to git.

use std::sync::Arc;

use limpide_db::{git_objects, refs};
use limpide_git::{Input, Mirror, ObjectKind, Output, Protocol, Ref, Update};

use crate::Hub;
use crate::access::Content;
use crate::error::{Error, Result};
use crate::git::store::Store;

/// Rows of a page, of at most 64 KiB each, and bytes that go to git at a time.
const PAGE: i64 = 128;
const BATCH: usize = 4 << 20;

/// How often a mirror is filled anew when some of what it lacks is collected meanwhile.
const MOST_ATTEMPTS: usize = 5;

impl Hub {
    /// What git tells a client that begins to fetch: refs, or only what it can do.
    ///
    /// # Errors
    /// `Unsupported` when git is not installed; `Quarantined` when a file that git itself keeps is held back.
    pub async fn git_advertise(&self, repo: &Content, protocol: Protocol) -> Result<Output> {
        self.let_git_through(&repo.repo().id).await?;
        Ok(self.mirror(&repo.repo().id).await?.advertise(protocol).await?)
    }

    /// What git answers a client that fetches.
    ///
    /// # Errors
    /// As [`Hub::git_advertise`].
    pub async fn git_upload_pack(&self, repo: &Content, protocol: Protocol, input: Input) -> Result<Output> {
        self.let_git_through(&repo.repo().id).await?;
        Ok(self.mirror(&repo.repo().id).await?.upload_pack(protocol, input).await?)
    }

    /// The refs of a repository, as git is told of them.
    pub(crate) async fn git_refs(&self, repository_id: &str) -> Result<Vec<Ref>> {
        let all = refs::all(self.db(), repository_id).await?;
        // Every repository has its `main`, as long as it is there.
        if all.is_empty() {
            return Err(Error::deleted());
        }
        Ok(all.into_iter().map(|found| Ref { name: found.name, target: found.target }).collect())
    }

    /// The mirror of a repository, as far as the repository is now. Of many who ask at once, one makes it.
    pub(crate) async fn mirror(&self, repository_id: &str) -> Result<Arc<Mirror>> {
        let store = Store { hub: self, repository_id };
        let mirror = self.mirrors().mirror(repository_id).await?;
        if follow(&mirror, store).await? {
            tend(&mirror);
            // Without this the mirror is as good; the next who asks tries again.
            if let Err(error) = self.mirrors().fit().await {
                tracing::warn!("git mirrors could not be removed: {error}");
            }
        }
        Ok(mirror)
    }
}

/// Puts a mirror that has grown in order, while nobody waits for it.
pub(crate) fn tend(mirror: &Arc<Mirror>) {
    let mirror = Arc::clone(mirror);
    tokio::spawn(async move {
        if let Err(error) = mirror.pack_as_one().await {
            tracing::warn!("a git mirror could not be packed: {error}");
        }
    });
}

/// Brings a mirror up to date; gives whether it has grown.
async fn follow(mirror: &Mirror, store: Store<'_>) -> Result<bool> {
    let (db, repository_id) = (store.hub.db(), store.repository_id);
    let mut update = mirror.update().await?;
    // Refs first: the objects that they need were added before them.
    let all = store.hub.git_refs(repository_id).await?;
    let until = git_objects::last_added(db, repository_id).await?;
    let grows = until > update.known();
    if grows {
        let mut attempts = 0;
        while !fill(&mut update, store, until).await? {
            attempts += 1;
            if attempts == MOST_ATTEMPTS {
                return Err(Error::Conflict("The history of this repository changes too fast.".into()));
            }
        }
    }
    update.set_refs(&all).await?;
    if grows && let Err(error) = update.tidy().await {
        tracing::warn!("the packs of a git mirror could not be joined: {error}");
    }
    Ok(grows)
}

/// Adds to a mirror what it lacks, up to a number; false when some of that was collected meanwhile.
async fn fill(update: &mut Update<'_>, store: Store<'_>, until: i64) -> Result<bool> {
    let (db, repository_id) = (store.hub.db(), store.repository_id);
    let mut after = (update.known(), None);
    let count = git_objects::count_added(db, repository_id, after.0, until).await?;
    let count = u32::try_from(count)
        .map_err(|_| Error::Invalid("This repository has too many objects for git.".into()))?;
    let mut pack = update.pack(count).await?;
    let mut added = 0;
    loop {
        let page = git_objects::page_added(db, repository_id, after, until, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.added, Some(last.id));
        added += u32::try_from(page.len()).unwrap_or(u32::MAX);
        let (mut batch, mut bytes) = (Vec::new(), 0);
        for stored in page {
            let kind = ObjectKind::from_word(&stored.kind)
                .ok_or_else(|| Error::Internal(anyhow::anyhow!("object {} is of no kind", stored.id)))?;
            let content = store.content(stored).await?;
            bytes += content.len();
            batch.push((kind, content));
            if bytes > BATCH {
                pack = pack.add(std::mem::take(&mut batch)).await?;
                bytes = 0;
            }
        }
        pack = pack.add(batch).await?;
    }
    if added != count {
        return Ok(false);
    }
    pack.finish(until).await?;
    Ok(true)
}
