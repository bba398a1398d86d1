//! Reads a file piece by piece, into buffers that are used again.
//!
//! What the kernel has in memory is copied on the spot: waking another thread would cost as much as the copy.
//! Only what must come from the disk is read on a thread that may wait, and then a piece ahead of the reader.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::task::spawn_blocking;

use super::{Step, done, reading};
use crate::{Error, Key, Result};

/// How much is read at once: little enough to be still in the processor's cache when it is sent on.
const PIECE: usize = 256 << 10;

/// How many buffers are kept for later: 16 MiB.
const KEPT: usize = 64;

/// A file being read.
pub(super) struct Reader {
    file: Arc<File>,
    key: Key,
    rest: Range<u64>,
    buffers: Arc<Buffers>,
    /// The next piece, when it has to come from the disk.
    ahead: Option<Step<Bytes>>,
}

/// Buffers that nobody uses at the moment: fresh memory would be cleared by the kernel for every piece.
#[derive(Debug, Default)]
pub(super) struct Buffers(Mutex<Vec<Vec<u8>>>);

/// A buffer in use. It goes back when the last piece of it is dropped.
struct Lent {
    bytes: Vec<u8>,
    length: usize,
    home: Arc<Buffers>,
}

impl Reader {
    pub(super) fn new(file: Arc<File>, key: Key, range: Range<u64>, buffers: Arc<Buffers>) -> Self {
        Self { file, key, rest: range, buffers, ahead: None }
    }

    /// The next piece; none at the end.
    pub(super) async fn next(mut self) -> Result<Option<(Bytes, Self)>> {
        let ahead = self.ahead.take();
        if ahead.is_none()
            && let Some(bytes) = self.take_cached()
        {
            return Ok(Some((bytes, self)));
        }
        let Some(step) = ahead.or_else(|| self.read_aside()) else { return Ok(None) };
        let bytes = done(step).await?;
        self.ahead = self.read_aside();
        Ok(Some((bytes, self)))
    }

    /// As much of the next piece as the kernel has in memory; none when it has nothing.
    fn take_cached(&mut self) -> Option<Bytes> {
        if self.rest.is_empty() {
            return None;
        }
        let mut lent = self.buffers.lend(self.piece());
        lent.length = read_cached(&self.file, &mut lent.bytes[..lent.length], self.rest.start)?;
        self.rest.start += lent.length as u64;
        Some(Bytes::from_owner(lent))
    }

    /// Begins to read the next piece from the disk; none is left at the end.
    fn read_aside(&mut self) -> Option<Step<Bytes>> {
        if self.rest.is_empty() {
            return None;
        }
        let (file, key, start) = (Arc::clone(&self.file), self.key, self.rest.start);
        let mut lent = self.buffers.lend(self.piece());
        self.rest.start += lent.length as u64;
        Some(spawn_blocking(move || {
            file.read_exact_at(&mut lent.bytes[..lent.length], start)
                .map_err(|cause| Error::of_file(reading(&key), cause))?;
            Ok(Bytes::from_owner(lent))
        }))
    }

    fn piece(&self) -> usize {
        usize::try_from(self.rest.end - self.rest.start).unwrap_or(PIECE).min(PIECE)
    }
}

impl Buffers {
    fn lend(self: &Arc<Self>, length: usize) -> Lent {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Lent { bytes: kept.unwrap_or_else(|| vec![0; PIECE]), length, home: Arc::clone(self) }
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut kept = self.home.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < KEPT {
            kept.push(std::mem::take(&mut self.bytes));
        }
    }
}

/// Reads what the kernel has in memory, without waiting; none when that is nothing, or the file system cannot say.
#[cfg(target_os = "linux")]
fn read_cached(file: &File, bytes: &mut [u8], at: u64) -> Option<usize> {
    let mut bytes = [std::io::IoSliceMut::new(bytes)];
    let read = rustix::io::preadv2(file, &mut bytes, at, rustix::io::ReadWriteFlags::NOWAIT);
    // Whatever is wrong, the read that may wait will tell.
    read.ok().filter(|length| *length > 0)
}

#[cfg(not(target_os = "linux"))]
fn read_cached(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
    None
}
