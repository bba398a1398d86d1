//! Datasets: the type and number of their elements, and where these lie.

use std::io;

use super::attribute::{self, Datatype};
use super::fields::Fields;
use super::header::{DATASPACE, DATATYPE, EXTERNAL, FILTERS, LAYOUT, Message};
use super::heap::{self, Names};
use super::store::Store;
use super::{Dataset, Place, chunks};

/// The most nodes that the index of one dataset has.
const MOST_NODES: usize = 1_000_000;

/// The filters that come with the library, and LZF, which comes with h5py.
const KNOWN_FILTERS: [u64; 7] = [1, 2, 3, 4, 5, 6, 32000];

/// The dataset that the messages of a header make, if they do.
pub(super) fn dataset(store: &mut Store<'_>, messages: &[Message]) -> io::Result<Option<Dataset>> {
    let find = |kind| messages.iter().find(|message| message.kind == kind);
    let (Some(layout), Some(datatype), Some(dataspace)) = (find(LAYOUT), find(DATATYPE), find(DATASPACE))
    else {
        return Ok(None);
    };
    let read = if datatype.is_shared {
        attribute::shared(store, &datatype.data)?
    } else {
        Datatype::read(&datatype.data)
    };
    let shape = attribute::shape(&dataspace.data, store.lengths).filter(|_| !dataspace.is_shared);
    let (Some(read), Some(shape)) = (read, shape) else {
        store.broken(layout.at, "hdf5-broken-dataset");
        return Ok(None);
    };
    let mut dataset = Dataset { dtype: read.name, item: read.size, ..Dataset::default() };
    let is_empty = shape.is_none();
    dataset.shape = shape.unwrap_or_default();
    let pipeline = find(FILTERS).map(|message| filters(store, message));
    dataset.filters = pipeline.unwrap_or_default();
    dataset.place = place(store, layout, &dataset.shape)?.unwrap_or_else(|| {
        store.broken(layout.at, "hdf5-broken-layout");
        Place::Nowhere
    });
    if find(EXTERNAL).is_some() {
        dataset.place = Place::Outside;
    }
    if let Place::Piece(range) = &dataset.place {
        let needed = dataset.shape.iter().try_fold(dataset.item, |bytes, side| bytes.checked_mul(*side));
        let there = range.end - range.start;
        if range.end > store.size() {
            store.odd(layout.at, "hdf5-past-the-end");
        } else if needed.filter(|_| !is_empty) != Some(there) {
            store.odd(layout.at, "hdf5-length-wrong");
        }
    }
    Ok(Some(dataset))
}

/// Where the elements lie, which then belong to the dataset.
fn place(store: &mut Store<'_>, layout: &Message, shape: &[u64]) -> io::Result<Option<Place>> {
    let mut fields = Fields::new(&layout.data);
    let (Some(version), Some(class)) = (fields.byte(), fields.byte()) else { return Ok(None) };
    match (version, class) {
        (1 | 2, rank) => old(store, layout, fields, rank),
        (3 | 4, 0) => Ok(fields.number(2).map(|length| compact(layout, fields.at(), length))),
        (3 | 4, 1) => {
            let (Some(at), Some(length)) = (store.address(&mut fields), fields.number(store.lengths)) else {
                return Ok(None);
            };
            Ok(Some(piece(store, at, length)))
        }
        (3, 2) => {
            let (Some(rank), Some(index)) = (fields.byte(), store.address(&mut fields)) else {
                return Ok(None);
            };
            old_chunks(store, index, rank)
        }
        (4, 2) => chunks::place(store, layout, fields, shape),
        (4, 3) => outside(store, layout, fields),
        _ => {
            store.gap(layout.at..layout.at, "hdf5-unknown-layout");
            Ok(Some(Place::Nowhere))
        }
    }
}

/// Versions 1 and 2.
fn old(
    store: &mut Store<'_>,
    layout: &Message,
    mut fields: Fields<'_>,
    rank: u8,
) -> io::Result<Option<Place>> {
    let Some(class) = fields.byte() else { return Ok(None) };
    if fields.take(5).is_none() {
        return Ok(None);
    }
    let at = if class == 0 { Some(None) } else { store.address(&mut fields) };
    let Some(at) = at else { return Ok(None) };
    let sides: Option<Vec<u64>> = (0..rank).map(|_| fields.number(4)).collect();
    let Some(sides) = sides else { return Ok(None) };
    match class {
        0 => Ok(fields.number(4).map(|length| compact(layout, fields.at(), length))),
        1 => {
            let length = sides.iter().try_fold(1_u64, |bytes, side| bytes.checked_mul(*side));
            Ok(length.map(|length| piece(store, at, length)))
        }
        2 => old_chunks(store, at, rank),
        _ => Ok(None),
    }
}

/// In the header itself.
fn compact(layout: &Message, begin: usize, length: u64) -> Place {
    let begin = layout.at + begin as u64;
    Place::Piece(begin..begin + length)
}

fn piece(store: &mut Store<'_>, at: Option<u64>, length: u64) -> Place {
    // What was never written lies nowhere.
    let Some(at) = at else { return Place::Nowhere };
    let range = at..at.saturating_add(length);
    store.claim(range.clone());
    Place::Piece(range)
}

/// Chunks that a tree of version 1 leads to. The last of the sides is the length of an element.
fn old_chunks(store: &mut Store<'_>, index: Option<u64>, rank: u8) -> io::Result<Option<Place>> {
    let (mut count, mut total) = (0, 0_u64);
    let mut nodes: Vec<u64> = index.into_iter().collect();
    let key = 8 + 8 * u64::from(rank);
    let offsets = store.offsets as u64;
    let room = 8 + 2 * offsets + (2 * store.chunk_node + 1) * key + 2 * store.chunk_node * offsets;
    for _ in 0..MOST_NODES {
        let Some(at) = nodes.pop() else { return Ok(Some(Place::Chunks { count, bytes: total })) };
        let Some(bytes) = store.part(at, room)? else { return Ok(None) };
        let mut fields = Fields::new(&bytes);
        if fields.take(5) != Some(b"TREE\x01") {
            return Ok(None);
        }
        let (Some(level), Some(used)) = (fields.byte(), fields.number(2)) else { return Ok(None) };
        fields.take(2 * store.offsets);
        for _ in 0..used {
            let Some(length) = fields.number(4) else { return Ok(None) };
            fields.take(usize::try_from(key - 4).unwrap_or_default());
            let Some(Some(child)) = store.address(&mut fields) else { return Ok(None) };
            if level > 0 {
                nodes.push(child);
                continue;
            }
            count += 1;
            total = total.saturating_add(length);
            store.claim(child..child.saturating_add(length));
            if child.saturating_add(length) > store.size() {
                store.odd(at, "hdf5-past-the-end");
            }
        }
    }
    store.gap(0..0, "too-many-objects");
    Ok(Some(Place::Nowhere))
}

/// A dataset put together from others, in this file (`.`) or elsewhere.
fn outside(store: &mut Store<'_>, layout: &Message, mut fields: Fields<'_>) -> io::Result<Option<Place>> {
    let (Some(Some(heap)), Some(index)) = (store.address(&mut fields), fields.number(4)) else {
        return Ok(None);
    };
    let Some(range) = heap::value(store, heap, index)? else { return Ok(None) };
    let Some(bytes) = store.peek(range.start, range.end - range.start)? else { return Ok(None) };
    let mut fields = Fields::new(&bytes);
    fields.take(1 + store.lengths);
    let Some(file) = fields.text() else { return Ok(None) };
    store.outside(layout.at, "hdf5-virtual-dataset", file);
    // The other sources stand after a selection, which is not read.
    store.gap(range, "hdf5-virtual-dataset");
    Ok(Some(Place::Outside))
}

/// Files that hold the elements of a dataset.
pub(super) fn external(store: &mut Store<'_>, message: &Message) -> io::Result<()> {
    let mut fields = Fields::new(&message.data);
    fields.take(6);
    let (Some(used), Some(Some(heap))) = (fields.number(2), store.address(&mut fields)) else {
        store.broken(message.at, "hdf5-broken-external");
        return Ok(());
    };
    let names = Names::read(store, heap)?;
    for _ in 0..used {
        let name = fields.number(store.lengths).zip(names.as_ref()).and_then(|(at, names)| names.name(at));
        fields.take(2 * store.lengths);
        match name {
            Some(name) => store.outside(message.at, "hdf5-external-data", name),
            None => {
                store.broken(message.at, "hdf5-broken-external");
                return Ok(());
            }
        }
    }
    Ok(())
}

/// The numbers of filters. Others than these are looked for as plug-ins on the machine that reads.
fn filters(store: &mut Store<'_>, message: &Message) -> Vec<u16> {
    let (mut fields, mut found) = (Fields::new(&message.data), Vec::new());
    let read = (|| {
        let (version, count) = (fields.byte()?, fields.byte()?);
        fields.take(if version == 1 { 6 } else { 0 })?;
        for _ in 0..count {
            let number = fields.number(2)?;
            let has_name = version == 1 || number >= 256;
            let length = if has_name { usize::try_from(fields.number(2)?).ok()? } else { 0 };
            fields.take(2)?;
            let values = usize::try_from(fields.number(2)?).ok()?;
            let padding = if version == 1 { length.next_multiple_of(8) - length } else { 0 };
            fields.take(length + padding)?;
            fields.take(4 * (values + if version == 1 { values % 2 } else { 0 }))?;
            if !KNOWN_FILTERS.contains(&number) {
                store.odd(message.at, "hdf5-filter-plugin");
            }
            found.push(u16::try_from(number).ok()?);
        }
        Some(())
    })();
    if read.is_none() {
        store.broken(message.at, "hdf5-broken-filters");
    }
    found
}
