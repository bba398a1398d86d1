//! A data file as a table: its columns, and rows from a place on.

use std::io;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use limpide_formats::reading::ReadAt;

use crate::column::Column;
use crate::filter::Filter;
use crate::parquet::Parquet;
use crate::records::Records;
use crate::value::Value;

/// The most columns that are read; whatever stands in others is left out, and said to be.
pub const COLUMNS: usize = 100;

/// Bytes that readers on other threads may read, too.
pub type Source = Arc<dyn ReadAt + Send + Sync>;

/// How a table is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Apache Parquet.
    Parquet,
    /// Cells with something between them: a comma, a tab, a semicolon or a bar, whatever the first line has most of.
    Csv,
    /// Cells with tabs between them.
    Tsv,
    /// Cells with this letter between them.
    Separated(u8),
    /// A JSON value on each line.
    JsonLines,
    /// One JSON array, whose elements are the rows; or values on lines, which files named `.json` often hold.
    Json,
    /// A row on each line.
    Text,
}

/// Where a row begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Which row it is, from 0 on. For text it is whatever the caller says of the place it gives.
    pub row: u64,
    /// Where it stands in a file of text, in bytes; 0 in Parquet.
    pub offset: u64,
}

/// A row of a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it begins.
    pub place: Place,
    /// Its cells, one for each column of the table.
    pub cells: Vec<Value>,
    /// What the row has besides the columns of the table, as JSON.
    pub rest: Option<String>,
}

/// Some rows of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Where to go on; none at the end.
    pub next: Option<Place>,
    /// How many rows were looked at, those that were not asked for among them.
    pub looked_at: u64,
}

/// How much is read for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// The most rows that are given.
    pub rows: usize,
    /// The most rows that are looked at.
    pub looked_at: u64,
    /// After how many bytes of the file nothing more is looked at.
    pub bytes: u64,
}

/// Why a table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The bytes cannot be had.
    #[error("the bytes cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file is not what it was taken for.
    #[error("the file is no such table: {0}")]
    NotTable(&'static str),
    /// The file does not follow its format.
    #[error("the file does not follow its format: {0}")]
    Malformed(String),
    /// A part of it is larger than any that is read.
    #[error("{what} of {size} bytes; at most {most} are read")]
    TooLarge {
        /// What.
        what: &'static str,
        /// How large it is.
        size: u64,
        /// How large it may be.
        most: u64,
    },
}

/// A data file as a table.
pub struct Table {
    rows: Rows,
    spent: Arc<AtomicU64>,
}

enum Rows {
    Parquet(Box<Parquet>),
    Records(Box<Records>),
}

/// A row on its way to whoever asks, and where the next begins.
pub(crate) struct Passing {
    pub(crate) row: Row,
    pub(crate) next: Place,
}

/// Takes rows until it has enough.
pub(crate) type Take<'a> = dyn FnMut(Passing) -> ControlFlow<()> + 'a;

impl Form {
    /// The form that the name of a file promises.
    pub fn of(name: &str) -> Option<Self> {
        let (_, ending) = name.rsplit_once('.')?;
        Some(match ending.to_ascii_lowercase().as_str() {
            "parquet" | "geoparquet" | "gpq" => Self::Parquet,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "jsonl" | "ndjson" => Self::JsonLines,
            "json" => Self::Json,
            "txt" => Self::Text,
            _ => return None,
        })
    }
}

impl Table {
    /// Opens a table: its columns are known then.
    ///
    /// # Errors
    /// When the file is not what it is taken for.
    pub fn open(bytes: Source, form: Form) -> Result<Self, Problem> {
        let spent = Arc::new(AtomicU64::new(0));
        let counted: Source = Arc::new(Counted { bytes, spent: spent.clone() });
        let rows = match form {
            Form::Parquet => Rows::Parquet(Box::new(guarded(|| Parquet::open(counted))?)),
            _ => Rows::Records(Box::new(Records::open(counted, form)?)),
        };
        Ok(Self { rows, spent })
    }

    /// The columns, at most [`COLUMNS`].
    pub fn columns(&self) -> &[Column] {
        match &self.rows {
            Rows::Parquet(parquet) => parquet.columns(),
            Rows::Records(records) => records.columns(),
        }
    }

    /// How many columns were left out.
    pub fn columns_left_out(&self) -> usize {
        match &self.rows {
            Rows::Parquet(parquet) => parquet.columns_left_out(),
            Rows::Records(records) => records.columns_left_out(),
        }
    }

    /// How many rows there are, where the file tells.
    pub fn total(&self) -> Option<u64> {
        match &self.rows {
            Rows::Parquet(parquet) => Some(parquet.total()),
            Rows::Records(_) => None,
        }
    }

    /// Rows from a place on, which is the first or one that a page gave: all, or those that the filter asks for.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn page(&self, from: Place, filter: Option<&Filter>, bounds: Bounds) -> Result<Page, Problem> {
        match (&self.rows, filter) {
            // What a filter needs is read first, and the rest of a row only where it is asked for.
            (Rows::Parquet(parquet), Some(filter)) => {
                let columns = filter.columns(self.columns());
                let found = self.gather(from, &columns, Some(filter), bounds)?;
                let places: Vec<u64> = found.rows.iter().map(|row| row.place.row).collect();
                let rows = guarded(|| parquet.rows_at(&places))?;
                Ok(Page { rows, ..found })
            }
            _ => {
                let all: Vec<usize> = (0..self.columns().len()).collect();
                self.gather(from, &all, filter, bounds)
            }
        }
    }

    /// The value of a column in the row at a place; none where there is no such row or column.
    ///
    /// # Errors
    /// When the file cannot be read there.
    pub fn cell(&self, at: Place, column: usize) -> Result<Option<Value>, Problem> {
        let bounds = Bounds { rows: 1, looked_at: 1, bytes: u64::MAX };
        let page = self.gather(at, &[column], None, bounds)?;
        Ok(page.rows.into_iter().next().and_then(|row| row.cells.into_iter().nth(column)))
    }

    /// Places about evenly spread over the table, from the first row on, where rows begin. In text, their numbers are not
    /// known.
    pub(crate) fn spread(&self, places: u64) -> Result<Vec<Place>, Problem> {
        match &self.rows {
            Rows::Parquet(parquet) => {
                let total = parquet.total();
                let mut rows: Vec<u64> = (0..places).map(|part| total / places.max(1) * part).collect();
                rows.dedup();
                Ok(rows.into_iter().map(|row| Place { row, offset: 0 }).collect())
            }
            Rows::Records(records) => records.spread(places),
        }
    }

    /// The bytes of the file that were read so far.
    pub fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }

    /// Rows from a place on that pass, with the values of these columns only.
    fn gather(
        &self,
        from: Place,
        columns: &[usize],
        filter: Option<&Filter>,
        bounds: Bounds,
    ) -> Result<Page, Problem> {
        let mut page = Page::default();
        let begin = self.spent();
        let tested = filter.map(|filter| (filter, filter.columns(self.columns())));
        let mut take = |passing: Passing| {
            page.looked_at += 1;
            page.next = Some(passing.next);
            if tested.as_ref().is_none_or(|(filter, columns)| filter.passes(&passing.row.cells, columns)) {
                page.rows.push(passing.row);
            }
            let is_enough = page.rows.len() >= bounds.rows
                || page.looked_at >= bounds.looked_at
                || self.spent() - begin > bounds.bytes;
            if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let at_once = if filter.is_some() { 1024 } else { bounds.rows.min(1024) };
        let is_end = self.walk(from, columns, at_once, &mut take)?;
        if is_end {
            page.next = None;
        }
        Ok(page)
    }

    /// Gives rows from a place on, with the values of these columns; tells whether the table ended.
    pub(crate) fn walk(
        &self,
        from: Place,
        columns: &[usize],
        at_once: usize,
        take: &mut Take<'_>,
    ) -> Result<bool, Problem> {
        match &self.rows {
            Rows::Parquet(parquet) => guarded(|| parquet.scan(from, columns, at_once, take)),
            Rows::Records(records) => records.scan(from, take),
        }
    }
}

/// Has a reader of others' making at work: it is well kept, and yet it may stumble over what a stranger wrote. Then the
/// file is malformed, and nothing else happens.
fn guarded<T>(act: impl FnOnce() -> Result<T, Problem>) -> Result<T, Problem> {
    catch_unwind(AssertUnwindSafe(act))
        .unwrap_or_else(|_| Err(Problem::Malformed("the reader gave up on it".to_owned())))
}

/// Bytes that are counted as they are read.
struct Counted {
    bytes: Source,
    spent: Arc<AtomicU64>,
}

impl ReadAt for Counted {
    fn size(&self) -> u64 {
        self.bytes.size()
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read_at(at, into)?;
        self.spent.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
