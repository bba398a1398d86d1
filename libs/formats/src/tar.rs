//! Tar archives: ustar, and what GNU and PAX added to it. Members are passed over, not read.
//!
//! The formats: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html>, and
//! <https://www.gnu.org/software/tar/manual/html_node/Standard.html>.

mod sparse;

use std::collections::HashSet;
use std::io;
use std::ops::Range;

use crate::claims::Oddity;
use crate::reading::{ReadAt, Stream};
use sparse::Map;
pub use sparse::{Filled, Holes};

/// Headers and members begin at multiples of it.
pub const BLOCK: u64 = 512;

/// The most members that are listed.
pub const MOST_MEMBERS: usize = 100_000;

/// The longest name or set of PAX records that is read.
const LONGEST_RECORDS: u64 = 1 << 20;

/// An archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tar {
    /// The members, in the order of the file.
    pub members: Vec<Member>,
    /// What the format forbids, or readers see differently.
    pub oddities: Vec<Oddity>,
    /// Where the archive ends: after the last member, before the empty blocks.
    pub end: u64,
    /// Bytes that are not zero where padding should be: after the end, or after members.
    pub unclaimed: Vec<Range<u64>>,
    /// Whether there are more members than are listed.
    pub is_cut: bool,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its path; signs that are none are replaced.
    pub name: String,
    /// The name that readers take who know nothing of holes, where that is another.
    pub other_name: Option<String>,
    /// What it is.
    pub kind: Kind,
    /// Where its pieces belong, when it has holes and that can be told.
    pub holes: Option<Holes>,
    /// Where a link leads.
    pub target: String,
    /// Where its header lies.
    pub header_at: u64,
    /// Where its bytes lie.
    pub data: Range<u64>,
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
    /// Another name for a member before it.
    HardLink,
    /// A symbolic link.
    SymbolicLink,
    /// A device or a pipe.
    Device,
    /// A file with holes, of which only the rest is there.
    Sparse,
    /// Something that only some readers know.
    Other,
}

/// What a header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) name: Vec<u8>,
    pub(crate) size: u64,
    flag: u8,
    target: Vec<u8>,
}

/// What came before a header and holds for it.
#[derive(Debug, Default, Clone)]
struct Before {
    name: Option<Vec<u8>>,
    target: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: Option<Map>,
}

/// Whether these are the beginning of an archive: a header with the right checksum.
pub fn is_tar(prefix: &[u8]) -> bool {
    header(prefix).is_some_and(|header| !header.name.is_empty())
}

impl Tar {
    /// The archive in these bytes; none where they do not begin with a header.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn read(file: &dyn ReadAt) -> io::Result<Option<Self>> {
        if !is_tar(&file.bytes_at(0, BLOCK as usize)?) {
            return Ok(None);
        }
        let mut reading =
            Reading { file, tar: Self::default(), before: Before::default(), always: Before::default() };
        while let Some(header) = reading.header()? {
            if reading.tar.members.len() >= MOST_MEMBERS {
                reading.tar.is_cut = true;
                break;
            }
            reading.member(header)?;
        }
        reading.after_the_end()?;
        reading.names();
        Ok(Some(reading.tar))
    }
}

/// An archive that is being read, as far as its `end`.
struct Reading<'a> {
    file: &'a dyn ReadAt,
    tar: Tar,
    before: Before,
    always: Before,
}

impl Reading<'_> {
    fn header(&self) -> io::Result<Option<Header>> {
        Ok(header(&self.file.bytes_at(self.tar.end, BLOCK as usize)?))
    }

    fn member(&mut self, header: Header) -> io::Result<()> {
        let header_at = self.tar.end;
        let is_about_another = matches!(header.flag, b'x' | b'g' | b'L' | b'K' | b'X');
        let told = if is_about_another { header.size } else { self.size(&header) };
        let mut begin = header_at + BLOCK;
        if header.flag == b'S' {
            let (map, end) = Map::of_header(self.file, header_at)?;
            (self.before.sparse, begin) = (Some(map), end);
        }
        let end = begin.saturating_add(told);
        if end > self.file.size() {
            self.odd(header_at, "tar-member-ends-after-the-file");
        }
        let data = begin.min(self.file.size())..end.min(self.file.size());
        self.tar.end = end.checked_next_multiple_of(BLOCK).unwrap_or(u64::MAX).min(self.file.size());
        self.padding(data.end..self.tar.end)?;
        match header.flag {
            b'x' | b'X' => self.before = self.records(data, self.before.clone())?,
            b'g' => self.always = self.records(data, self.always.clone())?,
            b'L' => self.before.name = Some(self.long_text(data)?),
            b'K' => self.before.target = Some(self.long_text(data)?),
            _ => self.list(header, header_at, data)?,
        }
        Ok(())
    }

    /// The size of a member's bytes. Links have none, whatever stands there; some readers believe it all the same.
    fn size(&mut self, header: &Header) -> u64 {
        let told = self.before.size.or(self.always.size).unwrap_or(header.size);
        if told != header.size {
            self.odd(self.tar.end, "tar-sizes-differ");
        }
        match header.flag {
            b'1' | b'2' | b'3' | b'4' | b'5' | b'6' if told > 0 => {
                self.odd(self.tar.end, "tar-link-with-bytes");
                0
            }
            _ => told,
        }
    }

    fn list(&mut self, header: Header, header_at: u64, data: Range<u64>) -> io::Result<()> {
        let before = std::mem::take(&mut self.before);
        let text = |own: Vec<u8>, before: Option<Vec<u8>>, always: &Option<Vec<u8>>| {
            String::from_utf8_lossy(&before.or_else(|| always.clone()).unwrap_or(own)).into_owned()
        };
        let name = text(header.name, before.name, &self.always.name);
        let kind = match header.flag {
            b'1' => Kind::HardLink,
            b'2' => Kind::SymbolicLink,
            b'3' | b'4' | b'6' => Kind::Device,
            _ if before.sparse.is_some() => Kind::Sparse,
            b'5' => Kind::Folder,
            b'0' | 0 | b'7' if name.ends_with('/') && data.is_empty() => Kind::Folder,
            b'0' | 0 | b'7' => Kind::File,
            _ => Kind::Other,
        };
        let target = text(header.target, before.target, &self.always.target);
        let mut member =
            Member { name, other_name: None, kind, holes: None, target, header_at, data: data.clone() };
        if let Some(mut map) = before.sparse {
            if let Some(own) = map.name.take() {
                let own = String::from_utf8_lossy(&own).into_owned();
                member.other_name = Some(std::mem::replace(&mut member.name, own));
            }
            member.holes = map.holes(self.file, data)?;
        }
        self.tar.members.push(member);
        Ok(())
    }

    fn long_text(&mut self, data: Range<u64>) -> io::Result<Vec<u8>> {
        let mut text = self.bounded(data)?;
        text.truncate(text.iter().position(|byte| *byte == 0).unwrap_or(text.len()));
        Ok(text)
    }

    /// The records of PAX that concern where and how long a member is.
    fn records(&mut self, data: Range<u64>, mut known: Before) -> io::Result<Before> {
        let at = data.start;
        let bytes = self.bounded(data)?;
        let mut rest = &bytes[..];
        while let Some((key, value, after)) = record(rest) {
            match key {
                b"path" => known.name = Some(value.to_vec()),
                b"linkpath" => known.target = Some(value.to_vec()),
                b"size" => known.size = std::str::from_utf8(value).ok().and_then(|size| size.parse().ok()),
                _ => {
                    if let Some(key) = key.strip_prefix(b"GNU.sparse.") {
                        known.sparse.get_or_insert_default().record(key, value);
                    }
                }
            }
            rest = after;
        }
        if rest.iter().any(|byte| *byte != 0) {
            self.odd(at, "tar-records");
        }
        Ok(known)
    }

    fn bounded(&mut self, data: Range<u64>) -> io::Result<Vec<u8>> {
        if data.end - data.start > LONGEST_RECORDS {
            self.odd(data.start, "tar-records-too-long");
        }
        self.file.bytes_at(data.start, (data.end - data.start).min(LONGEST_RECORDS) as usize)
    }

    fn padding(&mut self, range: Range<u64>) -> io::Result<()> {
        let bytes = self.file.bytes_at(range.start, (range.end - range.start).min(BLOCK) as usize)?;
        if bytes.iter().any(|byte| *byte != 0) {
            self.tar.unclaimed.push(range);
        }
        Ok(())
    }

    /// Two empty blocks are the end, and more of them fill up the file. Some readers go on behind them.
    fn after_the_end(&mut self) -> io::Result<()> {
        let first = not_zero(self.file, self.tar.end)?;
        let Some(first) = first.filter(|_| !self.tar.is_cut) else { return Ok(()) };
        let at = first - first % BLOCK;
        self.odd(at, if at == self.tar.end { "tar-broken-header" } else { "tar-after-the-end" });
        self.tar.unclaimed.push(at..self.file.size());
        Ok(())
    }

    /// Of two members with the same name, one reader takes the first and another the last.
    fn names(&mut self) {
        let mut seen = HashSet::new();
        let files = self.tar.members.iter().filter(|member| member.kind != Kind::Folder);
        let twice: Vec<u64> =
            files.filter(|member| !seen.insert(&member.name)).map(|member| member.header_at).collect();
        for at in twice {
            self.odd(at, "tar-name-twice");
        }
    }

    fn odd(&mut self, at: u64, kind: &'static str) {
        if self.tar.oddities.len() < MOST_MEMBERS {
            self.tar.oddities.push(Oddity { at, kind });
        }
    }
}

/// The first byte from a place on that is not zero.
///
/// # Errors
/// When the bytes cannot be read.
pub fn not_zero(file: &dyn ReadAt, at: u64) -> io::Result<Option<u64>> {
    let mut stream = Stream::new(file, at);
    loop {
        let begin = stream.position();
        let window = stream.window()?;
        if window.is_empty() {
            return Ok(None);
        }
        if let Some(offset) = window.iter().position(|byte| *byte != 0) {
            return Ok(Some(begin + offset as u64));
        }
        let length = window.len();
        stream.take(length);
    }
}

/// The header that these bytes begin with.
pub(crate) fn header(bytes: &[u8]) -> Option<Header> {
    let block = bytes.get(..BLOCK as usize)?;
    if !is_checksum_right(block) {
        return None;
    }
    let size = number(&block[124..136])?;
    let mut name = text(&block[..100]);
    // Where ustar has the beginning of long paths, GNU has times.
    if &block[257..263] == b"ustar\0" && block[345] != 0 {
        name = [text(&block[345..500]), b"/".to_vec(), name].concat();
    }
    Some(Header { name, size, flag: block[156], target: text(&block[157..257]) })
}

/// The sum of the bytes, those of the checksum itself taken as spaces; some writers added them up as signed numbers.
fn is_checksum_right(block: &[u8]) -> bool {
    let Some(told) = number(&block[148..156]) else { return false };
    let others = || block[..148].iter().chain(&block[156..]);
    let unsigned = others().map(|byte| u64::from(*byte)).sum::<u64>() + 8 * 32;
    let signed = others().map(|byte| i64::from(byte.cast_signed())).sum::<i64>() + 8 * 32;
    told == unsigned || i64::try_from(told) == Ok(signed)
}

/// A number in octal digits, or in bytes where the first bit is set.
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first().filter(|(first, _)| **first & 0x80 != 0) {
        let (high, low) = rest.split_at_checked(rest.len().checked_sub(8)?)?;
        let is_small = *first == 0x80 && high.iter().all(|byte| *byte == 0);
        return is_small.then_some(low.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)));
    }
    let digits = std::str::from_utf8(field).ok()?.trim_matches(['\0', ' ']);
    match digits.split(['\0', ' ']).next() {
        None | Some("") => Some(0),
        Some(digits) => u64::from_str_radix(digits, 8).ok(),
    }
}

fn text(field: &[u8]) -> Vec<u8> {
    field.split(|byte| *byte == 0).next().unwrap_or_default().to_vec()
}

/// A record of PAX, `LENGTH KEY=VALUE\n`, and what comes after it.
fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().take(20).position(|byte| *byte == b' ')?;
    let length: usize = std::str::from_utf8(&bytes[..space]).ok()?.parse().ok()?;
    let (record, rest) = bytes.split_at_checked(length)?;
    let content = record.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = content.iter().position(|byte| *byte == b'=')?;
    Some((&content[..equals], &content[equals + 1..], rest))
}
