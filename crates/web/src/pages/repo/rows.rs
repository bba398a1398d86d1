//! Tables of text, CSV and JSON lines, a page of rows at a time: read from a place in the file on, so that a file of many
//! gigabytes costs what is shown.

use std::io;

use limpide_formats::reading::ReadAt;
use serde_json::Value;

use crate::pages::list::address;

/// Rows of a page, and bytes that are read for it.
const ROWS: usize = 100;
const WINDOW: usize = 1 << 20;

/// Columns and characters of a cell that are shown.
const COLUMNS: usize = 100;
const LONGEST_CELL: usize = 500;

/// What separates the cells of a line, by how common it is.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Csv,
    JsonLines,
}

/// Some rows of a table.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<u64>,
    /// Whether columns were left out.
    pub(crate) is_cut: bool,
}

/// Rows as a page shows them.
pub(crate) struct RowsView {
    pub(crate) rows: Rows,
    pub(crate) first: Option<String>,
    pub(crate) next: Option<String>,
    pub(crate) source: String,
}

impl Form {
    /// The form that the name of a file promises.
    pub(crate) fn of(ending: &str) -> Option<Self> {
        match ending {
            "csv" | "tsv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

impl RowsView {
    pub(crate) fn of(rows: Rows, path: &str, at: u64) -> Self {
        let link = |at: u64| address(path, [("at", at.to_string().as_str())].into_iter());
        Self {
            first: (at > 0).then(|| path.to_owned()),
            next: rows.next.map(link),
            source: address(path, [("source", "true")].into_iter()),
            rows,
        }
    }
}

/// The rows from a place on, which is the beginning or where a page before ended; none where the file is no such table.
///
/// # Errors
/// When the bytes cannot be read.
pub(crate) fn read(bytes: &dyn ReadAt, form: Form, at: u64) -> io::Result<Option<Rows>> {
    let at = at.min(bytes.size());
    let window = bytes.bytes_at(at, WINDOW)?;
    let is_last = at + window.len() as u64 == bytes.size();
    let part = Part { window: &window, at, is_last };
    match form {
        Form::Csv => csv_rows(bytes, &part),
        Form::JsonLines => Ok(json_rows(&part)),
    }
}

/// The part of a file that is read.
struct Part<'a> {
    window: &'a [u8],
    at: u64,
    is_last: bool,
}

impl Part<'_> {
    /// Where the next page begins, when this one ended after so many bytes of the window.
    fn next(&self, after: usize) -> Option<u64> {
        let is_end = self.is_last && after >= self.window.len();
        (!is_end).then_some(self.at + after as u64)
    }
}

fn csv_rows(bytes: &dyn ReadAt, part: &Part<'_>) -> io::Result<Option<Rows>> {
    let start = bytes.bytes_at(0, WINDOW.min(64 << 10))?;
    let delimiter = delimiter(&start);
    let reader = |text| {
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text)
    };
    let mut first = csv::ByteRecord::new();
    if !matches!(reader(start.as_slice()).read_byte_record(&mut first), Ok(true))
        || first.len() < 2 && delimiter != b','
    {
        return Ok(None);
    }
    let columns: Vec<String> = first.iter().take(COLUMNS).map(cell).collect();
    let mut rows = Rows { columns, is_cut: first.len() > COLUMNS, ..Rows::default() };
    let mut all = reader(part.window);
    let mut record = csv::ByteRecord::new();
    let mut skip = part.at == 0;
    let mut ended = 0;
    while rows.rows.len() < ROWS {
        let before = ended;
        match all.read_byte_record(&mut record) {
            Ok(true) => ended = usize::try_from(all.position().byte()).unwrap_or(usize::MAX),
            Ok(false) | Err(_) => break,
        }
        // A row that the window cuts is left for the next page; one that fills the window is shown as far as it goes.
        if ended >= part.window.len() && !part.is_last && before > 0 {
            ended = before;
            break;
        }
        if !std::mem::take(&mut skip) {
            rows.rows.push(record.iter().take(COLUMNS).map(cell).collect());
        }
    }
    rows.next = part.next(ended);
    Ok(Some(rows))
}

/// What separates the cells: whatever the first line has most of.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: &u8| line.iter().filter(|byte| *byte == delimiter).count();
    // Of equals the first: `max_by_key` gives the last.
    DELIMITERS.iter().rev().copied().max_by_key(|delimiter| count(delimiter)).unwrap_or(b',')
}

/// Rows of JSON, of which objects have columns by their keys. None where the first line is none.
fn json_rows(part: &Part<'_>) -> Option<Rows> {
    let mut rows = Rows::default();
    let mut values: Vec<Value> = Vec::new();
    let mut ended = 0;
    for line in part.window.split_inclusive(|byte| *byte == b'\n') {
        let is_whole = line.ends_with(b"\n") || part.is_last;
        if values.len() == ROWS || !is_whole && ended > 0 {
            break;
        }
        ended += line.len();
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        match serde_json::from_slice(text) {
            Ok(value) => values.push(value),
            Err(_) if values.is_empty() => return None,
            // A broken line is shown as it is.
            Err(_) => values.push(Value::String(cell(text))),
        }
    }
    for key in values.iter().filter_map(Value::as_object).flat_map(|object| object.keys()) {
        if !rows.columns.contains(key) {
            rows.is_cut |= rows.columns.len() == COLUMNS;
            if rows.columns.len() < COLUMNS {
                rows.columns.push(key.clone());
            }
        }
    }
    rows.rows = values.iter().map(|value| json_row(value, &rows.columns)).collect();
    rows.next = part.next(ended);
    Some(rows)
}

fn json_row(value: &Value, columns: &[String]) -> Vec<String> {
    let written = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => cell(text.as_bytes()),
        other => cell(other.to_string().as_bytes()),
    };
    match value {
        Value::Object(object) => {
            columns.iter().map(|key| object.get(key).map(written).unwrap_or_default()).collect()
        }
        other => vec![written(other)],
    }
}

fn cell(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    match text.char_indices().nth(LONGEST_CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All rows of a table, page after page.
    fn all(bytes: &[u8], form: Form) -> Vec<Vec<String>> {
        let (mut at, mut rows, mut pages) = (0, Vec::new(), 0);
        loop {
            let page = read(&bytes.to_vec(), form, at).unwrap().unwrap();
            rows.extend(page.rows);
            pages += 1;
            assert!(pages < 1000, "paging comes to an end");
            match page.next {
                Some(next) => at = next,
                None => return rows,
            }
        }
    }

    #[test]
    fn a_table_is_read_with_quotes_and_whatever_separates_its_cells() {
        let rows = read(&b"a;b\n\"1;\n2\";x\n3;\n".to_vec(), Form::Csv, 0).unwrap().unwrap();
        assert_eq!(rows.columns, ["a", "b"]);
        assert_eq!(rows.rows, [["1;\n2", "x"], ["3", ""]]);
        assert_eq!(rows.next, None);
        assert_eq!(read(&b"".to_vec(), Form::Csv, 0).unwrap(), None);
    }

    #[test]
    fn lines_of_json_have_the_columns_of_all_of_them() {
        let rows = read(&b"{\"a\":1}\n\n{\"b\":[2],\"a\":null}\nbroken\n".to_vec(), Form::JsonLines, 0)
            .unwrap()
            .unwrap();
        assert_eq!(rows.columns, ["a", "b"]);
        assert_eq!(
            rows.rows,
            [vec!["1".to_owned(), String::new()], vec![String::new(), "[2]".into()], vec!["broken".into()]]
        );
        assert_eq!(read(&b"no json".to_vec(), Form::JsonLines, 0).unwrap(), None);
    }

    proptest! {
        #[test]
        fn pages_together_are_the_table(cells in prop::collection::vec(("[a-z,\"\n ]{0,6}", "[0-9]{1,3}"), 0..350)) {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["text", "number"]).unwrap();
            for (text, number) in &cells {
                writer.write_record([text, number]).unwrap();
            }
            let expected: Vec<Vec<String>> = cells.iter().map(|(text, number)| vec![text.clone(), number.clone()]).collect();
            prop_assert_eq!(all(&writer.into_inner().unwrap(), Form::Csv), expected);

            let lines: String = cells.iter().map(|(text, number)| format!("{}\n", serde_json::json!({ "t": text, "n": number }))).collect();
            if !cells.is_empty() {
                let expected: Vec<Vec<String>> = cells.iter().map(|(text, number)| vec![text.clone(), number.clone()]).collect();
                let columns = read(&lines.clone().into_bytes(), Form::JsonLines, 0).unwrap().unwrap().columns;
                let rows = all(lines.as_bytes(), Form::JsonLines);
                let swapped = columns == ["n", "t"];
                let rows: Vec<Vec<String>> = rows.into_iter().map(|row| if swapped { row.into_iter().rev().collect() } else { row }).collect();
                prop_assert_eq!(rows, expected);
            }
        }

        #[test]
        fn whatever_the_bytes_are_reading_ends(bytes in prop::collection::vec(any::<u8>(), 0..400), at in 0_u64..500) {
            for form in [Form::Csv, Form::JsonLines] {
                if let Some(rows) = read(&bytes, form, at).unwrap() {
                    prop_assert!(rows.next.is_none_or(|next| next > at && next <= bytes.len() as u64));
                }
            }
        }
    }
}
