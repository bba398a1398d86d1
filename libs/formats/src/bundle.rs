//! Reads the index of the variables of TensorFlow: the names of tensors, and where their bytes lie in the files of data
//! beside it. The index is a table as LevelDB writes it, of messages of protocol buffers.
//!
//! The formats: <https://github.com/google/leveldb/blob/main/doc/table_format.md>, and `tensor_bundle.proto` in
//! <https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/protobuf>.

mod block;

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::ops::Range;

use crate::claims::{Claims, Oddity};
use crate::reading::ReadAt;
use crate::wire::{Fields, Value, Wire};
use block::Block;

/// What every table ends with.
const MARK: &[u8; 8] = b"\x57\xfb\x80\x8b\x24\x75\x47\xdb";
/// Two places of blocks, filled up, and the mark.
const FOOTER: u64 = 48;

/// The most tensors that are kept.
pub const MOST_TENSORS: usize = 100_000;
/// The most oddities and gaps that are told.
const MOST_TOLD: usize = 1000;
/// The most sides of a tensor.
const MOST_SIDES: usize = 254;

/// The types of `types.proto`, by number, with the bytes of an element; texts have none.
const TYPES: [(&str, u64); 26] = [
    ("invalid", 0),
    ("float32", 4),
    ("float64", 8),
    ("int32", 4),
    ("uint8", 1),
    ("int16", 2),
    ("int8", 1),
    ("text", 0),
    ("complex64", 8),
    ("int64", 8),
    ("bool", 1),
    ("qint8", 1),
    ("quint8", 1),
    ("qint32", 4),
    ("bfloat16", 2),
    ("qint16", 2),
    ("quint16", 2),
    ("uint16", 2),
    ("complex128", 16),
    ("float16", 2),
    ("resource", 0),
    ("variant", 0),
    ("uint32", 4),
    ("uint64", 8),
    ("float8_e5m2", 1),
    ("float8_e4m3fn", 1),
];

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bundle {
    /// How many files of data there are.
    pub shards: u64,
    /// The tensors.
    pub tensors: Vec<Tensor>,
    /// What the format forbids.
    pub oddities: Vec<Oddity>,
    /// What is not understood, with why.
    pub gaps: Vec<(Range<u64>, &'static str)>,
    /// Bytes that belong to nothing.
    pub unclaimed: Vec<Range<u64>>,
}

/// A tensor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// The type of its elements, such as `float32`.
    pub dtype: String,
    /// Its sides.
    pub shape: Vec<u64>,
    /// In which of the files of data it lies.
    pub shard: u64,
    /// Where in it.
    pub data: Range<u64>,
}

/// Whether this is such a table, by its end.
///
/// # Errors
/// When the bytes cannot be read.
pub fn is_table(file: &dyn ReadAt) -> io::Result<bool> {
    let Some(at) = file.size().checked_sub(MARK.len() as u64) else { return Ok(false) };
    Ok(file.size() >= FOOTER && file.bytes_at(at, MARK.len())? == MARK)
}

impl Bundle {
    /// The index in a file.
    ///
    /// ```
    /// # use limpide_formats::bundle::Bundle;
    /// let read = Bundle::read(&b"too short".to_vec())?;
    /// assert_eq!((read.tensors.len(), read.gaps[0].1), (0, "broken-header"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the bytes cannot be read. What is broken is an oddity and a gap.
    pub fn read(file: &dyn ReadAt) -> io::Result<Self> {
        let mut reader = Reader {
            file,
            wire: Wire::new(file),
            bundle: Self::default(),
            claims: Claims::new(),
            seen: HashSet::new(),
        };
        reader.table()?;
        reader.bundle.unclaimed = reader.claims.unclaimed(file.size());
        Ok(reader.bundle)
    }

    /// The bytes of each file of data that belong to tensors.
    pub fn claims(&self) -> BTreeMap<u64, Claims> {
        let mut claims: BTreeMap<u64, Claims> = BTreeMap::new();
        for tensor in &self.tensors {
            claims.entry(tensor.shard).or_default().claim(tensor.data.clone());
        }
        claims
    }
}

struct Reader<'a> {
    file: &'a dyn ReadAt,
    wire: Wire<'a>,
    bundle: Bundle,
    claims: Claims,
    /// Where the blocks lie that were read.
    seen: HashSet<u64>,
}

impl Reader<'_> {
    fn table(&mut self) -> io::Result<()> {
        let size = self.file.size();
        if !is_table(self.file)? {
            self.broken(0..size);
            return Ok(());
        }
        let begin = size - FOOTER;
        self.claims.claim(begin..size);
        let mut footer = begin..size - MARK.len() as u64;
        let (Some(meta), Some(index)) = (self.handle(&mut footer)?, self.handle(&mut footer)?) else {
            self.broken(begin..size);
            return Ok(());
        };
        let padding = self.wire.bytes(&footer, FOOTER as usize)?;
        if padding.iter().any(|byte| *byte != 0) {
            self.gap(footer, "table-metadata");
        }
        // What a table says of itself: nothing, in those that TensorFlow writes.
        if let Some(block) = self.block(meta)?
            && block.entries().next().is_some()
        {
            self.gap(block.place(), "table-metadata");
        }
        let Some(index) = self.block(index)? else { return Ok(()) };
        for entry in index.entries() {
            let Some(mut value) = entry.map(|entry| entry.value) else {
                self.broken(index.place());
                return Ok(());
            };
            match self.handle(&mut value)? {
                Some(handle) => self.entries(handle)?,
                None => self.broken(value),
            }
        }
        Ok(())
    }

    fn entries(&mut self, handle: Range<u64>) -> io::Result<()> {
        let Some(block) = self.block(handle)? else { return Ok(()) };
        for entry in block.entries() {
            match entry {
                Some(entry) if entry.key.is_empty() => self.header(entry.value)?,
                Some(entry) => self.tensor(&entry.key, entry.value)?,
                None => self.broken(block.place()),
            }
        }
        Ok(())
    }

    /// Where a block lies: its place and its length.
    fn handle(&mut self, fields: &mut Fields) -> io::Result<Option<Range<u64>>> {
        let (Some(at), Some(length)) = (self.wire.number(fields)?, self.wire.number(fields)?) else {
            return Ok(None);
        };
        Ok(at.checked_add(length).map(|end| at..end))
    }

    /// A block, each once.
    fn block(&mut self, place: Range<u64>) -> io::Result<Option<Block>> {
        if !self.seen.insert(place.start) {
            self.odd(place.start, "bundle-block-twice");
            return Ok(None);
        }
        let block = Block::read(self.file, place.clone())?;
        match &block {
            Ok(block) => {
                self.claims.claim(block.place());
                if !block.is_sum_right {
                    self.odd(place.start, "bundle-checksum");
                }
            }
            Err(why) => self.gap(place.start.min(self.file.size())..place.end.min(self.file.size()), why),
        }
        Ok(block.ok())
    }

    /// How many files of data there are, and in which order their bytes stand.
    fn header(&mut self, mut message: Fields) -> io::Result<()> {
        let at = message.start;
        while let Some(field) = self.wire.next(&mut message)? {
            match (field.number, field.value) {
                (1, Value::Number(shards)) => self.bundle.shards = shards,
                (2, Value::Number(0 | 1)) | (3, Value::Bytes(_)) => {}
                _ => self.gap(field.at..message.start, "unknown-field"),
            }
        }
        self.rest(at, message);
        Ok(())
    }

    fn tensor(&mut self, key: &[u8], mut message: Fields) -> io::Result<()> {
        let at = message.start;
        let (mut tensor, mut kind, mut is_sliced) = (Tensor::default(), 0, false);
        let (mut offset, mut size) = (0, 0);
        tensor.name = String::from_utf8_lossy(key).into_owned();
        while let Some(field) = self.wire.next(&mut message)? {
            match (field.number, field.value) {
                (1, Value::Number(number)) => kind = number,
                (2, Value::Bytes(shape)) => tensor.shape = self.shape(shape)?,
                (3, Value::Number(shard)) => tensor.shard = shard,
                (4, Value::Number(number)) => offset = number,
                (5, Value::Number(number)) => size = number,
                (6, Value::Fixed(_)) => {}
                // The parts of a tensor stand under keys of their own.
                (7, Value::Bytes(_)) => is_sliced = true,
                _ => self.gap(field.at..message.start, "unknown-field"),
            }
        }
        self.rest(at, message);
        let known = usize::try_from(kind).ok().and_then(|kind| TYPES.get(kind)).copied();
        let (name, width) = known.unwrap_or(("unknown", 0));
        name.clone_into(&mut tensor.dtype);
        let needed = tensor.shape.iter().try_fold(width, |bytes, side| bytes.checked_mul(*side));
        if needed.is_none() || (width > 0 && !is_sliced && needed != Some(size)) {
            self.odd(at, "bundle-length-wrong");
        }
        let Some(end) = offset
            .checked_add(size)
            .filter(|end| tensor.shard < self.bundle.shards && i64::try_from(*end).is_ok())
        else {
            self.odd(at, "bundle-place-wrong");
            return Ok(());
        };
        tensor.data = offset..end;
        if self.bundle.tensors.len() < MOST_TENSORS {
            self.bundle.tensors.push(tensor);
        } else {
            self.gap(at..at, "too-many-tensors");
        }
        Ok(())
    }

    /// The sides of a tensor, each a message of its own.
    fn shape(&mut self, mut message: Fields) -> io::Result<Vec<u64>> {
        let (at, mut sides) = (message.start, Vec::new());
        while let Some(field) = self.wire.next(&mut message)? {
            match (field.number, field.value) {
                (2, Value::Bytes(mut side)) if sides.len() < MOST_SIDES => {
                    let mut length = 0;
                    while let Some(field) = self.wire.next(&mut side)? {
                        match (field.number, field.value) {
                            (1, Value::Number(number)) => length = number,
                            (2, Value::Bytes(_)) => {}
                            _ => self.gap(field.at..side.start, "unknown-field"),
                        }
                    }
                    self.rest(at, side);
                    sides.push(length);
                }
                (3, Value::Number(_)) => {}
                _ => self.gap(field.at..message.start, "unknown-field"),
            }
        }
        self.rest(at, message);
        Ok(sides)
    }

    /// What is left of a message is broken.
    fn rest(&mut self, at: u64, message: Fields) {
        if !message.is_empty() {
            self.odd(at, "bundle-broken-message");
            self.gap(message, "broken-message");
        }
    }

    fn broken(&mut self, range: Range<u64>) {
        self.odd(range.start, "bundle-broken-table");
        self.gap(range, "broken-header");
    }

    fn odd(&mut self, at: u64, kind: &'static str) {
        if self.bundle.oddities.len() < MOST_TOLD {
            self.bundle.oddities.push(Oddity { at, kind });
        }
    }

    fn gap(&mut self, range: Range<u64>, why: &'static str) {
        if self.bundle.gaps.len() < MOST_TOLD {
            self.bundle.gaps.push((range, why));
        }
    }
}
