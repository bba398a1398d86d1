//! Fractal heaps: where links and attributes lie when there are many of them. A heap is a row of blocks, which double in
//! size; a value is named by where it lies in that row.

use std::collections::HashMap;
use std::io;
use std::ops::Range;

use super::fields::Fields;
use super::store::Store;
use super::tree;

/// The most blocks of a heap, and the most rows of a table of blocks.
const MOST_BLOCKS: usize = 100_000;
const MOST_ROWS: u64 = 64;

/// Values that lie outside the blocks: each with its place, its length and its number.
const HUGE: u8 = 1;

/// A heap, as far as its blocks.
pub(super) struct Heap {
    at: u64,
    table: Table,
    blocks: Vec<Block>,
    huge: HashMap<u64, Range<u64>>,
}

/// A block that holds values, and where it lies in the row.
struct Block {
    begin: u64,
    at: u64,
    size: u64,
}

/// How blocks are laid out.
struct Table {
    width: u64,
    first: u64,
    largest: u64,
    /// How long places in the row and lengths of values are.
    places: usize,
    lengths: usize,
}

/// What the header of a heap says besides.
struct Head {
    table: Table,
    is_filtered: bool,
    huge: Option<u64>,
    free: Option<u64>,
    root: Option<u64>,
    rows: u64,
}

impl Heap {
    /// The heap at a place; none where there is none that can be read, which is told.
    pub(super) fn read(store: &mut Store<'_>, at: u64) -> io::Result<Option<Self>> {
        let length = 26 + 3 * store.offsets as u64 + 12 * store.lengths as u64;
        let bytes = store.part(at, length)?;
        let Some(head) = bytes.and_then(|bytes| Head::of(store, &bytes)) else {
            store.broken(at, "hdf5-broken-heap");
            return Ok(None);
        };
        if head.is_filtered {
            store.gap(at..at, "hdf5-filtered-heap");
            return Ok(None);
        }
        let mut heap = Self { at, table: head.table, blocks: Vec::new(), huge: HashMap::new() };
        let are_read = heap.read_blocks(store, head.root, head.rows)?.is_some()
            && heap.read_huge(store, head.huge)?.is_some()
            && claim_free(store, head.free)?.is_some();
        if !are_read {
            store.broken(at, "hdf5-broken-heap");
            return Ok(None);
        }
        heap.blocks.sort_unstable_by_key(|block| block.begin);
        Ok(Some(heap))
    }

    fn read_blocks(&mut self, store: &mut Store<'_>, root: Option<u64>, rows: u64) -> io::Result<Option<()>> {
        let Some(root) = root else { return Ok(Some(())) };
        if rows == 0 {
            return self.block(store, Block { begin: 0, at: root, size: self.table.first });
        }
        let mut open = vec![(0, root, rows)];
        while let Some((begin, at, rows)) = open.pop() {
            let Some(blocks) = self.table_at(store, begin, at, rows)? else { return Ok(None) };
            for block in blocks {
                if block.size > self.table.largest {
                    open.push((block.begin, block.at, self.table.rows_of(block.size)));
                } else if self.block(store, block)?.is_none() {
                    return Ok(None);
                }
            }
        }
        Ok(Some(()))
    }

    /// The blocks that a table leads to.
    fn table_at(
        &self,
        store: &mut Store<'_>,
        mut begin: u64,
        at: u64,
        rows: u64,
    ) -> io::Result<Option<Vec<Block>>> {
        let head = 5 + (store.offsets + self.table.places) as u64;
        let entries = rows.min(MOST_ROWS) * self.table.width;
        let bytes = store.part(at, head + entries * store.offsets as u64 + 4)?;
        let Some(bytes) = bytes.filter(|bytes| bytes.starts_with(b"FHIB\0")) else { return Ok(None) };
        let (mut fields, mut blocks) = (Fields::new(&bytes), Vec::new());
        fields.take(usize::try_from(head).unwrap_or_default());
        for entry in 0..entries {
            let Some(size) = self.table.size(entry / self.table.width) else { return Ok(None) };
            if let Some(at) = store.address(&mut fields).flatten() {
                blocks.push(Block { begin, at, size });
            }
            let Some(next) = begin.checked_add(size) else { return Ok(None) };
            begin = next;
        }
        Ok(Some(blocks))
    }

    fn block(&mut self, store: &mut Store<'_>, block: Block) -> io::Result<Option<()>> {
        let is_block = store.peek(block.at, 5)?.is_some_and(|bytes| bytes == b"FHDB\0");
        let end = block.at.checked_add(block.size).filter(|end| *end <= store.size());
        let Some(end) = end.filter(|_| is_block && self.blocks.len() < MOST_BLOCKS) else { return Ok(None) };
        store.claim(block.at..end);
        self.blocks.push(block);
        Ok(Some(()))
    }

    fn read_huge(&mut self, store: &mut Store<'_>, tree: Option<u64>) -> io::Result<Option<()>> {
        let Some(tree) = tree else { return Ok(Some(())) };
        let Some(records) = tree::records(store, tree, &[HUGE])? else { return Ok(None) };
        for record in records.each() {
            let mut fields = Fields::new(record);
            let (Some(Some(at)), Some(length), Some(number)) =
                (store.address(&mut fields), fields.number(store.lengths), fields.number(store.lengths))
            else {
                return Ok(None);
            };
            let range = at..at.saturating_add(length);
            store.claim(range.clone());
            self.huge.insert(number, range);
        }
        Ok(Some(()))
    }

    /// A value with its place in the file; none where there is none of that name.
    pub(super) fn value(&self, store: &mut Store<'_>, name: &[u8]) -> io::Result<Option<(u64, Vec<u8>)>> {
        let Some((first, rest)) = name.split_first() else { return Ok(None) };
        let mut fields = Fields::new(rest);
        let range = match first >> 4 {
            0 => self.table.value(&mut fields).and_then(|(begin, length)| self.place(begin, length)),
            1 => fields.number(rest.len().min(8)).and_then(|number| self.huge.get(&number).cloned()),
            // What is short stands in the name itself.
            2 => {
                let value = fields.take(usize::from(first & 15) + 1);
                return Ok(value.map(|value| (self.at, value.to_vec())));
            }
            _ => None,
        };
        let Some(range) = range else { return Ok(None) };
        let bytes = store.peek(range.start, range.end - range.start)?;
        Ok(bytes.map(|bytes| (range.start, bytes)))
    }

    fn place(&self, begin: u64, length: u64) -> Option<Range<u64>> {
        let index = self.blocks.partition_point(|block| block.begin <= begin).checked_sub(1)?;
        let block = self.blocks.get(index)?;
        let offset = begin - block.begin;
        let fits = offset.checked_add(length)? <= block.size;
        fits.then(|| block.at + offset..block.at + offset + length)
    }
}

impl Head {
    fn of(store: &Store<'_>, bytes: &[u8]) -> Option<Self> {
        let mut fields = Fields::new(bytes);
        if fields.take(5)? != b"FRHP\0" {
            return None;
        }
        fields.take(2)?;
        let is_filtered = fields.number(2)? > 0;
        fields.take(1)?;
        let longest = fields.number(4)?;
        fields.take(store.lengths)?;
        let huge = store.address(&mut fields)?;
        fields.take(store.lengths)?;
        let free = store.address(&mut fields)?;
        fields.take(8 * store.lengths)?;
        let (width, first) = (fields.number(2)?, fields.number(store.lengths)?);
        let (largest, bits) = (fields.number(store.lengths)?, fields.number(2)?);
        fields.take(2)?;
        let (root, rows) = (store.address(&mut fields)?, fields.number(2)?);
        let is_sound = width.is_power_of_two() && first.is_power_of_two() && largest.is_power_of_two();
        if !is_sound || largest < first || !(1..=64).contains(&bits) || rows > MOST_ROWS {
            return None;
        }
        let places = usize::try_from(bits.div_ceil(8)).ok()?;
        let lengths = (largest.ilog2() as usize).div_ceil(8).min(tree::width(longest));
        let table = Table { width, first, largest, places, lengths };
        Some(Self { table, is_filtered, huge, free, root, rows })
    }
}

impl Table {
    /// The size of the blocks of a row: the first two are alike, then they double.
    fn size(&self, row: u64) -> Option<u64> {
        let doubled = u32::try_from(row.saturating_sub(1)).ok()?;
        1_u64.checked_shl(doubled).and_then(|times| self.first.checked_mul(times))
    }

    /// How many rows a table has that stands for a block of this size.
    fn rows_of(&self, size: u64) -> u64 {
        let first_row = self.first.saturating_mul(self.width);
        u64::from((size / first_row.max(1)).checked_ilog2().map_or(0, |rows| rows + 1))
    }

    /// Where in the row a value lies, and how long it is.
    fn value(&self, fields: &mut Fields<'_>) -> Option<(u64, u64)> {
        Some((fields.number(self.places)?, fields.number(self.lengths)?))
    }
}

/// The list of what is free in the blocks belongs to the heap.
fn claim_free(store: &mut Store<'_>, at: Option<u64>) -> io::Result<Option<()>> {
    let Some(at) = at else { return Ok(Some(())) };
    let length = 18 + store.offsets as u64 + 7 * store.lengths as u64;
    let Some(bytes) = store.part(at, length)? else { return Ok(None) };
    let mut fields = Fields::new(&bytes);
    let list = (|| {
        if fields.take(5)? != b"FSHD\0" {
            return None;
        }
        fields.take(9 + 5 * store.lengths)?;
        let list = store.address(&mut fields)?;
        fields.take(store.lengths)?;
        Some(list.zip(fields.number(store.lengths)))
    })();
    if let Some(Some((at, length))) = list {
        store.claim(at..at.saturating_add(length));
    }
    Ok(list.map(|_| ()))
}
