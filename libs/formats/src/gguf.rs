//! Reads the headers of GGUF files, versions 2 and 3: metadata, tensors, and whether their data fits into the file.
//!
//! Nobody knows how long a header is before it is read (a vocabulary takes megabytes), so the reader is given a longer
//! and longer beginning of the file until it has enough:
//!
//! ```
//! # use limpide_formats::gguf::{Gguf, Problem, Read};
//! # fn header(file: &[u8]) -> Result<Gguf, Problem> {
//! # let file_length = file.len() as u64;
//! let mut prefix = &file[..file.len().min(4096)];
//! loop {
//!     match Gguf::read(prefix, file_length)? {
//!         Read::Done(gguf) => break Ok(gguf),
//!         Read::Needs(bytes) => prefix = &file[..bytes as usize],
//!     }
//! }
//! # }
//! # assert_eq!(header(b"GGUF\x03\0\0\0"), Err(Problem::Truncated { offset: 8 }));
//! ```
//!
//! The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.

mod cursor;
mod layout;
mod types;

use std::collections::BTreeMap;

use cursor::{Cursor, Stop};
pub use types::TensorType;

/// The longest header that is read.
pub const LONGEST_HEADER: u64 = 64 << 20;

/// Counts beyond these are refused before anything is read.
const MOST_KEYS: u64 = 10_000;
const MOST_TENSORS: u64 = 100_000;

/// The limit of the format on keys, and one on texts that are kept: `tokenizer.huggingface.json` may be longer.
const LONGEST_KEY: u64 = 65_535;
const LONGEST_TEXT: u64 = 1 << 20;

/// The most sides of a tensor (`GGML_MAX_DIMS`), and the longest name with its final NUL (`GGML_MAX_NAME`).
const MOST_SIDES: u32 = 4;
const LONGEST_NAME: usize = 63;

const DEFAULT_ALIGNMENT: u64 = 32;
const ALIGNMENT: &str = "general.alignment";

/// What came of reading the beginning of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Read {
    /// The header.
    Done(Gguf),
    /// So many bytes of the file are needed, counted from its start: more than were given, never more than there are.
    Needs(u64),
}

/// Why a header cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The file does not start with `GGUF`.
    #[error("the file does not start with `GGUF`")]
    NotGguf,
    /// The file is of a version that is not read: 1, or one that is not known.
    #[error("version {0} of GGUF is not read; convert the file to version 3")]
    Version(u32),
    /// The file is written for big-endian machines.
    #[error("big-endian GGUF is not read; convert the file to little-endian")]
    BigEndian,
    /// The file ends within its header.
    #[error("the file ends in its header, at byte {offset}")]
    Truncated {
        /// Where what is cut off begins.
        offset: u64,
    },
    /// There is more of something than is read.
    #[error("{what} at byte {offset}: {found}, more than the {most} allowed")]
    TooMuch {
        /// Of what.
        what: &'static str,
        /// Where.
        offset: u64,
        /// How much.
        found: u64,
        /// The limit.
        most: u64,
    },
    /// The header does not follow the format.
    #[error("{what} at byte {offset}")]
    Malformed {
        /// What is wrong.
        what: &'static str,
        /// Where.
        offset: u64,
    },
}

/// What a header says.
#[derive(Debug, Clone, PartialEq)]
pub struct Gguf {
    /// The version of the format.
    pub version: u32,
    /// The metadata by key; of a key that is there twice, the first.
    pub metadata: BTreeMap<String, Value>,
    /// The tensors, in the order of the file.
    pub tensors: Vec<Tensor>,
    /// Data begins at multiples of it.
    pub alignment: u64,
    /// The length of the header, padding not counted.
    pub header_length: u64,
    /// Where in the file the data begins.
    pub data_begin: u64,
    /// What does not add up.
    pub flaws: Vec<Flaw>,
}

/// A value of the metadata.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A whole number without a sign.
    Unsigned(u64),
    /// A whole number with a sign.
    Signed(i64),
    /// A number with a fraction.
    Float(f64),
    /// Yes or no.
    Bool(bool),
    /// A text.
    Text(String),
    /// A text that is too long to be kept.
    LongText {
        /// Its bytes.
        length: u64,
    },
    /// A list, whose items are not kept.
    Array {
        /// The type of its items.
        of: ValueType,
        /// How many.
        length: u64,
    },
}

/// The type of a value, with the numbers of the format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names say it")]
pub enum ValueType {
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    Text,
    Array,
    U64,
    I64,
    F64,
}

/// One tensor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Its name, as written.
    pub name: String,
    /// Its sides, the fastest first.
    pub dims: Vec<u64>,
    /// The type of its elements.
    pub kind: TensorType,
    /// Where its data begins, counted from where all data begins.
    pub offset: u64,
    /// The number of its elements.
    pub elements: u64,
}

/// What does not add up in a header that could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A key stands there twice.
    #[error("the key `{0}` is there twice")]
    KeyTwice(String),
    /// A name stands there twice.
    #[error("tensor `{0}` is there twice")]
    TensorTwice(String),
    /// A yes or no is neither.
    #[error("`{0}` is neither 0 nor 1")]
    NeitherYesNorNo(String),
    /// The alignment is not a power of two, or not of type U32; 32 is taken instead.
    #[error("`general.alignment` is not a power of two of type U32")]
    Alignment,
    /// The lists of the vocabulary have different lengths.
    #[error("`{0}` and `tokenizer.ggml.tokens` have different lengths")]
    Vocabulary(String),
    /// A name is longer than readers have room for.
    #[error("the name of tensor `{0}` is longer than {LONGEST_NAME} bytes")]
    LongName(String),
    /// A side has no element.
    #[error("tensor `{0}` has a side of 0")]
    EmptySide(String),
    /// A type that is not known, or is no longer used: where the tensor ends cannot be said.
    #[error("tensor `{tensor}` has the unknown type {kind}")]
    UnknownType {
        /// Whose.
        tensor: String,
        /// The number of the type.
        kind: u32,
    },
    /// A row is not a whole number of blocks.
    #[error("the rows of tensor `{0}` are not whole blocks of its type")]
    BrokenBlock(String),
    /// The data does not begin where the alignment says.
    #[error("the data of tensor `{0}` is not aligned")]
    Unaligned(String),
    /// The data begins among that of another tensor.
    #[error("tensor `{0}` overlaps the one before it")]
    Overlap(String),
    /// The data ends after the file does, or at no place that can be told.
    #[error("tensor `{0}` ends after the file")]
    OutOfFile(String),
}

impl Problem {
    /// What it is, in few words that do not change.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotGguf => "gguf-no-mark",
            Self::Version(_) => "gguf-version",
            Self::BigEndian => "gguf-big-endian",
            Self::Truncated { .. } => "gguf-cut",
            Self::TooMuch { .. } => "gguf-too-much",
            Self::Malformed { .. } => "gguf-malformed",
        }
    }
}

impl Flaw {
    /// What it is, in few words that do not change.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::KeyTwice(_) => "gguf-key-twice",
            Self::TensorTwice(_) => "gguf-tensor-twice",
            Self::NeitherYesNorNo(_) => "gguf-neither-yes-nor-no",
            Self::Alignment => "gguf-alignment",
            Self::Vocabulary(_) => "gguf-vocabulary",
            Self::LongName(_) => "gguf-long-name",
            Self::EmptySide(_) => "gguf-empty-side",
            Self::UnknownType { .. } => "gguf-unknown-type",
            Self::BrokenBlock(_) => "gguf-broken-block",
            Self::Unaligned(_) => "gguf-unaligned",
            Self::Overlap(_) => "gguf-overlap",
            Self::OutOfFile(_) => "gguf-out-of-file",
        }
    }
}

impl Gguf {
    /// The header at the beginning of a file of this length.
    ///
    /// # Errors
    /// When the file is not GGUF, of a version that is not read, or does not follow the format.
    pub fn read(prefix: &[u8], file_length: u64) -> Result<Read, Problem> {
        let mut cursor = Cursor::new(prefix, file_length);
        match header(&mut cursor) {
            Ok(mut gguf) => {
                layout::check(&mut gguf, file_length);
                Ok(Read::Done(gguf))
            }
            Err(Stop::Needs(bytes)) => Ok(Read::Needs(bytes)),
            Err(Stop::Problem(problem)) => Err(problem),
        }
    }

    /// The elements of all tensors; `None` when there are more than can be counted.
    pub fn parameters(&self) -> Option<u64> {
        self.tensors.iter().try_fold(0_u64, |sum, tensor| sum.checked_add(tensor.elements))
    }

    /// A text of the metadata, such as `general.license`.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.metadata.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole number of the metadata that is not below zero, such as `general.file_type`.
    pub fn number(&self, key: &str) -> Option<u64> {
        match self.metadata.get(key) {
            Some(Value::Unsigned(number)) => Some(*number),
            Some(Value::Signed(number)) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    /// `general.license`.
    pub fn license(&self) -> Option<&str> {
        self.text("general.license")
    }

    /// `general.name`.
    pub fn name(&self) -> Option<&str> {
        self.text("general.name")
    }

    /// `general.architecture`.
    pub fn architecture(&self) -> Option<&str> {
        self.text("general.architecture")
    }

    /// The addresses of the models that this one was made from, `general.base_model.N.repo_url`, in the order of N.
    pub fn base_models(&self) -> Vec<&str> {
        let base_model = |(key, _): (&String, &Value)| {
            let number = key.strip_prefix("general.base_model.")?.strip_suffix(".repo_url")?;
            Some((number.parse::<u32>().ok()?, self.text(key)?))
        };
        let mut base_models: Vec<_> = self.metadata.iter().filter_map(base_model).collect();
        base_models.sort_unstable();
        base_models.into_iter().map(|(_, address)| address).collect()
    }
}

fn header(cursor: &mut Cursor) -> Result<Gguf, Stop> {
    if cursor.array()? != *b"GGUF" {
        return Err(Stop::Problem(Problem::NotGguf));
    }
    let version = version(cursor.u32()?)?;
    let tensor_count = cursor.count("tensors", MOST_TENSORS)?;
    let key_count = cursor.count("keys", MOST_KEYS)?;
    let mut gguf = Gguf {
        version,
        metadata: BTreeMap::new(),
        tensors: Vec::new(),
        alignment: DEFAULT_ALIGNMENT,
        header_length: 0,
        data_begin: 0,
        flaws: Vec::new(),
    };
    for _ in 0..key_count {
        pair(cursor, &mut gguf)?;
    }
    for _ in 0..tensor_count {
        gguf.tensors.push(tensor(cursor)?);
    }
    gguf.header_length = cursor.position();
    Ok(gguf)
}

/// The version, when it is one that is read. Read on a machine of the other order, a small number has its low bytes zero.
fn version(version: u32) -> Result<u32, Stop> {
    match version {
        2 | 3 => Ok(version),
        swapped if (1..=0xffff).contains(&swapped.swap_bytes()) => Err(Stop::Problem(Problem::BigEndian)),
        other => Err(Stop::Problem(Problem::Version(other))),
    }
}

fn pair(cursor: &mut Cursor, gguf: &mut Gguf) -> Result<(), Stop> {
    let key = cursor.text("a key", LONGEST_KEY)?.to_owned();
    let value_type = value_type(cursor)?;
    let value = value(cursor, value_type, &key, &mut gguf.flaws)?;
    if gguf.metadata.contains_key(&key) {
        gguf.flaws.push(Flaw::KeyTwice(key));
        return Ok(());
    }
    if key == ALIGNMENT {
        match (value_type, &value) {
            (ValueType::U32, Value::Unsigned(alignment)) if alignment.is_power_of_two() => {
                gguf.alignment = *alignment;
            }
            _ => gguf.flaws.push(Flaw::Alignment),
        }
    }
    gguf.metadata.insert(key, value);
    Ok(())
}

fn value_type(cursor: &mut Cursor) -> Result<ValueType, Stop> {
    let offset = cursor.position();
    let number = cursor.u32()?;
    let known = usize::try_from(number).ok().and_then(|number| types::VALUE_TYPES.get(number));
    known.copied().ok_or(Stop::Problem(Problem::Malformed { what: "an unknown type of value", offset }))
}

fn value(cursor: &mut Cursor, kind: ValueType, key: &str, flaws: &mut Vec<Flaw>) -> Result<Value, Stop> {
    Ok(match kind {
        ValueType::U8 => Value::Unsigned(u8::from_le_bytes(cursor.array()?).into()),
        ValueType::U16 => Value::Unsigned(u16::from_le_bytes(cursor.array()?).into()),
        ValueType::U32 => Value::Unsigned(cursor.u32()?.into()),
        ValueType::U64 => Value::Unsigned(cursor.u64()?),
        ValueType::I8 => Value::Signed(i8::from_le_bytes(cursor.array()?).into()),
        ValueType::I16 => Value::Signed(i16::from_le_bytes(cursor.array()?).into()),
        ValueType::I32 => Value::Signed(i32::from_le_bytes(cursor.array()?).into()),
        ValueType::I64 => Value::Signed(i64::from_le_bytes(cursor.array()?)),
        ValueType::F32 => Value::Float(f32::from_le_bytes(cursor.array()?).into()),
        ValueType::F64 => Value::Float(f64::from_le_bytes(cursor.array()?)),
        ValueType::Bool => {
            let [byte] = cursor.array()?;
            if byte > 1 {
                flaws.push(Flaw::NeitherYesNorNo(key.to_owned()));
            }
            Value::Bool(byte != 0)
        }
        ValueType::Text => text(cursor)?,
        ValueType::Array => array(cursor)?,
    })
}

fn text(cursor: &mut Cursor) -> Result<Value, Stop> {
    let length = cursor.u64()?;
    if length > LONGEST_TEXT {
        cursor.skip(length)?;
        return Ok(Value::LongText { length });
    }
    Ok(Value::Text(cursor.utf8(length)?.to_owned()))
}

/// Passes over a list. Lists of lists are allowed by the format and written by nobody.
fn array(cursor: &mut Cursor) -> Result<Value, Stop> {
    let offset = cursor.position();
    let of = value_type(cursor)?;
    let length = cursor.u64()?;
    match of.size() {
        Some(size) => {
            let bytes = length.checked_mul(size);
            cursor.skip(
                bytes.ok_or(Stop::Problem(Problem::Malformed { what: "a list without end", offset }))?,
            )?;
        }
        None if of == ValueType::Text => {
            cursor.room_for(length, 8)?;
            for _ in 0..length {
                let bytes = cursor.u64()?;
                cursor.skip(bytes)?;
            }
        }
        None => return Err(Stop::Problem(Problem::Malformed { what: "a list of lists", offset })),
    }
    Ok(Value::Array { of, length })
}

fn tensor(cursor: &mut Cursor) -> Result<Tensor, Stop> {
    let name = cursor.text("the name of a tensor", LONGEST_KEY)?.to_owned();
    let offset = cursor.position();
    let sides = cursor.u32()?;
    if sides > MOST_SIDES {
        let most = MOST_SIDES.into();
        return Err(Stop::Problem(Problem::TooMuch { what: "sides", offset, found: sides.into(), most }));
    }
    let dims = (0..sides).map(|_| cursor.u64()).collect::<Result<Vec<_>, _>>()?;
    // Readers hold sides and their product in signed numbers.
    let elements = dims
        .iter()
        .try_fold(1_u64, |product, side| product.checked_mul(*side))
        .filter(|_| dims.iter().all(|side| i64::try_from(*side).is_ok()))
        .filter(|elements| i64::try_from(*elements).is_ok())
        .ok_or(Stop::Problem(Problem::Malformed { what: "more elements than can be counted", offset }))?;
    let kind = TensorType(cursor.u32()?);
    Ok(Tensor { name, dims, kind, offset: cursor.u64()?, elements })
}

#[cfg(test)]
mod tests;
