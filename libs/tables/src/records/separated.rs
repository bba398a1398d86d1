//! Rows of cells with something between them.

use csv::ByteRecord;
use serde_json::Value as Json;

use super::{Record, Window, lossy};
use crate::table::Problem;
use crate::value::Value;

/// What stands between the cells of a line, by how common it is.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How many rows must look like rows before one is believed to begin somewhere.
const BELIEVED: usize = 3;

/// What stands between cells: whatever the first line has most of.
pub(super) fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| line.iter().filter(|byte| *byte == delimiter).count();
    // Of equals the first: `max_by_key` gives the last.
    DELIMITERS.iter().rev().copied().max_by_key(|delimiter| count(delimiter)).unwrap_or(b',')
}

/// The names of the columns, and how many bytes they take.
pub(super) fn header(window: Window<'_>, delimiter: u8) -> Result<(Vec<String>, usize), Problem> {
    let mut cells = Cells::new(window, delimiter);
    match cells.record() {
        Some(length) => Ok((cells.record.iter().map(lossy).collect(), length)),
        None if window.is_last => Ok((Vec::new(), window.bytes.len())),
        None => Err(Problem::NotTable("its first row is too long")),
    }
}

/// How many cells the first rows of a window have.
pub(super) fn widths(window: Window<'_>, delimiter: u8) -> Vec<usize> {
    let mut cells = Cells::new(window, delimiter);
    let mut widths = Vec::new();
    while widths.len() < BELIEVED && cells.record().is_some() {
        widths.push(cells.record.len());
    }
    widths
}

/// The rows of a window, one after the other.
pub(super) struct Cells<'a> {
    window: Window<'a>,
    reader: csv::Reader<&'a [u8]>,
    record: ByteRecord,
    ended: usize,
}

impl<'a> Cells<'a> {
    pub(super) fn new(window: Window<'a>, delimiter: u8) -> Self {
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .has_headers(false)
            .from_reader(window.bytes);
        Self { window, reader, record: ByteRecord::new(), ended: 0 }
    }

    /// The next row, of a table with so many columns.
    pub(super) fn next(&mut self, columns: usize) -> Option<Record> {
        let length = self.record()?;
        let mut cells: Vec<Value> =
            self.record.iter().take(columns).map(|cell| Value::Written(lossy(cell))).collect();
        cells.resize(columns, Value::Missing);
        let more: Vec<Json> = self.record.iter().skip(columns).map(|cell| Json::from(lossy(cell))).collect();
        let rest = (!more.is_empty()).then(|| Json::from(more).to_string());
        Some(Record { length, row: Some((cells, rest)) })
    }

    /// Reads the next record, if all of it is there; gives how many bytes it takes.
    fn record(&mut self) -> Option<usize> {
        if !matches!(self.reader.read_byte_record(&mut self.record), Ok(true)) {
            return None;
        }
        let ended = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        // A record that ends with the window may go on behind it.
        if ended >= self.window.bytes.len() && !self.window.is_last {
            return None;
        }
        let length = ended - self.ended;
        self.ended = ended;
        Some(length)
    }
}
