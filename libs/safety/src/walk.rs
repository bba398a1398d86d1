//! Walks through a file and all that is in it, and accounts for every byte.
//!
//! What each thing is comes from its bytes, never from its name. A format is understood by one function, which looks at
//! what it has to, says what belongs to it, and hands what is inside back to the walk. What nobody understands is a gap.

mod archive;
mod array;
mod beside;
mod bundle;
mod hdf5;
mod onnx;
mod outside;
mod pickled;
mod plain;
mod script;
mod tensorflow;
mod tensors;
mod tflite;
mod torch;
mod unpacked;

use std::cell::Cell;
use std::io;
use std::ops::Range;

use limpide_formats::claims::Oddity;
use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::sniff::{self, Kind};
use limpide_formats::tar::not_zero;
use limpide_formats::tensorflow::Message;
use limpide_formats::unpack::Allowance;
use limpide_formats::zip::Zip;

pub(crate) use tensors::gguf_header;

use crate::event::What;
use crate::scan::{Recorder, Scan};
use crate::texts;

/// The version of the code that looks at files. It rises with every change that could find other things.
pub const SCANNER: u32 = 2;

/// How many members deep a file is looked into.
const DEEPEST: usize = 8;

/// The most members that are looked at, at all depths together.
const MOST_MEMBERS: usize = 200_000;

/// What is in a file, seen without running any of it. The name only tells what people expect of the file.
///
/// ```
/// let scan = limpide_safety::scan(&b"just a text".to_vec(), "README.md");
/// assert_eq!(scan.format, "text");
/// assert!(scan.account.is_whole() && scan.events.is_empty());
/// ```
pub fn scan(file: &dyn ReadAt, name: &str) -> Scan {
    let name = &telling_name(name);
    let bounds = Bounds { allowance: Allowance::of(file.size()), members: Cell::new(0) };
    let mut recorder = Recorder::new();
    let format = Walk { recorder: &mut recorder, bounds: &bounds, depth: 0 }.file(file, name);
    recorder.finish(SCANNER, format, file.size())
}

/// The part of a path that a scan may depend on: the name of the file in lower case, with its folder where a loader asks
/// for that, too. Files of one content and one such name are seen alike.
pub fn telling_name(path: &str) -> String {
    const FOLDER: &str = "custom_generate";
    let path = path.to_lowercase();
    let mut parts = path.rsplit(['/', '\\']);
    let file = parts.next().unwrap_or_default();
    match parts.next() {
        Some(FOLDER) => format!("{FOLDER}/{file}"),
        _ => file.to_owned(),
    }
}

/// What is done with a member once its bytes can be read.
type Look<'l> = &'l mut dyn FnMut(&mut Walk<'_>, &dyn ReadAt);

/// What a file with all that is in it may cost.
struct Bounds {
    allowance: Allowance,
    /// How many members were looked at.
    members: Cell<usize>,
}

/// A walk through a file, so many members deep.
struct Walk<'a> {
    recorder: &'a mut Recorder,
    bounds: &'a Bounds,
    depth: usize,
}

impl Walk<'_> {
    /// Looks at a file or a member of one, and says what it is.
    fn file(&mut self, file: &dyn ReadAt, name: &str) -> &'static str {
        match self.look(file, name) {
            Ok(format) => format,
            Err(error) => {
                self.unread(file, &error);
                "unreadable"
            }
        }
    }

    /// One line for each format.
    fn look(&mut self, file: &dyn ReadAt, name: &str) -> io::Result<&'static str> {
        let kind = sniff::kind(file)?;
        let format = match kind {
            Kind::Zip => archive::zip(self, file)?,
            Kind::Tar => archive::tar(self, file)?,
            Kind::SevenZip => archive::seven_zip(self, file)?,
            Kind::Packed(codec) => unpacked::file(self, file, codec)?,
            Kind::Pickle | Kind::TorchLegacy => {
                pickled::file(self, file);
                kind.name()
            }
            Kind::Safetensors => tensors::safetensors(self, file)?,
            Kind::Gguf => tensors::gguf(self, file)?,
            Kind::Npy => array::npy(self, file)?,
            Kind::SavedModel => tensorflow::file(self, file, Message::SavedModel, kind.name())?,
            Kind::MetaGraph => tensorflow::file(self, file, Message::MetaGraph, kind.name())?,
            Kind::Graph => tensorflow::file(self, file, Message::Graph, kind.name())?,
            Kind::KerasMetadata => tensorflow::file(self, file, Message::KerasMetadata, kind.name())?,
            Kind::Bundle => bundle::index(self, file)?,
            Kind::TfLite => tflite::file(self, file)?,
            Kind::Onnx => onnx::file(self, file)?,
            Kind::Hdf5 => hdf5::file(self, file)?,
            Kind::Parquet => plain::parquet(self, file)?,
            Kind::Empty => plain::empty(self, name),
            Kind::Program(kind) => plain::program(self, kind),
            Kind::Script => {
                texts::look(file, name, self.recorder)?;
                plain::program(self, "script")
            }
            Kind::Text => {
                texts::look(file, name, self.recorder)?;
                kind.name()
            }
            Kind::Pointer | Kind::Data(_) | Kind::SentencePiece | Kind::Fingerprint => kind.name(),
            Kind::Unread(_) => self.gap(0..file.size(), "unread-format", kind.name()),
            Kind::Unknown => self.gap(0..file.size(), "unknown-format", kind.name()),
        };
        // Some readers look for an archive at the end of a file, whatever it begins with. Those that are looked into as
        // archives see to that themselves.
        if !matches!(kind, Kind::Zip | Kind::Tar | Kind::TfLite | Kind::Empty)
            && Zip::at_the_end(file)?.is_some()
        {
            archive::zip_at_the_end(self, file)?;
        }
        Ok(format)
    }

    /// Looks at a member that lies in the file as it is.
    fn member(&mut self, name: &str, file: &dyn ReadAt) {
        self.member_with(name, file, &mut |walk, bytes| {
            walk.file(bytes, name);
        });
    }

    /// Looks at a member that was unpacked.
    fn unpacked_member(&mut self, name: &str, file: &dyn ReadAt) {
        self.unpacked_member_with(name, file, &mut |walk, bytes| {
            walk.file(bytes, name);
        });
    }

    fn member_with(&mut self, name: &str, file: &dyn ReadAt, look: Look<'_>) {
        self.recorder.enter(name);
        self.inside(file, look);
        self.recorder.leave();
    }

    fn unpacked_member_with(&mut self, name: &str, file: &dyn ReadAt, look: Look<'_>) {
        self.recorder.enter_unpacked(name);
        self.inside(file, look);
        self.recorder.leave_unpacked();
    }

    /// Looks at a member, as long as the bounds allow it.
    fn inside(&mut self, file: &dyn ReadAt, look: Look<'_>) {
        self.bounds.members.set(self.bounds.members.get() + 1);
        let size = file.size();
        if self.depth >= DEEPEST {
            self.recorder.gap(0, size, "too-deep");
        } else if self.bounds.members.get() > MOST_MEMBERS {
            self.recorder.gap(0, size, "too-many-members");
        } else if !self.bounds.allowance.takes(size) {
            // Members that lie over each other can be read more often than any file is worth.
            self.recorder.gap(0, size, "budget");
        } else {
            self.depth += 1;
            look(self, file);
            self.depth -= 1;
        }
    }

    /// Looks at bytes that belong to nothing. Zeros are padding; all else was put there.
    fn leftover(&mut self, file: &dyn ReadAt, range: Range<u64>, kind: &str) -> io::Result<()> {
        let part = Part::new(file, 0, range.end);
        let Some(begin) = not_zero(&part, range.start)? else { return Ok(()) };
        self.recorder.structure(begin, kind);
        // Where nothing belongs to anything, looking again at the same bytes would not help.
        if begin == 0 && part.size() == file.size() {
            self.recorder.gap(begin, range.end, "unknown-format");
            return Ok(());
        }
        self.member(&format!("({kind} {begin})"), &Part::new(file, begin, range.end - begin));
        Ok(())
    }

    /// What a reader tells of a file: what its format forbids, and what is not understood of it.
    fn told(&mut self, oddities: &[Oddity], gaps: &[(Range<u64>, &'static str)]) {
        for odd in oddities {
            self.recorder.structure(odd.at, odd.kind);
        }
        for (range, why) in gaps {
            self.recorder.gap(range.start, range.end, why);
        }
    }

    /// Bytes that are not understood, of something of this format.
    fn gap(&mut self, range: Range<u64>, why: &str, format: &'static str) -> &'static str {
        self.recorder.gap(range.start, range.end, why);
        format
    }

    fn unread(&mut self, file: &dyn ReadAt, error: &io::Error) {
        let why = match error.kind() {
            io::ErrorKind::QuotaExceeded => "too-large-to-unpack",
            _ => "unreadable",
        };
        self.recorder.gap(0, file.size(), why);
    }

    /// Notes what would happen if a member were unpacked under its own path.
    fn path(&mut self, at: u64, path: &str) {
        let mut note = |kind: &str| {
            self.recorder.see(at, What::Member { kind: kind.to_owned(), path: cut(path) });
        };
        if path.split(['/', '\\']).any(|part| part == "..") {
            note("climbs");
        }
        let has_drive = path.as_bytes().get(1) == Some(&b':')
            && path.starts_with(|letter: char| letter.is_ascii_alphabetic());
        if path.starts_with(['/', '\\']) || has_drive {
            note("absolute");
        }
    }
}

/// The beginning of a text, as much as an event keeps.
fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(Recorder::LONGEST_TEXT)].to_owned()
}

#[cfg(test)]
mod tests;
