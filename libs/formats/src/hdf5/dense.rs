//! Links and attributes of objects that have many of them: in a heap of their own, with an index.

use std::io;

use super::fields::Fields;
use super::fractal::Heap;
use super::header::{ATTRIBUTE, LINK, Message};
use super::store::Store;
use super::{Attribute, attribute, group, tree};

/// The kinds of trees that find a link by its name and by the order of creation, and the same for an attribute.
const LINKS_BY_NAME: u8 = 5;
const LINKS_BY_ORDER: u8 = 6;
const ATTRIBUTES_BY_NAME: u8 = 8;
const ATTRIBUTES_BY_ORDER: u8 = 9;

/// How long the names of values in the heap are.
const LINK_NAME: usize = 7;
const ATTRIBUTE_NAME: usize = 8;

/// Where the values lie, and the two trees that lead to them.
struct Info {
    heap: u64,
    by_name: u64,
    by_order: Option<u64>,
}

impl Info {
    /// What a message says; none within where there are no such values.
    #[allow(
        clippy::option_option,
        reason = "a message that cannot be read, and one that says nowhere, differ"
    )]
    fn of(store: &Store<'_>, message: &Message, order: usize) -> Option<Option<Self>> {
        let mut fields = Fields::new(&message.data);
        fields.take(1)?;
        let flags = fields.byte()?;
        fields.take(if flags & 1 == 0 { 0 } else { order })?;
        let (heap, by_name) = (store.address(&mut fields)?, store.address(&mut fields)?);
        let by_order = if flags & 2 == 0 { None } else { store.address(&mut fields)? };
        Some(heap.zip(by_name).map(|(heap, by_name)| Self { heap, by_name, by_order }))
    }
}

/// The links of a group.
pub(super) fn links(
    store: &mut Store<'_>,
    path: &str,
    message: &Message,
    open: &mut Vec<(String, u64)>,
) -> io::Result<()> {
    let Some(info) = Info::of(store, message, 8) else {
        store.broken(message.at, "hdf5-broken-group");
        return Ok(());
    };
    let Some(info) = info else { return Ok(()) };
    each(store, &info, [LINKS_BY_NAME, LINKS_BY_ORDER], &mut |store, heap, record| {
        // The hash of the name comes first.
        let Some(name) = record.get(4..4 + LINK_NAME) else { return Ok(None) };
        let Some((at, data)) = heap.value(store, name)? else { return Ok(None) };
        group::link(store, path, &Message { kind: LINK, at, data, is_shared: false }, open);
        Ok(Some(()))
    })
}

/// The attributes of an object.
pub(super) fn attributes(store: &mut Store<'_>, message: &Message) -> io::Result<Vec<Attribute>> {
    let mut attributes = Vec::new();
    let Some(info) = Info::of(store, message, 2) else {
        store.broken(message.at, "hdf5-broken-attribute");
        return Ok(attributes);
    };
    let Some(info) = info else { return Ok(attributes) };
    each(store, &info, [ATTRIBUTES_BY_NAME, ATTRIBUTES_BY_ORDER], &mut |store, heap, record| {
        let Some((name, flags)) = record.split_at_checked(ATTRIBUTE_NAME) else { return Ok(None) };
        let Some((at, data)) = heap.value(store, name)? else { return Ok(None) };
        let is_shared = flags.first().is_none_or(|flags| flags & 2 != 0);
        match attribute::read(store, &Message { kind: ATTRIBUTE, at, data, is_shared })? {
            Some(attribute) => attributes.push(attribute),
            None => store.broken(at, "hdf5-broken-attribute"),
        }
        Ok(Some(()))
    })?;
    Ok(attributes)
}

/// What is done with one record; none where it leads nowhere.
type Each<'e> = &'e mut dyn FnMut(&mut Store<'_>, &Heap, &[u8]) -> io::Result<Option<()>>;

fn each(store: &mut Store<'_>, info: &Info, [by_name, by_order]: [u8; 2], each: Each<'_>) -> io::Result<()> {
    let Some(heap) = Heap::read(store, info.heap)? else { return Ok(()) };
    if let Some(at) = info.by_order
        && tree::records(store, at, &[by_order])?.is_none()
    {
        store.broken(at, "hdf5-broken-index");
    }
    let Some(records) = tree::records(store, info.by_name, &[by_name])? else {
        store.broken(info.by_name, "hdf5-broken-index");
        return Ok(());
    };
    for record in records.each() {
        if each(store, &heap, record)?.is_none() {
            store.broken(info.heap, "hdf5-broken-heap");
        }
    }
    Ok(())
}
