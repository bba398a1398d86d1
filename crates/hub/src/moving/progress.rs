//! How far moving a hub has come, for whoever waits for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// How far it has come; looked at from outside meanwhile.
#[derive(Debug, Default)]
pub struct Progress {
    phase: Mutex<&'static str>,
    rows: AtomicU64,
    objects: AtomicU64,
    expected: AtomicU64,
    bytes: AtomicU64,
}

impl Progress {
    /// What is being done.
    pub fn phase(&self) -> &'static str {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Rows that were read so far.
    pub fn rows_read(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// Objects that are done, and how many there are.
    pub fn objects(&self) -> (u64, u64) {
        (self.objects.load(Ordering::Relaxed), self.expected.load(Ordering::Relaxed))
    }

    /// Bytes of objects that were copied or read back.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    pub(super) fn enter(&self, phase: &'static str) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    pub(super) fn rows(&self, more: usize) {
        self.rows.fetch_add(more as u64, Ordering::Relaxed);
    }

    pub(super) fn expect(&self, objects: usize) {
        self.expected.store(objects as u64, Ordering::Relaxed);
    }

    pub(super) fn object(&self) {
        self.objects.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn read(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}
