//! Tells pickles from other files by their beginning: protocols 0 and 1 have no magic number.

use std::io;

use super::{Decoder, Op, Problem};
use crate::reading::ReadAt;

/// What a beginning looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Looks {
    /// A pickle, or several.
    Pickle,
    /// A checkpoint of PyTorch before 1.6: five pickles, then the bytes of the tensors.
    TorchLegacy,
    /// Something else.
    Other,
}

/// The number in the first pickle of a checkpoint, as `LONG1` has it.
const TORCH_MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// Opcodes that are looked at before a beginning is believed.
const MOST_OPS: usize = 20_000;

/// What a file of this size looks like, by its beginning. The more of it is given, the surer: 64 KiB are enough.
///
/// What an unpickler would run is a pickle, whatever follows; what it would refuse at once is none.
pub fn looks_like_pickle(beginning: &[u8], size: u64) -> Looks {
    if beginning.get(2..14).is_some_and(|number| number == TORCH_MAGIC) && beginning[0] == 0x80 {
        return Looks::TorchLegacy;
    }
    let file = Beginning { bytes: beginning, size: size.max(beginning.len() as u64) };
    let is_whole = file.size == beginning.len() as u64;
    let mut walk = Walk { decoder: Decoder::new(&file, 0), depth: 0, marks: Vec::new() };
    if walk.is_pickle(is_whole) { Looks::Pickle } else { Looks::Other }
}

/// A file of which only the beginning can be read; long values may lie behind that.
struct Beginning<'a> {
    bytes: &'a [u8],
    size: u64,
}

impl ReadAt for Beginning<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.bytes.read_at(at, into)
    }
}

/// An unpickler that knows how many values there are, and no values.
struct Walk<'a> {
    decoder: Decoder<'a>,
    depth: usize,
    marks: Vec<usize>,
}

impl Walk<'_> {
    /// Whether an unpickler would get anywhere. What begins with a protocol is believed after a few opcodes; anything
    /// else when something imported is called, or when streams follow each other without a rest.
    fn is_pickle(&mut self, is_whole: bool) -> bool {
        let (mut has_protocol, mut has_import) = (false, false);
        for count in 0..MOST_OPS {
            let op = match self.decoder.next_op() {
                Ok(op) => op,
                Err(Problem::Truncated { .. })
                    if count > 0 && (!is_whole || has_protocol || self.is_between()) =>
                {
                    return true;
                }
                Err(_) => return has_protocol && count > 3,
            };
            has_protocol |= count == 0 && matches!(op, Op::Proto(2..=5));
            match op {
                Op::Global(module, name) | Op::Inst(module, name)
                    if !self.is_name(module) || !self.is_name(name) =>
                {
                    return false;
                }
                Op::Global(..) | Op::Inst(..) | Op::StackGlobal | Op::Ext(_) => has_import = true,
                _ => {}
            }
            if !self.step(op) {
                return has_protocol && count > 3;
            }
            let calls =
                matches!(op, Op::Inst(..) | Op::Obj | Op::NewObj | Op::NewObjEx | Op::Reduce | Op::Build);
            let changes = matches!(op, Op::Append | Op::Appends | Op::SetItem | Op::SetItems | Op::AddItems);
            if has_import && (calls || changes) || op == Op::Stop && (has_protocol || has_import) {
                return true;
            }
        }
        true
    }

    /// Whether a stream has just ended.
    fn is_between(&self) -> bool {
        self.depth == 0 && self.marks.is_empty()
    }

    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    /// What could be imported.
    fn is_name(&self, text: super::Text) -> bool {
        let is_part = |part: &str| {
            !part.starts_with(|first: char| first.is_ascii_digit())
                && !part.is_empty()
                && part.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        };
        self.decoder.text(text).is_ok_and(|text| text.split('.').all(is_part))
    }

    /// Does to the number of values what the opcode does; false where there are too few.
    fn step(&mut self, op: Op) -> bool {
        let (takes, gives) = match op {
            Op::Mark => {
                self.marks.push(self.depth);
                return true;
            }
            Op::Stop => {
                let has_value = self.depth > self.fence();
                self.depth = 0;
                self.marks.clear();
                return has_value;
            }
            Op::Pop if self.fence() == self.depth && !self.marks.is_empty() => {
                self.marks.pop();
                return true;
            }
            Op::Tuple | Op::List | Op::Dict | Op::FrozenSet => return self.down_to_mark(0, 1),
            Op::PopMark => return self.down_to_mark(0, 0),
            Op::Appends | Op::SetItems | Op::AddItems => return self.down_to_mark(1, 1),
            Op::Inst(..) => return self.down_to_mark(0, 1),
            Op::Obj => {
                return self.marks.last().is_some_and(|mark| *mark < self.depth) && self.down_to_mark(0, 1);
            }
            Op::Proto(_) | Op::Frame(_) => (0, 0),
            Op::Pop => (1, 0),
            Op::Dup => (1, 2),
            Op::TupleOf(count) => (usize::from(count), 1),
            Op::Append | Op::Build | Op::Reduce | Op::NewObj | Op::StackGlobal => (2, 1),
            Op::SetItem | Op::NewObjEx => (3, 1),
            Op::Put(_) | Op::Memoize | Op::ReadOnlyBuffer | Op::BinPersId => (1, 1),
            _ => (0, 1),
        };
        if self.depth < self.fence() + takes {
            return false;
        }
        self.depth = self.depth - takes + gives;
        true
    }

    fn down_to_mark(&mut self, takes: usize, gives: usize) -> bool {
        let Some(mark) = self.marks.pop().filter(|mark| *mark >= self.fence() + takes) else { return false };
        self.depth = mark - takes + gives;
        true
    }
}
