//! From bytes to opcodes.

use std::io;

use super::{Coding, Op, Problem, Span, Text, number, text};
use crate::reading::{ReadAt, Stream};

/// What an opcode and its short arguments take at most.
const AHEAD: usize = 16;

/// Texts up to so many bytes are looked at; longer ones are no names of anything.
const LONGEST_CHECKED: usize = 4096;

/// Numbers in text may be longer than is sensible: nobody needs their value then.
const LONGEST_NUMBER: usize = 4400;

/// Gives the opcodes of a pickle, one after the other.
pub struct Decoder<'a> {
    from: &'a dyn ReadAt,
    stream: Stream<'a>,
    at: u64,
}

impl<'a> Decoder<'a> {
    /// The pickle that begins at a place.
    pub fn new(from: &'a dyn ReadAt, at: u64) -> Self {
        Self { from, stream: Stream::new(from, at), at }
    }

    /// Where the opcode begins that was given last.
    #[inline]
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Where the next opcode begins.
    #[inline]
    pub fn position(&self) -> u64 {
        self.stream.position()
    }

    /// Goes on by so many bytes that are no opcodes; false, and to the end, where there are fewer.
    pub fn pass(&mut self, count: u64) -> bool {
        self.stream.pass(count)
    }

    /// The next byte, which is no opcode.
    pub fn byte(&mut self) -> Option<u8> {
        let byte = self.stream.ahead(1).ok()?.first().copied();
        self.stream.take(1);
        byte
    }

    /// The next opcode.
    ///
    /// # Errors
    /// When there is none, or Python would not take it.
    #[inline]
    pub fn next_op(&mut self) -> Result<Op, Problem> {
        self.at = self.stream.position();
        let window = match self.stream.ahead(AHEAD) {
            Ok(window) => window,
            Err(error) => return Err(self.unreadable(&error)),
        };
        let Some((&code, rest)) = window.split_first() else { return Err(self.truncated()) };
        let (op, used) = match code {
            b'K' if !rest.is_empty() => (Op::Int(i64::from(rest[0])), 2),
            b'M' if rest.len() >= 2 => (Op::Int(i64::from(u16::from_le_bytes([rest[0], rest[1]]))), 3),
            b'J' if rest.len() >= 4 => {
                (Op::Int(i64::from(i32::from_le_bytes([rest[0], rest[1], rest[2], rest[3]]))), 5)
            }
            b'G' if rest.len() >= 8 => (Op::Float, 9),
            b'q' if !rest.is_empty() => (Op::Put(u64::from(rest[0])), 2),
            b'r' if rest.len() >= 4 => (Op::Put(u64::from(four(rest))), 5),
            b'h' if !rest.is_empty() => (Op::Get(u64::from(rest[0])), 2),
            b'j' if rest.len() >= 4 => (Op::Get(u64::from(four(rest))), 5),
            0x8c | b'U' => return self.text_op(1),
            b'X' | b'T' => return self.text_op(4),
            0x8d => return self.text_op(8),
            0x94 => (Op::Memoize, 1),
            _ => match alone(code) {
                Some(op) => (op, 1),
                None => return self.seldom(code),
            },
        };
        self.stream.take(used);
        Ok(op)
    }

    /// A text, as far as it is in the file; what cannot be is replaced.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn text(&self, text: Text) -> io::Result<String> {
        let length = usize::try_from(text.length).unwrap_or(usize::MAX).min(LONGEST_CHECKED);
        match self.stream.held(text.at, length) {
            Some(bytes) => Ok(text::decode(bytes, text.coding)),
            None => Ok(text::decode(&self.from.bytes_at(text.at, length)?, text.coding)),
        }
    }

    #[inline(never)]
    fn seldom(&mut self, code: u8) -> Result<Op, Problem> {
        match code {
            0x80 => {
                let [protocol] = self.fixed()?;
                if protocol > 5 { self.malformed("a protocol above 5") } else { Ok(Op::Proto(protocol)) }
            }
            0x95 => Ok(Op::Frame(u64::from_le_bytes(self.fixed()?))),
            0x82 => self.extension(1),
            0x83 => self.extension(2),
            0x84 => self.extension(4),
            b'C' => self.payload(1).map(Op::Bytes),
            b'B' => self.payload(4).map(Op::Bytes),
            0x8e => self.payload(8).map(Op::Bytes),
            0x96 => self.payload(8).map(Op::ByteArray),
            0x8a => self.long(1),
            0x8b => self.long(4),
            b'I' | b'L' | b'F' => self.number(code),
            b'S' => self.quoted(),
            b'V' => {
                let line = self.line(1)?;
                Ok(Op::Text(short(line, Coding::RawUnicode)))
            }
            b'P' => {
                let line = self.line(1)?;
                Ok(Op::PersId(short(line, Coding::Plain)))
            }
            b'c' | b'i' => self.names(code),
            b'g' | b'p' => self.memo(code),
            b'K' | b'M' | b'J' | b'G' | b'q' | b'r' | b'h' | b'j' => Err(self.truncated()),
            _ => Err(Problem::Opcode { at: self.at, code }),
        }
    }

    /// The bytes after the opcode, and goes on behind them.
    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let window = self.ahead(1 + N)?;
        let Some(found) = window.get(1..).and_then(<[u8]>::first_chunk).copied() else {
            return Err(self.truncated());
        };
        self.stream.take(1 + N);
        Ok(found)
    }

    fn extension(&mut self, width: usize) -> Result<Op, Problem> {
        let code = match width {
            1 => i32::from(self.fixed::<1>()?[0]),
            2 => i32::from(u16::from_le_bytes(self.fixed()?)),
            _ => i32::from_le_bytes(self.fixed()?),
        };
        match u32::try_from(code) {
            Ok(code) if code > 0 => Ok(Op::Ext(code)),
            _ => self.malformed("an extension code that is not above 0"),
        }
    }

    /// A text with its length before it. Texts with bad UTF-8 are an error to Python; those with lone surrogates are not.
    #[inline]
    fn text_op(&mut self, width: usize) -> Result<Op, Problem> {
        let is_unicode = !matches!(self.stream.ahead(1), Ok([b'U' | b'T', ..]));
        let span = self.payload(width)?;
        if is_unicode
            && span.length <= LONGEST_CHECKED as u64
            && let Some(bytes) = self.stream.held(span.at, span.length as usize)
            && !text::is_unicode(bytes)
        {
            return self.malformed("a text that is no UTF-8");
        }
        Ok(Op::Text(short(span, Coding::Plain)))
    }

    /// Where bytes lie that have their length before them; goes on behind them.
    #[inline]
    fn payload(&mut self, width: usize) -> Result<Span, Problem> {
        let window = self.ahead(1 + width)?;
        let length = match (width, window.get(1..)) {
            (1, Some([length, ..])) => u64::from(*length),
            (4, Some(rest)) if rest.len() >= 4 => u64::from(four(rest)),
            (8, Some(rest)) if rest.len() >= 8 => rest.first_chunk().copied().map_or(0, u64::from_le_bytes),
            _ => return Err(self.truncated()),
        };
        let header = 1 + width as u64;
        let at = self.at + header;
        if !self.stream.pass(header.saturating_add(length)) {
            return Err(self.truncated());
        }
        Ok(Span { at, length })
    }

    fn long(&mut self, width: usize) -> Result<Op, Problem> {
        if width == 4 && self.ahead(5)?.get(4).is_some_and(|highest| *highest >= 0x80) {
            return self.malformed("a number with a negative length");
        }
        let span = self.payload(width)?;
        if span.length > 8 {
            return Ok(Op::BigInt);
        }
        let bytes = match self.stream.held(span.at, span.length as usize) {
            Some(bytes) => bytes.to_vec(),
            None => self.from.bytes_at(span.at, 8).map_err(|error| self.unreadable(&error))?,
        };
        Ok(Op::Int(number::little_endian(&bytes[..bytes.len().min(span.length as usize)])))
    }

    fn number(&mut self, code: u8) -> Result<Op, Problem> {
        let line = self.line(1)?;
        if line.length == 0 {
            return self.malformed("an empty number");
        }
        let Some(text) = self.short_line(line)? else { return Ok(Op::BigInt) };
        let found = match code {
            b'I' => number::int(&text),
            b'L' => number::long(&text),
            _ => number::is_float(&text).then_some(Op::Float),
        };
        found.map_or_else(|| self.malformed("a number that is none"), Ok)
    }

    fn quoted(&mut self) -> Result<Op, Problem> {
        let line = self.line(1)?;
        let ends = if line.length < 2 { None } else { self.ends(line)? };
        match ends {
            Some((first, last)) if first == last && matches!(first, b'\'' | b'"') => {
                let inner = Span { at: line.at + 1, length: line.length - 2 };
                Ok(Op::Text(short(inner, Coding::Escaped)))
            }
            _ => self.malformed("a string without quotes"),
        }
    }

    fn ends(&self, line: Span) -> Result<Option<(u8, u8)>, Problem> {
        let one = |at| match self.stream.held(at, 1) {
            Some(bytes) => Ok(bytes.first().copied()),
            None => Ok(self.from.bytes_at(at, 1).map_err(|error| self.unreadable(&error))?.first().copied()),
        };
        Ok(one(line.at)?.zip(one(line.at + line.length - 1)?))
    }

    fn names(&mut self, code: u8) -> Result<Op, Problem> {
        let module = self.line(1)?;
        if module.length == 0 {
            return Err(self.truncated());
        }
        let name = self.line(0)?;
        if name.length == 0 {
            return Err(self.truncated());
        }
        for line in [module, name] {
            if let Some(text) = self.short_line(line)?
                && std::str::from_utf8(&text).is_err()
            {
                return self.malformed("a name that is no UTF-8");
            }
        }
        let (module, name) = (short(module, Coding::Plain), short(name, Coding::Plain));
        Ok(if code == b'c' { Op::Global(module, name) } else { Op::Inst(module, name) })
    }

    fn memo(&mut self, code: u8) -> Result<Op, Problem> {
        let line = self.line(1)?;
        let index = match self.short_line(line)? {
            Some(text) => number::decimal(&text),
            None => None,
        };
        match (index, code) {
            (Some(index), b'g') => Ok(Op::Get(index)),
            (Some(index), _) => Ok(Op::Put(index)),
            (None, _) => self.malformed("a place in the memo that is none"),
        }
    }

    /// A line after so many bytes; goes on behind its end. What the end of the file cuts off loses its last byte, as it
    /// does for Python's own reader.
    fn line(&mut self, before: u64) -> Result<Span, Problem> {
        self.stream.pass(before);
        let at = self.stream.position();
        loop {
            let window = match self.stream.ahead(1) {
                Ok(window) => window,
                Err(error) => return Err(self.unreadable(&error)),
            };
            if window.is_empty() {
                let length = self.stream.position() - at;
                return if length == 0 { Err(self.truncated()) } else { Ok(Span { at, length: length - 1 }) };
            }
            let found = window.iter().position(|byte| *byte == b'\n');
            let step = found.map_or(window.len(), |end| end + 1);
            self.stream.take(step);
            if found.is_some() {
                return Ok(Span { at, length: self.stream.position() - at - 1 });
            }
        }
    }

    /// The bytes of a line; none when it is too long to be looked at.
    fn short_line(&self, line: Span) -> Result<Option<Vec<u8>>, Problem> {
        let length = line.length as usize;
        if line.length > LONGEST_NUMBER as u64 {
            return Ok(None);
        }
        match self.stream.held(line.at, length) {
            Some(bytes) => Ok(Some(bytes.to_vec())),
            None => self.from.bytes_at(line.at, length).map(Some).map_err(|error| self.unreadable(&error)),
        }
    }

    #[inline]
    fn ahead(&mut self, least: usize) -> Result<&[u8], Problem> {
        let at = self.at;
        self.stream.ahead(least).map_err(|error| Problem::Unreadable { at, kind: error.kind() })
    }

    #[cold]
    fn truncated(&self) -> Problem {
        Problem::Truncated { at: self.at }
    }

    #[cold]
    fn unreadable(&self, error: &io::Error) -> Problem {
        Problem::Unreadable { at: self.at, kind: error.kind() }
    }

    #[cold]
    fn malformed<T>(&self, what: &'static str) -> Result<T, Problem> {
        Err(Problem::Malformed { at: self.at, what })
    }
}

/// The opcodes that have no argument.
#[inline]
fn alone(code: u8) -> Option<Op> {
    Some(match code {
        b'(' => Op::Mark,
        b'.' => Op::Stop,
        b'0' => Op::Pop,
        b'1' => Op::PopMark,
        b'2' => Op::Dup,
        b'N' => Op::None,
        0x88 => Op::Bool(true),
        0x89 => Op::Bool(false),
        b')' => Op::TupleOf(0),
        0x85 => Op::TupleOf(1),
        0x86 => Op::TupleOf(2),
        0x87 => Op::TupleOf(3),
        b't' => Op::Tuple,
        b']' => Op::EmptyList,
        b'l' => Op::List,
        b'a' => Op::Append,
        b'e' => Op::Appends,
        b'}' => Op::EmptyDict,
        b'd' => Op::Dict,
        b's' => Op::SetItem,
        b'u' => Op::SetItems,
        0x8f => Op::EmptySet,
        0x90 => Op::AddItems,
        0x91 => Op::FrozenSet,
        0x93 => Op::StackGlobal,
        b'o' => Op::Obj,
        0x81 => Op::NewObj,
        0x92 => Op::NewObjEx,
        b'R' => Op::Reduce,
        b'b' => Op::Build,
        b'Q' => Op::BinPersId,
        0x97 => Op::NextBuffer,
        0x98 => Op::ReadOnlyBuffer,
        _ => return None,
    })
}

#[inline]
fn four(bytes: &[u8]) -> u32 {
    bytes.first_chunk().copied().map_or(0, u32::from_le_bytes)
}

#[inline]
fn short(span: Span, coding: Coding) -> Text {
    Text { at: span.at, length: u32::try_from(span.length).unwrap_or(u32::MAX), coding }
}
