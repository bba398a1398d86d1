//! What a server does beside answering: at the start and every hour, it removes what nothing names any more.

use std::time::Duration;

use limpide_hub::{Hub, Sweeper};
use tokio::task::JoinHandle;

const EVERY: Duration = Duration::from_secs(3600);

/// Work that goes on until this is dropped.
pub(crate) struct Housekeeping(JoinHandle<()>);

/// Begins. What is interrupted by the end of the process is done after the next start.
pub(crate) fn begin(hub: Hub) -> Housekeeping {
    Housekeeping(tokio::spawn(async move {
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
    }))
}

impl Drop for Housekeeping {
    fn drop(&mut self) {
        self.0.abort();
    }
}
