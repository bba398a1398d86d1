//! Tables of FlatBuffers: numbers, texts, lists and other tables, found by offsets that may lead anywhere.

use std::io;
use std::ops::Range;

use crate::reading::ReadAt;

/// How many bytes are read at once.
const WINDOW: usize = 64 << 10;

/// The most tables of lists that are read.
const MOST_TABLES: u64 = 1_000_000;

/// A table: where it lies, and where its own index says that its fields do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) at: u64,
    index: u64,
    /// How many fields the index has room for.
    pub(super) fields: u64,
}

/// The file, and how far anything in it reached.
pub(super) struct Flat<'a> {
    file: &'a dyn ReadAt,
    window: Vec<u8>,
    begin: u64,
    pub(super) end: u64,
    /// How many tables may still be read: lists can lead to the same ones again and again.
    left: u64,
}

impl<'a> Flat<'a> {
    pub(super) fn new(file: &'a dyn ReadAt) -> Self {
        Self { file, window: Vec::new(), begin: 0, end: 8, left: MOST_TABLES }
    }

    pub(super) fn root(&mut self) -> io::Result<Option<Table>> {
        match self.read(0, 4)? {
            Some(offset) => self.table(offset),
            None => Ok(None),
        }
    }

    /// The table at a place.
    fn table(&mut self, at: u64) -> io::Result<Option<Table>> {
        let Some(back) = self.read(at, 4)? else { return Ok(None) };
        // The index lies so far before the table, or behind it.
        let back = i64::from(u32::try_from(back).unwrap_or_default().cast_signed());
        let Some(index) = at.checked_add_signed(-back) else { return Ok(None) };
        let Some(length) = self.read(index, 2)? else { return Ok(None) };
        if length < 4 || length % 2 != 0 || !self.reach(index, length) {
            return Ok(None);
        }
        Ok(Some(Table { at, index, fields: (length - 4) / 2 }))
    }

    /// Where a field of a table lies; none where the table has none.
    pub(super) fn place(&mut self, table: &Table, field: u64) -> io::Result<Option<u64>> {
        if field >= table.fields {
            return Ok(None);
        }
        let offset = self.read(table.index + 4 + 2 * field, 2)?.unwrap_or_default();
        Ok((offset != 0).then(|| table.at + offset))
    }

    /// A number of so many bytes, or what it is when nothing is said.
    pub(super) fn number(
        &mut self,
        table: &Table,
        field: u64,
        width: u64,
        otherwise: u64,
    ) -> io::Result<u64> {
        match self.place(table, field)? {
            Some(at) => Ok(self.read(at, width)?.unwrap_or(otherwise)),
            None => Ok(otherwise),
        }
    }

    /// Where the items of a list begin, and how many there are; a list that is not there is empty.
    fn list(&mut self, table: &Table, field: u64, item: u64) -> io::Result<Option<(u64, u64)>> {
        let Some(at) = self.place(table, field)? else { return Ok(Some((0, 0))) };
        let Some(offset) = self.read(at, 4)? else { return Ok(None) };
        let Some(count) = self.read(at + offset, 4)? else { return Ok(None) };
        let begin = at + offset + 4;
        Ok(self.reach(begin, count.saturating_mul(item)).then_some((begin, count)))
    }

    pub(super) fn bytes(&mut self, table: &Table, field: u64) -> io::Result<Option<Range<u64>>> {
        Ok(self.list(table, field, 1)?.map(|(begin, count)| begin..begin + count))
    }

    /// Whole numbers, without those below zero.
    pub(super) fn numbers(&mut self, table: &Table, field: u64, most: u64) -> io::Result<Option<Vec<u64>>> {
        let Some((begin, count)) = self.list(table, field, 4)?.filter(|(_, count)| *count <= most) else {
            return Ok(None);
        };
        let mut numbers = Vec::new();
        for index in 0..count {
            let Some(number) = self.read(begin + 4 * index, 4)? else { return Ok(None) };
            numbers.push(number);
        }
        Ok(numbers.iter().all(|number| i32::try_from(*number).is_ok()).then_some(numbers))
    }

    /// The beginning of a text, and where it stands.
    pub(super) fn text(&mut self, table: &Table, field: u64, most: u64) -> io::Result<Option<(u64, String)>> {
        let Some(range) = self.bytes(table, field)?.filter(|range| range.start > 0) else { return Ok(None) };
        let length = usize::try_from((range.end - range.start).min(most)).unwrap_or_default();
        let text = self.file.bytes_at(range.start, length)?;
        // A text ends with a NUL that it does not count.
        self.reach(range.end, 1);
        Ok(Some((range.start, String::from_utf8_lossy(&text).into_owned())))
    }

    /// A list of tables; none when one of them is none, or when there are too many.
    pub(super) fn tables(&mut self, table: &Table, field: u64, most: u64) -> io::Result<Option<Vec<Table>>> {
        let Some((begin, count)) = self.list(table, field, 4)?.filter(|(_, count)| *count <= most) else {
            return Ok(None);
        };
        let Some(left) = self.left.checked_sub(count) else { return Ok(None) };
        self.left = left;
        let mut tables = Vec::new();
        for at in (0..count).map(|index| begin + 4 * index) {
            let Some(offset) = self.read(at, 4)? else { return Ok(None) };
            let Some(table) = self.table(at + offset)? else { return Ok(None) };
            tables.push(table);
        }
        Ok(Some(tables))
    }

    /// Whether so many bytes are there, which then belong to something.
    pub(super) fn reach(&mut self, at: u64, length: u64) -> bool {
        let end = at.checked_add(length).filter(|end| *end <= self.file.size());
        self.end = self.end.max(end.unwrap_or_default());
        end.is_some()
    }

    fn read(&mut self, at: u64, width: u64) -> io::Result<Option<u64>> {
        if !self.reach(at, width) {
            return Ok(None);
        }
        let width = usize::try_from(width).unwrap_or_default();
        let held = |window: &[u8], begin: u64| {
            let from = usize::try_from(at.checked_sub(begin)?).ok()?;
            let bytes = window.get(from..from.checked_add(width)?)?;
            Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
        };
        if let Some(number) = held(&self.window, self.begin) {
            return Ok(Some(number));
        }
        // Tables are often written from the last to the first.
        self.begin = at.saturating_sub(WINDOW as u64 / 2);
        self.window = self.file.bytes_at(self.begin, WINDOW)?;
        Ok(held(&self.window, self.begin))
    }
}
