//! Reads the footers of Parquet files: how many rows of which columns there are, without a byte of the data.
//!
//! The caller reads the last [`TAIL`] bytes of a file, asks [`footer_length`], and reads so many bytes before them.
//! The format: <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>.

// The `parquet` crate, which the tests compare this with, trusts its input more than a stranger's file deserves: it builds
// the schema by recursion without a limit, and makes room for as many children as an element says it has.

mod schema;
mod thrift;

pub use schema::Column;
use thrift::{Kind, Stop, Thrift};

/// The bytes at the end of a file that tell the length of the footer.
pub const TAIL: usize = 8;

/// The longest footer that is read.
pub const LONGEST_FOOTER: u64 = 64 << 20;

/// The most keys of the metadata that are kept.
const MOST_KEYS: usize = 1000;

/// Why a footer cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file does not end as Parquet files do.
    #[error("the file does not end with `PAR1`")]
    NotParquet,
    /// The footer is encrypted.
    #[error("the footer is encrypted")]
    Encrypted,
    /// The footer is longer than the file, or than any that is read.
    #[error("a footer of {length} bytes in a file of {file}; at most {LONGEST_FOOTER} are read")]
    TooLong {
        /// What the last bytes say.
        length: u64,
        /// The length of the file.
        file: u64,
    },
    /// The footer does not follow the format.
    #[error("{what} at byte {offset} of the footer")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Where.
        offset: usize,
    },
}

/// What does not add up in a footer that could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The row groups have another number of rows than the file says.
    #[error("the file says {said} rows, its row groups {found}")]
    Rows {
        /// What the file says.
        said: u64,
        /// The sum of the row groups.
        found: u64,
    },
    /// A row group has another number of columns than the schema.
    #[error("row group {0} has another number of columns than the schema")]
    Columns(u64),
    /// A column of a row group does not lie before the footer.
    #[error("a column of row group {0} does not lie within the data")]
    OutOfFile(u64),
}

/// What a footer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Footer {
    /// The number of rows.
    pub rows: u64,
    /// The number of row groups.
    pub row_groups: u64,
    /// The columns that hold values, in the order of the schema.
    pub columns: Vec<Column>,
    /// The program that wrote the file.
    pub created_by: Option<String>,
    /// The bytes of all columns as they lie in the file.
    pub compressed: u64,
    /// The bytes of all columns before compression, as claimed.
    pub uncompressed: u64,
    /// The keys of the file's own metadata, such as `huggingface`; at most 1000.
    pub keys: Vec<String>,
    /// What does not add up; at most one of each kind.
    pub flaws: Vec<Flaw>,
}

/// The length of the footer, from the last bytes of a file.
///
/// # Errors
/// When the file is not Parquet, or the footer longer than it or than any that is read.
pub fn footer_length(tail: [u8; TAIL], file_length: u64) -> Result<u64, Problem> {
    let [a, b, c, d, magic @ ..] = tail;
    match &magic {
        b"PAR1" => {}
        b"PARE" => return Err(Problem::Encrypted),
        _ => return Err(Problem::NotParquet),
    }
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if length > LONGEST_FOOTER || length + TAIL as u64 > file_length {
        return Err(Problem::TooLong { length, file: file_length });
    }
    Ok(length)
}

impl Footer {
    /// The footer in these bytes, of a file of this length.
    ///
    /// # Errors
    /// When it is too long or does not follow the format.
    pub fn read(footer: &[u8], file_length: u64) -> Result<Self, Problem> {
        let length = footer.len() as u64;
        if length > LONGEST_FOOTER || length + TAIL as u64 > file_length {
            return Err(Problem::TooLong { length, file: file_length });
        }
        let mut thrift = Thrift::new(footer);
        let mut reader = Reader { data_end: file_length - length - TAIL as u64, ..Reader::default() };
        reader.file(&mut thrift).map_err(|what| Problem::Malformed { what, offset: thrift.position() })?;
        Ok(reader.finish())
    }
}

/// The footer so far, and what is needed to judge it.
#[derive(Default)]
struct Reader {
    footer: Footer,
    data_end: u64,
    rows_in_groups: u64,
    /// The first row group with another number of columns than the schema, and the first that leaves the data.
    columns_differ: Option<u64>,
    out_of_file: Option<u64>,
}

impl Reader {
    fn file(&mut self, thrift: &mut Thrift) -> Result<(), Stop> {
        let (mut last, mut has_schema) = (0, false);
        while let Some((field, kind)) = thrift.field(&mut last)? {
            match field {
                2 => {
                    self.footer.columns = schema::read(thrift, kind)?;
                    has_schema = true;
                }
                3 => self.footer.rows = thrift.natural(kind)?,
                4 if !has_schema => return Err("row groups before the schema"),
                4 => self.row_groups(thrift, kind)?,
                5 => self.keys(thrift, kind)?,
                6 => self.footer.created_by = Some(thrift.text(kind)?.to_owned()),
                _ => thrift.skip(kind)?,
            }
        }
        if has_schema { Ok(()) } else { Err("no schema") }
    }

    fn row_groups(&mut self, thrift: &mut Thrift, kind: Kind) -> Result<(), Stop> {
        for _ in 0..thrift.list(kind, Kind::Struct)? {
            let (mut last, mut width) = (0, 0);
            while let Some((field, kind)) = thrift.field(&mut last)? {
                match field {
                    1 => width = self.chunks(thrift, kind)?,
                    3 => self.rows_in_groups = self.rows_in_groups.saturating_add(thrift.natural(kind)?),
                    _ => thrift.skip(kind)?,
                }
            }
            if width != self.footer.columns.len() {
                self.columns_differ.get_or_insert(self.footer.row_groups);
            }
            self.footer.row_groups += 1;
        }
        Ok(())
    }

    /// The columns of a row group.
    fn chunks(&mut self, thrift: &mut Thrift, kind: Kind) -> Result<usize, Stop> {
        let width = thrift.list(kind, Kind::Struct)?;
        for _ in 0..width {
            let mut last = 0;
            while let Some((field, kind)) = thrift.field(&mut last)? {
                match field {
                    3 => self.chunk(thrift, kind)?,
                    _ => thrift.skip(kind)?,
                }
            }
        }
        Ok(width)
    }

    fn chunk(&mut self, thrift: &mut Thrift, kind: Kind) -> Result<(), Stop> {
        let (mut last, mut compressed, mut uncompressed, mut begin) = (0, 0, 0, u64::MAX);
        thrift.expect(kind, Kind::Struct)?;
        while let Some((field, kind)) = thrift.field(&mut last)? {
            match field {
                6 => uncompressed = thrift.natural(kind)?,
                7 => compressed = thrift.natural(kind)?,
                // The pages of a column begin with its dictionary. Some writers say 0 where there is none.
                9 => begin = begin.min(thrift.natural(kind)?),
                11 => match thrift.natural(kind)? {
                    0 => {}
                    dictionary => begin = begin.min(dictionary),
                },
                _ => thrift.skip(kind)?,
            }
        }
        self.footer.compressed = self.footer.compressed.saturating_add(compressed);
        self.footer.uncompressed = self.footer.uncompressed.saturating_add(uncompressed);
        if begin.saturating_add(compressed) > self.data_end {
            self.out_of_file.get_or_insert(self.footer.row_groups);
        }
        Ok(())
    }

    fn keys(&mut self, thrift: &mut Thrift, kind: Kind) -> Result<(), Stop> {
        for _ in 0..thrift.list(kind, Kind::Struct)? {
            let mut last = 0;
            while let Some((field, kind)) = thrift.field(&mut last)? {
                match field {
                    1 if self.footer.keys.len() < MOST_KEYS => {
                        let key = thrift.text(kind)?.to_owned();
                        self.footer.keys.push(key);
                    }
                    _ => thrift.skip(kind)?,
                }
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Footer {
        let (said, found) = (self.footer.rows, self.rows_in_groups);
        if said != found {
            self.footer.flaws.push(Flaw::Rows { said, found });
        }
        self.footer.flaws.extend(self.columns_differ.map(Flaw::Columns));
        self.footer.flaws.extend(self.out_of_file.map(Flaw::OutOfFile));
        self.footer
    }
}

#[cfg(test)]
mod tests;
