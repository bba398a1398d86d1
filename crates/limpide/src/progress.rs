//! How far long work has come, told to whoever watches a terminal.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often it is told.
const PACE: Duration = Duration::from_millis(200);

/// How often work of minutes is told: somebody who watches wants to see it move, a log does not.
pub(crate) fn pace() -> Duration {
    if std::io::stderr().is_terminal() { Duration::from_millis(500) } else { Duration::from_secs(10) }
}

/// Bytes of so many, on one line of standard error; nothing where that is no terminal.
pub(crate) struct Progress {
    verb: &'static str,
    all: u64,
    watched: bool,
    told: Mutex<(u64, Instant)>,
}

impl Progress {
    /// Work on so many bytes begins: `Progress::new("hashed", 1 << 30)`.
    pub(crate) fn new(verb: &'static str, all: u64) -> Self {
        let watched = std::io::stderr().is_terminal();
        Self { verb, all, watched, told: Mutex::new((0, Instant::now())) }
    }

    /// So many bytes more are done.
    pub(crate) fn add(&self, bytes: u64) {
        let Ok(mut told) = self.told.lock() else { return };
        told.0 += bytes;
        if self.watched && told.1.elapsed() > PACE {
            told.1 = Instant::now();
            // If nobody listens on standard error, there is nobody to tell.
            _ = write!(std::io::stderr(), "\r\x1b[K{} {} of {} MiB", self.verb, told.0 >> 20, self.all >> 20);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.watched {
            _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
