//! Files with holes: only what is not zero is stored, and a map says where it belongs. GNU's older form has the map in the
//! header and in blocks behind it, PAX has it in records, and since its version 1.0 before the data.
//!
//! The forms: <https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html>.

use std::io;
use std::ops::Range;

use super::{BLOCK, LONGEST_RECORDS, number};
use crate::reading::ReadAt;

/// The most pieces of a file.
const MOST_PIECES: usize = 100_000;

/// How many entries of a map a header has, and a block behind it, and how long one is.
const IN_HEADER: usize = 4;
const IN_BLOCK: usize = 21;
const ENTRY: usize = 24;

/// What is said of a file with holes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Map {
    /// Its name; the header has another for readers that know nothing of holes.
    pub(super) name: Option<Vec<u8>>,
    /// How long it is with its holes.
    size: Option<u64>,
    /// Places and lengths, in turn.
    numbers: Vec<u64>,
    is_before_data: bool,
}

impl Map {
    /// Notes a record of PAX, whose key begins with `GNU.sparse.`.
    pub(super) fn record(&mut self, key: &[u8], value: &[u8]) {
        let number = || std::str::from_utf8(value).ok().and_then(|number| number.parse::<u64>().ok());
        match key {
            b"name" => self.name = Some(value.to_vec()),
            b"size" | b"realsize" => self.size = number(),
            b"major" => self.is_before_data = number() == Some(1),
            b"offset" | b"numbytes" if self.numbers.len() < 2 * MOST_PIECES => self.numbers.extend(number()),
            b"map" => self.numbers = value.split(|byte| *byte == b',').map_while(decimal).collect(),
            _ => {}
        }
    }

    /// The map in a header of GNU and in the blocks behind it, and where these end.
    pub(super) fn of_header(file: &dyn ReadAt, header_at: u64) -> io::Result<(Self, u64)> {
        let header = file.bytes_at(header_at, BLOCK as usize)?;
        let size = header.get(483..495).and_then(number);
        let mut map = Self { size, ..Self::default() };
        let mut goes_on = map.entries(header.get(386..).unwrap_or_default(), IN_HEADER);
        let mut end = header_at + BLOCK;
        while goes_on && map.numbers.len() < 2 * MOST_PIECES {
            let block = file.bytes_at(end, BLOCK as usize)?;
            end = (end + BLOCK).min(file.size());
            goes_on = map.entries(&block, IN_BLOCK);
        }
        Ok((map, end))
    }

    /// Takes entries; says whether a block with more of them follows.
    fn entries(&mut self, bytes: &[u8], most: usize) -> bool {
        let used = bytes.chunks_exact(ENTRY).take(most).take_while(|entry| entry[ENTRY / 2] != 0);
        for field in used.flat_map(|entry| entry.chunks_exact(ENTRY / 2)) {
            self.numbers.extend(number(field));
        }
        bytes.get(most * ENTRY).is_some_and(|goes_on| *goes_on != 0)
    }

    /// Where the pieces of the file lie, which are these bytes of the archive; none where the map cannot be.
    pub(super) fn holes(mut self, file: &dyn ReadAt, mut data: Range<u64>) -> io::Result<Option<Holes>> {
        if self.is_before_data {
            let most = (data.end - data.start).min(LONGEST_RECORDS);
            let text = file.bytes_at(data.start, usize::try_from(most).unwrap_or_default())?;
            let Some((numbers, length)) = before_data(&text) else { return Ok(None) };
            self.numbers = numbers;
            data.start = data.start.saturating_add((length as u64).next_multiple_of(BLOCK)).min(data.end);
        }
        Ok(self.size.and_then(|size| Holes::of(size, &self.numbers, data)))
    }
}

/// The map that stands before data: how many pieces there are, then places and lengths, a line each.
fn before_data(text: &[u8]) -> Option<(Vec<u64>, usize)> {
    let mut lines = text.split_inclusive(|byte| *byte == b'\n');
    let mut length = 0;
    let mut line = || {
        let line = lines.next()?;
        length += line.len();
        decimal(line.strip_suffix(b"\n")?)
    };
    let count = usize::try_from(line()?).ok().filter(|count| *count <= MOST_PIECES)?;
    let numbers = (0..2 * count).map(|_| line()).collect::<Option<Vec<_>>>()?;
    Some((numbers, length))
}

fn decimal(text: &[u8]) -> Option<u64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Where the pieces of a file with holes lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holes {
    size: u64,
    /// Where a piece begins in the file, and which bytes of the archive it is.
    pieces: Vec<(u64, Range<u64>)>,
}

impl Holes {
    /// Pieces that follow each other, and that all of the data belongs to.
    fn of(size: u64, numbers: &[u64], data: Range<u64>) -> Option<Self> {
        let (mut pieces, mut at, mut left) = (Vec::new(), 0, data);
        for pair in numbers.chunks(2) {
            let [begin, length] = *pair else { return None };
            let (end, stored) = (begin.checked_add(length)?, left.start.checked_add(length)?);
            if begin < at || end > size || stored > left.end {
                return None;
            }
            pieces.push((begin, left.start..stored));
            (at, left.start) = (end, stored);
        }
        left.is_empty().then_some(Self { size, pieces })
    }

    /// The file, with zeros in its holes, of the archive that it lies in.
    pub fn filled<'a>(&'a self, archive: &'a dyn ReadAt) -> Filled<'a> {
        Filled { holes: self, archive }
    }
}

/// A file with zeros in its holes.
pub struct Filled<'a> {
    holes: &'a Holes,
    archive: &'a dyn ReadAt,
}

impl ReadAt for Filled<'_> {
    fn size(&self) -> u64 {
        self.holes.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let pieces = &self.holes.pieces;
        let before = pieces.partition_point(|(begin, _)| *begin <= at);
        let next = pieces.get(before).map_or(self.holes.size, |(begin, _)| *begin);
        let piece = before.checked_sub(1).and_then(|index| pieces.get(index));
        if let Some((begin, data)) = piece
            && at - begin < data.end - data.start
        {
            let from = data.start + (at - begin);
            let length = usize::try_from(data.end - from).unwrap_or(usize::MAX).min(into.len());
            return self.archive.read_at(from, &mut into[..length]);
        }
        let length = usize::try_from(next.saturating_sub(at)).unwrap_or(usize::MAX).min(into.len());
        into[..length].fill(0);
        Ok(length)
    }
}
