//! Zip archives as all of their readers see them together.
//!
//! An archive tells of its members twice: in a directory at the end, and in a header before each member. Readers believe
//! the one or the other, look for the end of the directory in different ways, and pass over what they do not expect. So
//! everything that any of them could find is found here, and where the two tellings differ, that is noted. Members are not
//! read: an archive costs its directory and its headers.
//!
//! The format: <https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT>.

mod directory;
mod hidden;
mod local;

use std::collections::{HashMap, HashSet};
use std::io;
use std::ops::Range;

use crate::claims::{Claims, Oddity};
use crate::reading::ReadAt;

/// The most members that are listed.
pub const MOST_MEMBERS: usize = 100_000;

/// The most oddities that are kept.
const MOST_ODDITIES: usize = 10_000;

/// An archive.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Zip {
    /// All members that any reader could find: those of the directories first, then those that only a header tells of.
    pub members: Vec<Member>,
    /// What readers see differently, or the format forbids.
    pub oddities: Vec<Oddity>,
    /// Bytes that are neither member, header nor directory: before, between and after them, and the comment.
    pub unclaimed: Vec<Range<u64>>,
    /// Whether there are more members than are listed.
    pub is_cut: bool,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name; signs that are none are replaced.
    pub name: String,
    /// The name in the header before it, where that is another.
    pub other_name: Option<String>,
    /// How it is compressed: 0 for not at all.
    pub method: u16,
    /// Whether it is said to be encrypted. Some readers unpack it all the same.
    pub is_encrypted: bool,
    /// Where its header lies.
    pub header_at: u64,
    /// Where its bytes lie, compressed.
    pub data: Range<u64>,
    /// How many bytes it has, as the directory says.
    pub size: u64,
    /// Whether it is a symbolic link, as Unix has them.
    pub is_link: bool,
}

impl Member {
    /// Whether it is a folder, by its name.
    pub fn is_folder(&self) -> bool {
        self.name.ends_with('/') && self.data.is_empty()
    }
}

impl Zip {
    /// The archive in these bytes; none where neither the end of a directory nor a header at the beginning is found.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn read(file: &dyn ReadAt) -> io::Result<Option<Self>> {
        let begins = file.bytes_at(0, 4)? == local::SIGNATURE;
        let ends = directory::ends(file)?;
        if ends.is_empty() && !begins {
            return Ok(None);
        }
        let mut reading = Reading::new(file);
        for (number, end) in ends.iter().rev().enumerate() {
            reading.directory(end, number == 0)?;
        }
        if reading.zip.members.is_empty() && !begins && !ends.iter().any(directory::End::is_of_nothing) {
            return Ok(None);
        }
        reading.hidden()?;
        Ok(Some(reading.finish()))
    }

    /// Where the record lies that makes these bytes an archive by their end, whatever they begin with.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    pub fn at_the_end(file: &dyn ReadAt) -> io::Result<Option<u64>> {
        for end in directory::ends(file)?.iter().rev() {
            if !directory::begins(file, end)?.is_empty() {
                return Ok(Some(end.at));
            }
        }
        Ok(None)
    }
}

/// An archive that is being read.
struct Reading<'a> {
    file: &'a dyn ReadAt,
    zip: Zip,
    claims: Claims,
    /// The headers whose members are claimed.
    headers: HashSet<u64>,
    /// Where the members lie that are listed, how they are compressed and named, to list none twice.
    listed: HashSet<(Range<u64>, u16, String)>,
}

impl<'a> Reading<'a> {
    fn new(file: &'a dyn ReadAt) -> Self {
        Self {
            file,
            zip: Zip::default(),
            claims: Claims::new(),
            headers: HashSet::new(),
            listed: HashSet::new(),
        }
    }

    /// Lists the members of the directory before an end.
    fn directory(&mut self, end: &directory::End, is_last: bool) -> io::Result<()> {
        // What lies within a member is an archive within an archive, and comes up when that member is looked at.
        if self.claims.holds(end.at) {
            return Ok(());
        }
        let begins = directory::begins(self.file, end)?;
        if begins.is_empty() && !end.is_of_nothing() {
            if is_last {
                self.odd(end.at, "zip-end-without-directory");
            }
            return Ok(());
        }
        if !is_last {
            self.odd(end.at, "zip-second-end");
        }
        self.claims.claim(end.at..end.at + directory::END);
        for range in &end.records {
            self.claims.claim(range.clone());
        }
        if end.is_split {
            self.odd(end.at, "zip-split");
        }
        if begins.len() > 1 {
            self.odd(end.at, "zip-two-directories");
        }
        for begin in begins {
            if begin.base > 0 {
                self.odd(begin.at, "zip-begins-later");
            }
            self.entries(end, &begin)?;
        }
        Ok(())
    }

    fn entries(&mut self, end: &directory::End, begin: &directory::Begin) -> io::Result<()> {
        let mut entries = directory::Entries::new(self.file, begin, end);
        let (mut found, mut count) = (Vec::new(), 0);
        while let Some(entry) = entries.next()? {
            count += 1;
            if self.zip.members.len() + found.len() >= MOST_MEMBERS {
                self.zip.is_cut = true;
                break;
            }
            found.push(entry);
        }
        let headers = self.headers(&found, begin.base)?;
        for (entry, header) in found.iter().zip(headers) {
            self.member(entry, header)?;
        }
        let stop = entries.position();
        if !self.zip.is_cut && count != end.entries {
            self.odd(begin.at, "zip-count-differs");
        }
        if !self.zip.is_cut && stop != begin.at.saturating_add(end.size) {
            self.odd(begin.at, "zip-directory-length-differs");
        }
        self.claims.claim(begin.at..stop);
        Ok(())
    }

    /// The headers that entries speak of, read in the order of the file: where that is unpacked, going back is dear.
    fn headers(&self, entries: &[directory::Entry], base: u64) -> io::Result<Vec<Option<local::Header>>> {
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by_key(|index| entries[*index].header_at);
        let mut headers = vec![None; entries.len()];
        for index in order {
            let at = base.checked_add(entries[index].header_at);
            if let Some(at) = at.filter(|at| *at < self.file.size()) {
                headers[index] = local::Header::read(self.file, at)?;
            }
        }
        Ok(headers)
    }

    fn member(&mut self, entry: &directory::Entry, header: Option<local::Header>) -> io::Result<()> {
        for kind in &entry.odd {
            self.odd(entry.at, kind);
        }
        let Some(header) = header else {
            self.odd(entry.at, "zip-header-missing");
            return Ok(());
        };
        let header_at = header.at;
        for kind in header.differs(entry) {
            self.odd(header_at, kind);
        }
        let end = self.ends_at(header.data_at, entry.packed);
        self.list(entry.member(&header, header.data_at..end));
        if self.headers.insert(header_at) {
            self.claims.claim(header_at..header.data_at);
            self.claims.claim(header.data_at..end);
            let after = header.descriptor(self.file, end, entry)?;
            self.claims.claim(end..end + after);
        }
        self.as_streamed(entry, &header, end);
        Ok(())
    }

    /// A reader that goes from the beginning to the end believes the header and not the directory.
    fn as_streamed(&mut self, entry: &directory::Entry, header: &local::Header, directory_end: u64) {
        let is_told = !header.has_descriptor() || header.packed > 0;
        let end = self.ends_at(header.data_at, header.packed);
        let is_same = end == directory_end && header.method == entry.method;
        if is_told && !is_same {
            let member = entry.member(header, header.data_at..end);
            self.list(Member { name: header.name(), method: header.method, size: header.size, ..member });
        }
    }

    fn ends_at(&mut self, begin: u64, length: u64) -> u64 {
        let end = begin.saturating_add(length);
        if end > self.file.size() {
            self.odd(begin, "zip-member-ends-after-the-file");
        }
        end.min(self.file.size())
    }

    fn list(&mut self, member: Member) {
        // The same bytes under the same name are the same member, however many directories tell of it.
        let key = (member.data.clone(), member.method, member.name.clone());
        if self.zip.members.len() >= MOST_MEMBERS {
            self.zip.is_cut = true;
        } else if self.listed.insert(key) {
            self.zip.members.push(member);
        } else {
            self.odd(member.header_at, "zip-listed-twice");
        }
    }

    fn odd(&mut self, at: u64, kind: &'static str) {
        if self.zip.oddities.len() < MOST_ODDITIES {
            self.zip.oddities.push(Oddity { at, kind });
        }
    }

    fn finish(mut self) -> Zip {
        self.names();
        if let Some(at) = self.claims.overlap() {
            self.odd(at, "zip-overlap");
        }
        self.zip.unclaimed = self.claims.unclaimed(self.file.size());
        self.zip.oddities.sort_unstable();
        self.zip.oddities.dedup();
        self.zip
    }

    /// Of two members with the same name, one reader takes the first and another the last; some do not tell capitals
    /// from small letters.
    fn names(&mut self) {
        let mut seen: HashMap<String, (u64, &str)> = HashMap::new();
        let mut odd = Vec::new();
        for member in &self.zip.members {
            match seen.get(&member.name.to_ascii_lowercase()) {
                Some((header_at, _)) if *header_at == member.header_at => {}
                Some((_, name)) if *name == member.name => odd.push((member.header_at, "zip-name-twice")),
                Some(_) => odd.push((member.header_at, "zip-names-differ-in-case")),
                None => {
                    seen.insert(member.name.to_ascii_lowercase(), (member.header_at, &member.name));
                }
            }
        }
        for (at, kind) in odd {
            self.odd(at, kind);
        }
    }
}

/// A number of two bytes at a place, 0 where there is none.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_le_bytes)
}

/// A number of four bytes at a place, 0 where there is none.
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes)
}

/// A number of eight bytes at a place, 0 where there is none.
fn u64_at(bytes: &[u8], at: usize) -> u64 {
    bytes.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes)
}
