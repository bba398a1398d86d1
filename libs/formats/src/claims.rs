//! Which bytes of a file belong to something: what is left over belongs to nothing, and somebody may have put it there.

use std::ops::Range;

/// Something about how a file is laid out that the format forbids, or that one reader sees otherwise than another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oddity {
    /// Where in the file.
    pub at: u64,
    /// What, in few words that do not change, such as `zip-names-differ`.
    pub kind: &'static str,
}

/// The ranges of bytes that belong to something.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Claims {
    ranges: Vec<Range<u64>>,
}

impl Claims {
    /// No byte belongs to anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// These do.
    pub fn claim(&mut self, range: Range<u64>) {
        if range.start < range.end {
            self.ranges.push(range);
        }
    }

    /// Whether a byte belongs to something.
    pub fn holds(&self, at: u64) -> bool {
        self.ranges.iter().any(|range| range.contains(&at))
    }

    /// What belongs to nothing, in order, of a file of this length.
    ///
    /// ```
    /// # use limpide_formats::claims::Claims;
    /// let mut claims = Claims::new();
    /// claims.claim(5..8);
    /// claims.claim(2..6);
    /// assert_eq!(claims.unclaimed(10), [0..2, 8..10]);
    /// assert_eq!(claims.overlap(), Some(5));
    /// ```
    pub fn unclaimed(&self, length: u64) -> Vec<Range<u64>> {
        let (mut left, mut at) = (Vec::new(), 0);
        for range in self.sorted() {
            if range.start.min(length) > at {
                left.push(at..range.start.min(length));
            }
            at = at.max(range.end);
        }
        if at < length {
            left.push(at..length);
        }
        left
    }

    /// Where the last thing ends that a byte belongs to.
    pub fn end(&self) -> u64 {
        self.ranges.iter().map(|range| range.end).max().unwrap_or_default()
    }

    /// The first byte that belongs to two things.
    pub fn overlap(&self) -> Option<u64> {
        let mut end = 0;
        for range in self.sorted() {
            if range.start < end {
                return Some(range.start);
            }
            end = range.end;
        }
        None
    }

    fn sorted(&self) -> Vec<Range<u64>> {
        let mut ranges = self.ranges.clone();
        ranges.sort_by_key(|range| (range.start, range.end));
        ranges
    }
}
