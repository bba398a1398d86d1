//! Data: which files of a repository hold rows, and how many.

use limpide_formats::data_file::{Content as Form, DataFile as Recognised};
use limpide_formats::parquet::{self, Footer};
use limpide_words::Kind;

use super::read::Reader;
use super::role::{self, Role};
use crate::report::Locator;
use crate::source::{Content, File};

/// The first bytes of a file of data that are looked at.
pub(crate) const FIRST: u64 = 64 << 10;

/// A list or object of fewer bytes is empty.
const SHORTEST: u64 = 8;

/// Files of data that are looked into; of the others only the length counts.
const MOST_LOOKED: usize = 400;

/// A file that may hold data.
pub(crate) struct DataFile {
    pub(crate) path: String,
    pub(crate) size: u64,
    /// Where what was looked at is.
    pub(crate) locator: Locator,
    /// Whether it holds data.
    pub(crate) holds: Holds,
}

/// Whether a file holds data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    /// So many rows.
    Rows(u64),
    /// Some, uncounted.
    Some,
    /// None: says why.
    Nothing(&'static str),
    /// That could not be looked at.
    Unknown,
}

impl DataFile {
    /// Whether there surely is data in it.
    pub(crate) fn is_filled(&self) -> bool {
        matches!(self.holds, Holds::Rows(1..) | Holds::Some)
    }
}

/// Looks into the files of data among these. In a dataset, texts, images and the like are data too.
pub(crate) fn read(reader: &Reader<'_>, files: &[File], kind: Kind) -> Vec<DataFile> {
    let is_data = |file: &&File| match role::of(&file.path) {
        Role::Data => true,
        Role::Weights | Role::Other => kind == Kind::Dataset && is_content(&file.path),
        Role::Document => kind == Kind::Dataset && file.path.ends_with(".txt") && file.path.contains('/'),
        _ => false,
    };
    let data = files.iter().filter(is_data).enumerate();
    data.map(|(number, file)| look(reader, file, number < MOST_LOOKED)).collect()
}

/// Files that hold data in a dataset and something else elsewhere.
fn is_content(path: &str) -> bool {
    let name = role::name(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    let media = [
        "png", "jpg", "jpeg", "webp", "gif", "tiff", "wav", "mp3", "flac", "ogg", "opus", "mp4", "webm",
        "mkv", "avi", "h5", "npz", "npy", "bin",
    ];
    media.contains(&extension)
        || (extension == "json" && !name.starts_with("dataset_info") && !name.contains("croissant"))
}

fn look(reader: &Reader<'_>, file: &File, inside: bool) -> DataFile {
    let unknown =
        |locator| DataFile { path: file.path.clone(), size: file.size, locator, holds: Holds::Unknown };
    if file.content != Content::Here {
        return unknown(reader.place(file));
    }
    if file.size == 0 {
        return DataFile { holds: Holds::Nothing("it is empty"), ..unknown(reader.place(file)) };
    }
    if !inside {
        return unknown(reader.place(file));
    }
    let Some(head) = reader.bytes(file, 0..FIRST) else { return unknown(reader.place(file)) };
    let recognised = Recognised::recognise(&head.bytes, file.size);
    let locator = reader.locate(file, &head);
    let is_whole = head.bytes.len() as u64 == file.size;
    let holds = match recognised.content {
        Form::Parquet => return parquet_rows(reader, file).unwrap_or_else(|| unknown(locator)),
        Form::Empty => Holds::Nothing("it is empty"),
        Form::Pointer { .. } => Holds::Unknown,
        _ if file.path.to_ascii_lowercase().ends_with(".parquet") => {
            Holds::Nothing("it is named as Parquet, and is none")
        }
        // The rows of the first bytes are all only when those are the whole file.
        Form::JsonLines { rows } | Form::Separated { rows, .. } if is_whole => match rows {
            0 => Holds::Nothing("it has no row"),
            rows => Holds::Rows(rows),
        },
        Form::JsonArray | Form::JsonObject if file.size < SHORTEST => Holds::Nothing("its list is empty"),
        _ => Holds::Some,
    };
    DataFile { holds, ..unknown(locator) }
}

fn parquet_rows(reader: &Reader<'_>, file: &File) -> Option<DataFile> {
    let tail = reader.bytes(file, file.size.saturating_sub(FIRST)..file.size)?;
    let last: [u8; parquet::TAIL] =
        tail.bytes.get(tail.bytes.len().checked_sub(parquet::TAIL)?..)?.try_into().ok()?;
    let length = parquet::footer_length(last, file.size).ok()?;
    let start = file.size - parquet::TAIL as u64 - length;
    let footer = reader.bytes(file, start..start + length)?;
    let holds = match Footer::read(&footer.bytes, file.size) {
        Ok(Footer { rows: 0, .. }) => Holds::Nothing("it has no row"),
        // A footer can promise rows that the file does not have.
        Ok(footer) if !footer.flaws.is_empty() => Holds::Nothing("its footer does not add up"),
        Ok(footer) => Holds::Rows(footer.rows),
        Err(_) => Holds::Nothing("its footer cannot be read"),
    };
    let locator = reader.locate(file, &footer);
    Some(DataFile { path: file.path.clone(), size: file.size, locator, holds })
}
