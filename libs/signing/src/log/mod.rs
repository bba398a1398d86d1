//! A list that only grows, and proves that it does: the Merkle tree of RFC 6962, with SHA-256.
//!
//! What is stored are the hashes of complete subtrees, [`Node`] by [`Node`]: each is written once and never changes.
//! Roots and proofs are computed from a few of them. Sizes are signed as checkpoints ([`Checkpoint`]); whoever keeps an
//! older one can have it shown that nothing below it was changed or taken away ([`verify_consistency`]).

mod checkpoint;
mod proof;

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest, Sha256};

pub use checkpoint::{Checkpoint, CheckpointRefused, LogKey, LogSigner};
pub use proof::{consistency, inclusion, verify_consistency, verify_inclusion};

/// Entries of a log: more than any has, and few enough that no sum of sizes overflows.
pub const MOST_ENTRIES: u64 = 1 << 48;

/// The hash of an entry or of a subtree: 32 bytes, printed as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

/// A complete subtree: that of the entries from `index << level` on, `1 << level` of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node {
    /// How many levels lie below it.
    pub level: u8,
    /// Which of its level, from 0 on.
    pub index: u64,
}

/// Where the hashes of complete subtrees are kept.
pub trait Nodes {
    /// The hash of a subtree, if it is kept.
    fn node(&self, node: Node) -> Option<Hash>;
}

/// Why a log cannot answer, or a proof does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogRefused {
    /// A subtree is not kept that has to be.
    #[error("the log lacks the hash of {0:?}")]
    Lacks(Node),
    /// What is asked for lies outside.
    #[error("the log has no entry or size {asked} among {size}")]
    Outside {
        /// What is asked for.
        asked: u64,
        /// How many entries there are.
        size: u64,
    },
    /// The proof has another length than every proof of these sizes.
    #[error("the proof has {found} hashes, and {expected} are needed")]
    Length {
        /// How many it has.
        found: usize,
        /// How many are needed.
        expected: usize,
    },
    /// The proof leads elsewhere: the entry is not in the log at that place.
    #[error("the entry is not in the log at that place: the proof leads to another root")]
    NotIncluded,
    /// The proof leads elsewhere: what was once in the log is not there any more.
    #[error("the log is not what it was: the proof leads to another root")]
    Rewritten,
}

/// A log that is kept in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    size: u64,
    nodes: BTreeMap<Node, Hash>,
}

impl MemoryLog {
    /// Adds an entry; gives its place.
    ///
    /// # Errors
    /// When the log is full.
    pub fn add(&mut self, entry: &[u8]) -> Result<u64, LogRefused> {
        let at = self.size;
        let added = added(self, at, Hash::of_entry(entry))?;
        self.nodes.extend(added);
        self.size += 1;
        Ok(at)
    }

    /// How many entries there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of all entries.
    pub fn root(&self) -> Hash {
        // All that is asked for was kept when it was added.
        root(self, self.size).unwrap_or(Hash::of_nothing())
    }
}

impl Nodes for MemoryLog {
    fn node(&self, node: Node) -> Option<Hash> {
        self.nodes.get(&node).copied()
    }
}

/// The subtrees that become complete when an entry is added to a log of `size` entries: they are to be kept.
///
/// # Errors
/// When a subtree beside it is not kept, or the log is full.
pub fn added(nodes: &impl Nodes, size: u64, entry: Hash) -> Result<Vec<(Node, Hash)>, LogRefused> {
    if size >= MOST_ENTRIES {
        return Err(LogRefused::Outside { asked: size, size: MOST_ENTRIES });
    }
    let (mut node, mut hash) = (Node { level: 0, index: size }, entry);
    let mut complete = vec![(node, hash)];
    while node.index % 2 == 1 {
        let left = Node { level: node.level, index: node.index - 1 };
        hash = Hash::of_pair(kept(nodes, left)?, hash);
        node = Node { level: node.level + 1, index: node.index / 2 };
        complete.push((node, hash));
    }
    Ok(complete)
}

/// The root of the first `size` entries.
///
/// # Errors
/// When a subtree is not kept.
pub fn root(nodes: &impl Nodes, size: u64) -> Result<Hash, LogRefused> {
    range(nodes, 0, size)
}

/// The hash of the entries from `from` up to `to`, where `from` is a multiple of the power of two that reaches `to`.
fn range(nodes: &impl Nodes, from: u64, to: u64) -> Result<Hash, LogRefused> {
    // From the smallest complete subtree, on the right, to the largest.
    let (mut hash, mut end) = (None, to);
    while end > from {
        let level = end.trailing_zeros().min((end - from).ilog2());
        let length = 1 << level;
        let left = kept(
            nodes,
            Node { level: u8::try_from(level).unwrap_or(u8::MAX), index: (end - length) >> level },
        )?;
        hash = Some(match hash {
            None => left,
            Some(right) => Hash::of_pair(left, right),
        });
        end -= length;
    }
    Ok(hash.unwrap_or(Hash::of_nothing()))
}

fn kept(nodes: &impl Nodes, node: Node) -> Result<Hash, LogRefused> {
    nodes.node(node).ok_or(LogRefused::Lacks(node))
}

impl Hash {
    /// The hash of an entry.
    pub fn of_entry(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(entry).finalize().into())
    }

    /// The hash of two subtrees, side by side.
    pub fn of_pair(left: Self, right: Self) -> Self {
        Self(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// The root of a log without entries.
    pub fn of_nothing() -> Self {
        Self(Sha256::digest([]).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, out)
    }
}
