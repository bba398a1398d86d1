//! Trees of version 2: records of one length, which lie in the inner nodes as well as in the leaves.

use std::io;

use super::fields::Fields;
use super::store::Store;

/// The most records of one tree.
const MOST_RECORDS: usize = 1 << 20;
/// The deepest tree: with two records in a node there are more than anybody has.
const DEEPEST: usize = 32;
/// Signature, version and type before the records of a node, and a checksum after them.
const AROUND: u64 = 10;

/// The records of a tree.
pub(super) struct Records {
    bytes: Vec<u8>,
    length: usize,
}

impl Records {
    /// One after the other.
    pub(super) fn each(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.length)
    }
}

/// What the header of a tree says of its nodes.
struct Form {
    kind: u8,
    node: u64,
    record: u64,
    /// How long the number of records of a child is, and, by the depth of the child, that of all below it.
    count: usize,
    counts_below: Vec<usize>,
}

/// A node, how many records it has, and how many levels of nodes are below it.
struct Node {
    at: u64,
    count: u64,
    depth: usize,
}

/// The records of the tree at a place, if they are of one of these kinds; none where there is no such tree.
pub(super) fn records(store: &mut Store<'_>, at: u64, kinds: &[u8]) -> io::Result<Option<Records>> {
    let Some(head) = store.part(at, 22 + (store.offsets + store.lengths) as u64)? else { return Ok(None) };
    let mut fields = Fields::new(&head);
    let opened = (|| {
        let is_tree = fields.take(5)? == b"BTHD\0";
        let (kind, node, record) = (fields.byte()?, fields.number(4)?, fields.number(2)?);
        let depth = usize::try_from(fields.number(2)?).ok()?;
        fields.take(2)?;
        let (root, count) = (store.address(&mut fields)?, fields.number(2)?);
        let is_known = is_tree && kinds.contains(&kind) && depth <= DEEPEST && record > 0;
        is_known.then(|| Some((Form::of(kind, node, record, depth, store.offsets)?, root, count, depth)))?
    })();
    let Some((form, root, count, depth)) = opened else { return Ok(None) };
    let Ok(length) = usize::try_from(form.record) else { return Ok(None) };
    let mut records = Records { bytes: Vec::new(), length };
    let mut open: Vec<Node> = root.map(|at| Node { at, count, depth }).into_iter().collect();
    while let Some(node) = open.pop() {
        let Some(bytes) = store.part(node.at, form.node)? else { return Ok(None) };
        let found = form.split(store, &bytes, &node, &mut open);
        let Some(found) = found.filter(|_| records.bytes.len() < MOST_RECORDS * length) else {
            return Ok(None);
        };
        records.bytes.extend_from_slice(found);
    }
    Ok(Some(records))
}

impl Form {
    fn of(kind: u8, node: u64, record: u64, depth: usize, offsets: usize) -> Option<Self> {
        let most = node.checked_sub(AROUND)? / record;
        let count = width(most);
        let (mut counts_below, mut below) = (vec![0], most);
        for level in 0..depth {
            let pointer = (offsets + count + counts_below.get(level).copied()?) as u64;
            let most = node.checked_sub(AROUND + pointer)? / (record + pointer);
            below = most.saturating_add(1).saturating_mul(below).saturating_add(most);
            counts_below.push(width(below));
        }
        Some(Self { kind, node, record, count, counts_below })
    }

    /// The records of a node; its children are opened.
    fn split<'n>(
        &self,
        store: &Store<'_>,
        bytes: &'n [u8],
        node: &Node,
        open: &mut Vec<Node>,
    ) -> Option<&'n [u8]> {
        let mut fields = Fields::new(bytes);
        let signature: &[u8] = if node.depth == 0 { b"BTLF\0" } else { b"BTIN\0" };
        if fields.take(5)? != signature || fields.byte()? != self.kind {
            return None;
        }
        let records = fields.take(usize::try_from(node.count.checked_mul(self.record)?).ok()?)?;
        if let Some(depth) = node.depth.checked_sub(1) {
            for _ in 0..=node.count {
                let at = store.address(&mut fields)??;
                let count = fields.number(self.count)?;
                fields.take(self.counts_below.get(depth).copied()?)?;
                open.push(Node { at, count, depth });
            }
        }
        Some(records)
    }
}

/// How many bytes a number takes that is at most this.
pub(super) fn width(most: u64) -> usize {
    most.checked_ilog2().unwrap_or_default() as usize / 8 + 1
}
