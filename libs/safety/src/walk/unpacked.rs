//! Compressed streams.

use std::io;

use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::unpack::{Codec, Ending, Unpacked};

use super::{Look, Walk};

/// A file that is one compressed stream, or several of a kind, and what comes after it.
pub(super) fn stream(walk: &mut Walk<'_>, file: &dyn ReadAt, codec: Codec) -> io::Result<&'static str> {
    let unpacked = Unpacked::new(codec, Part::new(file, 0, file.size()), &walk.bounds.allowance)?;
    let name = format!("({})", codec.name());
    let used = contents(walk, &unpacked, &name, &mut |walk, bytes| {
        walk.file(bytes, &name);
    });
    walk.leftover(file, used..file.size(), "after-the-end")?;
    Ok(codec.name())
}

/// Looks at what a stream unpacks to, and says how much of the file belongs to it.
pub(super) fn contents(walk: &mut Walk<'_>, unpacked: &Unpacked<'_>, name: &str, look: Look<'_>) -> u64 {
    walk.unpacked_member_with(name, unpacked, look);
    match unpacked.ending() {
        Ending::Whole => {}
        Ending::Broken => walk.recorder.gap(unpacked.used(), unpacked.used(), "broken-stream"),
        Ending::TooLarge => walk.recorder.gap(unpacked.used(), unpacked.used(), "too-large-to-unpack"),
    }
    unpacked.used()
}
