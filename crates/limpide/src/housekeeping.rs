//! What a server does beside answering: it does what was asked for in the background, and at the start and every hour it
//! removes what nothing names any more.

use std::time::Duration;

use limpide_hub::{Hub, Sweeper, Workers};
use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_secs(3600);

/// Work that goes on until it is stopped.
pub(crate) struct Housekeeping {
    sweeping: JoinHandle<()>,
    workers: Workers,
}

/// Begins. What is interrupted by the end of the process is done after the next start.
pub(crate) fn begin(hub: Hub) -> Housekeeping {
    let workers = Workers::begin(&hub, hub.settings().jobs.workers);
    Housekeeping { sweeping: tokio::spawn(sweep(hub)), workers }
}

async fn sweep(hub: Hub) {
    let mut sweeper = Sweeper::new(hub);
    loop {
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

impl Housekeeping {
    /// Ends it: jobs under way are given back.
    pub(crate) async fn stop(self) {
        self.sweeping.abort();
        self.workers.stop().await;
    }
}
