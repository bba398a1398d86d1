//! Reads all stored content again, a share each hour, so that what a disk forgets is found while a backup still has it.

use std::time::Duration;

use limpide_db::check::content;
use limpide_db::{duties, events};
use serde_json::json;
use tokio::sync::mpsc;

use super::files::Proven;
use super::finding::Finding;
use super::progress::{Count, Progress};
use super::{Check, Depth, PAGE};
use crate::Hub;
use crate::error::Result;

/// How often a share is read.
const EVERY: Duration = Duration::from_secs(3600);

/// What a scrub has read.
#[derive(Debug)]
pub struct Scrubbed {
    /// How many xorbs.
    pub xorbs: u64,
    /// Their bytes.
    pub bytes: u64,
    /// What is wrong with them.
    pub findings: Vec<Finding>,
}

impl Hub {
    /// Reads and hashes the next share of all xorbs, when that is due and nobody else does it. What is found stands in the
    /// audit log, too.
    ///
    /// # Errors
    /// When the database or the store cannot be reached; the same share is read the next time.
    pub async fn scrub_if_due(&self) -> Result<Option<Scrubbed>> {
        let now = self.clock().now();
        let Some(place) = duties::take(self.db(), "scrub", now, now + EVERY).await? else { return Ok(None) };
        let hours = (self.settings().scrub.as_secs() / EVERY.as_secs()).max(1);
        let all = content::extent(self.db()).await?.xorbs.unsigned_abs();
        let (reached, scrubbed) = self.scrub(place, all.div_ceil(hours)).await?;
        // A store that went away in the middle makes everything look lost.
        self.ready().await?;
        for finding in &scrubbed.findings {
            let mut tx = self.db().begin().await?;
            let detail = json!({ "what": finding.what, "where": finding.place });
            events::insert(&mut tx, self.own_event("content.damaged", detail)).await?;
            tx.commit().await?;
        }
        duties::reach(self.db(), "scrub", &reached).await?;
        Ok(Some(scrubbed))
    }

    /// Reads xorbs that come after one, until there are so many bytes; gives the last of them, or none at the end of all.
    async fn scrub(&self, mut place: String, share: u64) -> Result<(String, Scrubbed)> {
        let (progress, (sender, mut receiver)) = (Progress::default(), mpsc::channel(64));
        let listen = tokio::spawn(async move {
            let mut findings = Vec::new();
            while let Some(finding) = receiver.recv().await {
                findings.push(finding);
            }
            findings
        });
        let check =
            Check { hub: self, depth: Depth::Whole, progress: &progress, findings: sender, at_once: 1 };
        let proven = Proven::default();
        'share: while progress.summary().bytes < share {
            let page = content::xorb_names(self.db(), &place, PAGE).await?;
            if page.is_empty() {
                place.clear();
                break;
            }
            for hash in page {
                check.look(|| check.xorb(&hash, &proven)).await?;
                progress.add(Count::Xorbs, 1);
                place = hash;
                if progress.summary().bytes >= share {
                    break 'share;
                }
            }
        }
        drop(check);
        let (summary, findings) = (progress.summary(), listen.await.unwrap_or_default());
        Ok((place, Scrubbed { xorbs: summary.xorbs, bytes: summary.bytes, findings }))
    }
}
