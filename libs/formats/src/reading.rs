//! Bytes that can be read at any place, wherever they lie: a slice, a file, an object behind a network. Readers ask for
//! what they need, so that a file of gigabytes costs its structure and not its length.

use std::io;

use bytes::Bytes;

/// Bytes that can be read at any place.
pub trait ReadAt {
    /// How many there are.
    fn size(&self) -> u64;

    /// Reads from a place on, as much as fits and is there; gives how many bytes that were, 0 at the end only.
    ///
    /// # Errors
    /// When they cannot be read.
    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize>;

    /// The bytes from a place on, at most so many, fewer where they end before. Whoever calls bounds `most`.
    ///
    /// # Errors
    /// When they cannot be read.
    fn bytes_at(&self, at: u64, most: usize) -> io::Result<Vec<u8>> {
        let there = usize::try_from(self.size().saturating_sub(at)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; most.min(there)];
        let mut read = 0;
        while read < bytes.len() {
            match self.read_at(at + read as u64, &mut bytes[read..])? {
                0 => break,
                more => read += more,
            }
        }
        bytes.truncate(read);
        Ok(bytes)
    }
}

impl ReadAt for [u8] {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(at).ok().and_then(|at| self.get(at..)).unwrap_or_default();
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        Ok(length)
    }
}

impl ReadAt for Bytes {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.as_ref().read_at(at, into)
    }
}

impl ReadAt for Vec<u8> {
    fn size(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(at, into)
    }
}

/// A part of other bytes, as if there were no more.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    whole: &'a dyn ReadAt,
    begin: u64,
    size: u64,
}

impl<'a> Part<'a> {
    /// So many bytes from a place on; fewer where the whole ends before.
    pub fn new(whole: &'a dyn ReadAt, begin: u64, size: u64) -> Self {
        let begin = begin.min(whole.size());
        Self { whole, begin, size: size.min(whole.size() - begin) }
    }
}

impl ReadAt for Part<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        let there = usize::try_from(self.size.saturating_sub(at)).unwrap_or(usize::MAX);
        let length = into.len().min(there);
        if length == 0 {
            return Ok(0);
        }
        self.whole.read_at(self.begin + at, &mut into[..length])
    }
}

/// How many bytes a [`Stream`] asks for at once.
const WINDOW: usize = 64 << 10;

/// Bytes one after the other, through a window: what is passed over is never read.
pub struct Stream<'a> {
    from: &'a dyn ReadAt,
    window: Vec<u8>,
    /// Where the window begins among the bytes.
    begin: u64,
    /// How far the window is read.
    used: usize,
}

impl<'a> Stream<'a> {
    /// From a place on.
    pub fn new(from: &'a dyn ReadAt, at: u64) -> Self {
        Self { from, window: Vec::new(), begin: at, used: 0 }
    }

    /// Where the next byte lies.
    pub fn position(&self) -> u64 {
        self.begin + self.used as u64
    }

    /// What is left of the window, and more bytes when that is nothing; empty at the end only.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn window(&mut self) -> io::Result<&[u8]> {
        if self.used >= self.window.len() {
            self.begin = self.position();
            self.used = 0;
            self.window = self.from.bytes_at(self.begin, WINDOW)?;
        }
        Ok(&self.window[self.used..])
    }

    /// What is left of the window, after more bytes when that is less than so many, at most 64 KiB; less at the end only.
    ///
    /// # Errors
    /// When they cannot be read.
    #[inline]
    pub fn ahead(&mut self, least: usize) -> io::Result<&[u8]> {
        if self.window.len() - self.used < least {
            self.refill()?;
        }
        Ok(&self.window[self.used..])
    }

    #[cold]
    fn refill(&mut self) -> io::Result<()> {
        let position = self.position();
        let left = self.from.size().saturating_sub(position);
        let have = self.window.len() - self.used;
        if have as u64 >= left {
            return Ok(());
        }
        self.window = self.from.bytes_at(position, WINDOW)?;
        self.begin = position;
        self.used = 0;
        Ok(())
    }

    /// The bytes between two places, when the window holds them: also those that were taken from it.
    pub fn held(&self, at: u64, length: usize) -> Option<&[u8]> {
        let from = usize::try_from(at.checked_sub(self.begin)?).ok()?;
        self.window.get(from..from.checked_add(length)?)
    }

    /// Goes on by so many bytes of the window.
    pub fn take(&mut self, count: usize) {
        self.used = (self.used + count).min(self.window.len());
    }

    /// Goes on by so many bytes without reading them; false, and to the end, where there are fewer.
    pub fn pass(&mut self, count: u64) -> bool {
        let left = self.from.size().saturating_sub(self.position());
        let step = count.min(left);
        match usize::try_from(step).ok().filter(|step| *step <= self.window.len() - self.used) {
            Some(step) => self.used += step,
            None => {
                self.begin = self.position() + step;
                self.window.clear();
                self.used = 0;
            }
        }
        step == count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_ends_where_it_should() {
        let whole = b"0123456789".as_slice().to_vec();
        let part = Part::new(&whole, 3, 4);
        assert_eq!(part.bytes_at(0, 100).unwrap(), b"3456");
        assert_eq!(part.bytes_at(3, 100).unwrap(), b"6");
        assert_eq!(part.bytes_at(4, 100).unwrap(), b"");
        assert_eq!(Part::new(&whole, 8, 100).size(), 2);
        assert_eq!(Part::new(&whole, 80, 100).size(), 0);
    }

    #[test]
    fn a_stream_reads_what_is_there_and_passes_over_the_rest() {
        let whole: Vec<u8> = (0..200_000_u32).map(|n| n as u8).collect();
        let mut stream = Stream::new(&whole, 5);
        assert_eq!(stream.window().unwrap()[0], 5);
        stream.take(10);
        assert_eq!((stream.position(), stream.window().unwrap()[0]), (15, 15));
        assert!(stream.pass(150_000));
        assert_eq!((stream.position(), stream.window().unwrap()[0]), (150_015, whole[150_015]));
        assert!(!stream.pass(50_000));
        assert_eq!((stream.position(), stream.window().unwrap().len()), (200_000, 0));
    }
}
