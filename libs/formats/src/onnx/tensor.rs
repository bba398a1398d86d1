//! Tensors: what they are of, and where their bytes lie.

use std::io;
use std::ops::Range;

use super::{LONGEST_TEXT, MOST_TENSORS, Place, Reader, Tensor};
use crate::wire::{Fields, Value};

/// The most sides of a tensor.
const MOST_SIDES: usize = 64;

/// The types of `TensorProto.DataType`, by number, with the bits of an element; texts have none.
const TYPES: [(&str, u64); 27] = [
    ("undefined", 0),
    ("float32", 32),
    ("uint8", 8),
    ("int8", 8),
    ("uint16", 16),
    ("int16", 16),
    ("int32", 32),
    ("int64", 64),
    ("text", 0),
    ("bool", 8),
    ("float16", 16),
    ("float64", 64),
    ("uint32", 32),
    ("uint64", 64),
    ("complex64", 64),
    ("complex128", 128),
    ("bfloat16", 16),
    ("float8e4m3fn", 8),
    ("float8e4m3fnuz", 8),
    ("float8e5m2", 8),
    ("float8e5m2fnuz", 8),
    ("uint4", 4),
    ("int4", 4),
    ("float4e2m1", 4),
    ("float8e8m0", 8),
    ("uint2", 2),
    ("int2", 2),
];

/// What is read of a tensor.
#[derive(Default)]
struct Read {
    tensor: Tensor,
    kind: u64,
    raw: Option<Range<u64>>,
    is_outside: bool,
    locations: u64,
    location: String,
    offset: Option<u64>,
    length: Option<u64>,
}

impl Reader<'_> {
    pub(super) fn tensor(&mut self, message: Fields) -> io::Result<()> {
        let mut read = Read { tensor: Tensor { at: message.start, ..Tensor::default() }, ..Read::default() };
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Number(side)) => reader.side(&mut read, *side),
                (1, Value::Bytes(sides)) => {
                    let mut sides = sides.clone();
                    while let Some(side) = reader.wire.number(&mut sides)? {
                        reader.side(&mut read, side);
                    }
                }
                (2, Value::Number(kind)) => read.kind = *kind,
                (8, Value::Bytes(name)) => read.tensor.name = reader.text(name)?,
                (9, Value::Bytes(bytes)) => {
                    if read.raw.replace(bytes.clone()).is_some() {
                        reader.odd(field.at, "onnx-field-twice");
                    }
                }
                (13, Value::Bytes(entry)) => reader.external(&mut read, entry.clone())?,
                (14, Value::Number(location)) => read.is_outside = *location == 1,
                // Numbers one by one, texts, and remarks.
                (3..=7 | 10..=12 | 16, Value::Bytes(_))
                | (5 | 7 | 11, Value::Number(_))
                | (4 | 10, Value::Fixed(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        self.placed(read);
        Ok(())
    }

    fn side(&mut self, read: &mut Read, side: u64) {
        if read.tensor.shape.len() < MOST_SIDES {
            read.tensor.shape.push(side);
        } else {
            self.odd(read.tensor.at, "onnx-too-many-sides");
        }
    }

    /// One entry about data outside: its key and value are texts, numbers as well.
    fn external(&mut self, read: &mut Read, entry: Fields) -> io::Result<()> {
        let at = entry.start;
        let (key, value) = self.entry(entry)?;
        if value.len() >= LONGEST_TEXT {
            self.gap(at..at, "too-long-text");
        }
        match &*key {
            "location" => {
                read.locations += 1;
                read.location = value;
            }
            "offset" | "length" => {
                // Readers take them for numbers with a sign, of 64 bits.
                let number: Option<u64> = value.parse::<i64>().ok().and_then(|number| number.try_into().ok());
                if number.is_none() {
                    self.odd(at, "onnx-external-number");
                }
                let place = if key == "offset" { &mut read.offset } else { &mut read.length };
                if place.is_some() {
                    self.odd(at, "onnx-places-differ");
                }
                *place = number;
            }
            "checksum" | "basepath" => {}
            _ => self.odd(at, "onnx-external-key"),
        }
        Ok(())
    }

    /// Says where the bytes lie, and whether they are as many as they should be.
    fn placed(&mut self, read: Read) {
        let Read { mut tensor, kind, raw, is_outside, locations, location, offset, length } = read;
        let at = tensor.at;
        let known = usize::try_from(kind).ok().and_then(|kind| TYPES.get(kind));
        let (name, bits) = known.copied().unwrap_or(("unknown", 0));
        name.clone_into(&mut tensor.dtype);
        if known.is_none() {
            self.odd(at, "onnx-unknown-type");
        }
        let elements = tensor.shape.iter().try_fold(1_u64, |count, side| count.checked_mul(*side));
        let needed = elements.and_then(|count| count.checked_mul(bits)).map(|bits| bits.div_ceil(8));
        if needed.is_none() {
            self.odd(at, "onnx-shape-overflow");
        }
        let has_location = locations > 0;
        if is_outside != has_location || (is_outside && raw.is_some()) || locations > 1 {
            self.odd(at, "onnx-places-differ");
        }
        let found = match &raw {
            // Some readers look at the one and some at the other.
            _ if has_location => length,
            Some(raw) => Some(raw.end - raw.start),
            None => None,
        };
        if bits > 0 && found.is_some() && needed.is_some() && found != needed {
            self.odd(at, "onnx-length-wrong");
        }
        let end = offset.unwrap_or_default().checked_add(length.or(needed).unwrap_or_default());
        if has_location && end.is_none_or(|end| i64::try_from(end).is_err()) {
            self.odd(at, "onnx-external-number");
        }
        tensor.place = match raw {
            _ if has_location => Place::Outside { location, offset, length },
            Some(raw) => Place::Inside(raw),
            None => Place::Fields,
        };
        if self.model.tensors.len() < MOST_TENSORS {
            self.model.tensors.push(tensor);
        } else {
            self.gap(at..at, "too-many-tensors");
        }
    }

    /// A tensor of which most is zero: what is not, and where that stands.
    pub(super) fn sparse(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1 | 2, Value::Bytes(tensor)) => reader.tensor(tensor.clone())?,
                (3, Value::Number(_) | Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }
}
