//! What is different between an object and one like it that was written before.
//!
//! Most objects are new versions of others, with one change somewhere: they begin as these did, or end as these did. So
//! candidates are found by their first and by their last bytes, and a delta is a common beginning, what is new, and a
//! common end. It costs next to nothing, and is what git takes long to find among objects that have no names.

use std::collections::HashMap;

use bytes::Bytes;

use crate::pack::ObjectKind;

/// As many first, or last, bytes are compared: an entry of a folder has its id within.
const EDGE: usize = 48;

/// Objects are remembered up to this size, and so many bytes of them.
const LARGEST: usize = 1 << 20;
const MEMORY: usize = 32 << 20;

/// Git reads a delta on a delta on a delta … so many at most, as it makes them by itself.
const DEEPEST: u8 = 50;

/// What an instruction copies, and inserts, at most.
const COPIED: usize = 0xFF_FFFF;
const INSERTED: usize = 0x7F;

/// What is different from an object before.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Delta {
    /// How many bytes before the place of the new object that one begins.
    pub(crate) back: u64,
    /// The instructions that make the new one of it.
    pub(crate) changes: Vec<u8>,
}

/// Objects that were written not long ago.
#[derive(Debug, Default)]
pub(crate) struct Recent {
    by_edge: HashMap<Edge, Written>,
    bytes: usize,
}

/// The first or the last bytes of objects of a kind.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Edge {
    kind: u8,
    is_last: bool,
    bytes: [u8; EDGE],
}

#[derive(Debug, Clone)]
struct Written {
    place: u64,
    depth: u8,
    bytes: Bytes,
}

impl Recent {
    /// How an object is told by one before, if that is much shorter; it is remembered as being at `place`.
    pub(crate) fn delta(&mut self, kind: ObjectKind, bytes: &Bytes, place: u64) -> Option<Delta> {
        let edges = Edge::both(kind, bytes)?;
        let candidates = edges.iter().filter_map(|edge| self.by_edge.get(edge));
        let changed = candidates
            .filter(|base| base.depth < DEEPEST)
            .map(|base| (base, Changed::between(&base.bytes, bytes)))
            .min_by_key(|(_, changed)| changed.inserted(bytes))
            .filter(|(_, changed)| changed.inserted(bytes) < bytes.len() / 2);
        let delta = changed.map(|(base, changed)| Delta {
            back: place - base.place,
            changes: changed.instructions(&base.bytes, bytes),
        });
        let depth = changed.map_or(0, |(base, _)| base.depth + 1);
        self.remember(kind, edges, &Written { place, depth, bytes: bytes.clone() });
        delta
    }

    /// Remembers an object in place of those that begin or end as it does.
    fn remember(&mut self, kind: ObjectKind, edges: [Edge; 2], written: &Written) {
        if self.bytes > MEMORY {
            *self = Self::default();
        }
        for edge in edges {
            self.bytes += written.bytes.len();
            let Some(before) = self.by_edge.insert(edge, written.clone()) else { continue };
            self.bytes -= before.bytes.len();
            for other in Edge::both(kind, &before.bytes).into_iter().flatten() {
                if self.by_edge.get(&other).is_some_and(|held| held.place == before.place) {
                    self.by_edge.remove(&other);
                    self.bytes -= before.bytes.len();
                }
            }
        }
    }
}

impl Edge {
    /// Those of an object; none when it has no versions that are worth a look.
    fn both(kind: ObjectKind, bytes: &[u8]) -> Option<[Self; 2]> {
        let has_versions = matches!(kind, ObjectKind::Blob | ObjectKind::Tree);
        let (first, last) = (*bytes.first_chunk()?, *bytes.last_chunk()?);
        let edge = |is_last, bytes| Self { kind: kind as u8, is_last, bytes };
        (has_versions && bytes.len() <= LARGEST).then(|| [edge(false, first), edge(true, last)])
    }
}

/// How much two objects have in common.
#[derive(Debug, Clone, Copy)]
struct Changed {
    beginning: usize,
    end: usize,
}

impl Changed {
    fn between(base: &[u8], new: &[u8]) -> Self {
        let same = |pair: &(&u8, &u8)| pair.0 == pair.1;
        let beginning = base.iter().zip(new).take_while(same).count();
        let rests = base[beginning..].iter().rev().zip(new[beginning..].iter().rev());
        Self { beginning, end: rests.take_while(same).count() }
    }

    /// How many bytes are new.
    fn inserted(&self, new: &[u8]) -> usize {
        new.len() - self.beginning - self.end
    }

    fn instructions(&self, base: &[u8], new: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.inserted(new) + 32);
        for size in [base.len(), new.len()] {
            write_size(size, &mut out);
        }
        write_copies(0, self.beginning, &mut out);
        for piece in new[self.beginning..new.len() - self.end].chunks(INSERTED) {
            out.push(piece.len() as u8);
            out.extend_from_slice(piece);
        }
        write_copies(base.len() - self.end, self.end, &mut out);
        out
    }
}

/// Seven bits at a time, the lowest first.
fn write_size(mut size: usize, out: &mut Vec<u8>) {
    while size > 0x7F {
        out.push((size & 0x7F) as u8 | 0x80);
        size >>= 7;
    }
    out.push(size as u8);
}

/// Copies a range of the base. Of its start and its length only the bytes are written that are not zero; the first byte says
/// which.
fn write_copies(mut start: usize, mut length: usize, out: &mut Vec<u8>) {
    while length > 0 {
        let piece = length.min(COPIED);
        let place = out.len();
        out.push(0x80);
        for (bit, byte) in (start as u32).to_le_bytes().into_iter().enumerate().filter(|(_, byte)| *byte != 0)
        {
            out[place] |= 1 << bit;
            out.push(byte);
        }
        for (bit, byte) in
            (piece as u32).to_le_bytes().into_iter().take(3).enumerate().filter(|(_, byte)| *byte != 0)
        {
            out[place] |= 0x10 << bit;
            out.push(byte);
        }
        start += piece;
        length -= piece;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: impl IntoIterator<Item = u32>) -> Bytes {
        lines.into_iter().map(|line| format!("line {line}\n")).collect::<String>().into()
    }

    #[test]
    fn a_new_version_is_told_by_the_one_before() {
        let mut recent = Recent::default();
        let old = text(0..100);
        assert_eq!(recent.delta(ObjectKind::Blob, &old, 12), None);
        let new = text((0..50).chain([777]).chain(51..100));
        let Delta { back, changes } = recent.delta(ObjectKind::Blob, &new, 512).unwrap();
        assert_eq!(back, 500);
        assert!(changes.len() < 30, "{changes:?}");
        // Only by its end; and not by an object of another kind.
        let other = text((500..510).chain(60..100));
        assert!(recent.delta(ObjectKind::Blob, &other, 600).is_some());
        assert_eq!(recent.delta(ObjectKind::Tree, &new, 700), None);
        assert_eq!(recent.delta(ObjectKind::Commit, &text(0..100), 800), None);
        assert_eq!(recent.delta(ObjectKind::Blob, &"short".into(), 900), None);
    }

    #[test]
    fn deltas_rest_on_each_other_up_to_a_depth() {
        let mut recent = Recent::default();
        let told = (0..120_u32).map(|number| {
            recent.delta(ObjectKind::Blob, &text((0..99).chain([number])), u64::from(number) * 10)
        });
        let whole: Vec<usize> =
            told.enumerate().filter(|(_, told)| told.is_none()).map(|(number, _)| number).collect();
        assert_eq!(whole, [0, 51, 102]);
    }

    #[test]
    fn copies_are_those_of_the_format() {
        let copies = |start, length| {
            let mut out = Vec::new();
            write_copies(start, length, &mut out);
            out
        };
        assert_eq!(copies(0, 0), [0; 0]);
        assert_eq!(copies(0, 5), [0x90, 5]);
        assert_eq!(copies(0x1_0002, 0x1_0000), [0x80 | 0x05 | 0x40, 2, 1, 1]);
        assert_eq!(copies(0, COPIED + 1)[4..], [0x80 | 0x07 | 0x10, 0xFF, 0xFF, 0xFF, 1]);
    }
}
