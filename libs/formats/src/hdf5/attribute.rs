//! Attributes, and the types of elements.

use std::io;

use super::Attribute;
use super::fields::{Fields, until_nul};
use super::header::{self, DATATYPE, Message};
use super::heap;
use super::store::Store;

/// The most texts of one attribute, and the longest, that are kept.
const MOST_TEXTS: u64 = 100_000;
const LONGEST_TEXT: u64 = 16 << 20;

/// The type of elements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Datatype {
    pub(super) name: String,
    pub(super) size: u64,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Texts, each in so many bytes.
    Text,
    /// Texts or lists that lie in the global heap.
    Elsewhere,
    /// Bytes, which may be anything.
    Bytes,
    Other,
}

/// One attribute; none where it is not as the format says.
pub(super) fn read(store: &mut Store<'_>, message: &Message) -> io::Result<Option<Attribute>> {
    if message.is_shared {
        store.gap(message.at..message.at, "hdf5-shared-messages");
        return Ok(Some(Attribute { name: String::new(), dtype: "unknown".to_owned(), texts: Vec::new() }));
    }
    let Some(parts) = Parts::of(&message.data) else { return Ok(None) };
    let datatype =
        if parts.is_type_shared { shared(store, parts.datatype)? } else { Datatype::read(parts.datatype) };
    let (Some(datatype), Some(shape)) = (datatype, shape(parts.dataspace, store.lengths)) else {
        return Ok(None);
    };
    let count =
        shape.map_or(Some(0), |sides| sides.iter().try_fold(1_u64, |count, side| count.checked_mul(*side)));
    let Some(count) = count else { return Ok(None) };
    if count.checked_mul(datatype.size).is_none_or(|bytes| bytes > parts.value.len() as u64) {
        return Ok(None);
    }
    let name = String::from_utf8_lossy(until_nul(parts.name)).into_owned();
    let texts = texts(store, &datatype, count.min(MOST_TEXTS), &parts.value)?;
    if count > MOST_TEXTS && datatype.form != Form::Other {
        store.gap(message.at..message.at, "too-many-texts");
    }
    Ok(Some(Attribute { name, dtype: datatype.name, texts }))
}

struct Parts<'a> {
    name: &'a [u8],
    datatype: &'a [u8],
    dataspace: &'a [u8],
    value: Vec<u8>,
    is_type_shared: bool,
}

impl<'a> Parts<'a> {
    fn of(data: &'a [u8]) -> Option<Self> {
        let mut fields = Fields::new(data);
        let (version, flags) = (fields.byte()?, fields.byte()?);
        let mut length = || usize::try_from(fields.number(2)?).ok();
        let (name, datatype, dataspace) = (length()?, length()?, length()?);
        if !(1..=3).contains(&version) || (version > 1 && flags & 2 != 0) {
            return None;
        }
        fields.take(usize::from(version == 3))?;
        // The first version fills up to eight bytes.
        let mut piece = |length: usize| {
            let padding = if version == 1 { length.next_multiple_of(8) - length } else { 0 };
            let piece = fields.take(length)?;
            fields.take(padding)?;
            Some(piece)
        };
        let (name, datatype, dataspace) = (piece(name)?, piece(datatype)?, piece(dataspace)?);
        let is_type_shared = version > 1 && flags & 1 != 0;
        Some(Self { name, datatype, dataspace, value: fields.rest().to_vec(), is_type_shared })
    }
}

fn texts(store: &mut Store<'_>, datatype: &Datatype, count: u64, value: &[u8]) -> io::Result<Vec<Vec<u8>>> {
    let size = usize::try_from(datatype.size).unwrap_or_default();
    let mut fields = Fields::new(value);
    let mut texts = Vec::new();
    match datatype.form {
        Form::Other => {}
        Form::Bytes => {
            let length = usize::try_from(count).ok().and_then(|count| size.checked_mul(count));
            texts.extend(length.and_then(|length| fields.take(length)).map(Vec::from));
        }
        Form::Text => {
            for _ in 0..count {
                let text = fields.take(size).unwrap_or_default();
                let end = text.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
                texts.push(text[..end].to_vec());
            }
        }
        Form::Elsewhere => {
            for _ in 0..count {
                texts.extend(elsewhere(store, &mut fields)?);
            }
        }
    }
    Ok(texts)
}

/// A text in the global heap: its length, its collection, its number there.
fn elsewhere(store: &mut Store<'_>, fields: &mut Fields<'_>) -> io::Result<Option<Vec<u8>>> {
    let (Some(length), Some(at), Some(index)) = (fields.number(4), store.address(fields), fields.number(4))
    else {
        return Ok(None);
    };
    let Some(at) = at.filter(|_| length > 0 && index > 0) else { return Ok(None) };
    let Some(range) = heap::value(store, at, index)? else {
        store.broken(at, "hdf5-broken-heap");
        return Ok(None);
    };
    let length = (range.end - range.start).min(length);
    if length > LONGEST_TEXT {
        store.gap(range, "too-long-text");
        return Ok(None);
    }
    store.peek(range.start, length)
}

/// The type that another header holds.
pub(super) fn shared(store: &mut Store<'_>, data: &[u8]) -> io::Result<Option<Datatype>> {
    let mut fields = Fields::new(data);
    let at = (|| {
        let (version, kind) = (fields.byte()?, fields.byte()?);
        fields.take(if version == 1 { 6 } else { 0 })?;
        // 1 of version 3 is a heap of messages.
        if version == 3 && kind != 2 { None } else { store.address(&mut fields)? }
    })();
    let Some(at) = at else { return Ok(None) };
    let messages = header::read(store, at)?.unwrap_or_default();
    let found = messages.iter().find(|message| message.kind == DATATYPE && !message.is_shared);
    Ok(found.and_then(|message| Datatype::read(&message.data)))
}

impl Datatype {
    pub(super) fn read(data: &[u8]) -> Option<Self> {
        let mut fields = Fields::new(data);
        let (class, bits, size) = (fields.byte()?, fields.number(3)?, fields.number(4)?);
        let wide = size.saturating_mul(8);
        let (name, form) = match class & 15 {
            0 if size == 1 => (if bits & 8 == 0 { "uint8" } else { "int8" }.to_owned(), Form::Bytes),
            0 => (format!("{}int{wide}", if bits & 8 == 0 { "u" } else { "" }), Form::Other),
            1 if size == 2 && fields.rest().get(5) == Some(&8) => ("bfloat16".to_owned(), Form::Other),
            1 => (format!("float{wide}"), Form::Other),
            2 => ("time".to_owned(), Form::Other),
            3 => ("text".to_owned(), Form::Text),
            4 => ("bits".to_owned(), Form::Other),
            5 => ("bytes".to_owned(), Form::Bytes),
            6 => ("compound".to_owned(), Form::Other),
            7 => ("reference".to_owned(), Form::Other),
            8 => ("enumeration".to_owned(), Form::Other),
            9 if bits & 15 == 1 => ("text".to_owned(), Form::Elsewhere),
            9 => ("list".to_owned(), Form::Elsewhere),
            10 => ("array".to_owned(), Form::Other),
            _ => return None,
        };
        Some(Self { name, size, form })
    }
}

/// The sides of a dataspace: none within where it holds nothing.
#[allow(clippy::option_option, reason = "what cannot be read, and a space of nothing, differ")]
pub(super) fn shape(data: &[u8], lengths: usize) -> Option<Option<Vec<u64>>> {
    let mut fields = Fields::new(data);
    let (version, rank, _flags, kind) = (fields.byte()?, fields.byte()?, fields.byte()?, fields.byte()?);
    match version {
        1 => drop(fields.take(4)?),
        2 if kind == 2 => return Some(None),
        2 => {}
        _ => return None,
    }
    (0..rank).map(|_| fields.number(lengths)).collect::<Option<Vec<_>>>().map(Some)
}
