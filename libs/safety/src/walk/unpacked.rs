//! Compressed streams.

use std::io;
use std::ops::Range;

use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::unpack::{Codec, Ending, Unpacked};

use super::{Look, Walk};

/// A file that is one compressed stream, or several of a kind, and what comes after it.
pub(super) fn file(walk: &mut Walk<'_>, file: &dyn ReadAt, codec: Codec) -> io::Result<&'static str> {
    let name = format!("({})", codec.name());
    let stream = Stream { file, range: 0..file.size(), codec, name: &name };
    stream.look(walk, &mut |walk, bytes| {
        walk.file(bytes, &name);
    })?;
    Ok(codec.name())
}

/// A compressed stream in a file.
pub(super) struct Stream<'a> {
    pub(super) file: &'a dyn ReadAt,
    /// Where it lies.
    pub(super) range: Range<u64>,
    pub(super) codec: Codec,
    /// What it is called in events.
    pub(super) name: &'a str,
}

impl Stream<'_> {
    /// Looks at what it unpacks to and at what comes after it, and says how long it is when all of it was unpacked.
    pub(super) fn look(&self, walk: &mut Walk<'_>, look: Look<'_>) -> io::Result<Option<u64>> {
        let packed = Part::new(self.file, self.range.start, self.range.end - self.range.start);
        let unpacked = Unpacked::new(self.codec, packed, &walk.bounds.allowance)?;
        walk.unpacked_member_with(self.name, &unpacked, look);
        let rest = self.range.start + unpacked.used()..self.range.end;
        match unpacked.ending() {
            Ending::Whole => walk.leftover(self.file, rest, "after-the-stream")?,
            Ending::Broken => walk.recorder.gap(rest.start, rest.end, "broken-stream"),
            Ending::TooLarge => walk.recorder.gap(rest.start, rest.end, "too-large-to-unpack"),
        }
        Ok((unpacked.ending() == Ending::Whole).then(|| unpacked.size()))
    }
}
