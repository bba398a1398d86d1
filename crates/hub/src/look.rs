//! Lets readers of formats look into a file: they wait, on a thread of their own, for the bytes that they ask for.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::TryStreamExt;
use limpide_formats::reading::ReadAt;
use tokio::runtime::Handle;

use crate::Hub;
use crate::access::Content;
use crate::content::StoredFile;
use crate::error::{Error, Result};
use crate::resolve::Resolved;

/// The least and the most that is read ahead.
const SMALLEST: u64 = 16 << 10;
const LARGEST: u64 = 1 << 20;

/// The most that is read at once.
const LONGEST: u64 = 128 << 20;

impl Hub {
    /// Has a file looked into, on a thread that may wait. What is held back can still be looked into: its bytes are
    /// not given away.
    ///
    /// # Errors
    /// When the bytes cannot be had, and what `act` gives.
    pub async fn look<T: Send + 'static>(
        &self,
        content: &Content,
        file: &Resolved,
        act: impl FnOnce(Arc<dyn ReadAt + Send + Sync>) -> io::Result<T> + Send + 'static,
    ) -> Result<T> {
        let bytes = match &file.stored {
            Some(stored) => Lying::Stored(stored.clone()),
            None => Lying::Here(self.read_blob(content, file.id).await?),
        };
        let (hub, size, runtime) = (self.clone(), file.size, Handle::current());
        let reader = Reader { hub, bytes, size, runtime, window: Mutex::default() };
        let read = tokio::task::spawn_blocking(move || act(Arc::new(reader))).await;
        let read = read.map_err(|error| Error::Internal(error.into()))?;
        read.map_err(|error| Error::Internal(error.into()))
    }
}

/// Where the bytes of a file are.
enum Lying {
    Here(Bytes),
    Stored(StoredFile),
}

/// A file, read through a window that grows where a reader goes on.
struct Reader {
    hub: Hub,
    bytes: Lying,
    size: u64,
    runtime: Handle,
    window: Mutex<(u64, Bytes)>,
}

impl Reader {
    fn fetch(&self, stored: &StoredFile, begin: u64, end: u64) -> io::Result<Bytes> {
        let pieces: Result<Vec<Bytes>> =
            self.runtime.block_on(self.hub.read(stored, begin..end).try_collect());
        Ok(pieces.map_err(io::Error::other)?.concat().into())
    }
}

impl ReadAt for Reader {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let stored = match &self.bytes {
            Lying::Here(bytes) => return bytes.as_ref().read_at(at, into),
            Lying::Stored(stored) => stored,
        };
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        let ends = window.0 + window.1.len() as u64;
        if at < window.0 || at >= ends {
            let goes_on = at > 0 && at == ends;
            let ahead = if goes_on { 2 * window.1.len() as u64 } else { SMALLEST };
            let length = ahead.clamp(SMALLEST, LARGEST).max((into.len() as u64).min(LONGEST));
            let end = at.saturating_add(length).min(self.size);
            if at >= end {
                return Ok(0);
            }
            *window = (at, self.fetch(stored, at, end)?);
        }
        window.1.as_ref().read_at(at - window.0, into)
    }
}
