//! The tree of chunk hashes whose root names a xorb and, salted, a file.
//!
//! The published specification does not state how nodes are grouped; the rule is `next_merge_cut` in
//! `xet-core-structures`: a group ends after a node whose hash is a multiple of four, but has at least three
//! nodes and at most nine, and the last group of a level takes what is left.

use crate::hash::Hash;

/// The key of inner nodes: `INTERNAL_NODE_HASH` in `xet-core-structures`, also in the published specification.
const NODE_KEY: [u8; 32] = [
    1, 126, 197, 199, 165, 71, 41, 150, 253, 148, 102, 102, 180, 138, 2, 230, 93, 221, 83, 111, 55, 199, 109,
    210, 248, 99, 82, 230, 74, 83, 113, 63,
];

const MIN_GROUP: usize = 3;
const MAX_GROUP: usize = 9;

/// One line of a group: 64 hexadecimal digits, `" : "`, at most 20 decimal digits, a line feed.
const MAX_LINE: usize = 64 + 3 + 20 + 1;

/// Returns the name of a xorb from its chunks' hashes and unpacked lengths, in order.
///
/// A xorb of one chunk has that chunk's name; no chunks give [`Hash::ZERO`].
pub fn xorb_hash(chunks: &[(Hash, u64)]) -> Hash {
    let mut tree = TreeHasher::new();
    for (hash, len) in chunks {
        tree.push(*hash, *len);
    }
    tree.root()
}

/// Returns the name of a file from its chunks' hashes and lengths, in order. The empty file is [`Hash::ZERO`].
pub fn file_hash(chunks: impl IntoIterator<Item = (Hash, u64)>) -> Hash {
    let mut file = FileHasher::new();
    for (hash, len) in chunks {
        file.push(hash, len);
    }
    file.finish()
}

/// Computes a file's name chunk by chunk, holding only the open groups (nine nodes a level).
///
/// ```
/// use limpide_xet::{FileHasher, Hash, chunk_hash, file_hash};
/// let mut file = FileHasher::new();
/// assert_eq!(file.finish(), Hash::ZERO);
/// file.push(chunk_hash(b"only"), 4);
/// assert_eq!(file.finish(), file_hash([(chunk_hash(b"only"), 4)]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct FileHasher(TreeHasher);

impl FileHasher {
    /// Returns a hasher of the empty file.
    pub fn new() -> FileHasher {
        FileHasher::default()
    }

    /// Adds the next chunk of the file.
    pub fn push(&mut self, hash: Hash, len: u64) {
        self.0.push(hash, len);
    }

    /// Returns the name of the file made of the chunks so far; more chunks may follow.
    pub fn finish(&self) -> Hash {
        if self.0.is_empty() { Hash::ZERO } else { self.0.root().hmac(&Hash::ZERO) }
    }
}

/// Computes the root of the chunk tree node by node: the unsalted name, as xorbs use it.
#[derive(Debug, Clone, Default)]
pub struct TreeHasher {
    levels: Vec<Level>,
}

#[derive(Debug, Clone, Default)]
struct Level {
    /// The open group: at most eight nodes between two calls.
    open: Vec<(Hash, u64)>,
    /// How many nodes this level has had, those of closed groups included.
    count: u64,
}

impl TreeHasher {
    /// Returns a tree without nodes.
    pub fn new() -> TreeHasher {
        TreeHasher::default()
    }

    /// Tells whether no node was added yet.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Adds the next leaf.
    pub fn push(&mut self, hash: Hash, len: u64) {
        self.push_at(0, (hash, len));
    }

    /// Returns the root over the leaves so far, [`Hash::ZERO`] for none.
    pub fn root(&self) -> Hash {
        let mut tree = self.clone();
        let mut height = 0;
        while let Some(level) = tree.levels.get_mut(height) {
            match level.open.as_slice() {
                [(root, _)] if level.count == 1 => return *root,
                [] => {}
                rest => {
                    let parent = merged(rest);
                    tree.push_at(height + 1, parent);
                }
            }
            height += 1;
        }
        Hash::ZERO
    }

    fn push_at(&mut self, height: usize, node: (Hash, u64)) {
        if height == self.levels.len() {
            self.levels.push(Level { open: Vec::with_capacity(MAX_GROUP), count: 0 });
        }
        let level = &mut self.levels[height];
        level.open.push(node);
        level.count += 1;
        if ends_group(&level.open) {
            let parent = merged(&level.open);
            level.open.clear();
            self.push_at(height + 1, parent);
        }
    }
}

fn ends_group(nodes: &[(Hash, u64)]) -> bool {
    match nodes {
        [] => false,
        [.., (last, _)] => {
            nodes.len() == MAX_GROUP || (nodes.len() >= MIN_GROUP && last.words()[3].is_multiple_of(4))
        }
    }
}

/// Returns the parent of a group: the hash of its lines `"{hash} : {len}\n"`, and the sum of the lengths.
fn merged(nodes: &[(Hash, u64)]) -> (Hash, u64) {
    let mut lines = [0; MAX_GROUP * MAX_LINE];
    let mut end = 0;
    let mut total = 0u64;
    for (hash, len) in nodes {
        end += write_line(&mut lines[end..], hash, *len);
        total = total.saturating_add(*len);
    }
    (Hash::from_bytes(*blake3::keyed_hash(&NODE_KEY, &lines[..end]).as_bytes()), total)
}

fn write_line(line: &mut [u8], hash: &Hash, len: u64) -> usize {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut decimal = [0; 20];
    let mut first = decimal.len();
    let mut rest = len;
    loop {
        first -= 1;
        decimal[first] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let decimal = &decimal[first..];
    for (group, word) in line[..64].chunks_exact_mut(16).zip(hash.words()) {
        for (place, digit) in group.iter_mut().enumerate() {
            *digit = DIGITS[(word >> (60 - 4 * place) & 0xF) as usize];
        }
    }
    line[64..67].copy_from_slice(b" : ");
    line[67..67 + decimal.len()].copy_from_slice(decimal);
    line[67 + decimal.len()] = b'\n';
    68 + decimal.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::chunk_hash;

    #[test]
    fn one_chunk_lends_its_name_to_the_xorb() {
        let hash = chunk_hash(b"alone");
        assert_eq!(xorb_hash(&[(hash, 5)]), hash);
        assert_eq!(xorb_hash(&[]), Hash::ZERO);
    }

    #[test]
    fn the_root_may_be_asked_for_at_any_time() {
        let leaves: Vec<(Hash, u64)> =
            (0..100u8).map(|seed| (chunk_hash(&[seed]), u64::from(seed))).collect();
        let mut tree = TreeHasher::new();
        for (count, (hash, len)) in leaves.iter().enumerate() {
            assert_eq!(tree.root(), xorb_hash(&leaves[..count]));
            tree.push(*hash, *len);
        }
    }

    #[test]
    fn a_line_holds_the_largest_length() {
        let mut line = [0; MAX_LINE];
        let end = write_line(&mut line, &Hash::BOOKEND, u64::MAX);
        let expected = format!("{} : {}\n", Hash::BOOKEND, u64::MAX);
        assert_eq!(std::str::from_utf8(&line[..end]).unwrap(), expected);
    }
}
