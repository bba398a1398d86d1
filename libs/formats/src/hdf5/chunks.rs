//! Chunks as version 4 of a layout has them, each with the index that suits how the dataset may grow.

use std::io;

use super::Place;
use super::fields::Fields;
use super::header::Message;
use super::store::Store;
use super::tree;

/// The kinds of trees whose records are chunks, as they are and through filters.
const TREE: u8 = 10;
const FILTERED_TREE: u8 = 11;
/// The length of a mask that says which filters were left out.
const MASK: usize = 4;
/// The length of a checksum.
const SUM: u64 = 4;
/// Signature, version and client of a block.
const MARK: usize = 6;

/// The chunks of a dataset that were found.
struct Chunks<'s, 'a> {
    store: &'s mut Store<'a>,
    layout_at: u64,
    /// The bytes of a chunk that went through no filter.
    whole: u64,
    count: u64,
    bytes: u64,
}

/// Where the chunks of a dataset with these sides lie, which then belong to it; none where the layout is broken.
pub(super) fn place(
    store: &mut Store<'_>,
    layout: &Message,
    mut fields: Fields<'_>,
    shape: &[u64],
) -> io::Result<Option<Place>> {
    let Some(head) = Head::of(&mut fields) else { return Ok(None) };
    let mut chunks = Chunks { store, layout_at: layout.at, whole: head.whole, count: 0, bytes: 0 };
    let found = match head.index {
        1 => Ok(chunks.single(&mut fields, head.is_filtered)),
        2 => Ok(chunks.implicit(&mut fields, &head, shape)),
        3 => chunks.fixed(&mut fields),
        4 => chunks.extensible(&mut fields),
        5 => chunks.tree(&mut fields, &head),
        _ => Ok(None),
    }?;
    Ok(found.map(|()| Place::Chunks { count: chunks.count, bytes: chunks.bytes }))
}

/// What all of these layouts begin with.
struct Head {
    is_filtered: bool,
    /// The sides of a chunk.
    sides: Vec<u64>,
    whole: u64,
    index: u8,
}

impl Head {
    fn of(fields: &mut Fields<'_>) -> Option<Self> {
        let (flags, rank, width) = (fields.byte()?, fields.byte()?, usize::from(fields.byte()?));
        if width > 8 {
            return None;
        }
        let mut sides = (0..rank).map(|_| fields.number(width)).collect::<Option<Vec<_>>>()?;
        let whole = sides.iter().try_fold(1_u64, |bytes, side| bytes.checked_mul(*side))?;
        // The last is the length of an element.
        sides.pop()?;
        Some(Self { is_filtered: flags & 2 != 0, sides, whole, index: fields.byte()? })
    }
}

impl Chunks<'_, '_> {
    fn add(&mut self, at: u64, length: u64) {
        let end = at.saturating_add(length);
        self.count += 1;
        self.bytes = self.bytes.saturating_add(length);
        self.store.claim(at..end);
        if end > self.store.size() {
            self.store.odd(self.layout_at, "hdf5-past-the-end");
        }
    }

    /// Chunks as the elements of an array of so many bytes each; those that were never written lie nowhere.
    fn add_elements(&mut self, mut elements: Fields<'_>, count: u64, size: usize) -> Option<()> {
        let offsets = self.store.offsets;
        for _ in 0..count {
            let at = self.store.address(&mut elements)?;
            let length = match size.checked_sub(offsets + MASK) {
                Some(width @ 1..=8) => {
                    let length = elements.number(width)?;
                    elements.take(MASK)?;
                    length
                }
                _ if size == offsets => self.whole,
                _ => return None,
            };
            if let Some(at) = at {
                self.add(at, length);
            }
        }
        Some(())
    }

    fn single(&mut self, fields: &mut Fields<'_>, is_filtered: bool) -> Option<()> {
        let mut length = self.whole;
        if is_filtered {
            length = fields.number(self.store.lengths)?;
            fields.take(MASK)?;
        }
        if let Some(at) = self.store.address(fields)? {
            self.add(at, length);
        }
        Some(())
    }

    /// One behind the other, all of them.
    fn implicit(&mut self, fields: &mut Fields<'_>, head: &Head, shape: &[u64]) -> Option<()> {
        let Some(at) = self.store.address(fields)? else { return Some(()) };
        let count = shape.iter().zip(&head.sides).try_fold(1_u64, |count, (side, chunk)| {
            let along = side.checked_add(*chunk)?.checked_sub(1)?.checked_div(*chunk)?;
            count.checked_mul(along)
        })?;
        self.add(at, count.checked_mul(self.whole)?);
        self.count = count;
        Some(())
    }

    /// A tree whose records are chunks, each with its place among the others behind it.
    fn tree(&mut self, fields: &mut Fields<'_>, head: &Head) -> io::Result<Option<()>> {
        let Some(address) = fields.take(6).and_then(|_| self.store.address(fields)) else { return Ok(None) };
        let Some(at) = address else { return Ok(Some(())) };
        let Some(records) = tree::records(self.store, at, &[TREE, FILTERED_TREE])? else { return Ok(None) };
        let places = 8 * head.sides.len();
        Ok(records.each().try_for_each(|record| {
            let size = record.len().checked_sub(places)?;
            self.add_elements(Fields::new(record), 1, size)
        }))
    }

    /// A block of metadata with this signature; its fields behind signature, version and client.
    fn block(&mut self, at: u64, signature: &[u8; 4], length: u64) -> io::Result<Option<Vec<u8>>> {
        let bytes = self.store.part(at, length.saturating_add(MARK as u64))?;
        Ok(bytes.filter(|bytes| bytes.starts_with(signature)).map(|mut bytes| bytes.split_off(MARK)))
    }

    /// Elements, and the checksum behind them.
    fn page(&mut self, at: u64, count: u64, size: usize) -> io::Result<Option<()>> {
        let Some(length) = count.checked_mul(size as u64).and_then(|length| length.checked_add(SUM)) else {
            return Ok(None);
        };
        let Some(bytes) = self.store.part(at, length)? else { return Ok(None) };
        Ok(self.add_elements(Fields::new(&bytes), count, size))
    }

    /// Pages of elements that follow each other, those that were ever written: behind the last mark there are none.
    fn pages(&mut self, mut at: u64, elements: u64, form: Pages<'_>) -> io::Result<Option<()>> {
        let (mut left, mut number) = (elements, form.first);
        while left > 0 && form.may_follow(number) {
            let count = left.min(form.elements);
            if form.is_written(number) && self.page(at, count, form.size)?.is_none() {
                return Ok(None);
            }
            at = at.saturating_add(count.saturating_mul(form.size as u64)).saturating_add(SUM);
            if at > self.store.size() {
                return Ok(None);
            }
            (left, number) = (left - count, number + 1);
        }
        Ok(Some(()))
    }

    /// An array with a place for every chunk.
    fn fixed(&mut self, fields: &mut Fields<'_>) -> io::Result<Option<()>> {
        let Some(address) = fields.take(1).and_then(|_| self.store.address(fields)) else { return Ok(None) };
        let Some(at) = address else { return Ok(Some(())) };
        let (offsets, lengths) = (self.store.offsets as u64, self.store.lengths);
        let head = self.block(at, b"FAHD", 2 + lengths as u64 + offsets + SUM)?.unwrap_or_default();
        let mut fields = Fields::new(&head);
        let (Some(size), Some(bits), Some(count), Some(address)) =
            (fields.byte(), fields.byte(), fields.number(lengths), self.store.address(&mut fields))
        else {
            return Ok(None);
        };
        let (Some(page), size) = (1_u64.checked_shl(bits.into()), usize::from(size)) else { return Ok(None) };
        let Some(at) = address else { return Ok(Some(())) };
        if count <= page {
            return self.elements(at, b"FADB", offsets, (count, size));
        }
        let marks = count.div_ceil(page).div_ceil(8);
        let Some(marks) = self.block(at, b"FADB", offsets.saturating_add(marks).saturating_add(SUM))? else {
            return Ok(None);
        };
        let begin = at + (MARK + marks.len()) as u64;
        let written = marks.get(self.store.offsets..).unwrap_or_default();
        self.pages(begin, count, Pages { elements: page, size, first: 0, written: Some(written) })
    }

    /// A block that holds elements behind so many bytes.
    fn elements(
        &mut self,
        at: u64,
        signature: &[u8; 4],
        before: u64,
        (count, size): (u64, usize),
    ) -> io::Result<Option<()>> {
        let length = count.checked_mul(size as u64).and_then(|length| length.checked_add(before + SUM));
        let Some(length) = length else { return Ok(None) };
        let Some(bytes) = self.block(at, signature, length)? else { return Ok(None) };
        let mut fields = Fields::new(&bytes);
        fields.take(usize::try_from(before).unwrap_or_default());
        Ok(self.add_elements(fields, count, size))
    }

    /// An array that grows: its first elements stand in the index, the next in blocks that the index leads to, and all
    /// others in blocks of blocks.
    fn extensible(&mut self, fields: &mut Fields<'_>) -> io::Result<Option<()>> {
        let Some(address) = fields.take(5).and_then(|_| self.store.address(fields)) else { return Ok(None) };
        let Some(at) = address else { return Ok(Some(())) };
        let (offsets, lengths) = (self.store.offsets, self.store.lengths);
        let length = 6 + 6 * lengths + offsets;
        let head = self.block(at, b"EAHD", length as u64 + SUM)?.unwrap_or_default();
        let mut fields = Fields::new(&head);
        let Some(growth) = Growth::of(&mut fields) else { return Ok(None) };
        fields.take(6 * lengths);
        let Some(address) = self.store.address(&mut fields) else { return Ok(None) };
        let Some(at) = address else { return Ok(Some(())) };
        let addresses = growth.blocks_in_index() + growth.super_blocks_in_index();
        let length = offsets as u64 + growth.in_index * growth.size as u64 + addresses * offsets as u64 + SUM;
        let Some(bytes) = self.block(at, b"EAIB", length)? else { return Ok(None) };
        let mut fields = Fields::new(&bytes);
        fields.take(offsets);
        if self.add_elements(fields.clone(), growth.in_index, growth.size).is_none() {
            return Ok(None);
        }
        fields.take(usize::try_from(growth.in_index).unwrap_or_default() * growth.size);
        for level in 0..growth.levels {
            let found = if level < growth.first_level {
                self.data_blocks(&growth, level, &mut fields, None)?
            } else {
                self.super_block(&growth, level, &mut fields)?
            };
            if found.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }

    /// A block that leads to the blocks of a level.
    fn super_block(
        &mut self,
        growth: &Growth,
        level: u32,
        fields: &mut Fields<'_>,
    ) -> io::Result<Option<()>> {
        let Some(address) = self.store.address(fields) else { return Ok(None) };
        let Some(at) = address else { return Ok(Some(())) };
        let (offsets, blocks) = (self.store.offsets as u64, growth.blocks(level));
        let before = offsets + growth.place;
        let marks = growth.pages(level).div_ceil(8).saturating_mul(blocks);
        let length = marks.saturating_add(blocks * offsets).saturating_add(before + SUM);
        let Some(bytes) = self.block(at, b"EASB", length)? else { return Ok(None) };
        let mut fields = Fields::new(&bytes);
        fields.take(usize::try_from(before).unwrap_or_default());
        let written = fields.take(usize::try_from(marks).unwrap_or_default());
        self.data_blocks(growth, level, &mut fields, written)
    }

    /// The blocks of a level, whose addresses follow each other.
    fn data_blocks(
        &mut self,
        growth: &Growth,
        level: u32,
        fields: &mut Fields<'_>,
        written: Option<&[u8]>,
    ) -> io::Result<Option<()>> {
        let (count, size, pages) = (growth.elements(level), growth.size, growth.pages(level));
        let before = self.store.offsets as u64 + growth.place;
        for number in 0..growth.blocks(level) {
            let Some(address) = self.store.address(fields) else { return Ok(None) };
            let Some(at) = address else { continue };
            let found = if pages == 0 {
                self.elements(at, b"EADB", before, (count, size))?
            } else if self.block(at, b"EADB", before + SUM)?.is_some() {
                let begin = at.saturating_add(MARK as u64 + before + SUM);
                let form = Pages { elements: growth.page, size, first: number * pages, written };
                self.pages(begin, count, form)?
            } else {
                None
            };
            if found.is_none() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    }
}

/// Pages of a block: how many elements each has and how long one is, the number of the first, and a bit for each that says
/// whether it was written.
#[derive(Clone, Copy)]
struct Pages<'w> {
    elements: u64,
    size: usize,
    first: u64,
    written: Option<&'w [u8]>,
}

impl Pages<'_> {
    /// Whether this one or any after it could have been written.
    fn may_follow(&self, number: u64) -> bool {
        self.written.is_none_or(|written| number / 8 < written.len() as u64)
    }

    fn is_written(&self, number: u64) -> bool {
        let Some(written) = self.written else { return true };
        let byte = usize::try_from(number / 8).ok().and_then(|place| written.get(place));
        byte.is_some_and(|byte| byte & (0x80 >> (number % 8)) != 0)
    }
}

/// How an array grows: each level has blocks, of which there are twice as many in every second level, and which are twice
/// as long in every other.
struct Growth {
    size: usize,
    in_index: u64,
    least: u64,
    page: u64,
    /// How long a place in the array is.
    place: u64,
    levels: u32,
    /// The first level whose blocks another block leads to.
    first_level: u32,
}

impl Growth {
    fn of(fields: &mut Fields<'_>) -> Option<Self> {
        let (size, bits) = (usize::from(fields.byte()?), u32::from(fields.byte()?));
        let (in_index, least) = (u64::from(fields.byte()?), u64::from(fields.byte()?));
        let (pointers, page) = (u64::from(fields.byte()?), 1_u64.checked_shl(fields.byte()?.into())?);
        if !least.is_power_of_two() || !pointers.is_power_of_two() || bits > 64 {
            return None;
        }
        let levels = (1 + bits).checked_sub(least.ilog2())?;
        let first_level = 2 * pointers.ilog2();
        let place = u64::from(bits.div_ceil(8));
        (first_level <= levels).then_some(Self { size, in_index, least, page, place, levels, first_level })
    }

    /// How many blocks a level has, and how many elements each of them.
    fn blocks(&self, level: u32) -> u64 {
        1 << (level / 2)
    }

    fn elements(&self, level: u32) -> u64 {
        self.least << level.div_ceil(2)
    }

    /// How many pages a block has; none where its elements are in one piece.
    fn pages(&self, level: u32) -> u64 {
        if self.elements(level) > self.page { self.elements(level) / self.page } else { 0 }
    }

    fn blocks_in_index(&self) -> u64 {
        (0..self.first_level).map(|level| self.blocks(level)).sum()
    }

    fn super_blocks_in_index(&self) -> u64 {
        u64::from(self.levels - self.first_level)
    }
}
