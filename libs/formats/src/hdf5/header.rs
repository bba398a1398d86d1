//! Headers of objects: messages, in one piece or several.

use std::io;

use super::fields::Fields;
use super::store::Store;

pub(super) const DATASPACE: u16 = 1;
pub(super) const LINK_INFO: u16 = 2;
pub(super) const DATATYPE: u16 = 3;
pub(super) const LINK: u16 = 6;
pub(super) const EXTERNAL: u16 = 7;
pub(super) const LAYOUT: u16 = 8;
pub(super) const FILTERS: u16 = 0xb;
pub(super) const ATTRIBUTE: u16 = 0xc;
pub(super) const SHARED_TABLE: u16 = 0xf;
const CONTINUATION: u16 = 0x10;
pub(super) const SYMBOL_TABLE: u16 = 0x11;
pub(super) const ATTRIBUTE_INFO: u16 = 0x15;
const LAST_KNOWN: u16 = 0x18;

/// The most pieces that a header consists of, and the most messages in one of them.
const MOST_PIECES: usize = 1000;
const MOST_MESSAGES: usize = 1 << 16;

/// One message.
pub(super) struct Message {
    pub(super) kind: u16,
    pub(super) at: u64,
    pub(super) data: Vec<u8>,
    /// Whether it only says where the message is.
    pub(super) is_shared: bool,
}

/// How the messages of a header are written.
#[derive(Clone, Copy)]
struct Form {
    is_new: bool,
    has_order: bool,
}

/// The messages of the header at a place; none where there is no whole header.
pub(super) fn read(store: &mut Store<'_>, at: u64) -> io::Result<Option<Vec<Message>>> {
    let Some(first) = store.peek(at, 12)? else { return Ok(None) };
    let opened = if first.starts_with(b"OHDR") { new(store, at)? } else { old(store, at, &first)? };
    let Some((form, begin, bytes)) = opened else { return Ok(None) };
    let mut pieces = vec![(begin, bytes)];
    let (mut messages, mut next) = (Vec::new(), 0);
    while next < pieces.len() {
        if pieces.len() > MOST_PIECES || messages.len() > MOST_MESSAGES {
            return Ok(None);
        }
        let (begin, bytes) = std::mem::take(&mut pieces[next]);
        next += 1;
        for message in split(form, begin, &bytes) {
            if message.kind == CONTINUATION {
                let Some(piece) = continued(store, form, &message)? else { return Ok(None) };
                pieces.push(piece);
            } else {
                known(store, &message);
                messages.push(message);
            }
        }
    }
    Ok((messages.len() <= MOST_MESSAGES).then_some(messages))
}

type Opened = (Form, u64, Vec<u8>);

fn old(store: &mut Store<'_>, at: u64, first: &[u8]) -> io::Result<Option<Opened>> {
    let mut fields = Fields::new(first);
    if fields.byte() != Some(1) || fields.take(7).is_none() {
        return Ok(None);
    }
    let length = fields.number(4).unwrap_or_default();
    store.claim(at..at.saturating_add(16));
    let begin = at.saturating_add(16);
    let bytes = store.part(begin, length)?;
    Ok(bytes.map(|bytes| (Form { is_new: false, has_order: false }, begin, bytes)))
}

fn new(store: &mut Store<'_>, at: u64) -> io::Result<Option<Opened>> {
    let most = 40.min(store.size().saturating_sub(at));
    let Some(first) = store.peek(at, most)? else { return Ok(None) };
    let mut fields = Fields::new(&first);
    let sizes = (|| {
        fields.take(4)?;
        let (version, flags) = (fields.byte()?, fields.byte()?);
        fields.take(if flags & 0x20 == 0 { 0 } else { 16 })?;
        fields.take(if flags & 0x10 == 0 { 0 } else { 4 })?;
        let length = fields.number(1 << (flags & 3))?;
        (version == 2).then_some((flags, length, fields.at() as u64))
    })();
    let Some((flags, length, head)) = sizes else { return Ok(None) };
    // Four bytes of a checksum stand after the messages.
    let Some(mut bytes) = store.part(at, head.saturating_add(length).saturating_add(4))? else {
        return Ok(None);
    };
    bytes.truncate(bytes.len() - 4);
    let bytes = bytes.split_off(usize::try_from(head).unwrap_or_default());
    Ok(Some((Form { is_new: true, has_order: flags & 4 != 0 }, at + head, bytes)))
}

fn continued(store: &mut Store<'_>, form: Form, message: &Message) -> io::Result<Option<(u64, Vec<u8>)>> {
    let mut fields = Fields::new(&message.data);
    let (Some(Some(at)), Some(length)) = (store.address(&mut fields), fields.number(store.lengths)) else {
        return Ok(None);
    };
    let Some(mut bytes) = store.part(at, length)? else { return Ok(None) };
    if !form.is_new {
        return Ok(Some((at, bytes)));
    }
    if !bytes.starts_with(b"OCHK") || bytes.len() < 8 {
        return Ok(None);
    }
    bytes.truncate(bytes.len() - 4);
    Ok(Some((at + 4, bytes.split_off(4))))
}

/// The messages of one piece. What is left at the end is too short for one.
fn split(form: Form, begin: u64, bytes: &[u8]) -> Vec<Message> {
    let (mut fields, mut messages) = (Fields::new(bytes), Vec::new());
    let mut next = || {
        let kind = fields.number(if form.is_new { 1 } else { 2 })?;
        let length = fields.number(2)?;
        let flags = fields.byte()?;
        fields.take(match form {
            Form { is_new: false, .. } => 3,
            Form { has_order: true, .. } => 2,
            Form { .. } => 0,
        })?;
        let at = begin + fields.at() as u64;
        let data = fields.take(usize::try_from(length).ok()?)?.to_vec();
        Some(Message { kind: u16::try_from(kind).ok()?, at, data, is_shared: flags & 2 != 0 })
    };
    while messages.len() <= MOST_MESSAGES
        && let Some(message) = next()
    {
        messages.push(message);
    }
    messages
}

/// What nobody knows may say anything.
fn known(store: &mut Store<'_>, message: &Message) {
    let range = message.at..message.at + message.data.len() as u64;
    if message.kind > LAST_KNOWN || message.kind == 9 {
        store.gap(range, "hdf5-unknown-message");
    } else if message.kind == SHARED_TABLE {
        store.gap(range, "hdf5-shared-messages");
    }
}
