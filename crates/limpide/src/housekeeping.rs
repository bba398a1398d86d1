//! What a server does beside answering: it does what was asked for in the background, and at the start and every hour it
//! removes what nothing names any more, and has scanned again what older rules have judged, or a virus scanner missed. Once
//! a day one of all servers collects what nothing needs, and each hour one reads a share of what is stored once more.

use std::time::Duration;

use limpide_hub::{Hub, Sweeper, Workers};
use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_secs(3600);

/// How often the virus scanner is asked whether it is back.
const ANTIVIRUS_EVERY: Duration = Duration::from_secs(15);

/// So that the queue of jobs does not grow by all repositories at once.
const BETWEEN_PAGES: Duration = Duration::from_secs(10);

/// Work that goes on until it is stopped.
pub(crate) struct Housekeeping {
    sweeping: JoinHandle<()>,
    scrubbing: JoinHandle<()>,
    rescanning: JoinHandle<()>,
    catching_up: JoinHandle<()>,
    workers: Workers,
}

/// Begins. What is interrupted by the end of the process is done after the next start.
pub(crate) fn begin(hub: Hub) -> Housekeeping {
    let workers = Workers::begin(&hub, hub.settings().jobs.workers);
    let scrubbing = tokio::spawn(scrub(hub.clone()));
    let rescanning = tokio::spawn(rescan(hub.clone()));
    let catching_up = tokio::spawn(catch_up(hub.clone()));
    Housekeeping { sweeping: tokio::spawn(sweep(hub)), scrubbing, rescanning, catching_up, workers }
}

async fn sweep(hub: Hub) {
    let mut sweeper = Sweeper::new(hub.clone());
    loop {
        match hub.collect_if_due().await {
            Ok(None) => {}
            Ok(Some(collected)) => tracing::info!(
                commits = collected.commits,
                git_objects = collected.git_objects,
                files = collected.files,
                xorbs = collected.xorbs,
                bytes = collected.git_bytes + collected.xorb_bytes,
                "collected what nothing needs any more"
            ),
            Err(error) => {
                let cause = format!("{:#}", anyhow::Error::from(error));
                tracing::warn!(cause, "the collection did not come to its end; it goes on later: {cause}");
            }
        }
        match sweeper.sweep().await {
            Ok(0) => {}
            Ok(removed) => {
                tracing::info!(removed, "removed {removed} objects that nothing names any more");
            }
            Err(error) => {
                let cause = format!("{:#}", anyhow::Error::from(error));
                tracing::warn!(cause, "the store could not be swept; it will be tried again: {cause}");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Reads what is stored once more, a share each hour.
async fn scrub(hub: Hub) {
    loop {
        match hub.scrub_if_due().await {
            Ok(None) => {}
            Ok(Some(scrubbed)) => {
                let (xorbs, bytes) = (scrubbed.xorbs, scrubbed.bytes);
                tracing::debug!(xorbs, bytes, "{xorbs} xorbs of {bytes} bytes were read once more");
                for finding in scrubbed.findings {
                    let (what, place) = (finding.what, finding.place);
                    tracing::error!(what, place, "stored content is damaged: {place}: {what}");
                }
            }
            Err(error) => {
                let cause = format!("{:#}", anyhow::Error::from(error));
                tracing::warn!(cause, "stored content could not be read once more; later then: {cause}");
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn rescan(hub: Hub) {
    loop {
        match hub.scan_stale_heads().await {
            Ok(0) => tokio::time::sleep(EVERY).await,
            Ok(branches) => {
                tracing::info!(branches, "{branches} branches are scanned again, by newer rules");
                tokio::time::sleep(BETWEEN_PAGES).await;
            }
            Err(error) => {
                let cause = format!("{:#}", anyhow::Error::from(error));
                tracing::warn!(
                    cause,
                    "what is to be scanned again could not be found out; later then: {cause}"
                );
                tokio::time::sleep(EVERY).await;
            }
        }
    }
}

/// Shows to the virus scanner what it has not looked at, as soon as it is there.
async fn catch_up(hub: Hub) {
    if hub.settings().safety.clamav.is_none() {
        return;
    }
    loop {
        match hub.scan_unlooked_heads().await {
            Ok(0) => {}
            Ok(branches) => {
                tracing::info!(branches, "{branches} branches are shown to the virus scanner");
            }
            Err(error) => {
                let cause = format!("{:#}", anyhow::Error::from(error));
                tracing::warn!(cause, "what no virus scanner has looked at could not be found out: {cause}");
            }
        }
        tokio::time::sleep(ANTIVIRUS_EVERY).await;
    }
}

impl Housekeeping {
    /// Ends it: jobs under way are given back.
    pub(crate) async fn stop(self) {
        for task in [self.sweeping, self.scrubbing, self.rescanning, self.catching_up] {
            task.abort();
            // Until it is gone it may hold a connection, and the database would not be closed in order.
            _ = task.await;
        }
        self.workers.stop().await;
    }
}
