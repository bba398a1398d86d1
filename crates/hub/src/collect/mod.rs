//! Collects what nothing needs any more, while the hub goes on.
//!
//! Each step takes what the step before let go of, and each is right by itself: a collection can end anywhere, be begun
//! again, and be done by several replicas at once.
//!
//! 1. Commits that no ref leads to go after a grace, and what only they led to becomes *loose*: it counts no more, and is
//!    not there for who asks (`history.rs`).
//! 2. What has been loose for two days goes. Whoever commits meanwhile names what they need, or is refused.
//! 3. Claims that are over go; then files that no repository has or waits for; then shards that describe no file
//!    (`content.rs`).
//! 4. Xorbs go that no file needs, once no client can believe that they are there.
//! 5. Objects of the store are removed when no link to them is good any more (`sweep.rs`). They have names of their own:
//!    the same bytes that come again are another object.

mod content;
mod history;

pub use history::History;

use std::sync::atomic::Ordering;
use std::time::Duration;

use limpide_db::{Db, duties, events, git_objects, repos, secrets};
use limpide_words::Moment;
use serde::Serialize;
use serde_json::json;

use crate::Hub;
use crate::error::{Error, Result};

/// How long what is loose stays: whoever was about to commit it has long done so.
const LOOSE: Duration = Duration::from_secs(48 * 3600);

/// How often a hub collects.
const EVERY: Duration = Duration::from_secs(24 * 3600);

/// Rows that are looked at, or taken, at a time.
const PAGE: i64 = 1000;

/// Under which name the epoch is kept.
pub(crate) const EPOCH: &str = "epoch";

/// The user in whose name what was committed is claimed once no commit names it: nobody's.
const NOBODY: &str = "-";

/// How far a collection goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It tells what would go, and takes nothing.
    Nothing,
    /// It takes what has been needless for long enough.
    Old,
    /// It takes everything needless at once, for a law or a full disk. Clients are told to forget what they have sent:
    /// the content store gets another name. Uploads under way have to be begun again.
    Everything,
}

/// What a collection took, or would take.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Collected {
    /// Repositories whose history was looked through.
    pub repositories: u64,
    /// Commits that no ref led to.
    pub commits: u64,
    /// Objects of git that became loose.
    pub loosened: u64,
    /// Loose objects of git that are gone.
    pub git_objects: u64,
    /// Bytes of these.
    pub git_bytes: u64,
    /// Files of the content store.
    pub files: u64,
    /// Bytes of these, before deduplication.
    pub file_bytes: u64,
    /// Xorbs.
    pub xorbs: u64,
    /// Bytes of these, as they are stored.
    pub xorb_bytes: u64,
    /// Objects removed from the store. What was just taken follows when no link to it is good any more.
    pub objects: u64,
}

/// The graces that count.
#[derive(Debug, Clone, Copy)]
struct Graces {
    now: Moment,
    /// Commits that were shed before then go.
    shed: Moment,
    /// What has been loose since before then goes.
    loose: Moment,
    /// Xorbs of which nobody was told since then go.
    untold: Moment,
    /// How long the store keeps an object after that.
    links: Duration,
}

impl Hub {
    /// Collects, when a collection is due and nobody else has begun it.
    ///
    /// # Errors
    /// When the database fails; what is left is collected the next time.
    pub async fn collect_if_due(&self) -> Result<Option<Collected>> {
        let now = self.clock().now();
        match duties::take(self.db(), "collect", now, now + EVERY).await? {
            Some(_) => self.collect(Reach::Old).await.map(Some),
            None => Ok(None),
        }
    }

    /// Collects what nothing needs any more.
    ///
    /// # Errors
    /// When the database fails; what is left is collected the next time.
    pub async fn collect(&self, reach: Reach) -> Result<Collected> {
        let graces = self.graces(reach);
        let mut collected = Collected::default();
        if reach == Reach::Everything {
            self.begin_epoch().await?;
        }
        self.collect_histories(graces, reach, &mut collected).await?;
        self.collect_loose(graces, reach, &mut collected).await?;
        self.collect_content(graces, reach, &mut collected).await?;
        if reach == Reach::Everything {
            let mut tx = self.db().begin().await?;
            events::insert(&mut tx, self.own_event("content.purge", json!(collected))).await?;
            tx.commit().await?;
        }
        if reach != Reach::Nothing {
            collected.objects = self.remove_due().await?;
        }
        Ok(collected)
    }

    fn graces(&self, reach: Reach) -> Graces {
        let (now, collection) = (self.clock().now(), &self.settings().collection);
        match reach {
            Reach::Nothing | Reach::Old => Graces {
                now,
                shed: now - collection.history,
                loose: now - LOOSE,
                untold: now - collection.content,
                links: 2 * self.settings().limits.link,
            },
            Reach::Everything => {
                let any = now + Duration::from_secs(1);
                Graces { now, shed: any, loose: any, untold: any, links: Duration::ZERO }
            }
        }
    }

    async fn collect_histories(&self, graces: Graces, reach: Reach, collected: &mut Collected) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = repos::shed_before(self.db(), graces.shed, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.clone();
            for repository_id in page {
                collected.repositories += 1;
                if reach == Reach::Nothing {
                    continue;
                }
                match self.collect_history(&repository_id).await {
                    Ok(history) => {
                        collected.commits += history.commits;
                        collected.loosened += history.loosened;
                    }
                    // Deleted meanwhile: that is the best of collections.
                    Err(Error::NotFound(..)) => {}
                    Err(other) => return Err(other),
                }
            }
        }
    }

    async fn collect_loose(&self, graces: Graces, reach: Reach, collected: &mut Collected) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = git_objects::loose_before(self.db(), graces.loose, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.repository_id);
            for loose in page {
                if reach != Reach::Nothing && !self.forget_loose(&loose.repository_id, graces).await? {
                    continue;
                }
                collected.git_objects += loose.objects.unsigned_abs();
                collected.git_bytes += loose.bytes.unsigned_abs();
            }
        }
    }

    /// How often content was purged, as far as this process has heard.
    pub(crate) fn epoch(&self) -> u64 {
        self.inner.epoch.load(Ordering::Relaxed)
    }

    /// Hears of a purge by another replica.
    pub(crate) async fn learn_epoch(&self) -> Result<()> {
        self.inner.epoch.store(epoch(self.db()).await?, Ordering::Relaxed);
        Ok(())
    }

    async fn begin_epoch(&self) -> Result<()> {
        secrets::count_up(self.db(), EPOCH).await?;
        self.learn_epoch().await
    }
}

/// How often content was purged.
pub(crate) async fn epoch(db: &Db) -> Result<u64> {
    let epoch = secrets::shared(db, EPOCH, "0".to_owned()).await?;
    epoch.parse().map_err(|error| Error::Internal(anyhow::anyhow!("the epoch `{epoch}`: {error}")))
}
