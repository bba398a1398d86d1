//! Tells messages of protocol buffers apart, which have no mark, by which fields they have.

use std::io;

use super::Kind;
use crate::reading::{ReadAt, Stream};

/// A tokenizer has a field for each of its pieces.
const MOST_FIELDS: usize = 2_000_000;

/// The kinds of fields: a number, and something with a length.
const NUMBER: u64 = 0;
const LENGTH: u64 = 2;

/// What a message is, when all of it consists of the fields of one that is known.
pub(super) fn recognise(file: &dyn ReadAt) -> io::Result<Option<Kind>> {
    let mut could_be = Candidates { onnx: true, saved_model: true, sentence_piece: is_piece(file)? };
    let (mut has_graph, mut has_version) = (false, false);
    let mut stream = Stream::new(file, 0);
    let mut count = 0;
    while stream.position() < file.size() {
        let Some((number, kind)) = field(&mut stream)? else { return Ok(None) };
        could_be.seeing(number, kind);
        count += 1;
        if could_be.none() || count > MOST_FIELDS {
            return Ok(None);
        }
        has_graph |= matches!((number, kind), (7, LENGTH));
        has_version |= matches!((number, kind), (1, NUMBER) | (8, LENGTH));
    }
    Ok(match could_be {
        Candidates { sentence_piece: true, .. } => Some(Kind::SentencePiece),
        Candidates { onnx: true, .. } if has_graph && has_version => Some(Kind::Onnx),
        Candidates { saved_model: true, .. } if has_version && count > 1 => Some(Kind::SavedModel),
        _ => None,
    })
}

#[derive(Debug, Clone, Copy)]
struct Candidates {
    onnx: bool,
    saved_model: bool,
    sentence_piece: bool,
}

impl Candidates {
    /// The fields are those of `onnx.proto`, `saved_model.proto` and `sentencepiece_model.proto`.
    fn seeing(&mut self, number: u64, kind: u64) {
        self.onnx &= match number {
            1 | 5 => kind == NUMBER,
            2..=4 | 6..=8 | 14 | 20 | 25 | 26 => kind == LENGTH,
            _ => false,
        };
        self.saved_model &= matches!((number, kind), (1, NUMBER) | (2, LENGTH));
        self.sentence_piece &= matches!(number, 1..=5) && kind == LENGTH;
    }

    fn none(self) -> bool {
        !(self.onnx || self.saved_model || self.sentence_piece)
    }
}

/// Passes over a field; its number and kind, when it is one that lies wholly in the file.
fn field(stream: &mut Stream<'_>) -> io::Result<Option<(u64, u64)>> {
    let Some(key) = number(stream)? else { return Ok(None) };
    let is_whole = match key & 7 {
        NUMBER => number(stream)?.is_some(),
        1 => stream.pass(8),
        LENGTH => match number(stream)? {
            Some(length) => stream.pass(length),
            None => false,
        },
        5 => stream.pass(4),
        _ => false,
    };
    Ok((is_whole && key >> 3 > 0).then_some((key >> 3, key & 7)))
}

/// A number of up to ten bytes, seven bits in each.
fn number(stream: &mut Stream<'_>) -> io::Result<Option<u64>> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let Some(byte) = stream.window()?.first().copied() else { return Ok(None) };
        stream.take(1);
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(Some(number));
        }
    }
    Ok(None)
}

/// Whether the first field is a piece of a tokenizer: a text and its score.
fn is_piece(file: &dyn ReadAt) -> io::Result<bool> {
    let prefix = file.bytes_at(0, 128)?;
    let [0x0a, _, 0x0a, length, rest @ ..] = &prefix[..] else { return Ok(false) };
    let Some((text, score)) = rest.split_at_checked(usize::from(*length)) else { return Ok(false) };
    Ok(score.first() == Some(&0x15) && std::str::from_utf8(text).is_ok())
}
