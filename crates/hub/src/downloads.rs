//! Counts downloads, and writes the numbers down every few seconds: a page of a model must not cost a write.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use limpide_db::downloads;
use moka::sync::Cache;

use crate::Hub;
use crate::access::Content;
use crate::error::Result;

/// How long counts wait before they are written down; a crash loses no more than that.
const WRITTEN_EVERY: Duration = Duration::from_secs(5);

/// Whoever fetches several files of a repository within this time downloads it once.
const ONE_DOWNLOAD: Duration = Duration::from_secs(300);

/// How many readers are remembered for that time.
const REMEMBERED: u64 = 100_000;

/// Downloads that are not yet written down.
#[derive(Debug)]
pub(crate) struct Downloads {
    waiting: Mutex<HashMap<String, u64>>,
    recent: Cache<(String, String), ()>,
}

impl Downloads {
    pub(crate) fn new() -> Self {
        let recent = Cache::builder().max_capacity(REMEMBERED).time_to_live(ONE_DOWNLOAD).build();
        Self { waiting: Mutex::default(), recent }
    }

    /// Adds to what waits; says whether nothing was waiting before.
    fn add(&self, counts: impl IntoIterator<Item = (String, u64)>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let first = waiting.is_empty();
        for (repository_id, count) in counts {
            *waiting.entry(repository_id).or_default() += count;
        }
        first
    }

    fn take(&self) -> Vec<(String, u64)> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
            .into_iter()
            .collect()
    }
}

impl Hub {
    /// Counts a download of a repository by this reader: a user, or an address. All files that a reader fetches
    /// within five minutes are one download.
    pub fn count_download(&self, content: &Content, reader: &str) {
        let repository_id = &content.repo().id;
        let key = (repository_id.clone(), reader.to_owned());
        if !self.downloads().recent.entry(key).or_insert(()).is_fresh() {
            return;
        }
        if self.downloads().add([(repository_id.clone(), 1)]) {
            let hub = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(WRITTEN_EVERY).await;
                hub.write_downloads().await;
            });
        }
    }

    /// Writes down what was counted. What cannot be written waits for the next time.
    pub(crate) async fn write_downloads(&self) {
        let counts = self.downloads().take();
        if counts.is_empty() {
            return;
        }
        if let Err(error) = self.record_downloads(&counts).await {
            tracing::warn!(%error, "downloads could not be written down yet: {error:?}");
            self.downloads().add(counts);
        }
    }

    async fn record_downloads(&self, counts: &[(String, u64)]) -> Result<()> {
        let mut tx = self.db().begin().await?;
        downloads::add(&mut tx, counts).await?;
        Ok(tx.commit().await?)
    }
}
