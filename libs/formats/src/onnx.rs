//! Reads models of ONNX: operations, tensors and where their bytes lie, metadata; graphs in attributes and functions as
//! well. The bytes of tensors are passed over.
//!
//! The format: <https://github.com/onnx/onnx/blob/main/onnx/onnx.proto>, and for data outside the file
//! <https://github.com/onnx/onnx/blob/main/docs/ExternalData.md>.

mod graph;
mod tensor;

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use crate::claims::Oddity;
use crate::reading::ReadAt;
use crate::wire::{Field, Fields, Value, Wire};

/// The most tensors and texts of metadata that are kept.
pub const MOST_TENSORS: usize = 100_000;
const MOST_TEXTS: usize = 10_000;
/// The most kinds of operations that are kept.
const MOST_OPERATIONS: usize = 10_000;
/// The most oddities and gaps that are told.
const MOST_TOLD: usize = 1000;
/// The most bytes of a text that are kept.
const LONGEST_TEXT: usize = 4096;

/// A model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Onnx {
    /// The version of the format.
    pub ir_version: u64,
    /// The program that wrote it, and its version.
    pub producer: String,
    /// The sets of operations that it is written for, with their versions.
    pub opsets: Vec<(String, u64)>,
    /// Operations, by domain and name: where first, and how often.
    pub operations: BTreeMap<(String, String), (u64, u64)>,
    /// Operations that the model itself defines, by domain and name.
    pub functions: Vec<(String, String)>,
    /// Tensors: those of graphs, and those in attributes.
    pub tensors: Vec<Tensor>,
    /// Keys and values.
    pub metadata: Vec<(String, String)>,
    /// What the format forbids.
    pub oddities: Vec<Oddity>,
    /// What is not understood, with why.
    pub gaps: Vec<(Range<u64>, &'static str)>,
}

/// A tensor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tensor {
    /// Its name; those in attributes have none, as a rule.
    pub name: String,
    /// The type of its elements, such as `float32`.
    pub dtype: String,
    /// Its sides.
    pub shape: Vec<u64>,
    /// Where it is told of.
    pub at: u64,
    /// Where its bytes lie.
    pub place: Place,
}

/// Where the bytes of a tensor lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// In no piece of their own: number by number, or there are none.
    #[default]
    Fields,
    /// In this file.
    Inside(Range<u64>),
    /// In another file.
    Outside {
        /// Its path.
        location: String,
        /// Where they begin in it.
        offset: Option<u64>,
        /// How many they are.
        length: Option<u64>,
    },
}

impl Onnx {
    /// The model in a file.
    ///
    /// ```
    /// # use limpide_formats::onnx::Onnx;
    /// let model = Onnx::read(&b"\x08\x07\x12\x05maker\x42\x02\x10\x11".to_vec())?;
    /// assert_eq!((model.ir_version, &*model.producer), (7, "maker"));
    /// assert_eq!(model.opsets, [(String::new(), 17)]);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the bytes cannot be read. What is broken is an oddity and a gap.
    pub fn read(file: &dyn ReadAt) -> io::Result<Self> {
        let mut reader = Reader { wire: Wire::new(file), model: Self::default() };
        let whole = reader.wire.whole();
        reader.model(whole)?;
        Ok(reader.model)
    }
}

struct Reader<'a> {
    wire: Wire<'a>,
    model: Onnx,
}

/// What is done with one field; false when it has no meaning.
type Each<'f, 'a> = &'f mut dyn FnMut(&mut Reader<'a>, &Field) -> io::Result<bool>;

impl<'a> Reader<'a> {
    /// All fields of a message.
    fn each(&mut self, mut message: Fields, each: Each<'_, 'a>) -> io::Result<()> {
        while let Some(field) = self.wire.next(&mut message)? {
            if !each(self, &field)? {
                self.gap(field.at..message.start, "unknown-field");
            }
        }
        if !message.is_empty() {
            self.odd(message.start, "onnx-broken-message");
            self.gap(message, "broken-message");
        }
        Ok(())
    }

    fn model(&mut self, message: Fields) -> io::Result<()> {
        let mut graphs = 0;
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Number(version)) => reader.model.ir_version = *version,
                (2, Value::Bytes(text)) => reader.model.producer = reader.text(text)?,
                (3, Value::Bytes(text)) => {
                    let version = reader.text(text)?;
                    reader.model.producer = format!("{} {version}", reader.model.producer);
                }
                (5, Value::Number(_)) | (4 | 6, Value::Bytes(_)) => {}
                (7, Value::Bytes(graph)) => {
                    graphs += 1;
                    // Readers put two of them together.
                    if graphs == 2 {
                        reader.odd(field.at, "onnx-graph-twice");
                    }
                    reader.graph(graph.clone(), 0)?;
                }
                (8, Value::Bytes(opset)) => reader.opset(opset.clone())?,
                (14, Value::Bytes(entry)) => reader.metadata(entry.clone())?,
                (20, Value::Bytes(training)) => reader.training(training.clone())?,
                (25, Value::Bytes(function)) => reader.function(function.clone())?,
                // For which devices it is meant: names and numbers.
                (26, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn opset(&mut self, message: Fields) -> io::Result<()> {
        let mut opset = (String::new(), 0);
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(domain)) => opset.0 = reader.text(domain)?,
                (2, Value::Number(version)) => opset.1 = *version,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if self.model.opsets.len() < MOST_TEXTS {
            self.model.opsets.push(opset);
        }
        Ok(())
    }

    fn metadata(&mut self, message: Fields) -> io::Result<()> {
        let entry = self.entry(message)?;
        if self.model.metadata.len() < MOST_TEXTS {
            self.model.metadata.push(entry);
        }
        Ok(())
    }

    /// A key and its value, as much of them as is kept.
    fn entry(&mut self, message: Fields) -> io::Result<(String, String)> {
        let (mut entry, begin, mut count) = ((String::new(), String::new()), message.start, 0);
        self.each(message, &mut |reader, field| {
            count += 1;
            match (field.number, &field.value) {
                (1, Value::Bytes(key)) => entry.0 = reader.wire.text(key, LONGEST_TEXT)?,
                (2, Value::Bytes(value)) => entry.1 = reader.wire.text(value, LONGEST_TEXT)?,
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if count > 2 {
            self.odd(begin, "onnx-field-twice");
        }
        Ok(entry)
    }

    /// Graphs that are for training.
    fn training(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1 | 2, Value::Bytes(graph)) => reader.graph(graph.clone(), 0)?,
                (3 | 4, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn text(&mut self, range: &Range<u64>) -> io::Result<String> {
        if range.end - range.start > LONGEST_TEXT as u64 {
            // Its end is not compared with anything, so it must not pass for something shorter.
            self.gap(range.clone(), "too-long-text");
        }
        self.wire.text(range, LONGEST_TEXT)
    }

    fn odd(&mut self, at: u64, kind: &'static str) {
        if self.model.oddities.len() < MOST_TOLD {
            self.model.oddities.push(Oddity { at, kind });
        }
    }

    fn gap(&mut self, range: Range<u64>, why: &'static str) {
        if self.model.gaps.len() < MOST_TOLD {
            self.model.gaps.push((range, why));
        }
    }
}
