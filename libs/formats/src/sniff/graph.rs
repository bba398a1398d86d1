//! Tells messages of protocol buffers apart, which have no mark, by which fields they have.

use std::io;
use std::ops::Range;

use super::Kind;
use crate::reading::ReadAt;
use crate::wire::{Field, Value, Wire};

/// A tokenizer has a field for each of its pieces.
const MOST_FIELDS: usize = 2_000_000;

/// What a message is, when all of it consists of the fields of one that is known.
pub(super) fn recognise(file: &dyn ReadAt) -> io::Result<Option<Kind>> {
    let mut could_be = Candidates::ALL;
    could_be.sentence_piece = is_piece(file)?;
    let mut wire = Wire::new(file);
    let mut message = wire.whole();
    let (mut has_graph, mut has_version, mut count) = (false, false, 0);
    // The first that each of these two numbers has.
    let mut first: [Option<Range<u64>>; 2] = [None, None];
    while let Some(field) = wire.next(&mut message)? {
        could_be.seeing(&field);
        count += 1;
        if could_be == Candidates::NONE || count > MOST_FIELDS {
            return Ok(None);
        }
        match (field.number, field.value) {
            (1, Value::Number(_)) => has_version = true,
            (number @ 1..=2, Value::Bytes(bytes)) => {
                first[usize::from(number == 2)].get_or_insert(bytes);
            }
            (7, Value::Bytes(_)) => has_graph = true,
            (8, Value::Bytes(_)) => has_version = true,
            _ => {}
        }
    }
    if !message.is_empty() {
        return Ok(None);
    }
    if could_be.sentence_piece {
        return Ok(Some(Kind::SentencePiece));
    }
    if could_be.onnx && has_graph && has_version {
        return Ok(Some(Kind::Onnx));
    }
    let [one, two] = first;
    match (one, two) {
        (_, Some(graph)) if could_be.saved_model && is_meta_graph(&mut wire, &graph)? => {
            Ok(Some(Kind::SavedModel))
        }
        (Some(node), _) if could_be.graph && is_node(&mut wire, &node)? => Ok(Some(Kind::Graph)),
        (Some(object), None) if could_be.keras && is_keras(&mut wire, &object)? => {
            Ok(Some(Kind::KerasMetadata))
        }
        (Some(_), Some(graph)) if could_be.meta_graph && is_graph(&mut wire, &graph)? => {
            Ok(Some(Kind::MetaGraph))
        }
        _ => Ok(None),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Candidates {
    onnx: bool,
    saved_model: bool,
    meta_graph: bool,
    graph: bool,
    keras: bool,
    sentence_piece: bool,
}

impl Candidates {
    const NONE: Self = Self::all(false);
    const ALL: Self = Self::all(true);

    const fn all(is: bool) -> Self {
        Self { onnx: is, saved_model: is, meta_graph: is, graph: is, keras: is, sentence_piece: is }
    }

    /// The fields are those of `onnx.proto`, `saved_model.proto`, `meta_graph.proto`, `graph.proto`,
    /// `saved_metadata.proto` and `sentencepiece_model.proto`.
    fn seeing(&mut self, field: &Field) {
        let number = field.number;
        let (is_number, is_bytes) =
            (matches!(field.value, Value::Number(_)), matches!(field.value, Value::Bytes(_)));
        self.onnx &= match number {
            1 | 5 => is_number,
            2..=4 | 6..=8 | 14 | 20 | 25 | 26 => is_bytes,
            _ => false,
        };
        self.saved_model &= (number == 1 && is_number) || (number == 2 && is_bytes);
        self.meta_graph &= matches!(number, 1..=7) && is_bytes;
        self.graph &= (matches!(number, 1 | 2 | 4 | 5) && is_bytes) || (number == 3 && is_number);
        self.keras &= number == 1 && is_bytes;
        self.sentence_piece &= matches!(number, 1..=5) && is_bytes;
    }
}

/// Whether a message has these fields only, all of them with bytes, and at least one.
fn is_meta_graph(wire: &mut Wire<'_>, message: &Range<u64>) -> io::Result<bool> {
    let (mut fields, mut count) = (message.clone(), 0);
    while let Some(field) = wire.next(&mut fields)? {
        count += 1;
        if !matches!((field.number, field.value), (1..=7, Value::Bytes(_))) || count > MOST_FIELDS {
            return Ok(false);
        }
    }
    Ok(fields.is_empty() && count > 0)
}

/// Whether the first of a message is a node.
fn is_graph(wire: &mut Wire<'_>, message: &Range<u64>) -> io::Result<bool> {
    match wire.next(&mut message.clone())? {
        Some(Field { number: 1, value: Value::Bytes(node), .. }) => is_node(wire, &node),
        _ => Ok(false),
    }
}

/// Whether a message is a node of a graph: its name, and an operation.
fn is_node(wire: &mut Wire<'_>, message: &Range<u64>) -> io::Result<bool> {
    let mut fields = message.clone();
    let (Some(name), Some(operation)) = (wire.next(&mut fields)?, wire.next(&mut fields)?) else {
        return Ok(false);
    };
    let (1, Value::Bytes(name), 2, Value::Bytes(operation)) =
        (name.number, name.value, operation.number, operation.value)
    else {
        return Ok(false);
    };
    let is_word = |text: &[u8]| text.iter().all(|byte| byte.is_ascii_graphic());
    let (name, operation) = (wire.bytes(&name, 256)?, wire.bytes(&operation, 256)?);
    Ok(!operation.is_empty() && is_word(&name) && is_word(&operation))
}

/// Whether a message is an object of Keras, as its identifier says.
fn is_keras(wire: &mut Wire<'_>, message: &Range<u64>) -> io::Result<bool> {
    let mut fields = message.clone();
    while let Some(field) = wire.next(&mut fields)? {
        if let (4, Value::Bytes(identifier)) = (field.number, field.value) {
            return Ok(wire.bytes(&identifier, 9)? == b"_tf_keras");
        }
    }
    Ok(false)
}

/// Whether the first field is a piece of a tokenizer: a text and its score.
fn is_piece(file: &dyn ReadAt) -> io::Result<bool> {
    let prefix = file.bytes_at(0, 128)?;
    let [0x0a, _, 0x0a, length, rest @ ..] = &prefix[..] else { return Ok(false) };
    let Some((text, score)) = rest.split_at_checked(usize::from(*length)) else { return Ok(false) };
    Ok(score.first() == Some(&0x15) && std::str::from_utf8(text).is_ok())
}

/// The longest of the two texts in a fingerprint: a version, and an identifier.
const LONGEST_OF_FINGERPRINT: u64 = 64;

/// Whether this is a fingerprint: four checksums at least, then a version and an identifier, each once and in order. There
/// is no room for anything else.
pub(super) fn is_fingerprint(file: &dyn ReadAt) -> io::Result<bool> {
    let mut wire = Wire::new(file);
    let (mut message, mut last) = (wire.whole(), 0);
    while let Some(field) = wire.next(&mut message)? {
        let is_known = match (field.number, &field.value) {
            (1..=5, Value::Number(_)) => true,
            (6 | 7, Value::Bytes(bytes)) => bytes.end - bytes.start <= LONGEST_OF_FINGERPRINT,
            _ => false,
        };
        let follows = if last < 4 { field.number == last + 1 } else { field.number > last };
        if !is_known || !follows {
            return Ok(false);
        }
        last = field.number;
    }
    Ok(message.is_empty() && last >= 4)
}
