//! 7z archives: their members, unpacked one after the other into bounded memory.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Password};

use crate::claims::Claims;
use crate::reading::ReadAt;
use crate::unpack::{Allowance, Ending};

/// The most bytes of a member that are kept.
const MOST_KEPT: u64 = 16 << 20;
/// The most memory for the header and for a dictionary.
const MOST_MEMORY_KB: usize = 64 << 10;
/// The most members that are looked at.
const MOST_MEMBERS: usize = 100_000;

/// Where the header at the beginning ends.
const START: u64 = 32;

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path.
    pub name: String,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Whether it is a symbolic link, as Unix has them.
    pub is_link: bool,
    /// Its bytes, as far as they are kept.
    pub bytes: Vec<u8>,
    /// Whether these are all.
    pub ending: Ending,
}

/// What came of reading an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outline {
    /// Where the archive ends; what comes after that is something else.
    pub end: u64,
    /// Bytes before the end that belong to no member and no header.
    pub unclaimed: Vec<Range<u64>>,
    /// Parts of the archive that could not be unpacked: encrypted, broken, or packed in a way that is not read.
    pub broken: u64,
    /// Whether there are more members than were looked at.
    pub is_cut: bool,
}

/// Why an archive cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("not a 7z archive that can be read: {0}")]
pub struct Problem(String);

/// Unpacks an archive and shows each member.
///
/// # Errors
/// When its header cannot be read.
pub fn read(
    file: &dyn ReadAt,
    allowance: &Allowance,
    show: &mut dyn FnMut(&Member),
) -> Result<Outline, Problem> {
    let mut source = Source { file, at: 0 };
    let password = Password::empty();
    let archive = Archive::read_with_memory_limit(&mut source, &password, MOST_MEMORY_KB)
        .map_err(|error| Problem(error.to_string()))?;
    let mut outline = outline(file, &archive).map_err(|error| Problem(error.to_string()))?;
    let mut count = 0;
    let mut each = |entry: &ArchiveEntry, reader: &mut dyn Read| {
        count += 1;
        if count > MOST_MEMBERS {
            return Ok(false);
        }
        let member = member(entry, reader, allowance);
        show(&member);
        Ok(member.ending != Ending::Broken && allowance.is_left())
    };
    for block in 0..archive.blocks.len() {
        let decoder =
            BlockDecoder::new_with_memory_limit(1, MOST_MEMORY_KB, block, &archive, &password, &mut source);
        if decoder.for_each_entries(&mut each).is_err() {
            outline.broken += 1;
        }
    }
    for (index, entry) in archive.files.iter().enumerate() {
        if archive.stream_map.file_block_index.get(index).is_none_or(Option::is_none) {
            each(entry, &mut io::empty()).ok();
        }
    }
    outline.is_cut = count > MOST_MEMBERS;
    Ok(outline)
}

/// Where the archive ends, by the header at its beginning, and what is claimed by what is packed.
fn outline(file: &dyn ReadAt, archive: &Archive) -> io::Result<Outline> {
    let start = file.bytes_at(12, 16)?;
    let number = |at: usize| {
        start.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
    };
    let header = START.saturating_add(number(0));
    let mut claims = Claims::new();
    claims.claim(0..START);
    claims.claim(header..header.saturating_add(number(8)));
    let mut begin = START.saturating_add(archive.pack_pos());
    for size in archive.pack_sizes() {
        claims.claim(begin..begin.saturating_add(*size));
        begin = begin.saturating_add(*size);
    }
    // A header that is packed itself lies with the members.
    if let Some((begin, size)) = packed_header(&file.bytes_at(header, 32)?) {
        let begin = START.saturating_add(begin);
        claims.claim(begin..begin.saturating_add(size));
    }
    let end = header.saturating_add(number(8)).min(file.size());
    Ok(Outline { end, unclaimed: claims.unclaimed(end), ..Outline::default() })
}

/// Where the packed header lies, and how long it is, as the first records of the header at the end say.
fn packed_header(header: &[u8]) -> Option<(u64, u64)> {
    let rest = header.strip_prefix(&[0x17, 0x06])?;
    let (begin, rest) = long_number(rest)?;
    let (_, rest) = long_number(rest)?;
    let (size, _) = long_number(rest.strip_prefix(&[0x09])?)?;
    Some((begin, size))
}

/// A number whose first bits say how many bytes it has.
fn long_number(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let (first, rest) = bytes.split_first()?;
    let count = first.leading_ones() as usize;
    let (low, rest) = rest.split_at_checked(count)?;
    let high = u64::from(first & (0x7f_u8.checked_shr(count as u32).unwrap_or(0)));
    let low = low.iter().rev().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let high = if count < 8 { high << (8 * count) } else { 0 };
    Some((high | low, rest))
}

fn member(entry: &ArchiveEntry, reader: &mut dyn Read, allowance: &Allowance) -> Member {
    let (bytes, ending) = allowance.bytes_of(reader, MOST_KEPT);
    Member {
        name: entry.name().to_owned(),
        is_folder: entry.is_directory(),
        // What Unix made carries the kind of the file in the upper half.
        is_link: entry.windows_attributes() >> 28 == 0o12,
        bytes,
        ending,
    }
}

/// The archive, as a file that is read from a place on.
struct Source<'a> {
    file: &'a dyn ReadAt,
    at: u64,
}

impl Read for Source<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(self.at, into)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Source<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.size().checked_add_signed(by),
        };
        self.at = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}
