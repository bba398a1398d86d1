//! Walks through what Thrift's compact protocol writes. Every step takes at least one byte, so that no list is longer
//! than what it is read from.
//!
//! The protocol: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

/// What is wrong with the bytes.
pub(super) type Stop = &'static str;

/// Structures within structures, when they are passed over; the footer itself needs about six.
const DEEPEST: usize = 32;

/// What kind of value follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    True,
    False,
    Byte,
    Integer,
    Double,
    Binary,
    List,
    Map,
    Struct,
    Uuid,
}

impl Kind {
    fn read(number: u8) -> Result<Self, Stop> {
        Ok(match number {
            1 => Self::True,
            2 => Self::False,
            3 => Self::Byte,
            4..=6 => Self::Integer,
            7 => Self::Double,
            8 => Self::Binary,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Struct,
            13 => Self::Uuid,
            _ => return Err("an unknown kind of value"),
        })
    }
}

/// A place in the bytes.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Thrift<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The next field of a structure, and what kind of value follows; `None` at its end.
    pub(super) fn field(&mut self, last: &mut i16) -> Result<Option<(i16, Kind)>, Stop> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        let field = match byte >> 4 {
            0 => i16::try_from(self.integer()?).map_err(|_| "the number of a field out of range")?,
            step => last.checked_add(step.into()).ok_or("the number of a field out of range")?,
        };
        *last = field;
        Ok(Some((field, Kind::read(byte & 0xf)?)))
    }

    /// A number that is not below zero.
    pub(super) fn natural(&mut self, kind: Kind) -> Result<u64, Stop> {
        self.expect(kind, Kind::Integer)?;
        u64::try_from(self.integer()?).map_err(|_| "a number below zero")
    }

    pub(super) fn text(&mut self, kind: Kind) -> Result<&'a str, Stop> {
        self.expect(kind, Kind::Binary)?;
        std::str::from_utf8(self.binary()?).map_err(|_| "a text that is not UTF-8")
    }

    /// The length of a list of such items, which follow.
    pub(super) fn list(&mut self, kind: Kind, items: Kind) -> Result<usize, Stop> {
        self.expect(kind, Kind::List)?;
        let (length, found) = self.list_begin()?;
        if length > 0 {
            self.expect(found, items)?;
        }
        Ok(length)
    }

    pub(super) fn expect(&self, found: Kind, expected: Kind) -> Result<(), Stop> {
        if found == expected { Ok(()) } else { Err("another kind of value than the format says") }
    }

    pub(super) fn skip(&mut self, kind: Kind) -> Result<(), Stop> {
        self.skip_within(kind, 0)
    }

    fn skip_within(&mut self, kind: Kind, depth: usize) -> Result<(), Stop> {
        if depth > DEEPEST {
            return Err("structures nested too deep");
        }
        match kind {
            // The header of a field has told the value.
            Kind::True | Kind::False => Ok(()),
            Kind::Byte => self.take(1).map(drop),
            Kind::Integer => self.integer().map(drop),
            Kind::Double => self.take(8).map(drop),
            Kind::Uuid => self.take(16).map(drop),
            Kind::Binary => self.binary().map(drop),
            Kind::List => self.skip_list(depth),
            Kind::Map => self.skip_map(depth),
            Kind::Struct => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip_within(kind, depth + 1)?;
                }
                Ok(())
            }
        }
    }

    fn skip_list(&mut self, depth: usize) -> Result<(), Stop> {
        let (length, kind) = self.list_begin()?;
        for _ in 0..length {
            self.skip_item(kind, depth)?;
        }
        Ok(())
    }

    fn skip_map(&mut self, depth: usize) -> Result<(), Stop> {
        let length = self.length()?;
        if length == 0 {
            return Ok(());
        }
        let kinds = self.byte()?;
        let (key, value) = (Kind::read(kinds >> 4)?, Kind::read(kinds & 0xf)?);
        for _ in 0..length {
            self.skip_item(key, depth)?;
            self.skip_item(value, depth)?;
        }
        Ok(())
    }

    /// An item of a list, where yes and no take a byte.
    fn skip_item(&mut self, kind: Kind, depth: usize) -> Result<(), Stop> {
        match kind {
            Kind::True | Kind::False => self.take(1).map(drop),
            other => self.skip_within(other, depth + 1),
        }
    }

    fn list_begin(&mut self) -> Result<(usize, Kind), Stop> {
        let byte = self.byte()?;
        let length = match byte >> 4 {
            15 => self.length()?,
            short => short.into(),
        };
        if length > self.bytes.len() - self.at {
            return Err("a list longer than the footer");
        }
        Ok((length, Kind::read(byte & 0xf)?))
    }

    fn binary(&mut self) -> Result<&'a [u8], Stop> {
        let length = self.length()?;
        self.take(length)
    }

    fn length(&mut self) -> Result<usize, Stop> {
        usize::try_from(self.varint()?).map_err(|_| "a length out of range")
    }

    fn integer(&mut self) -> Result<i64, Stop> {
        let zigzag = self.varint()?;
        Ok((zigzag >> 1).cast_signed() ^ -(zigzag & 1).cast_signed())
    }

    fn varint(&mut self) -> Result<u64, Stop> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number of more than ten bytes")
    }

    fn byte(&mut self) -> Result<u8, Stop> {
        Ok(self.take(1)?[0])
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let bytes = self.bytes[self.at..].get(..length).ok_or("an end before its time")?;
        self.at += length;
        Ok(bytes)
    }
}
