//! Rows of text: cells with something between them, JSON, lines. A window is read, as many records as are whole in it are
//! given, and the next window begins where the last of them ended.

mod json;
mod separated;

use self::json::Object;
use crate::column::Column;
use crate::table::{COLUMNS, Form, Passing, Place, Problem, Row, Source, Take};
use crate::value::Value;

/// How much is read at first, and at most while records are shorter.
const FIRST_WINDOW: usize = 64 << 10;
const WINDOW: usize = 1 << 20;

/// The longest record that is read.
const LONGEST_RECORD: usize = 16 << 20;

/// How much of a file tells its columns, and how many rows do.
const SAMPLE: usize = 1 << 20;
const SAMPLE_ROWS: usize = 100;

/// What the column of rows that are no objects is called.
pub const ONLY_COLUMN: &str = "value";

/// The rows of a file of text.
pub(crate) struct Records {
    bytes: Source,
    syntax: Syntax,
    columns: Vec<Column>,
    left_out: usize,
    /// Where the first row begins.
    begin: u64,
}

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Separated(u8),
    JsonLines,
    JsonArray,
    Lines,
}

/// A record, and how many bytes it takes with what ends it; none for a blank line.
struct Record {
    length: usize,
    row: Option<(Vec<Value>, Option<String>)>,
}

/// A window on the file.
#[derive(Clone, Copy)]
struct Window<'a> {
    bytes: &'a [u8],
    /// Whether the file ends with it.
    is_last: bool,
}

/// What a window gave.
struct Walked {
    place: Place,
    is_enough: bool,
    is_end: bool,
}

impl Records {
    pub(crate) fn open(bytes: Source, form: Form) -> Result<Self, Problem> {
        let start = bytes.bytes_at(0, SAMPLE)?;
        if start.contains(&0) {
            return Err(Problem::NotTable("it is not text"));
        }
        let mark = if start.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let is_last = start.len() as u64 == bytes.size();
        let window = Window { bytes: &start[mark..], is_last };
        let first = window.bytes.trim_ascii_start();
        let syntax = match form {
            Form::Parquet => return Err(Problem::NotTable("it is not text")),
            Form::Csv => Syntax::Separated(separated::delimiter(window.bytes)),
            Form::Tsv => Syntax::Separated(b'\t'),
            Form::Separated(by) => Syntax::Separated(by),
            Form::Json if first.starts_with(b"[") => Syntax::JsonArray,
            Form::Json | Form::JsonLines => Syntax::JsonLines,
            Form::Text => Syntax::Lines,
        };
        let mut records = Self { bytes, syntax, columns: Vec::new(), left_out: 0, begin: mark as u64 };
        match syntax {
            Syntax::Separated(delimiter) => {
                let (names, length) = separated::header(window, delimiter)?;
                records.begin += length as u64;
                records.take_columns(names);
            }
            Syntax::Lines => records.columns = vec![Column::any("text")],
            Syntax::JsonArray => {
                records.begin += (window.bytes.len() - first.len() + 1) as u64;
                let at = window.bytes.len() - first.len() + 1;
                records.take_columns(names(Window { bytes: &window.bytes[at..], is_last }, syntax)?);
            }
            Syntax::JsonLines => records.take_columns(names(window, syntax)?),
        }
        Ok(records)
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn columns_left_out(&self) -> usize {
        self.left_out
    }

    /// Gives rows from a place on; tells whether the file ended.
    pub(crate) fn scan(&self, from: Place, take: &mut Take<'_>) -> Result<bool, Problem> {
        let mut place = if from.offset < self.begin { Place { row: 0, offset: self.begin } } else { from };
        let (mut size, mut usual) = (FIRST_WINDOW, FIRST_WINDOW);
        loop {
            let bytes = self.bytes.bytes_at(place.offset, size)?;
            let is_last = place.offset.saturating_add(bytes.len() as u64) >= self.bytes.size();
            if bytes.is_empty() {
                return Ok(true);
            }
            let walked = self.walk(Window { bytes: &bytes, is_last }, place, take)?;
            if walked.is_enough || walked.is_end {
                return Ok(walked.is_end);
            }
            if walked.place.offset > place.offset {
                (place, usual) = (walked.place, (usual * 4).min(WINDOW));
                size = usual;
            } else if size >= LONGEST_RECORD {
                let most = LONGEST_RECORD as u64;
                return Err(Problem::TooLarge { what: "a row", size: most + 1, most });
            } else {
                size *= 4;
            }
        }
    }

    /// Places about evenly spread over the file, where rows begin; their numbers are not known. What cannot be entered in
    /// the middle gives its beginning alone.
    pub(crate) fn spread(&self, places: u64) -> Result<Vec<Place>, Problem> {
        let mut found = vec![Place { row: 0, offset: self.begin }];
        let length = self.bytes.size().saturating_sub(self.begin);
        for part in 1..places {
            let offset = self.begin + length / places * part;
            let bytes = self.bytes.bytes_at(offset, SAMPLE)?;
            let is_last = offset + bytes.len() as u64 >= self.bytes.size();
            let Some(at) = self.entry(Window { bytes: &bytes, is_last }) else { continue };
            let offset = offset + at as u64;
            if offset < self.bytes.size() && found.last().is_none_or(|last| last.offset < offset) {
                found.push(Place { row: 0, offset });
            }
        }
        Ok(found)
    }

    fn take_columns(&mut self, names: Vec<String>) {
        self.left_out = names.len().saturating_sub(COLUMNS);
        self.columns = names.into_iter().take(COLUMNS).map(Column::any).collect();
    }

    /// Where a row begins within a window that begins anywhere.
    fn entry(&self, window: Window<'_>) -> Option<usize> {
        let after_line = |from: usize| {
            let line = window.bytes.get(from..)?.iter().position(|byte| *byte == b'\n')?;
            Some(from + line + 1)
        };
        match self.syntax {
            Syntax::JsonLines | Syntax::Lines => after_line(0),
            Syntax::JsonArray => None,
            Syntax::Separated(delimiter) => {
                // A line may end within quotes: then what follows has not the cells of a row.
                let mut at = 0;
                for _ in 0..20 {
                    at = after_line(at)?;
                    let rest = Window { bytes: &window.bytes[at..], ..window };
                    if separated::widths(rest, delimiter).iter().all(|width| *width == self.width()) {
                        return Some(at);
                    }
                }
                None
            }
        }
    }

    fn width(&self) -> usize {
        self.columns.len() + self.left_out
    }

    /// Gives the rows that are whole in a window.
    fn walk(&self, window: Window<'_>, from: Place, take: &mut Take<'_>) -> Result<Walked, Problem> {
        let mut walked = Walked { place: from, is_enough: false, is_end: false };
        let mut cells = match self.syntax {
            Syntax::Separated(delimiter) => Some(separated::Cells::new(window, delimiter)),
            _ => None,
        };
        let mut at = 0;
        while !walked.is_enough {
            let rest = Window { bytes: &window.bytes[at..], ..window };
            let record = match (&mut cells, self.syntax) {
                (Some(cells), _) => cells.next(self.columns.len()),
                (None, Syntax::JsonArray) => {
                    json::element(rest, walked.place.offset == self.begin, |text| self.json(text))?
                }
                (None, syntax) => line(rest, |text| match syntax {
                    Syntax::Lines => (vec![Value::Text(lossy(text))], None),
                    _ => self.json(text),
                }),
            };
            let Some(record) = record else { break };
            at += record.length;
            let place = walked.place;
            walked.place.offset += record.length as u64;
            if let Some((cells, rest)) = record.row {
                walked.place.row += 1;
                walked.is_enough =
                    take(Passing { row: Row { place, cells, rest }, next: walked.place }).is_break();
            }
        }
        let rest = window.bytes[at..].trim_ascii_start();
        let is_over = rest.is_empty() || self.syntax == Syntax::JsonArray && rest.starts_with(b"]");
        walked.is_end = window.is_last && (is_over || !walked.is_enough);
        Ok(walked)
    }

    /// A row from the text of a JSON value.
    fn json(&self, text: &[u8]) -> (Vec<Value>, Option<String>) {
        let Ok(object) = serde_json::from_slice::<Object>(text) else {
            let is_only = self.columns.len() == 1 && self.columns[0].name == ONLY_COLUMN;
            return match (json::value(text), is_only) {
                (Some(value), true) => (vec![value], None),
                // What is no object, or broken, is shown as it is.
                _ => (vec![Value::Missing; self.columns.len()], Some(lossy(text))),
            };
        };
        let mut cells = vec![Value::Missing; self.columns.len()];
        let mut rest = Vec::new();
        for (key, value) in object.0 {
            match self.columns.iter().position(|column| column.name == key) {
                Some(at) => cells[at] = json::value(value.get().as_bytes()).unwrap_or(Value::Missing),
                None => rest.push(format!("{}: {}", serde_json::Value::from(key), value.get())),
            }
        }
        (cells, (!rest.is_empty()).then(|| format!("{{{}}}", rest.join(", "))))
    }
}

/// The keys of the first objects, in the order in which they come.
fn names(window: Window<'_>, syntax: Syntax) -> Result<Vec<String>, Problem> {
    let mut names: Vec<String> = Vec::new();
    let (mut rows, mut at) = (0, 0);
    let mut is_object = true;
    while rows < SAMPLE_ROWS {
        let rest = Window { bytes: &window.bytes[at..], ..window };
        let mut whole = None;
        let mut keep = |text: &[u8]| {
            whole = Some(serde_json::from_slice::<Object>(text).ok());
            // A first line that is no JSON at all: this is another file than its name says.
            if rows == 0 && json::value(text).is_none() {
                whole = None;
            }
            (Vec::new(), None)
        };
        let record = match syntax {
            Syntax::JsonArray => json::element(rest, at == 0, &mut keep)?,
            _ => line(rest, &mut keep),
        };
        let Some(record) = record else { break };
        at += record.length;
        if record.row.is_none() {
            continue;
        }
        let Some(object) = whole else { return Err(Problem::NotTable("its first row is no JSON")) };
        rows += 1;
        is_object &= object.is_some();
        for (key, _) in object.into_iter().flat_map(|object| object.0) {
            if names.len() <= 10 * COLUMNS && !names.contains(&key) {
                names.push(key);
            }
        }
    }
    if rows == 0 && !window.is_last {
        return Err(Problem::NotTable("its first row is too long"));
    }
    if names.is_empty() && !is_object {
        names.push(ONLY_COLUMN.to_owned());
    }
    Ok(names)
}

/// The first line of a window, if all of it is there.
fn line(window: Window<'_>, row: impl FnOnce(&[u8]) -> (Vec<Value>, Option<String>)) -> Option<Record> {
    let end = window.bytes.iter().position(|byte| *byte == b'\n');
    let length = match end {
        Some(end) => end + 1,
        None if window.is_last && !window.bytes.is_empty() => window.bytes.len(),
        None => return None,
    };
    let text = window.bytes[..length].trim_ascii();
    Some(Record { length, row: (!text.is_empty()).then(|| row(text)) })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
