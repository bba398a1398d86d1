//! The file that is read: its superblock, its addresses, and which of its bytes belong to something.

use std::collections::HashMap;
use std::io;
use std::ops::Range;

use super::fields::Fields;
use super::{Hdf5, Object, Outside, Problem};
use crate::claims::{Claims, Oddity};
use crate::reading::ReadAt;

/// The most metadata that is read, and the most of one part.
const MOST_METADATA: u64 = 64 << 20;
const MOST_PART: u64 = 16 << 20;
/// The most oddities and gaps that are told.
const MOST_TOLD: usize = 1000;

pub(super) struct Store<'a> {
    file: &'a dyn ReadAt,
    begin: u64,
    base: u64,
    /// How long addresses and lengths are.
    pub(super) offsets: usize,
    pub(super) lengths: usize,
    /// How many entries a leaf and a node of a group have at most (half of it), and a node of chunks.
    pub(super) leaf: u64,
    pub(super) node: u64,
    pub(super) chunk_node: u64,
    metadata: u64,
    claims: Claims,
    /// Collections of the global heap: where the objects of each lie.
    pub(super) collections: HashMap<u64, HashMap<u64, Range<u64>>>,
    result: Hdf5,
}

/// Objects that are yet to be read: the way there, and where the header lies.
type Open = Vec<(String, u64)>;

impl<'a> Store<'a> {
    /// Reads the superblock, and gives the objects that it names.
    pub(super) fn open(file: &'a dyn ReadAt, begin: u64) -> Result<(Self, Open), Problem> {
        let bytes = file.bytes_at(begin, 128)?;
        let mut store = Self {
            file,
            begin,
            base: begin,
            offsets: 8,
            lengths: 8,
            leaf: 4,
            node: 16,
            chunk_node: 32,
            metadata: 0,
            claims: Claims::new(),
            collections: HashMap::new(),
            result: Hdf5 { begin, ..Hdf5::default() },
        };
        let mut fields = Fields::new(bytes.get(8..).unwrap_or_default());
        store.result.version = fields.byte().ok_or(Problem::Superblock)?;
        let roots = match store.result.version {
            0 | 1 => store.first_versions(&mut fields),
            2 | 3 => store.later_versions(&mut fields),
            _ => None,
        };
        let roots = roots.ok_or(Problem::Superblock)?;
        store.claim(begin..begin + 8 + fields.at() as u64);
        Ok((store, roots))
    }

    /// Versions 0 and 1.
    fn first_versions(&mut self, fields: &mut Fields<'_>) -> Option<Open> {
        fields.take(4)?;
        self.sizes(fields)?;
        fields.take(1)?;
        self.leaf = fields.number(2)?;
        self.node = fields.number(2)?;
        fields.take(4)?;
        if self.result.version == 1 {
            self.chunk_node = fields.number(2)?;
            fields.take(2)?;
        }
        let base = fields.number(self.offsets)?;
        let free = self.address(fields)?;
        let end = fields.number(self.offsets)?;
        let driver = self.address(fields)?;
        self.bounds(base, end);
        if free.is_some() || driver.is_some() {
            // The bytes of such a file may lie in several.
            self.gap(self.begin..self.begin, "hdf5-driver");
        }
        fields.take(self.offsets)?;
        let root = self.address(fields)??;
        fields.take(24)?;
        Some(vec![(String::new(), root)])
    }

    /// Versions 2 and 3.
    fn later_versions(&mut self, fields: &mut Fields<'_>) -> Option<Open> {
        self.sizes(fields)?;
        fields.take(1)?;
        let base = fields.number(self.offsets)?;
        self.base = base;
        let extension = self.address(fields)?;
        let end = fields.number(self.offsets)?;
        self.bounds(base, end);
        let root = self.address(fields)??;
        fields.take(4)?;
        let extension = extension.map(|at| ("(extension)".to_owned(), at));
        Some(extension.into_iter().chain([(String::new(), root)]).collect())
    }

    fn sizes(&mut self, fields: &mut Fields<'_>) -> Option<()> {
        self.offsets = usize::from(fields.byte()?);
        self.lengths = usize::from(fields.byte()?);
        let fits = |size: usize| matches!(size, 2 | 4 | 8);
        (fits(self.offsets) && fits(self.lengths)).then_some(())
    }

    fn bounds(&mut self, base: u64, end: u64) {
        self.base = base;
        if base != self.begin {
            self.odd(self.begin, "hdf5-other-base");
        }
        if base.saturating_add(end.saturating_sub(base)) > self.file.size() {
            self.odd(self.begin, "hdf5-cut");
        }
    }

    /// An address in the file; none where it is undefined.
    #[allow(clippy::option_option, reason = "no field, and a field that says nowhere, differ")]
    pub(super) fn address(&self, fields: &mut Fields<'_>) -> Option<Option<u64>> {
        let address = fields.number(self.offsets)?;
        let nowhere = u64::MAX >> (64 - 8 * self.offsets);
        Some((address != nowhere).then(|| address.saturating_add(self.base)))
    }

    /// Bytes of metadata, which belong to something from now on; none when they are not all there.
    pub(super) fn part(&mut self, at: u64, length: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(bytes) = self.peek(at, length)? else { return Ok(None) };
        self.claim(at..at + length);
        Ok(Some(bytes))
    }

    /// The same, and they may belong to something already.
    pub(super) fn peek(&mut self, at: u64, length: u64) -> io::Result<Option<Vec<u8>>> {
        self.metadata = self.metadata.saturating_add(length.saturating_add(16));
        let is_there = at.checked_add(length).is_some_and(|end| end <= self.file.size());
        if !is_there || length > MOST_PART {
            return Ok(None);
        }
        if self.metadata > MOST_METADATA {
            self.gap(at..at + length, "budget");
            return Ok(None);
        }
        self.file.bytes_at(at, usize::try_from(length).unwrap_or_default()).map(Some)
    }

    pub(super) fn size(&self) -> u64 {
        self.file.size()
    }

    pub(super) fn claim(&mut self, range: Range<u64>) {
        self.claims.claim(range);
    }

    pub(super) fn odd(&mut self, at: u64, kind: &'static str) {
        if self.result.oddities.len() < MOST_TOLD {
            self.result.oddities.push(Oddity { at, kind });
        }
    }

    /// What is not as it should be, and so not read.
    pub(super) fn broken(&mut self, at: u64, kind: &'static str) {
        self.odd(at, kind);
        self.gap(at..at, "broken-header");
    }

    pub(super) fn gap(&mut self, range: Range<u64>, why: &'static str) {
        if self.result.gaps.len() < MOST_TOLD {
            self.result.gaps.push((range, why));
        }
    }

    pub(super) fn outside(&mut self, at: u64, how: &'static str, path: String) {
        if self.result.outside.len() < MOST_TOLD {
            self.result.outside.push(Outside { at, how, path });
        } else {
            self.gap(at..at, "too-many-objects");
        }
    }

    pub(super) fn finish(mut self, objects: Vec<Object>) -> Hdf5 {
        self.result.objects = objects;
        self.result.unclaimed = self.claims.unclaimed(self.file.size());
        self.result
    }
}
