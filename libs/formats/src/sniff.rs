//! What bytes are, by what they are and never by a name.
//!
//! Readers are not asked what they would accept: some look at the beginning, some at the end, some at both. So this gives
//! what the bytes are from the beginning, and [`Zip::at_the_end`] tells apart whether they are an archive as well.

mod graph;

use std::io;

use crate::data_file::{Content, DataFile};
use crate::pickle::{Looks, looks_like_pickle};
use crate::reading::{Part, ReadAt, Stream};
use crate::unpack::{self, Codec};
use crate::zip::Zip;
use crate::{bundle, safetensors, tar};

/// How much of a file is looked at, except where all of a text is.
const PREFIX: usize = 64 << 10;

/// What bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Empty,
    /// A zip archive, from its first byte on or with something before it.
    Zip,
    /// A tar archive.
    Tar,
    /// A 7z archive.
    SevenZip,
    /// A compressed stream.
    Packed(Codec),
    /// Safetensors, right or wrong.
    Safetensors,
    /// GGUF, right or wrong.
    Gguf,
    /// An array of NumPy.
    Npy,
    /// HDF5.
    Hdf5,
    /// A pickle, or several.
    Pickle,
    /// A checkpoint of PyTorch before 1.6: pickles, then the bytes of the tensors.
    TorchLegacy,
    /// A graph of ONNX.
    Onnx,
    /// A graph of TensorFlow, as it is saved.
    SavedModel,
    /// A graph of TensorFlow with what belongs to it, as a checkpoint has it.
    MetaGraph,
    /// A graph of TensorFlow alone, as it is frozen.
    Graph,
    /// What Keras keeps beside a graph of TensorFlow.
    KerasMetadata,
    /// The index of the variables of TensorFlow.
    Bundle,
    /// What tells saved models of TensorFlow apart: checksums.
    Fingerprint,
    /// A graph of TensorFlow Lite.
    TfLite,
    /// A tokenizer of SentencePiece.
    SentencePiece,
    /// Parquet.
    Parquet,
    /// A program, by a name such as `elf`.
    Program(&'static str),
    /// A text that its first line makes a program.
    Script,
    /// A pointer of LFS instead of the content.
    Pointer,
    /// Text.
    Text,
    /// Other data that nothing runs: an image, sound, a table, by a name such as `png`.
    Data(&'static str),
    /// A known format that is not looked into, by its name.
    Unread(&'static str),
    /// Something else.
    Unknown,
}

impl Kind {
    /// Its name, in few words that do not change.
    pub fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Zip => "zip",
            Self::Tar => "tar",
            Self::SevenZip => "7z",
            Self::Packed(codec) => codec.name(),
            Self::Safetensors => "safetensors",
            Self::Gguf => "gguf",
            Self::Npy => "npy",
            Self::Hdf5 => "hdf5",
            Self::Pickle => "pickle",
            Self::TorchLegacy => "torch-legacy",
            Self::Onnx => "onnx",
            Self::SavedModel => "savedmodel",
            Self::MetaGraph => "metagraph",
            Self::Graph => "graphdef",
            Self::KerasMetadata => "keras-metadata",
            Self::Bundle => "tensorflow-index",
            Self::Fingerprint => "tensorflow-fingerprint",
            Self::TfLite => "tflite",
            Self::SentencePiece => "sentencepiece",
            Self::Parquet => "parquet",
            Self::Script => "script",
            Self::Pointer => "lfs-pointer",
            Self::Text => "text",
            Self::Program(name) | Self::Data(name) | Self::Unread(name) => name,
            Self::Unknown => "unknown",
        }
    }
}

/// What these bytes are.
///
/// ```
/// # use limpide_formats::sniff::{Kind, kind};
/// assert_eq!(kind(&b"\x7fELF\x02\x01\x01\0".to_vec())?, Kind::Program("elf"));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// When they cannot be read.
pub fn kind(file: &dyn ReadAt) -> io::Result<Kind> {
    let prefix = file.bytes_at(0, PREFIX)?;
    if let Some(kind) = by_mark(file, &prefix)? {
        return Ok(kind);
    }
    // Before text: the first protocols are written in letters.
    if let Some(kind) = pickle(&prefix, file.size()) {
        return Ok(kind);
    }
    if let Some(codec) = Codec::by_mark(&prefix)
        && unpack::begins(codec, Part::new(file, 0, file.size()))?
    {
        return Ok(Kind::Packed(codec));
    }
    let data = data(&prefix, file.size());
    if data != Kind::Unknown && (data != Kind::Text || is_text(file)?) {
        return Ok(if data == Kind::Text && prefix.starts_with(b"#!") { Kind::Script } else { data });
    }
    if let Some(kind) = graph::recognise(file)? {
        return Ok(kind);
    }
    match () {
        () if is_hdf5_later(&prefix) => Ok(Kind::Hdf5),
        () if bundle::is_table(file)? => Ok(Kind::Bundle),
        () if graph::is_fingerprint(file)? => Ok(Kind::Fingerprint),
        () if Zip::at_the_end(file)?.is_some() => Ok(Kind::Zip),
        () => Ok(Kind::Unknown),
    }
}

/// A place, a mark that stands there, and what that says.
type Mark = (usize, &'static [u8], Kind);

/// Marks of what may do something; those of plain data stand with [`DataFile`].
const MARKS: [Mark; 17] = [
    (0, b"PK\x03\x04", Kind::Zip),
    (0, b"PK\x05\x06", Kind::Zip),
    (0, b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
    (0, b"GGUF", Kind::Gguf),
    (0, b"\x93NUMPY", Kind::Npy),
    (0, b"\x89HDF\r\n\x1a\n", Kind::Hdf5),
    (4, b"TFL3", Kind::TfLite),
    (0, b"%PDF-", Kind::Unread("pdf")),
    (0, b"\x7fELF", Kind::Program("elf")),
    (0, b"\xfe\xed\xfa\xce", Kind::Program("mach-o")),
    (0, b"\xfe\xed\xfa\xcf", Kind::Program("mach-o")),
    (0, b"\xce\xfa\xed\xfe", Kind::Program("mach-o")),
    (0, b"\xcf\xfa\xed\xfe", Kind::Program("mach-o")),
    // Several of them in one file, and what Java compiles to.
    (0, b"\xca\xfe\xba\xbe", Kind::Program("mach-o-or-java")),
    (0, b"\0asm", Kind::Program("wasm")),
    (0, b"dex\n0", Kind::Program("dex")),
    (0, b"L\0\0\0\x01\x14\x02\0", Kind::Program("shortcut")),
];

fn by_mark(file: &dyn ReadAt, prefix: &[u8]) -> io::Result<Option<Kind>> {
    if prefix.is_empty() {
        return Ok(Some(Kind::Empty));
    }
    // An archive whose last member is an archive of another kind ends as that one does: so tar comes first.
    if tar::is_tar(prefix) {
        return Ok(Some(Kind::Tar));
    }
    let stands = |(at, mark, _): &&Mark| prefix.get(*at..).is_some_and(|rest| rest.starts_with(mark));
    if let Some((.., kind)) = MARKS.iter().find(stands) {
        return Ok(Some(*kind));
    }
    Ok(match prefix {
        [b'M', b'Z', ..] if is_windows_program(file, prefix)? => Some(Kind::Program("pe")),
        // What Python compiles to begins with a number of its version and the end of a line.
        [_, 0x0b..=0x0f | 0xf2 | 0xf3, b'\r', b'\n', ..] if prefix.len() >= 16 => Some(Kind::Program("pyc")),
        _ if is_safetensors(prefix, file.size()) => Some(Kind::Safetensors),
        _ => None,
    })
}

/// Programs for Windows begin as those for DOS did, and say where the rest is.
fn is_windows_program(file: &dyn ReadAt, prefix: &[u8]) -> io::Result<bool> {
    let Some(place) = prefix.get(60..).and_then(|rest| rest.first_chunk()) else { return Ok(false) };
    Ok(file.bytes_at(u32::from_le_bytes(*place).into(), 4)? == b"PE\0\0")
}

/// A length and an object of JSON; where the length cannot be right, one that no text has.
fn is_safetensors(prefix: &[u8], size: u64) -> bool {
    let Some((first, rest)) = prefix.split_first_chunk::<8>() else { return false };
    let length = u64::from_le_bytes(*first);
    let fits = (2..=safetensors::LONGEST_HEADER.min(size - 8)).contains(&length);
    let is_object = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    is_object && (fits || first.contains(&0) || !first.is_ascii())
}

fn pickle(prefix: &[u8], size: u64) -> Option<Kind> {
    match looks_like_pickle(prefix, size) {
        Looks::Pickle => Some(Kind::Pickle),
        Looks::TorchLegacy => Some(Kind::TorchLegacy),
        Looks::Other => None,
    }
}

/// Plain data, by its mark, and text.
fn data(prefix: &[u8], size: u64) -> Kind {
    match DataFile::recognise(prefix, size).content {
        Content::Empty => Kind::Empty,
        Content::Pointer { .. } => Kind::Pointer,
        Content::Parquet => Kind::Parquet,
        Content::ArrowFile | Content::ArrowStream => Kind::Data("arrow"),
        Content::Container(name @ ("sqlite" | "avro")) => Kind::Data(name),
        Content::Image(name) | Content::Audio(name) | Content::Video(name) => Kind::Data(name),
        Content::JsonLines { .. }
        | Content::JsonArray
        | Content::JsonObject
        | Content::Separated { .. }
        | Content::Text => Kind::Text,
        Content::Tar { .. } | Content::Container(_) | Content::Binary => Kind::Unknown,
    }
}

/// Whether all of it is text: UTF-8, without signs that no text has.
fn is_text(file: &dyn ReadAt) -> io::Result<bool> {
    let (mut stream, mut rest) = (Stream::new(file, 0), Vec::new());
    loop {
        let window = stream.window()?;
        if window.is_empty() {
            return Ok(rest.is_empty());
        }
        let length = window.len();
        rest.extend_from_slice(window);
        stream.take(length);
        // A letter that the window cuts in two is kept for the next.
        let valid = match std::str::from_utf8(&rest) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return Ok(false),
        };
        if rest[..valid]
            .iter()
            .any(|byte| *byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c | 0x1b))
        {
            return Ok(false);
        }
        rest.drain(..valid);
    }
}

/// Other things may come before an HDF5 file, of a length that is a power of two.
fn is_hdf5_later(prefix: &[u8]) -> bool {
    let places = (9..16).map(|power| 1_usize << power);
    places.filter_map(|at| prefix.get(at..)).any(|rest| rest.starts_with(b"\x89HDF\r\n\x1a\n"))
}
