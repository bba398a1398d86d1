//! Reads graphs of TensorFlow Lite: operators, tensors and where their bytes lie, metadata.
//!
//! A file is a FlatBuffer: tables that lead to each other by offsets, each of which is checked before it is followed.
//! The bytes of buffers are passed over. Files may be larger than such offsets reach: then bytes lie behind the tables.
//!
//! The format: <https://flatbuffers.dev/internals/>, and `tensorflow/compiler/mlir/lite/schema/schema.fbs` in
//! <https://github.com/tensorflow/tensorflow>.

mod flat;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use crate::claims::Oddity;
use crate::reading::{Part, ReadAt};
use crate::structure::{Place, Tensor};
use flat::{Flat, Table};

/// The most subgraphs, operators, tensors and buffers that are read.
const MOST: u64 = 200_000;
/// The most oddities that are told, and the most bytes of a text.
const MOST_TOLD: usize = 1000;
const LONGEST_TEXT: u64 = 4096;
const LONGEST_NAME: u64 = 256;

/// The number of an operator that is none of the format's own.
const CUSTOM: u64 = 32;

/// The numbers of the operators that the format itself has, without 32, as far as they are known here.
const LAST_KNOWN: u64 = 209;

/// The types of elements, by number, with the bits of one; texts and handles have none.
const TYPES: [(&str, u64); 20] = [
    ("float32", 32),
    ("float16", 16),
    ("int32", 32),
    ("uint8", 8),
    ("int64", 64),
    ("text", 0),
    ("bool", 8),
    ("int16", 16),
    ("complex64", 64),
    ("int8", 8),
    ("float64", 64),
    ("complex128", 128),
    ("uint64", 64),
    ("resource", 0),
    ("variant", 0),
    ("uint32", 32),
    ("uint16", 16),
    ("int4", 4),
    ("bfloat16", 16),
    ("int2", 2),
];

/// A graph.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TfLite {
    /// The version of the schema.
    pub version: u64,
    /// What it says of itself.
    pub description: String,
    /// Operators of the format, by number, and how many kinds there are of each.
    pub builtin: BTreeMap<u64, u64>,
    /// Operators that are none of the format's own, by name, with where the name stands.
    pub custom: Vec<(u64, String)>,
    /// Tensors of all subgraphs.
    pub tensors: Vec<Tensor>,
    /// Names of metadata, and where it lies.
    pub metadata: Vec<(String, Range<u64>)>,
    /// How far the tables, buffers and texts reach that were found.
    pub end: u64,
    /// What the format forbids.
    pub oddities: Vec<Oddity>,
    /// What is not understood, with why.
    pub gaps: Vec<(Range<u64>, &'static str)>,
}

impl TfLite {
    /// The graph in a file; none where it does not begin as one.
    ///
    /// ```
    /// # use limpide_formats::tflite::TfLite;
    /// assert_eq!(TfLite::read(&b"\x08\0\0\0GGUF".to_vec())?, None);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the bytes cannot be read. What is broken is an oddity and a gap.
    pub fn read(file: &dyn ReadAt) -> io::Result<Option<Self>> {
        if file.bytes_at(4, 4)? != b"TFL3" {
            return Ok(None);
        }
        let mut reader = Reader { flat: Flat::new(file), read: Self::default(), buffers: Vec::new() };
        if reader.model()?.is_none() {
            reader.broken(0, file.size());
        }
        reader.read.end = reader.flat.end;
        Ok(Some(reader.read))
    }

    /// Where metadata of this name lies.
    pub fn part<'a>(&self, file: &'a dyn ReadAt, name: &str) -> Option<Part<'a>> {
        let (_, range) = self.metadata.iter().find(|(other, _)| other == name)?;
        Some(Part::new(file, range.start, range.end - range.start))
    }
}

struct Reader<'a> {
    flat: Flat<'a>,
    read: TfLite,
    /// Where the bytes of each buffer lie.
    buffers: Vec<Option<Range<u64>>>,
}

/// Read, or none where an offset leads nowhere.
type Followed<T> = io::Result<Option<T>>;

impl Reader<'_> {
    fn model(&mut self) -> Followed<()> {
        let Some(root) = self.flat.root()? else { return Ok(None) };
        self.read.version = self.flat.number(&root, 0, 4, 0)?;
        if self.read.version > 3 {
            self.gap(root.at..root.at, "unknown-version");
        }
        // Eight kinds of things are known in a model, and no more are written.
        self.known(&root, 8);
        self.read.description =
            self.flat.text(&root, 3, LONGEST_TEXT)?.map(|(_, text)| text).unwrap_or_default();
        let Some(buffers) = self.flat.tables(&root, 4, MOST)? else { return Ok(None) };
        for buffer in buffers {
            let place = self.buffer(&buffer)?;
            self.buffers.push(place);
        }
        let Some(codes) = self.flat.tables(&root, 1, MOST)? else { return Ok(None) };
        for code in codes {
            self.code(&code)?;
        }
        let Some(graphs) = self.flat.tables(&root, 2, MOST)? else { return Ok(None) };
        for graph in graphs {
            if self.graph(&graph)?.is_none() {
                self.broken(graph.at, graph.at);
            }
        }
        let Some(metadata) = self.flat.tables(&root, 6, MOST)? else { return Ok(None) };
        for entry in metadata {
            let name = self.flat.text(&entry, 0, LONGEST_TEXT)?.map(|(_, text)| text).unwrap_or_default();
            let buffer = self.flat.number(&entry, 1, 4, 0)?;
            if let Some(range) = self.held(buffer) {
                self.read.metadata.push((name, range));
            }
        }
        Ok(Some(()))
    }

    /// Bytes, in the tables or behind them.
    fn buffer(&mut self, buffer: &Table) -> Followed<Range<u64>> {
        self.known(buffer, 3);
        let (offset, size) = (self.flat.number(buffer, 1, 8, 0)?, self.flat.number(buffer, 2, 8, 0)?);
        // 0 and 1 say that there is nothing behind the tables.
        if offset > 1 && size > 1 {
            return Ok(match self.flat.reach(offset, size) {
                true => Some(offset..offset + size),
                false => {
                    self.broken(buffer.at, buffer.at);
                    None
                }
            });
        }
        match self.flat.bytes(buffer, 0)? {
            Some(range) => Ok(Some(range).filter(|range| !range.is_empty())),
            None => {
                self.broken(buffer.at, buffer.at);
                Ok(None)
            }
        }
    }

    fn held(&self, buffer: u64) -> Option<Range<u64>> {
        self.buffers.get(usize::try_from(buffer).ok()?)?.clone()
    }

    /// An operator. Older versions know fewer, and have a number of one byte.
    fn code(&mut self, code: &Table) -> io::Result<()> {
        self.known(code, 4);
        let builtin = self.flat.number(code, 0, 1, 0)?.max(self.flat.number(code, 3, 4, 0)?);
        let custom = self.flat.text(code, 1, LONGEST_TEXT)?;
        match custom {
            // A name is looked at whatever the number says.
            Some((at, name)) if builtin == CUSTOM || !name.is_empty() => {
                if name.len() as u64 >= LONGEST_TEXT {
                    self.gap(at..at, "too-long-text");
                }
                self.read.custom.push((at, name));
            }
            _ if builtin == CUSTOM => self.read.custom.push((code.at, String::new())),
            _ => {}
        }
        if builtin > LAST_KNOWN {
            self.gap(code.at..code.at, "unknown-operator");
        }
        *self.read.builtin.entry(builtin).or_default() += 1;
        Ok(())
    }

    fn graph(&mut self, graph: &Table) -> Followed<()> {
        self.known(graph, 6);
        let Some(tensors) = self.flat.tables(graph, 0, MOST)? else { return Ok(None) };
        for table in tensors {
            let tensor = self.tensor(&table)?;
            if self.read.tensors.len() as u64 >= MOST {
                self.gap(table.at..table.at, "too-many-tensors");
                return Ok(Some(()));
            }
            self.read.tensors.push(tensor);
        }
        let Some(operators) = self.flat.tables(graph, 3, MOST)? else { return Ok(None) };
        let kinds: u64 = self.read.builtin.values().sum();
        for operator in operators {
            if self.flat.number(&operator, 0, 4, 0)? >= kinds {
                self.odd(operator.at, "tflite-no-such-operator");
            }
        }
        Ok(Some(()))
    }

    fn tensor(&mut self, table: &Table) -> io::Result<Tensor> {
        let shape = self.flat.numbers(table, 0, 64)?;
        if shape.is_none() {
            self.odd(table.at, "tflite-broken-shape");
        }
        let shape = shape.unwrap_or_default();
        let kind = usize::try_from(self.flat.number(table, 1, 1, 0)?).unwrap_or(usize::MAX);
        let known = TYPES.get(kind);
        if known.is_none() {
            self.odd(table.at, "tflite-unknown-type");
        }
        let (dtype, bits) = known.copied().unwrap_or(("unknown", 0));
        let buffer = self.flat.number(table, 2, 4, 0)?;
        if buffer > 0 && buffer >= self.buffers.len() as u64 {
            self.odd(table.at, "tflite-no-such-buffer");
        }
        let place = self.held(buffer);
        let needed = shape
            .iter()
            .try_fold(1_u64, |count, side| count.checked_mul(*side))
            .and_then(|count| count.checked_mul(bits))
            .map(|bits| bits.div_ceil(8));
        let there = place.as_ref().map(|range| range.end - range.start);
        // Of a sparse tensor only what is not zero is there.
        let is_sparse = self.flat.place(table, 6)?.is_some();
        if bits > 0 && !is_sparse && there.is_some() && there != needed {
            self.odd(table.at, "tflite-length-wrong");
        }
        let name = self.flat.text(table, 3, LONGEST_NAME)?.map(|(_, text)| text).unwrap_or_default();
        // Where there is none, its bytes come out only as the graph is run.
        let place = place.map_or(Place::Nowhere, Place::from);
        Ok(Tensor { name, dtype: dtype.to_owned(), shape, place, member: None })
    }

    /// Fields that a later version of the schema could have are not understood.
    fn known(&mut self, table: &Table, fields: u64) {
        if table.fields > fields {
            self.gap(table.at..table.at, "unknown-field");
        }
    }

    fn broken(&mut self, begin: u64, end: u64) {
        self.odd(begin, "tflite-broken-offset");
        self.gap(begin..end, "broken-header");
    }

    fn odd(&mut self, at: u64, kind: &'static str) {
        if self.read.oddities.len() < MOST_TOLD {
            self.read.oddities.push(Oddity { at, kind });
        }
    }

    fn gap(&mut self, range: Range<u64>, why: &'static str) {
        if self.read.gaps.len() < MOST_TOLD {
            self.read.gaps.push((range, why));
        }
    }
}
