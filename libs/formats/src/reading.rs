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

    /// The next so many bytes; none where there are fewer. Whoever calls bounds the count.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn next(&mut self, count: usize) -> io::Result<Option<Vec<u8>>> {
        let left = self.from.size().saturating_sub(self.position());
        if (count as u64) > left {
            return Ok(None);
        }
        let mut bytes = Vec::with_capacity(count);
        while bytes.len() < count {
            let wanted = count - bytes.len();
            let window = self.window()?;
            let length = wanted.min(window.len());
            if length == 0 {
                return Ok(None);
            }
            bytes.extend_from_slice(&window[..length]);
            self.take(length);
        }
        Ok(Some(bytes))
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
        assert_eq!(stream.next(3).unwrap().unwrap(), whole[150_015..150_018]);
        assert_eq!(stream.next(49_983).unwrap(), None);
        assert!(!stream.pass(50_000));
        assert_eq!((stream.position(), stream.window().unwrap().len()), (200_000, 0));
    }
}
