//! Verifies a whole hub: that every name leads somewhere, every hash is that of its bytes, and figures add up.
//!
//! | what | file |
//! |---|---|
//! | the database's own pages and references, owners, tokens | `database` |
//! | repositories: names, refs, figures, card | `repos` |
//! | git objects | `objects` |
//! | commits and the history of folders | `commits` |
//! | large files of repositories | `lfs_files` |
//! | audits, attestations, jobs and keys | `audits` |
//! | scans, and the log of what was signed | `scans` |
//! | parts of objects that have not arrived whole | `lfs_parts` |
//! | xorbs and their chunk tables | `xorbs` |
//! | files of the content store | `files` |
//! | shards | `shards` |
//! | what nothing names | `leftovers` |
//!
//! It writes nothing, and may run beside servers: what seems wrong is looked at again, from its row on, and only
//! told when it is wrong each time.

mod audits;
mod commits;
mod database;
mod files;
mod finding;
mod leftovers;
mod lfs_files;
mod lfs_parts;
mod objects;
mod progress;
mod repos;
mod scans;
mod scrub;
mod shards;
mod xorbs;

use std::future::Future;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::Hub;
use crate::error::Result;

pub use finding::{Finding, Severity};
pub use progress::{Progress, Summary};
pub use scrub::Scrubbed;

use files::Proven;

/// What is as it should be, or what is wrong with it.
type Sound<T> = std::result::Result<T, String>;

/// How much is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything: each byte of content is read and hashed.
    Whole,
    /// All but the bytes of content: of these, only that they are there and how long they are.
    WithoutContent,
}

/// How often something that seems wrong is looked at again, and how long after.
const AGAIN: usize = 3;
const SHORTLY: Duration = Duration::from_millis(200);

/// How many findings of one kind are looked for in one statement: more would only repeat the same.
const MOST: i64 = 1000;

/// How many rows are read at once.
const PAGE: i64 = 200;

/// One check under way.
struct Check<'a> {
    hub: &'a Hub,
    depth: Depth,
    progress: &'a Progress,
    findings: mpsc::Sender<Finding>,
    at_once: usize,
}

impl Hub {
    /// Verifies everything, and sends what it finds. Writes nothing; may run beside servers.
    ///
    /// # Errors
    /// When the database or the store cannot be reached: then nothing is known of what was not reached.
    pub async fn check(
        &self,
        depth: Depth,
        progress: &Progress,
        findings: mpsc::Sender<Finding>,
    ) -> Result<Summary> {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from).min(8);
        let check = Check { hub: self, depth, progress, findings, at_once };
        check.begin().await?;
        check.database().await?;
        check.repositories().await?;
        let proven = Proven::default();
        check.files_and_shards(&proven).await?;
        check.xorbs(&proven).await?;
        check.key_chunks().await?;
        check.lfs_parts().await?;
        check.leftovers().await?;
        // A store that went away in the middle makes everything look lost.
        self.ready().await?;
        Ok(progress.summary())
    }
}

impl Check<'_> {
    async fn begin(&self) -> Result<()> {
        let extent = limpide_db::check::content::extent(self.hub.db()).await?;
        if self.depth == Depth::Whole {
            self.progress.expect(extent.files.unsigned_abs());
        }
        Ok(())
    }

    /// Looks at something, and tells what is wrong with it each time it is looked at.
    async fn look<F, L>(&self, look: F) -> Result<()>
    where
        F: Fn() -> L,
        L: Future<Output = Result<Vec<Finding>>>,
    {
        let mut found = self.looked(look().await).await?;
        for _ in 1..AGAIN {
            if found.is_empty() {
                return Ok(());
            }
            tokio::time::sleep(SHORTLY).await;
            let again = self.looked(look().await).await?;
            found.retain(|finding| again.iter().any(|other| other.is_same(finding)));
        }
        for finding in found {
            self.tell(finding).await;
        }
        Ok(())
    }

    /// Rows that cannot be read are a finding, as long as others can be.
    async fn looked(&self, outcome: Result<Vec<Finding>>) -> Result<Vec<Finding>> {
        match outcome {
            Ok(found) => Ok(found),
            Err(error) => {
                self.hub.ready().await?;
                let cause = format!("{:#}", anyhow::Error::from(error));
                Ok(vec![
                    Finding::damage("unreadable", format!("rows cannot be read: {cause}"))
                        .at("the database")
                        .affects("what these rows say; the check went on after them")
                        .remedy("restore the database from a backup"),
                ])
            }
        }
    }

    async fn tell(&self, finding: Finding) {
        self.progress.found(&finding);
        // Nobody listens any more: the figures are still counted.
        let _ = self.findings.send(finding).await;
    }
}
