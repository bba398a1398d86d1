//! Cells of Arrow arrays, as Parquet files give them, as values.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, Float16Type, Float32Type,
    Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, StructArray};
use arrow_schema::{DataType, Fields, TimeUnit};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::value::{LONGEST_NESTED, Value};

/// How deep nested values are followed.
const DEEPEST: usize = 16;

/// Whether a struct is what `datasets` keeps pictures and sound in: their bytes, and where they came from.
pub(super) fn is_media(fields: &Fields) -> bool {
    let is_binary = |kind: &DataType| matches!(kind, DataType::Binary | DataType::LargeBinary);
    fields.len() == 2
        && fields.find("bytes").is_some_and(|(_, field)| is_binary(field.data_type()))
        && fields.find("path").is_some_and(|(_, field)| *field.data_type() == DataType::Utf8)
}

/// The value at a place of an array, which is within it.
pub(super) fn value(array: &dyn Array, at: usize) -> Value {
    if array.is_null(at) {
        return Value::Missing;
    }
    number(array, at).or_else(|| time(array, at)).unwrap_or_else(|| match array.data_type() {
        DataType::Boolean => Value::Truth(array.as_boolean().value(at)),
        DataType::Utf8 => Value::Text(array.as_string::<i32>().value(at).to_owned()),
        DataType::LargeUtf8 => Value::Text(array.as_string::<i64>().value(at).to_owned()),
        DataType::Binary => Value::Bytes(array.as_binary::<i32>().value(at).to_owned()),
        DataType::LargeBinary => Value::Bytes(array.as_binary::<i64>().value(at).to_owned()),
        DataType::FixedSizeBinary(_) => Value::Bytes(array.as_fixed_size_binary().value(at).to_owned()),
        DataType::Struct(fields) if is_media(fields) => media(array.as_struct(), at),
        kind if kind.is_nested() => {
            let mut text = String::new();
            nested(array, at, DEEPEST, &mut text);
            Value::Nested(text)
        }
        kind => Value::Nested(format!("({kind})")),
    })
}

/// The bytes of a picture or of sound, or else where they are.
fn media(array: &StructArray, at: usize) -> Value {
    let of = |name: &str| array.column_by_name(name).map_or(Value::Missing, |column| value(column, at));
    match of("bytes") {
        Value::Missing => of("path"),
        bytes => bytes,
    }
}

fn number(array: &dyn Array, at: usize) -> Option<Value> {
    macro_rules! whole {
        ($kind:ty) => {
            Value::Integer(array.as_primitive::<$kind>().value(at).into())
        };
    }
    macro_rules! decimal {
        ($kind:ty) => {
            Value::Decimal(array.as_primitive::<$kind>().value_as_string(at))
        };
    }
    Some(match array.data_type() {
        DataType::Int8 => whole!(Int8Type),
        DataType::Int16 => whole!(Int16Type),
        DataType::Int32 => whole!(Int32Type),
        DataType::Int64 => whole!(Int64Type),
        DataType::UInt8 => whole!(UInt8Type),
        DataType::UInt16 => whole!(UInt16Type),
        DataType::UInt32 => whole!(UInt32Type),
        DataType::UInt64 => whole!(UInt64Type),
        DataType::Float16 => Value::Number(array.as_primitive::<Float16Type>().value(at).into()),
        DataType::Float32 => Value::Number(short(array.as_primitive::<Float32Type>().value(at))),
        DataType::Float64 => Value::Number(array.as_primitive::<Float64Type>().value(at)),
        DataType::Decimal32(..) => decimal!(Decimal32Type),
        DataType::Decimal64(..) => decimal!(Decimal64Type),
        DataType::Decimal128(..) => decimal!(Decimal128Type),
        DataType::Decimal256(..) => decimal!(Decimal256Type),
        _ => return None,
    })
}

/// The number of 64 bits that is written as this one of 32 is: 0.1, not 0.10000000149011612.
fn short(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

/// Dates and times; what lies beyond the years that a calendar holds is given as the number that stands in the file.
fn time(array: &dyn Array, at: usize) -> Option<Value> {
    let (number, moment) = match array.data_type() {
        DataType::Date32 => {
            let days = i64::from(array.as_primitive::<Date32Type>().value(at));
            (days, Timestamp::from_second(days * 86_400).ok().map(|moment| moment.to_string()))
        }
        DataType::Timestamp(unit, _) => moment(array, at, *unit),
        DataType::Time32(TimeUnit::Millisecond) => {
            let milliseconds = i64::from(array.as_primitive::<Time32MillisecondType>().value(at));
            (milliseconds, Timestamp::from_millisecond(milliseconds).ok().map(|moment| moment.to_string()))
        }
        DataType::Time64(unit) => {
            let (number, moment) = match unit {
                TimeUnit::Nanosecond => {
                    let number = array.as_primitive::<Time64NanosecondType>().value(at);
                    (number, Timestamp::from_nanosecond(number.into()))
                }
                _ => {
                    let number = array.as_primitive::<Time64MicrosecondType>().value(at);
                    (number, Timestamp::from_microsecond(number))
                }
            };
            (number, moment.ok().map(|moment| moment.to_string()))
        }
        _ => return None,
    };
    let Some(moment) = moment else { return Some(Value::Integer(number.into())) };
    let (date, clock) = moment.split_once('T').unwrap_or((&moment, ""));
    Some(Value::Time(match array.data_type() {
        DataType::Date32 => date.to_owned(),
        DataType::Timestamp(_, Some(_)) => moment,
        DataType::Timestamp(_, None) => moment.trim_end_matches('Z').to_owned(),
        _ => clock.trim_end_matches('Z').to_owned(),
    }))
}

fn moment(array: &dyn Array, at: usize, unit: TimeUnit) -> (i64, Option<String>) {
    let (number, moment) = match unit {
        TimeUnit::Second => {
            let number = array.as_primitive::<TimestampSecondType>().value(at);
            (number, Timestamp::from_second(number))
        }
        TimeUnit::Millisecond => {
            let number = array.as_primitive::<TimestampMillisecondType>().value(at);
            (number, Timestamp::from_millisecond(number))
        }
        TimeUnit::Microsecond => {
            let number = array.as_primitive::<TimestampMicrosecondType>().value(at);
            (number, Timestamp::from_microsecond(number))
        }
        TimeUnit::Nanosecond => {
            let number = array.as_primitive::<TimestampNanosecondType>().value(at);
            (number, Timestamp::from_nanosecond(number.into()))
        }
    };
    (number, moment.ok().map(|moment| moment.to_string()))
}

/// Writes a value as JSON, until the text is long enough.
fn nested(array: &dyn Array, at: usize, depth: usize, out: &mut String) {
    if out.len() > LONGEST_NESTED || depth == 0 {
        out.push('…');
        return;
    }
    if array.is_null(at) {
        out.push_str("null");
        return;
    }
    match array.data_type() {
        DataType::List(_) => list(array.as_list::<i32>().value(at).as_ref(), depth, out),
        DataType::LargeList(_) => list(array.as_list::<i64>().value(at).as_ref(), depth, out),
        DataType::FixedSizeList(..) => list(array.as_fixed_size_list().value(at).as_ref(), depth, out),
        DataType::Map(..) => list(&array.as_map().value(at), depth, out),
        DataType::Struct(fields) => {
            let structure = array.as_struct();
            out.push('{');
            for (number, (field, column)) in fields.iter().zip(structure.columns()).enumerate() {
                let comma = if number > 0 { ", " } else { "" };
                let _ = write!(out, "{comma}{}: ", Json::from(field.name().as_str()));
                nested(column, at, depth - 1, out);
                if out.len() > LONGEST_NESTED {
                    return;
                }
            }
            out.push('}');
        }
        _ => plain(&value(array, at), out),
    }
}

fn list(elements: &dyn Array, depth: usize, out: &mut String) {
    out.push('[');
    for at in 0..elements.len() {
        if at > 0 {
            out.push_str(", ");
        }
        nested(elements, at, depth - 1, out);
        if out.len() > LONGEST_NESTED {
            return;
        }
    }
    out.push(']');
}

/// A value that holds no others, as JSON.
fn plain(value: &Value, out: &mut String) {
    match value {
        Value::Truth(_) | Value::Integer(_) | Value::Number(_) | Value::Decimal(_) => {
            out.push_str(&value.text());
        }
        Value::Bytes(bytes) => {
            let _ = write!(out, "\"({} bytes)\"", bytes.len());
        }
        other => {
            let text = other.text();
            let end = text.floor_char_boundary(LONGEST_NESTED);
            let _ = write!(out, "{}", Json::from(&text[..end]));
        }
    }
}
