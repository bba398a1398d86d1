//! Reads messages of protocol buffers, field by field, without knowing what they mean. Nothing is allocated from a length
//! that the message tells, and what is passed over is never read.
//!
//! The format: <https://protobuf.dev/programming-guides/encoding/>.

use std::io;
use std::ops::Range;

use crate::reading::ReadAt;

/// How many bytes are read at once.
const WINDOW: usize = 64 << 10;

/// A message, or what is left of it.
pub type Fields = Range<u64>;

/// One field of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its number.
    pub number: u64,
    /// Where it begins, with its number.
    pub at: u64,
    /// What it holds.
    pub value: Value,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A number of seven bits in each byte.
    Number(u64),
    /// Four or eight bytes.
    Fixed(u64),
    /// Bytes: a text, a message, or numbers one after the other.
    Bytes(Range<u64>),
}

/// Reads messages of one file.
pub struct Wire<'a> {
    file: &'a dyn ReadAt,
    window: Vec<u8>,
    begin: u64,
}

impl<'a> Wire<'a> {
    /// Of a file.
    pub fn new(file: &'a dyn ReadAt) -> Self {
        Self { file, window: Vec::new(), begin: 0 }
    }

    /// The message that the whole file is.
    pub fn whole(&self) -> Fields {
        0..self.file.size()
    }

    /// The next field of a message, which goes on behind it; none at its end, and none where it is broken. Then what is
    /// left of the message is not empty.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn next(&mut self, fields: &mut Fields) -> io::Result<Option<Field>> {
        if fields.is_empty() {
            return Ok(None);
        }
        let begin = fields.clone();
        let field = self.field(fields)?;
        if field.is_none() {
            *fields = begin;
        }
        Ok(field)
    }

    fn field(&mut self, fields: &mut Fields) -> io::Result<Option<Field>> {
        let at = fields.start;
        let Some(key) = self.number(fields)? else { return Ok(None) };
        let value = match key & 7 {
            0 => self.number(fields)?.map(Value::Number),
            1 => self.fixed(fields, 8)?.map(Value::Fixed),
            2 => {
                let length = self.number(fields)?;
                let end = length.and_then(|length| fields.start.checked_add(length));
                end.filter(|end| *end <= fields.end).map(|end| {
                    let bytes = fields.start..end;
                    fields.start = end;
                    Value::Bytes(bytes)
                })
            }
            5 => self.fixed(fields, 4)?.map(Value::Fixed),
            _ => None,
        };
        // Numbers have 29 bits, and none is 0.
        let number = key >> 3;
        Ok(value.filter(|_| (1..1 << 29).contains(&number)).map(|value| Field { number, at, value }))
    }

    /// A number of up to ten bytes at the beginning of these.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn number(&mut self, fields: &mut Fields) -> io::Result<Option<u64>> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            if fields.is_empty() {
                return Ok(None);
            }
            let Some(byte) = self.byte(fields.start)? else { return Ok(None) };
            fields.start += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    fn fixed(&mut self, fields: &mut Fields, width: u64) -> io::Result<Option<u64>> {
        if fields.end - fields.start < width {
            return Ok(None);
        }
        let mut number = 0;
        for offset in (0..width).rev() {
            let Some(byte) = self.byte(fields.start + offset)? else { return Ok(None) };
            number = number << 8 | u64::from(byte);
        }
        fields.start += width;
        Ok(Some(number))
    }

    fn byte(&mut self, at: u64) -> io::Result<Option<u8>> {
        let held = |window: &[u8], begin: u64| {
            at.checked_sub(begin).and_then(|at| window.get(usize::try_from(at).ok()?).copied())
        };
        if let Some(byte) = held(&self.window, self.begin) {
            return Ok(Some(byte));
        }
        // Going back a little, as to the fields of a small message, keeps what was read.
        self.begin = at.saturating_sub(1 << 10);
        self.window = self.file.bytes_at(self.begin, WINDOW)?;
        Ok(held(&self.window, self.begin))
    }

    /// The beginning of bytes, so many at most.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn bytes(&mut self, range: &Range<u64>, most: usize) -> io::Result<Vec<u8>> {
        let length = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX).min(most);
        let from = range.start.checked_sub(self.begin).and_then(|from| usize::try_from(from).ok());
        if let Some(held) = from.and_then(|from| self.window.get(from..from.checked_add(length)?)) {
            return Ok(held.to_vec());
        }
        self.file.bytes_at(range.start, length)
    }

    /// The beginning of a text, so many bytes at most.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn text(&mut self, range: &Range<u64>, most: usize) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.bytes(range, most)?).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_to_the_end_or_to_what_is_broken() {
        let bytes = b"\x08\x96\x01\x12\x02hi\x1d\x01\0\0\0\x22\x7f".to_vec();
        let mut wire = Wire::new(&bytes);
        let mut fields = wire.whole();
        let mut found = Vec::new();
        while let Some(field) = wire.next(&mut fields).unwrap() {
            found.push((field.number, field.value));
        }
        assert_eq!(found, [(1, Value::Number(150)), (2, Value::Bytes(5..7)), (3, Value::Fixed(1))]);
        assert_eq!(fields, 12..14);
        assert_eq!(wire.text(&(5..7), 100).unwrap(), "hi");
        assert_eq!(wire.number(&mut (0..0)).unwrap(), None);
    }
}
