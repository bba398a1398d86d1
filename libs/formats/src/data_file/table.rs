//! Tables with a delimiter between cells: which one it is, what the columns are called, how many rows there are.

use std::collections::HashSet;

use super::Content;

/// The delimiters, the likelier first.
const DELIMITERS: [u8; 4] = [b'\t', b',', b';', b'|'];

/// The most columns of a table.
const MOST_COLUMNS: usize = 10_000;

/// The table in this text: at least two rows of the same number of cells, and at least two cells in each.
pub(super) fn recognise(text: &str, is_whole: bool) -> Option<Content> {
    let (delimiter, rows) = DELIMITERS.into_iter().find_map(|delimiter| {
        let rows = rows(text, delimiter, is_whole)?;
        Some((delimiter, rows))
    })?;
    let header = header(text, delimiter);
    let rows = rows - u64::from(header.is_some());
    Some(Content::Separated { delimiter: delimiter.into(), header, rows })
}

/// The number of rows, when all are as wide as the first.
fn rows(text: &str, delimiter: u8, is_whole: bool) -> Option<u64> {
    let (mut rows, mut rest) = (0, text);
    let width = Row::read(rest, delimiter).cells.len();
    if width < 2 {
        return None;
    }
    while !rest.is_empty() {
        let row = Row::read(rest, delimiter);
        if !row.is_complete && !is_whole {
            break;
        }
        let is_empty = row.cells.len() == 1 && row.length <= 2;
        if row.cells.len() != width && !is_empty {
            return None;
        }
        rows += u64::from(!is_empty);
        rest = &rest[row.length..];
    }
    (rows >= 2).then_some(rows)
}

/// The cells of the first row, when they seem to be names: all different, none a number or empty.
fn header(text: &str, delimiter: u8) -> Option<Vec<String>> {
    let cells: Vec<String> = Row::read(text, delimiter).cells.into_iter().map(unquoted).collect();
    let mut seen = HashSet::new();
    let are_names = cells.iter().all(|cell| {
        let cell = cell.trim();
        !cell.is_empty() && cell.len() <= 256 && cell.parse::<f64>().is_err() && seen.insert(cell.to_owned())
    });
    are_names.then_some(cells)
}

fn unquoted(cell: &str) -> String {
    match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
        Some(inner) => inner.replace("\"\"", "\""),
        None => cell.to_owned(),
    }
}

/// The first row of a text (<https://www.rfc-editor.org/rfc/rfc4180>).
struct Row<'a> {
    cells: Vec<&'a str>,
    /// The bytes of the row, its end included.
    length: usize,
    /// Whether the row ends before the text does.
    is_complete: bool,
}

impl<'a> Row<'a> {
    fn read(text: &'a str, delimiter: u8) -> Self {
        let (mut cells, mut begin, mut is_quoted) = (Vec::new(), 0, false);
        for (at, byte) in text.bytes().enumerate() {
            match byte {
                b'"' if is_quoted || at == begin => is_quoted = !is_quoted,
                // Two quotes within a cell: the first seemed to end it.
                b'"' if text.as_bytes()[at - 1] == b'"' && text[begin..].starts_with('"') => is_quoted = true,
                _ if is_quoted => {}
                b'\n' => {
                    cells.push(text[begin..at].trim_end_matches('\r'));
                    return Self { cells, length: at + 1, is_complete: true };
                }
                _ if byte == delimiter && cells.len() < MOST_COLUMNS => {
                    cells.push(&text[begin..at]);
                    begin = at + 1;
                }
                _ => {}
            }
        }
        cells.push(&text[begin..]);
        Self { cells, length: text.len(), is_complete: false }
    }
}
