//! What `backup`, `restore` and `migrate` tell whoever waits for them.

use std::future::Future;
use std::io::{IsTerminal, Write};
use std::time::Instant;

use limpide_hub::moving::{Carried, Progress};

use crate::progress::pace;

/// Waits for a hub to be moved, and tells how far it has come.
pub(crate) async fn watched<T>(act: impl Future<Output = T>, progress: &Progress) -> T {
    let (start, mut act) = (Instant::now(), std::pin::pin!(act));
    let mut ticks = tokio::time::interval(pace());
    ticks.tick().await;
    loop {
        tokio::select! {
            biased;
            outcome = &mut act => {
                if std::io::stderr().is_terminal() {
                    // If nobody listens on standard error, there is nobody to tell.
                    _ = write!(std::io::stderr(), "\r\x1b[K");
                }
                return outcome;
            }
            _ = ticks.tick() => tell(progress, start),
        }
    }
}

fn tell(progress: &Progress, start: Instant) {
    let (objects, expected) = progress.objects();
    let line = format!(
        "{} s, {}: {} rows, {objects} of {expected} objects, {} MiB read",
        start.elapsed().as_secs(),
        progress.phase(),
        progress.rows_read(),
        progress.bytes() >> 20
    );
    let mut err = std::io::stderr().lock();
    _ = match err.is_terminal() {
        true => write!(err, "\r\x1b[K{line}"),
        false => writeln!(err, "{line}"),
    };
}

/// What became of objects, in words.
pub(crate) fn told(carried: Carried) -> String {
    format!(
        "{} objects of {} MiB ({} copied, {} were there)",
        carried.objects,
        carried.bytes >> 20,
        carried.copied,
        carried.objects - carried.copied
    )
}
