//! Lets what one process does to one thing take turns: commits to a repository, looks at the same bytes. Other replicas
//! are not held up by this: what keeps history right is the compare-and-swap of the ref; turns only spare work that
//! would be done twice.

use std::hash::{BuildHasher, Hash, RandomState};

use tokio::sync::{Mutex, MutexGuard};

/// Things share this many turns: two that meet wait a little for nothing.
const LANES: usize = 64;

/// Who may go now.
#[derive(Debug)]
pub(crate) struct Turns {
    lanes: [Mutex<()>; LANES],
    hasher: RandomState,
}

impl Turns {
    /// Waits for the turn of what has this name; it ends with the guard.
    pub(crate) async fn wait(&self, name: impl Hash) -> MutexGuard<'_, ()> {
        let lane = usize::try_from(self.hasher.hash_one(name) % LANES as u64).unwrap_or(0);
        self.lanes[lane].lock().await
    }
}

impl Default for Turns {
    fn default() -> Self {
        Self { lanes: std::array::from_fn(|_| Mutex::new(())), hasher: RandomState::new() }
    }
}
