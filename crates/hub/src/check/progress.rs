//! How far a check has come, for whoever waits for it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use super::finding::{Finding, Severity};

/// How far a check has come; looked at from outside while it runs.
#[derive(Debug, Default)]
pub struct Progress {
    phase: Mutex<&'static str>,
    expected: AtomicU64,
    counted: [AtomicU64; 8],
}

/// What is counted.
#[derive(Debug, Clone, Copy)]
pub(super) enum Count {
    Repositories,
    Refs,
    GitObjects,
    Xorbs,
    Files,
    Shards,
    Bytes,
    Damage,
}

/// What was looked at, and how much damage was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Repositories.
    pub repositories: u64,
    /// Branches, tags and other refs.
    pub refs: u64,
    /// Commits, trees, blobs and tags.
    pub git_objects: u64,
    /// Xorbs.
    pub xorbs: u64,
    /// Files of the content store.
    pub files: u64,
    /// Shards.
    pub shards: u64,
    /// Bytes that were read and hashed.
    pub bytes: u64,
    /// Findings that are damage.
    pub damage: u64,
}

impl Progress {
    /// What is being looked at.
    pub fn phase(&self) -> &'static str {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// About how many bytes there are to read; zero when none are.
    pub fn expected_bytes(&self) -> u64 {
        self.expected.load(Ordering::Relaxed)
    }

    /// What has been looked at so far.
    pub fn summary(&self) -> Summary {
        let of = |count: Count| self.counted[count as usize].load(Ordering::Relaxed);
        Summary {
            repositories: of(Count::Repositories),
            refs: of(Count::Refs),
            git_objects: of(Count::GitObjects),
            xorbs: of(Count::Xorbs),
            files: of(Count::Files),
            shards: of(Count::Shards),
            bytes: of(Count::Bytes),
            damage: of(Count::Damage),
        }
    }

    pub(super) fn enter(&self, phase: &'static str) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }

    pub(super) fn expect(&self, bytes: u64) {
        self.expected.store(bytes, Ordering::Relaxed);
    }

    pub(super) fn add(&self, count: Count, more: u64) {
        self.counted[count as usize].fetch_add(more, Ordering::Relaxed);
    }

    pub(super) fn found(&self, finding: &Finding) {
        if finding.severity == Severity::Damage {
            self.add(Count::Damage, 1);
        }
    }
}
