//! Groups: links to objects in this file and in others.

use std::io;

use super::fields::Fields;
use super::header::Message;
use super::heap::Names;
use super::store::Store;

/// The most nodes that the index of one group has.
const MOST_NODES: usize = 100_000;

/// Objects that are yet to be read.
type Open = Vec<(String, u64)>;

/// A link that is a message.
pub(super) fn link(store: &mut Store<'_>, path: &str, message: &Message, open: &mut Open) {
    if message.is_shared || one_link(store, path, message, open).is_none() {
        store.broken(message.at, "hdf5-broken-link");
    }
}

fn one_link(store: &mut Store<'_>, path: &str, message: &Message, open: &mut Open) -> Option<()> {
    let mut fields = Fields::new(&message.data);
    fields.take(1)?;
    let flags = fields.byte()?;
    let kind = if flags & 8 == 0 { 0 } else { fields.byte()? };
    fields.take(if flags & 4 == 0 { 0 } else { 8 })?;
    fields.take(if flags & 16 == 0 { 0 } else { 1 })?;
    let length = fields.number(1 << (flags & 3))?;
    let name = String::from_utf8_lossy(fields.take(usize::try_from(length).ok()?)?).into_owned();
    match kind {
        0 => open.push((format!("{path}/{name}"), store.address(&mut fields)??)),
        // Another name for what is in this file.
        1 => {}
        64 => {
            fields.take(3)?;
            let file = fields.text()?;
            store.outside(message.at, "hdf5-external-link", file);
        }
        _ => store.gap(message.at..message.at + message.data.len() as u64, "hdf5-unknown-link"),
    }
    Some(())
}

/// A group as older versions write it: an index, and a heap with the names.
pub(super) fn symbols(
    store: &mut Store<'_>,
    path: &str,
    message: &Message,
    open: &mut Open,
) -> io::Result<()> {
    let mut fields = Fields::new(&message.data);
    let (Some(Some(index)), Some(Some(heap))) = (store.address(&mut fields), store.address(&mut fields))
    else {
        store.broken(message.at, "hdf5-broken-group");
        return Ok(());
    };
    let Some(names) = Names::read(store, heap)? else {
        store.broken(heap, "hdf5-broken-heap");
        return Ok(());
    };
    let mut nodes = vec![index];
    for _ in 0..MOST_NODES {
        let Some(at) = nodes.pop() else { return Ok(()) };
        let found = match store.peek(at, 8)?.as_deref() {
            Some([b'T', b'R', b'E', b'E', 0, ..]) => node(store, at, &mut nodes)?,
            Some([b'S', b'N', b'O', b'D', _, _, low, high]) => {
                let count = u64::from(u16::from_le_bytes([*low, *high]));
                leaf(store, at, count, &names, &mut |name, at| open.push((format!("{path}/{name}"), at)))?
            }
            _ => None,
        };
        if found.is_none() {
            store.broken(at, "hdf5-broken-index");
        }
    }
    store.gap(index..index, "too-many-objects");
    Ok(())
}

fn node(store: &mut Store<'_>, at: u64, nodes: &mut Vec<u64>) -> io::Result<Option<()>> {
    let (offsets, lengths) = (store.offsets as u64, store.lengths as u64);
    // Room for all entries belongs to a node, whether they are used or not.
    let room = 8 + 2 * offsets + (2 * store.node + 1) * lengths + 2 * store.node * offsets;
    let Some(bytes) = store.part(at, room)? else { return Ok(None) };
    let mut fields = Fields::new(&bytes);
    fields.take(6);
    let Some(count) = fields.number(2) else { return Ok(None) };
    fields.take(2 * store.offsets);
    for _ in 0..count {
        fields.take(store.lengths);
        let Some(Some(child)) = store.address(&mut fields) else { return Ok(None) };
        nodes.push(child);
    }
    Ok(Some(()))
}

fn leaf(
    store: &mut Store<'_>,
    at: u64,
    count: u64,
    names: &Names,
    found: &mut dyn FnMut(String, u64),
) -> io::Result<Option<()>> {
    let entry = 2 * store.offsets as u64 + 24;
    let room = 8 + 2 * store.leaf * entry;
    let Some(bytes) = store.part(at, room)? else { return Ok(None) };
    let mut fields = Fields::new(&bytes);
    fields.take(8);
    for _ in 0..count {
        let name = fields.number(store.offsets);
        let (Some(name), Some(header), Some(kind)) =
            (name.and_then(|at| names.name(at)), store.address(&mut fields), fields.number(4))
        else {
            return Ok(None);
        };
        fields.take(20);
        // 2 is a link by name, whose address is nowhere.
        match header {
            Some(header) if kind != 2 => found(name, header),
            _ => {}
        }
    }
    Ok(Some(()))
}
