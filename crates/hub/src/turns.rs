//! Lets the commits of one process to one repository take turns. Other replicas are not held up by this:
//! what keeps history right is the compare-and-swap of the ref; turns only spare work that would be done twice.

use std::hash::{BuildHasher, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// Repositories share this many turns: two that meet wait a little for nothing.
const LANES: usize = 64;

/// Who may go now.
#[derive(Debug)]
pub(crate) struct Turns {
    lanes: [Mutex<()>; LANES],
    hasher: RandomState,
}

impl Turns {
    /// Waits for a repository's turn; it ends with the guard.
    pub(crate) async fn wait(&self, repository_id: &str) -> MutexGuard<'_, ()> {
        let lane = usize::try_from(self.hasher.hash_one(repository_id) % LANES as u64).unwrap_or(0);
        self.lanes[lane].lock().await
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self { lanes: std::array::from_fn(|_| Mutex::new(())), hasher: RandomState::new() }
    }
}
