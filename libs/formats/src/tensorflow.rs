//! Reads graphs of TensorFlow: saved models, meta graphs, frozen graphs, and what Keras keeps beside a saved model. Tells
//! which operations there are, in the graph and in its library of functions, and which files belong to it.
//!
//! The format: `saved_model.proto`, `meta_graph.proto`, `graph.proto`, `node_def.proto`, `function.proto` and
//! `saved_object_graph.proto` in <https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf> and
//! `core/framework` beside it; `saved_metadata.proto` of Keras.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;

use crate::claims::Oddity;
use crate::reading::ReadAt;
use crate::wire::{Field, Fields, Value, Wire};

const MOST_OPERATIONS: usize = 10_000;
const MOST_TOLD: usize = 1000;
/// The most bytes of a name that are kept, and the longest configuration and all of them.
const LONGEST_TEXT: usize = 4096;
const LONGEST_CONFIGURATION: u64 = 16 << 20;
const MOST_CONFIGURATIONS: u64 = 32 << 20;
/// The most tags, versions, files, functions and tensors that are kept.
const MOST_KEPT: usize = 100_000;

/// Of which kind a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// `SavedModel`.
    SavedModel,
    /// `MetaGraphDef`.
    MetaGraph,
    /// `GraphDef`.
    Graph,
    /// `SavedMetadata` of Keras.
    KerasMetadata,
}

/// What a file holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TensorFlow {
    /// The version of TensorFlow that wrote it.
    pub version: String,
    /// What the graphs are for.
    pub tags: Vec<String>,
    /// Operations by name: where first, and how often.
    pub operations: BTreeMap<String, (u64, u64)>,
    /// The functions that it defines; they are called as operations, or by other ones.
    pub functions: BTreeSet<String>,
    /// Files that belong to it, with where that is said.
    pub assets: Vec<(u64, String)>,
    /// Texts from which Keras makes layers, with where they lie.
    pub configurations: Vec<(u64, Vec<u8>)>,
    /// What the format forbids.
    pub oddities: Vec<Oddity>,
    /// What is not understood, with why.
    pub gaps: Vec<(Range<u64>, &'static str)>,
}

impl TensorFlow {
    /// What a file holds that is such a message.
    ///
    /// ```
    /// # use limpide_formats::tensorflow::{Message, TensorFlow};
    /// let graph = b"\x0a\x08\x0a\x01x\x12\x03Add".to_vec();
    /// let read = TensorFlow::read(&graph, Message::Graph)?;
    /// assert_eq!(read.operations["Add"].1, 1);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the bytes cannot be read. What is broken is an oddity and a gap.
    pub fn read(file: &dyn ReadAt, message: Message) -> io::Result<Self> {
        let mut reader = Reader { wire: Wire::new(file), read: Self::default(), configured: 0 };
        let whole = reader.wire.whole();
        match message {
            Message::SavedModel => reader.saved_model(whole)?,
            Message::MetaGraph => reader.meta_graph(whole)?,
            Message::Graph => reader.graph(whole)?,
            Message::KerasMetadata => reader.keras(whole)?,
        }
        Ok(reader.read)
    }
}

struct Reader<'a> {
    wire: Wire<'a>,
    read: TensorFlow,
    /// The bytes of all configurations.
    configured: u64,
}

/// What is done with one field; false when it has no meaning.
type Each<'f, 'a> = &'f mut dyn FnMut(&mut Reader<'a>, &Field) -> io::Result<bool>;

impl<'a> Reader<'a> {
    fn each(&mut self, mut message: Fields, each: Each<'_, 'a>) -> io::Result<()> {
        while let Some(field) = self.wire.next(&mut message)? {
            if !each(self, &field)? {
                self.gap(field.at..message.start, "unknown-field");
            }
        }
        if !message.is_empty() {
            if self.read.oddities.len() < MOST_TOLD {
                self.read.oddities.push(Oddity { at: message.start, kind: "tensorflow-broken-message" });
            }
            self.gap(message, "broken-message");
        }
        Ok(())
    }

    fn saved_model(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Number(_)) => {}
                (2, Value::Bytes(graph)) => reader.meta_graph(graph.clone())?,
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn meta_graph(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(about)) => reader.about(about.clone())?,
                (2, Value::Bytes(graph)) => reader.graph(graph.clone())?,
                // How variables are saved, collections, and what goes in and comes out: names and numbers.
                (3..=5, Value::Bytes(_)) => {}
                (6, Value::Bytes(asset)) => reader.asset(asset.clone())?,
                (7, Value::Bytes(objects)) => reader.objects(objects.clone())?,
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn about(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (4, Value::Bytes(tag)) if reader.read.tags.len() < MOST_KEPT => {
                    let tag = reader.wire.text(tag, LONGEST_TEXT)?;
                    reader.read.tags.push(tag);
                }
                (5, Value::Bytes(version)) => {
                    reader.read.version = reader.wire.text(version, LONGEST_TEXT)?;
                }
                (1..=4 | 6 | 8, Value::Bytes(_)) | (7, Value::Number(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn graph(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(node)) => reader.node(node.clone())?,
                (2, Value::Bytes(library)) => reader.library(library.clone())?,
                (3, Value::Number(_)) | (4 | 5, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn library(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(function)) => reader.function(function.clone())?,
                // Which function is the gradient of which.
                (2 | 3, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn function(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(signature)) => reader.signature(signature.clone())?,
                (3, Value::Bytes(node)) => reader.node(node.clone())?,
                (2 | 4..=8, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn signature(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            if let (1, Value::Bytes(name)) = (field.number, &field.value) {
                let name = reader.name(name)?;
                if reader.read.functions.len() < MOST_KEPT {
                    reader.read.functions.insert(name);
                }
            }
            Ok(true)
        })
    }

    /// One operation. Its attributes are numbers, tensors, and names of functions of the library.
    fn node(&mut self, message: Fields) -> io::Result<()> {
        let (begin, mut name) = (message.start, None);
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (2, Value::Bytes(text)) => {
                    // Of two, readers take the last; neither may hide.
                    if let Some(first) = name.replace(reader.name(text)?) {
                        reader.operation(field.at, first);
                    }
                }
                (1 | 3..=7, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        self.operation(begin, name.unwrap_or_default());
        Ok(())
    }

    fn operation(&mut self, at: u64, name: String) {
        if let Some(seen) = self.read.operations.get_mut(&name) {
            seen.1 += 1;
        } else if self.read.operations.len() >= MOST_OPERATIONS {
            self.gap(at..at, "too-many-operations");
        } else {
            self.read.operations.insert(name, (at, 1));
        }
    }

    fn asset(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(_)) => {}
                (2, Value::Bytes(path)) => {
                    let path = reader.name(path)?;
                    if reader.read.assets.len() < MOST_KEPT {
                        reader.read.assets.push((field.at, path));
                    } else {
                        reader.gap(field.at..field.at, "too-many-assets");
                    }
                }
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    /// Objects of Python that are made anew: older versions of Keras keep their configuration here.
    fn objects(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(object)) => reader.each(object.clone(), &mut |reader, field| {
                    if let (4, Value::Bytes(user)) = (field.number, &field.value) {
                        reader.user_object(user.clone())?;
                    }
                    Ok(true)
                })?,
                // Functions by name.
                (2, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn user_object(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1 | 2, Value::Bytes(_)) => {}
                (3, Value::Bytes(text)) => reader.configuration(text)?,
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    /// What Keras keeps beside a saved model, object by object.
    fn keras(&mut self, message: Fields) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            let (1, Value::Bytes(object)) = (field.number, &field.value) else { return Ok(false) };
            reader.each(object.clone(), &mut |reader, field| {
                match (field.number, &field.value) {
                    (5, Value::Bytes(text)) => reader.configuration(text)?,
                    (1..=6, _) => {}
                    _ => return Ok(false),
                }
                Ok(true)
            })?;
            Ok(true)
        })
    }

    fn configuration(&mut self, text: &Range<u64>) -> io::Result<()> {
        let length = text.end - text.start;
        self.configured = self.configured.saturating_add(length);
        if length == 0 {
            return Ok(());
        }
        if length > LONGEST_CONFIGURATION || self.configured > MOST_CONFIGURATIONS {
            self.gap(text.clone(), "too-long-text");
            return Ok(());
        }
        let bytes = self.wire.bytes(text, usize::try_from(length).unwrap_or_default())?;
        self.read.configurations.push((text.start, bytes));
        Ok(())
    }

    /// A name, which is compared with others and so must be whole.
    fn name(&mut self, range: &Range<u64>) -> io::Result<String> {
        if range.end - range.start > LONGEST_TEXT as u64 {
            self.gap(range.clone(), "too-long-text");
        }
        self.wire.text(range, LONGEST_TEXT)
    }

    fn gap(&mut self, range: Range<u64>, why: &'static str) {
        if self.read.gaps.len() < MOST_TOLD {
            self.read.gaps.push((range, why));
        }
    }
}
