//! Rows of Parquet files, by the `parquet` crate: only the pages that hold them are read.
//!
//! The crate trusts its input more than a stranger's file deserves. So the footer goes through our own reader first, which
//! bounds the schema; no page is unpacked that claims to be larger than [`LARGEST_PAGE`]; and hints that lead elsewhere
//! (the Arrow schema, page indexes, statistics) are not followed.

mod bytes;
mod cells;

use std::ops::Range;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field};
use limpide_formats::parquet as footers;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::file::metadata::{ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy};

use self::bytes::Bounded;
use crate::column::{Column, Features, Kind};
use crate::table::{COLUMNS, Passing, Place, Problem, Row, Source, Take};
use crate::value::Value;

/// The longest footer of which rows are read; a footer of this length describes about 100 000 column chunks.
const LONGEST_FOOTER: u64 = 16 << 20;

/// The largest page that is unpacked.
pub(crate) const LARGEST_PAGE: u64 = 256 << 20;

/// Rows that are decoded at once where cells may be large.
const LARGE_ROWS: usize = 64;

/// The rows of a Parquet file.
pub(crate) struct Parquet {
    bytes: Bounded,
    metadata: ArrowReaderMetadata,
    columns: Vec<Column>,
    /// Where each row group begins, in rows, and where the last ends.
    starts: Vec<u64>,
}

impl Parquet {
    pub(crate) fn open(bytes: Source) -> Result<Self, Problem> {
        let size = bytes.size();
        let tail = bytes.bytes_at(size.saturating_sub(footers::TAIL as u64), footers::TAIL)?;
        let tail = tail.try_into().map_err(|_| Problem::NotTable("it is too short for Parquet"))?;
        let length = footers::footer_length(tail, size).map_err(malformed)?;
        if length > LONGEST_FOOTER {
            return Err(Problem::TooLarge { what: "a footer", size: length, most: LONGEST_FOOTER });
        }
        let footer = bytes.bytes_at(size - footers::TAIL as u64 - length, length as usize)?;
        let seen = footers::Footer::read(&footer, size).map_err(malformed)?;
        if let Some(flaw) = seen.flaws.first() {
            return Err(malformed(flaw));
        }
        let metadata = metadata(&footer)?;
        let mut starts = vec![0_u64];
        for group in metadata.metadata().row_groups() {
            let rows = u64::try_from(group.num_rows()).map_err(malformed)?;
            starts.push(starts.last().copied().unwrap_or(0).saturating_add(rows));
        }
        let columns = columns(&metadata);
        Ok(Self { bytes: Bounded(bytes), metadata, columns, starts })
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn columns_left_out(&self) -> usize {
        self.metadata.schema().fields().len() - self.columns.len()
    }

    pub(crate) fn total(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// Gives rows from a place on, with the values of these columns, decoding so many at once; tells whether the table
    /// ended.
    pub(crate) fn scan(
        &self,
        from: Place,
        columns: &[usize],
        at_once: usize,
        take: &mut Take<'_>,
    ) -> Result<bool, Problem> {
        let mut row = from.row;
        let groups = self.starts.len() - 1;
        let first = self.starts.partition_point(|start| *start <= row).saturating_sub(1);
        for group in first..groups {
            let skipped = row - self.starts[group];
            let reader = self
                .reader(group, columns, self.at_once(columns, at_once))?
                .with_offset(usize::try_from(skipped).map_err(malformed)?);
            for batch in reader.build().map_err(malformed)? {
                for cells in self.rows(&batch.map_err(malformed)?, columns)? {
                    let place = Place { row, offset: 0 };
                    row += 1;
                    let next = Place { row, offset: 0 };
                    if take(Passing { row: Row { place, cells, rest: None }, next }).is_break() {
                        return Ok(row >= self.total());
                    }
                }
            }
            // A group that holds fewer rows than it says must not make the walk stop.
            row = self.starts[group + 1];
        }
        Ok(true)
    }

    /// The rows of these numbers, which ascend, with all columns.
    pub(crate) fn rows_at(&self, numbers: &[u64]) -> Result<Vec<Row>, Problem> {
        let all: Vec<usize> = (0..self.columns.len()).collect();
        let mut rows = Vec::with_capacity(numbers.len());
        for group in 0..self.starts.len() - 1 {
            let here = self.starts[group]..self.starts[group + 1];
            let numbers: Vec<u64> = numbers.iter().copied().filter(|number| here.contains(number)).collect();
            if numbers.is_empty() {
                continue;
            }
            let reader =
                self.reader(group, &all, LARGE_ROWS)?.with_row_selection(selection(&numbers, &here)?);
            let mut cells = Vec::new();
            for batch in reader.build().map_err(malformed)? {
                cells.extend(self.rows(&batch.map_err(malformed)?, &all)?);
            }
            let places = numbers.into_iter().map(|row| Place { row, offset: 0 });
            rows.extend(places.zip(cells).map(|(place, cells)| Row { place, cells, rest: None }));
        }
        Ok(rows)
    }

    /// Pictures and sound are large: few at a time are decoded.
    fn at_once(&self, columns: &[usize], wished: usize) -> usize {
        let is_large =
            columns.iter().any(|at| self.columns.get(*at).is_some_and(|it| it.kind == Kind::Bytes));
        if is_large { wished.min(LARGE_ROWS) } else { wished }
    }

    fn reader(&self, group: usize, columns: &[usize], at_once: usize) -> Result<Builder, Problem> {
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), columns.iter().copied());
        Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(self.bytes.clone(), self.metadata.clone())
            .with_row_groups(vec![group])
            .with_projection(mask)
            .with_batch_size(at_once.max(1)))
    }

    /// The cells of a batch that holds these columns; in the others there is nothing.
    fn rows(&self, batch: &RecordBatch, columns: &[usize]) -> Result<Vec<Vec<Value>>, Problem> {
        let mut sorted = columns.to_vec();
        sorted.sort_unstable();
        let mut rows = vec![vec![Value::Missing; self.columns.len()]; batch.num_rows()];
        for (array, column) in batch.columns().iter().zip(sorted) {
            for (at, row) in rows.iter_mut().enumerate() {
                if let Some(cell) = row.get_mut(column) {
                    *cell = cells::value(array.as_ref(), at);
                }
            }
        }
        Ok(rows)
    }
}

type Builder = ParquetRecordBatchReaderBuilder<Bounded>;

fn metadata(footer: &[u8]) -> Result<ArrowReaderMetadata, Problem> {
    let options = ParquetMetaDataOptions::new().with_column_stats_policy(ParquetStatisticsPolicy::SkipAll);
    let read =
        ParquetMetaDataReader::decode_metadata_with_options(footer, Some(&options)).map_err(malformed)?;
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    ArrowReaderMetadata::try_new(Arc::new(read), options).map_err(malformed)
}

fn columns(metadata: &ArrowReaderMetadata) -> Vec<Column> {
    let pairs = metadata.metadata().file_metadata().key_value_metadata();
    let described = pairs.into_iter().flatten().find(|pair| pair.key == "huggingface");
    let features = Features::read(described.and_then(|pair| pair.value.as_deref()));
    let column = |field: &Arc<Field>| Column {
        name: field.name().clone(),
        kind: kind(field.data_type()),
        labels: features.labels(field.name()),
    };
    metadata.schema().fields().iter().take(COLUMNS).map(column).collect()
}

fn kind(of: &DataType) -> Kind {
    match of {
        DataType::Boolean => Kind::Truth,
        _ if of.is_integer() => Kind::Integer,
        _ if of.is_numeric() => Kind::Number,
        _ if of.is_temporal() => Kind::Time,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Kind::Text,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            Kind::Bytes
        }
        DataType::Struct(fields) if cells::is_media(fields) => Kind::Bytes,
        _ => Kind::Nested,
    }
}

/// These rows of a group, and none between them.
fn selection(numbers: &[u64], group: &Range<u64>) -> Result<RowSelection, Problem> {
    let ranges: Result<Vec<Range<usize>>, _> =
        numbers.iter().map(|row| usize::try_from(row - group.start).map(|at| at..at + 1)).collect();
    let total = usize::try_from(group.end - group.start).map_err(malformed)?;
    Ok(RowSelection::from_consecutive_ranges(ranges.map_err(malformed)?.into_iter(), total))
}

fn malformed(error: impl std::fmt::Display) -> Problem {
    Problem::Malformed(error.to_string())
}
