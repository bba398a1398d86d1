//! The directory at the end of an archive, and the record that says where it lies.

use std::io;
use std::ops::Range;

use super::local::Header;
use super::{Member, u16_at, u32_at, u64_at};
use crate::reading::{Part, ReadAt, Stream};

/// The length of the record at the end, without its comment.
pub(super) const END: u64 = 22;

const END_SIGNATURE: &[u8] = b"PK\x05\x06";
const LONG_END_SIGNATURE: &[u8] = b"PK\x06\x06";
const LOCATOR_SIGNATURE: &[u8] = b"PK\x06\x07";
const ENTRY_SIGNATURE: &[u8] = b"PK\x01\x02";

const LOCATOR: u64 = 20;
const LONG_END: u64 = 56;
const ENTRY: usize = 46;

/// No reader looks for the end further from the end of the file: the comment has a length of two bytes.
const FURTHEST: u64 = END + 0xffff;

/// The most ends that are looked at, the last ones.
const MOST_ENDS: usize = 16;

/// The extra fields of a member that carry long numbers, and another name.
const LONG_NUMBERS: u16 = 1;
const UNICODE_NAME: u16 = 0x7075;

/// The end of a directory.
#[derive(Debug, Clone, Default)]
pub(super) struct End {
    pub(super) at: u64,
    /// How many members there are said to be.
    pub(super) entries: u64,
    /// How long the directory is said to be.
    pub(super) size: u64,
    /// Where it is said to begin.
    pub(super) offset: u64,
    /// Where the directory ends, when it lies before its end record.
    before: u64,
    /// The records for long archives that belong to it.
    pub(super) records: Vec<Range<u64>>,
    /// Whether there are said to be other files.
    pub(super) is_split: bool,
}

impl End {
    /// The end of an archive without members.
    pub(super) fn is_of_nothing(&self) -> bool {
        self.entries == 0 && self.size == 0
    }
}

/// Where a directory begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Begin {
    pub(super) at: u64,
    /// What is added to the places in it: what was put before the archive.
    pub(super) base: u64,
}

/// All ends that a reader could take, in the order of the file.
pub(super) fn ends(file: &dyn ReadAt) -> io::Result<Vec<End>> {
    let from = file.size().saturating_sub(FURTHEST);
    let tail = file.bytes_at(from, 22 + 0xffff)?;
    let found = tail.windows(END_SIGNATURE.len()).enumerate().filter(|(_, bytes)| *bytes == END_SIGNATURE);
    let places: Vec<usize> = found.map(|(at, _)| at).filter(|at| at + 22 <= tail.len()).collect();
    let last = places.len().saturating_sub(MOST_ENDS);
    places[last..].iter().map(|at| end(file, from + *at as u64, &tail[*at..])).collect()
}

fn end(file: &dyn ReadAt, at: u64, record: &[u8]) -> io::Result<End> {
    let short = End {
        at,
        entries: u16_at(record, 10).into(),
        size: u32_at(record, 12).into(),
        offset: u32_at(record, 16).into(),
        before: at,
        records: Vec::new(),
        is_split: !matches!(u16_at(record, 4), 0 | 0xffff) || !matches!(u16_at(record, 6), 0 | 0xffff),
    };
    Ok(long_end(file, &short)?.unwrap_or(short))
}

/// What the records for long archives say, which readers prefer where they are there.
fn long_end(file: &dyn ReadAt, short: &End) -> io::Result<Option<End>> {
    let Some(locator_at) = short.at.checked_sub(LOCATOR) else { return Ok(None) };
    let locator = file.bytes_at(locator_at, 20)?;
    if !locator.starts_with(LOCATOR_SIGNATURE) {
        return Ok(None);
    }
    // Said from the beginning of the archive, which may not be that of the file: then it lies just before.
    for at in [u64_at(&locator, 8), locator_at.saturating_sub(LONG_END)] {
        let record = file.bytes_at(at, 56)?;
        if at < locator_at && record.len() == 56 && record.starts_with(LONG_END_SIGNATURE) {
            let length = u64_at(&record, 4).saturating_add(12).min(locator_at - at);
            return Ok(Some(End {
                entries: u64_at(&record, 32),
                size: u64_at(&record, 40),
                offset: u64_at(&record, 48),
                before: at,
                records: vec![at..at + length, locator_at..short.at],
                ..short.clone()
            }));
        }
    }
    Ok(None)
}

/// Where the directory of an end can begin: where it is said to, and as far before its end as it is said to be long.
pub(super) fn begins(file: &dyn ReadAt, end: &End) -> io::Result<Vec<Begin>> {
    let mut begins = Vec::new();
    let from_end = end.before.checked_sub(end.size);
    let told = Some(Begin { at: end.offset, base: 0 });
    let moved = from_end.and_then(|at| Some(Begin { at, base: at.checked_sub(end.offset)? }));
    for begin in [moved, told].into_iter().flatten() {
        let is_there = begin.at < end.at && file.bytes_at(begin.at, 4)? == ENTRY_SIGNATURE;
        if is_there && !begins.contains(&begin) {
            begins.push(begin);
        }
    }
    Ok(begins)
}

/// What a directory says about a member.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    pub(super) at: u64,
    pub(super) flags: u16,
    pub(super) method: u16,
    pub(super) checksum: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) header_at: u64,
    pub(super) name: Vec<u8>,
    pub(super) odd: Vec<&'static str>,
    is_link: bool,
}

impl Entry {
    /// The member, whose bytes lie there.
    pub(super) fn member(&self, header: &Header, data: Range<u64>) -> Member {
        let (name, other) = (String::from_utf8_lossy(&self.name).into_owned(), header.name());
        Member {
            other_name: (other != name).then_some(other),
            name,
            method: self.method,
            is_encrypted: (self.flags | header.flags) & 0x41 != 0,
            header_at: header.at,
            data,
            size: self.size,
            is_link: self.is_link,
        }
    }
}

/// The entries of a directory, one after the other.
pub(super) struct Entries<'a> {
    file: Part<'a>,
    at: u64,
    limit: u64,
}

impl<'a> Entries<'a> {
    /// Readers go by the number of entries or by the length of the directory; all that look like entries are read, as
    /// far as the end.
    pub(super) fn new(file: &'a dyn ReadAt, begin: &Begin, end: &End) -> Self {
        Self { file: Part::new(file, 0, end.at), at: begin.at, limit: end.at }
    }

    /// Where the next one would begin.
    pub(super) fn position(&self) -> u64 {
        self.at
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Entry>> {
        let fixed = self.file.bytes_at(self.at, ENTRY)?;
        if fixed.len() < ENTRY || !fixed.starts_with(ENTRY_SIGNATURE) {
            return Ok(None);
        }
        let lengths = [u16_at(&fixed, 28), u16_at(&fixed, 30), u16_at(&fixed, 32)].map(usize::from);
        let length = lengths.iter().sum::<usize>();
        let begin = self.at + ENTRY as u64;
        if begin + length as u64 > self.limit {
            return Ok(None);
        }
        let rest = self.file.bytes_at(begin, length)?;
        if rest.len() < length {
            return Ok(None);
        }
        let mut entry = Entry {
            at: self.at,
            flags: u16_at(&fixed, 8),
            method: u16_at(&fixed, 10),
            checksum: u32_at(&fixed, 16),
            packed: u32_at(&fixed, 20).into(),
            size: u32_at(&fixed, 24).into(),
            header_at: u32_at(&fixed, 42).into(),
            name: rest[..lengths[0]].to_vec(),
            // What Unix made carries the kind of the file in the upper half.
            is_link: u32_at(&fixed, 38) >> 28 == 0o12,
            odd: Vec::new(),
        };
        entry.long_numbers(&rest[lengths[0]..lengths[0] + lengths[1]]);
        self.at = begin + length as u64;
        Ok(Some(entry))
    }
}

impl Entry {
    /// Takes the numbers that do not fit into four bytes from the extra fields.
    fn long_numbers(&mut self, extra: &[u8]) {
        if self.name.contains(&0) {
            self.odd.push("zip-nul-in-name");
        }
        for (kind, field) in fields(extra) {
            if kind == UNICODE_NAME && field.get(5..) != Some(&self.name[..]) {
                self.odd.push("zip-names-differ");
            }
            if kind != LONG_NUMBERS {
                continue;
            }
            let mut at = 0;
            for number in [&mut self.size, &mut self.packed, &mut self.header_at] {
                if *number == u64::from(u32::MAX) && field.len() >= at + 8 {
                    *number = u64_at(field, at);
                    at += 8;
                }
            }
        }
    }
}

/// The extra fields, each with its kind.
pub(super) fn fields(extra: &[u8]) -> Vec<(u16, &[u8])> {
    let (mut fields, mut rest) = (Vec::new(), extra);
    while rest.len() >= 4 {
        let (kind, length) = (u16_at(rest, 0), usize::from(u16_at(rest, 2)));
        let end = (4 + length).min(rest.len());
        fields.push((kind, &rest[4..end]));
        rest = &rest[end..];
    }
    fields
}

/// Where a signature of an archive's records stands next, from a place on and before another.
pub(super) fn find(file: &dyn ReadAt, range: Range<u64>, signature: &[u8]) -> io::Result<Option<u64>> {
    let mut stream = Stream::new(file, range.start);
    while stream.position() < range.end {
        let at = stream.position();
        let window = stream.window()?;
        if window.is_empty() {
            return Ok(None);
        }
        let length = window.len();
        // A signature that the window cuts in two is read over its border.
        match window.iter().position(|byte| *byte == signature[0]) {
            None => stream.take(length),
            Some(offset) => {
                let found = at + offset as u64;
                if file_begins(window, offset, signature) == Some(true)
                    || (offset + signature.len() > length
                        && file.bytes_at(found, signature.len())? == signature)
                {
                    return Ok((found < range.end).then_some(found));
                }
                stream.take(offset + 1);
            }
        }
    }
    Ok(None)
}

/// Whether a signature stands there; nothing where the window ends before.
fn file_begins(window: &[u8], offset: usize, signature: &[u8]) -> Option<bool> {
    window.get(offset..offset + signature.len()).map(|bytes| bytes == signature)
}
