//! The rows of data files (Parquet, CSV, JSON, text), a page at a time, and which files are which split of a dataset.
//!
//! No disk, no network: the caller gives bytes that can be read from any place on. A file of many gigabytes costs what is
//! shown of it. What is not trusted is bounded: lengths of records and pages, what is unpacked, how many rows are searched.

mod column;
mod filter;
mod parquet;
mod records;
pub mod splits;
mod statistics;
mod table;
mod value;

pub use column::{Column, Kind};
pub use filter::{Filter, Test};
pub use records::ONLY_COLUMN;
pub use statistics::{Bin, ColumnSummary, Distinct, Shape, Spread, Summary};
pub use table::{Bounds, COLUMNS, Form, Page, Place, Problem, Row, Source, Table};
pub use value::{Media, Value};
