//! Walks through the beginning of a file, and says how much more of it is needed.

use super::{LONGEST_HEADER, Problem};

/// Why reading stops.
pub(super) enum Stop {
    /// So many bytes of the file are needed.
    Needs(u64),
    Problem(Problem),
}

/// A place in the beginning of a file.
pub(super) struct Cursor<'a> {
    prefix: &'a [u8],
    file_length: u64,
    at: u64,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(prefix: &'a [u8], file_length: u64) -> Self {
        let given = usize::try_from(file_length).unwrap_or(usize::MAX).min(prefix.len());
        Self { prefix: &prefix[..given], file_length, at: 0 }
    }

    pub(super) fn position(&self) -> u64 {
        self.at
    }

    pub(super) fn skip(&mut self, length: u64) -> Result<(), Stop> {
        self.take(length).map(drop)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Stop> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Stop> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A number of things, no more than so many.
    pub(super) fn count(&mut self, what: &'static str, most: u64) -> Result<u64, Stop> {
        let offset = self.at;
        match self.u64()? {
            found if found <= most => Ok(found),
            found => Err(Stop::Problem(Problem::TooMuch { what, offset, found, most })),
        }
    }

    /// A text after its length.
    pub(super) fn text(&mut self, what: &'static str, longest: u64) -> Result<&'a str, Stop> {
        let length = self.count(what, longest)?;
        self.utf8(length)
    }

    pub(super) fn utf8(&mut self, length: u64) -> Result<&'a str, Stop> {
        let offset = self.at;
        let bytes = self.take(length)?;
        let what = "a text that is not UTF-8";
        std::str::from_utf8(bytes).map_err(|_| Stop::Problem(Problem::Malformed { what, offset }))
    }

    /// Whether the file can hold so many things of at least so many bytes, before one of them is looked at.
    pub(super) fn room_for(&self, count: u64, least: u64) -> Result<(), Stop> {
        self.end(count.saturating_mul(least)).map(drop)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Stop> {
        let end = self.end(length)?;
        let range = usize::try_from(self.at).ok().zip(usize::try_from(end).ok());
        match range.and_then(|(begin, end)| self.prefix.get(begin..end)) {
            Some(bytes) => {
                self.at = end;
                Ok(bytes)
            }
            None => Err(Stop::Needs(self.needed(end))),
        }
    }

    /// Where something of this length ends, when a file can hold it in its header.
    fn end(&self, length: u64) -> Result<u64, Stop> {
        let end = self.at.saturating_add(length);
        if end > self.file_length {
            return Err(Stop::Problem(Problem::Truncated { offset: self.at }));
        }
        if end > LONGEST_HEADER {
            let what = "the end of the header";
            return Err(Stop::Problem(Problem::TooMuch {
                what,
                offset: self.at,
                found: end,
                most: LONGEST_HEADER,
            }));
        }
        Ok(end)
    }

    /// At least up to there, and at least twice of what was given, so that a long header is read in a few steps.
    fn needed(&self, end: u64) -> u64 {
        let doubled = u64::try_from(self.prefix.len()).unwrap_or(u64::MAX).saturating_mul(2);
        end.max(doubled).min(self.file_length).min(LONGEST_HEADER)
    }
}
