//! Heaps: a local one for the names of a group, and the global one for values of any length.

use std::collections::HashMap;
use std::io;
use std::ops::Range;

use super::fields::{Fields, until_nul};
use super::store::Store;

/// The longest collection of values that is read; each is read once.
const MOST_OBJECTS: usize = 1 << 16;

/// The names of a group.
pub(super) struct Names(Vec<u8>);

impl Names {
    /// The local heap at a place.
    pub(super) fn read(store: &mut Store<'_>, at: u64) -> io::Result<Option<Self>> {
        let length = 8 + 2 * store.lengths as u64 + store.offsets as u64;
        let Some(head) = store.part(at, length)? else { return Ok(None) };
        let mut fields = Fields::new(&head);
        if fields.take(4) != Some(b"HEAP") || fields.take(4).is_none() {
            return Ok(None);
        }
        let size = fields.number(store.lengths);
        fields.take(store.lengths);
        let (Some(size), Some(Some(data))) = (size, store.address(&mut fields)) else { return Ok(None) };
        Ok(store.part(data, size)?.map(Self))
    }

    /// The name that begins at a place of the heap.
    pub(super) fn name(&self, at: u64) -> Option<String> {
        let rest = self.0.get(usize::try_from(at).ok()?..)?;
        Some(String::from_utf8_lossy(until_nul(rest)).into_owned())
    }
}

/// Where a value of the global heap lies: in which collection, and under which number there.
pub(super) fn value(store: &mut Store<'_>, at: u64, index: u64) -> io::Result<Option<Range<u64>>> {
    if !store.collections.contains_key(&at) {
        let objects = collection(store, at)?.unwrap_or_default();
        store.collections.insert(at, objects);
    }
    Ok(store.collections.get(&at).and_then(|objects| objects.get(&index)).cloned())
}

fn collection(store: &mut Store<'_>, at: u64) -> io::Result<Option<HashMap<u64, Range<u64>>>> {
    let head = 8 + store.lengths as u64;
    let Some(first) = store.peek(at, head)? else { return Ok(None) };
    let mut fields = Fields::new(&first);
    if fields.take(4) != Some(b"GCOL") || fields.take(4).is_none() {
        return Ok(None);
    }
    let size = fields.number(store.lengths).unwrap_or_default();
    let Some(bytes) = store.part(at, size)? else { return Ok(None) };
    let (mut fields, mut objects) = (Fields::new(&bytes), HashMap::new());
    fields.take(usize::try_from(head).unwrap_or_default());
    while objects.len() < MOST_OBJECTS {
        let Some(index) = fields.number(2) else { break };
        fields.take(6);
        let Some(length) = fields.number(store.lengths) else { break };
        // Number 0 is what is left free.
        if index == 0 {
            break;
        }
        let begin = at + fields.at() as u64;
        let padded = length.checked_next_multiple_of(8).and_then(|length| usize::try_from(length).ok());
        if padded.and_then(|length| fields.take(length)).is_none() {
            break;
        }
        objects.insert(index, begin..begin + length);
    }
    Ok(Some(objects))
}
