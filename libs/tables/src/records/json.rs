//! Rows of JSON.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Record, Window};
use crate::table::Problem;
use crate::value::{LONGEST_NESTED, Value};

/// An object whose keys come as they are written, and whose values are not looked into.
pub(super) struct Object(pub(super) Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(Keys)
    }
}

struct Keys;

impl<'de> Visitor<'de> for Keys {
    type Value = Object;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Object(pairs))
    }
}

/// The value of a JSON text; none where it is no JSON.
pub(super) fn value(text: &[u8]) -> Option<Value> {
    let raw: &RawValue = serde_json::from_slice(text).ok()?;
    let text = raw.get();
    Some(match text.as_bytes().first()? {
        b'n' => Value::Missing,
        b't' => Value::Truth(true),
        b'f' => Value::Truth(false),
        // Half of a surrogate pair is JSON, and no text.
        b'"' => Value::Text(serde_json::from_str(text).unwrap_or_else(|_| text.to_owned())),
        b'[' | b'{' => Value::Nested(cut(text)),
        _ => number(text),
    })
}

fn number(text: &str) -> Value {
    match (text.parse(), text.parse::<f64>()) {
        (Ok(whole), _) => Value::Integer(whole),
        (_, Ok(number)) if number.is_finite() => Value::Number(number),
        _ => Value::Written(text.to_owned()),
    }
}

fn cut(text: &str) -> String {
    if text.len() <= LONGEST_NESTED {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(LONGEST_NESTED)])
}

/// The next element of an array, with the comma before it unless it is the first; none where the array ends, or where the
/// window does before the element.
pub(super) fn element(
    window: Window<'_>,
    is_first: bool,
    row: impl FnOnce(&[u8]) -> (Vec<Value>, Option<String>),
) -> Result<Option<Record>, Problem> {
    let rest = window.bytes.trim_ascii_start();
    let rest = match rest.strip_prefix(b",") {
        Some(rest) if !is_first => rest.trim_ascii_start(),
        None if is_first || rest.is_empty() || rest.starts_with(b"]") => rest,
        _ => {
            return Err(Problem::Malformed(
                "a comma where none belongs, or none between two elements".to_owned(),
            ));
        }
    };
    if rest.is_empty() || rest.starts_with(b"]") {
        return Ok(None);
    }
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
    let before = window.bytes.len() - rest.len();
    match values.next() {
        Some(Ok(value)) => {
            let length = before + values.byte_offset();
            // A number may go on where the window ends.
            let is_whole = length < window.bytes.len() || window.is_last;
            Ok(is_whole.then(|| Record { length, row: Some(row(value.get().as_bytes())) }))
        }
        Some(Err(error)) if error.is_eof() && !window.is_last => Ok(None),
        // What is left of an array that breaks off is shown as it is, as the last row.
        Some(Err(error)) if error.is_eof() => {
            Ok(Some(Record { length: window.bytes.len(), row: Some(row(rest)) }))
        }
        Some(Err(error)) => Err(Problem::Malformed(error.to_string())),
        None => Ok(None),
    }
}
