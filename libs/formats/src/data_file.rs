//! Says what a data file holds, by how it begins and not by its name.
//!
//! Formats with a mark of their own are certain. Text is judged by whether all of it that was given can be read as lines
//! of JSON or as a table: that is likely, and said to be.

mod table;
mod tar;

use limpide_words::Sha256;
use serde::de::IgnoredAny;

use crate::pointer;

/// How many bytes of a file are worth giving; fewer do where the file is shorter.
pub const PREFIX: usize = 1 << 20;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// What the file holds.
    pub content: Content,
    /// Whether that is likely only, because text has no mark.
    pub is_heuristic: bool,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// Nothing.
    Empty,
    /// A pointer of LFS instead of the content: what was to be uploaded may be missing.
    Pointer {
        /// The hash of the content.
        sha256: Sha256,
        /// The length of the content.
        size: u64,
    },
    /// Parquet.
    Parquet,
    /// Arrow, as a file.
    ArrowFile,
    /// Arrow, as a stream.
    ArrowStream,
    /// A JSON object or array on each line.
    JsonLines {
        /// The lines in what was given, not counting one that is cut off.
        rows: u64,
    },
    /// One JSON array.
    JsonArray,
    /// One JSON object.
    JsonObject,
    /// A table with a delimiter between its cells.
    Separated {
        /// The delimiter.
        delimiter: char,
        /// The names of the columns, when the first row seems to hold names.
        header: Option<Vec<String>>,
        /// The rows in what was given, without the header and without one that is cut off.
        rows: u64,
    },
    /// A tar archive.
    Tar {
        /// Whether its members come in samples, as those of WebDataset do: `7.jpg`, `7.txt`, `8.jpg`, ….
        is_webdataset: bool,
    },
    /// An archive, compressed file or container, by a name such as `zip`, `gzip`, `hdf5`.
    Container(&'static str),
    /// An image, by a name such as `png`.
    Image(&'static str),
    /// Sound, by a name such as `flac`.
    Audio(&'static str),
    /// Moving images, by a name such as `mp4`.
    Video(&'static str),
    /// Other text.
    Text,
    /// Other bytes.
    Binary,
}

impl DataFile {
    /// What a file of this length holds that begins with these bytes.
    ///
    /// ```
    /// # use limpide_formats::data_file::{Content, DataFile};
    /// let text = b"{\"text\": \"a\"}\n{\"text\": \"b\"}\n{\"te";
    /// assert_eq!(DataFile::recognise(text, 1_000_000).content, Content::JsonLines { rows: 2 });
    /// ```
    pub fn recognise(prefix: &[u8], file_length: u64) -> Self {
        let certain = |content| Self { content, is_heuristic: false };
        let likely = |content| Self { content, is_heuristic: true };
        if file_length == 0 {
            return certain(Content::Empty);
        }
        let is_whole = u64::try_from(prefix.len()).is_ok_and(|length| length >= file_length);
        if let Some((sha256, size)) = pointer::read(prefix).filter(|_| is_whole) {
            return certain(Content::Pointer { sha256, size });
        }
        if let Some(content) = by_mark(prefix) {
            return certain(content);
        }
        match text(prefix, is_whole) {
            Some(text) => likely(of_text(text, is_whole)),
            None => likely(Content::Binary),
        }
    }
}

/// A mark, where in the file it stands, and what it says.
type Mark = (usize, &'static [u8], Content);

/// The marks of formats, from their specifications.
const MARKS: [Mark; 31] = [
    (0, b"PAR1", Content::Parquet),
    (0, b"ARROW1\0\0", Content::ArrowFile),
    (0, b"PK\x03\x04", Content::Container("zip")),
    (0, b"PK\x05\x06", Content::Container("zip")),
    (0, b"\x1f\x8b\x08", Content::Container("gzip")),
    (0, b"\x28\xb5\x2f\xfd", Content::Container("zstd")),
    (0, b"BZh", Content::Container("bzip2")),
    (0, b"\xfd7zXZ\0", Content::Container("xz")),
    (0, b"7z\xbc\xaf\x27\x1c", Content::Container("7z")),
    (0, b"\x89HDF\r\n\x1a\n", Content::Container("hdf5")),
    (0, b"\x93NUMPY", Content::Container("npy")),
    (0, b"SQLite format 3\0", Content::Container("sqlite")),
    (0, b"%PDF-", Content::Container("pdf")),
    (0, b"Obj\x01", Content::Container("avro")),
    (0, b"\x89PNG\r\n\x1a\n", Content::Image("png")),
    (0, b"\xff\xd8\xff", Content::Image("jpeg")),
    (0, b"GIF87a", Content::Image("gif")),
    (0, b"GIF89a", Content::Image("gif")),
    (0, b"II*\0", Content::Image("tiff")),
    (0, b"MM\0*", Content::Image("tiff")),
    (8, b"WEBP", Content::Image("webp")),
    (4, b"ftypavif", Content::Image("avif")),
    (4, b"ftypheic", Content::Image("heic")),
    (4, b"ftypM4A ", Content::Audio("m4a")),
    (0, b"fLaC", Content::Audio("flac")),
    (0, b"OggS", Content::Audio("ogg")),
    (0, b"ID3", Content::Audio("mp3")),
    (8, b"WAVE", Content::Audio("wav")),
    (8, b"AVI ", Content::Video("avi")),
    (4, b"ftyp", Content::Video("mp4")),
    (0, b"\x1a\x45\xdf\xa3", Content::Video("matroska")),
];

fn by_mark(prefix: &[u8]) -> Option<Content> {
    let stands = |(at, mark, _): &&Mark| prefix.get(*at..).is_some_and(|rest| rest.starts_with(mark));
    // What RIFF holds is told at the eighth byte, which in other files may be anything.
    let is_riff = prefix.starts_with(b"RIFF");
    let found = MARKS.iter().filter(stands).find(|(at, ..)| *at != 8 || is_riff);
    found
        .map(|(_, _, content)| content.clone())
        .or_else(|| tar::recognise(prefix))
        .or_else(|| arrow_stream(prefix))
}

/// A stream begins with the mark of a message, its length, and a table whose first field is the version of the format
/// (<https://arrow.apache.org/docs/format/Columnar.html#encapsulated-message-format>).
fn arrow_stream(prefix: &[u8]) -> Option<Content> {
    let rest = prefix.strip_prefix(&[0xff; 4])?;
    let (length, rest) = rest.split_first_chunk()?;
    let length = u32::from_le_bytes(*length);
    let (table, _) = rest.split_first_chunk()?;
    let is_stream = length > 0 && length.is_multiple_of(8) && u32::from_le_bytes(*table) < length;
    is_stream.then_some(Content::ArrowStream)
}

/// The bytes as text, when they are. The last letter may be cut in two, unless the file ends there.
fn text(prefix: &[u8], is_whole: bool) -> Option<&str> {
    let text = match std::str::from_utf8(prefix) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() && !is_whole => {
            std::str::from_utf8(&prefix[..error.valid_up_to()]).ok()?
        }
        Err(_) => return None,
    };
    let is_odd = |sign: char| sign.is_control() && !matches!(sign, '\n' | '\r' | '\t' | '\u{c}' | '\u{1b}');
    (!text.contains(is_odd)).then(|| text.trim_start_matches('\u{feff}'))
}

fn of_text(text: &str, is_whole: bool) -> Content {
    match json_lines(text, is_whole) {
        Some(rows) if rows > 1 => return Content::JsonLines { rows },
        _ => {}
    }
    let start = text.trim_start();
    let is_json = match is_whole {
        true => serde_json::from_str::<IgnoredAny>(start).is_ok(),
        false => begins_like_json(start),
    };
    match start.chars().next() {
        Some('[') if is_json => Content::JsonArray,
        Some('{') if is_json => Content::JsonObject,
        _ => table::recognise(text, is_whole).unwrap_or(Content::Text),
    }
}

/// The lines, when each is an object or an array by itself.
fn json_lines(text: &str, is_whole: bool) -> Option<u64> {
    let mut rows = 0;
    for line in text.split_inclusive('\n') {
        let is_cut = !line.ends_with('\n') && !is_whole;
        let line = line.trim();
        if is_cut || line.is_empty() {
            continue;
        }
        if !line.starts_with(['{', '[']) || serde_json::from_str::<IgnoredAny>(line).is_err() {
            return None;
        }
        rows += 1;
    }
    Some(rows)
}

/// Whether a beginning of JSON is cut off and not wrong.
fn begins_like_json(text: &str) -> bool {
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(_) => true,
        Err(error) => error.is_eof(),
    }
}

#[cfg(test)]
mod tests;
