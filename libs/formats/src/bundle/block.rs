//! Blocks of a table: keys in order, each written as how much it shares with the one before, and values.

use std::io;
use std::ops::Range;

use crate::reading::ReadAt;

/// The longest block, and the longest key, that are read.
const LONGEST_BLOCK: u64 = 16 << 20;
const LONGEST_KEY: usize = 4096;

/// How a block is packed, and a checksum, which stand behind it.
const TRAILER: u64 = 5;
/// What is put to a checksum, so that checksums of checksums mean something.
const MASK: u32 = 0xa282_ead8;

/// A block that is read.
pub(super) struct Block {
    begin: u64,
    bytes: Vec<u8>,
    /// How long the entries are; behind them stand the places of those that are written whole.
    length: usize,
    /// Whether the checksum is that of the bytes.
    pub(super) is_sum_right: bool,
}

/// A key, and where its value lies in the file.
pub(super) struct Entry {
    pub(super) key: Vec<u8>,
    pub(super) value: Range<u64>,
}

impl Block {
    /// The block at a place, or why it is not read.
    pub(super) fn read(file: &dyn ReadAt, place: Range<u64>) -> io::Result<Result<Self, &'static str>> {
        let length = place.end - place.start;
        let is_there = place.end.checked_add(TRAILER).is_some_and(|end| end <= file.size());
        if !is_there || length > LONGEST_BLOCK {
            return Ok(Err("broken-block"));
        }
        let mut bytes = file.bytes_at(place.start, usize::try_from(length + TRAILER).unwrap_or_default())?;
        let Some((packed, sum)) = bytes.split_last_chunk::<4>() else { return Ok(Err("broken-block")) };
        let is_sum_right = masked(checksum(packed)) == u32::from_le_bytes(*sum);
        if packed.last() != Some(&0) {
            return Ok(Err("packed-block"));
        }
        bytes.truncate(bytes.len() - TRAILER as usize);
        let entries = bytes.split_last_chunk::<4>().and_then(|(rest, count)| {
            let whole = usize::try_from(u32::from_le_bytes(*count)).ok()?.checked_mul(4)?;
            rest.len().checked_sub(whole)
        });
        let Some(length) = entries else { return Ok(Err("broken-block")) };
        Ok(Ok(Self { begin: place.start, bytes, length, is_sum_right }))
    }

    /// Where it lies, with what stands behind it.
    pub(super) fn place(&self) -> Range<u64> {
        self.begin..self.begin + self.bytes.len() as u64 + TRAILER
    }

    /// Keys and values, in order; none for one that is broken, which is the last.
    pub(super) fn entries(&self) -> Entries<'_> {
        Entries { block: self, at: 0, key: Vec::new() }
    }
}

/// Keys and values, one after the other.
pub(super) struct Entries<'b> {
    block: &'b Block,
    at: usize,
    key: Vec<u8>,
}

impl Iterator for Entries<'_> {
    type Item = Option<Entry>;

    fn next(&mut self) -> Option<Option<Entry>> {
        if self.at >= self.block.length {
            return None;
        }
        let entry = self.entry();
        if entry.is_none() {
            self.at = self.block.length;
        }
        Some(entry)
    }
}

impl Entries<'_> {
    fn entry(&mut self) -> Option<Entry> {
        let (shared, own, length) = (self.number()?, self.number()?, self.number()?);
        if shared > self.key.len() || shared.checked_add(own)? > LONGEST_KEY {
            return None;
        }
        let key = self.take(own)?;
        self.key.truncate(shared);
        self.key.extend_from_slice(self.block.bytes.get(key)?);
        let value = self.take(length)?;
        let begin = self.block.begin;
        Some(Entry { key: self.key.clone(), value: begin + value.start as u64..begin + value.end as u64 })
    }

    /// A number of seven bits in each byte.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0_u32;
        for shift in (0..35).step_by(7) {
            let place = self.take(1)?;
            let byte = *self.block.bytes.get(place.start)?;
            number |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return usize::try_from(number).ok();
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<Range<usize>> {
        let end = self.at.checked_add(length).filter(|end| *end <= self.block.length)?;
        let taken = self.at..end;
        self.at = end;
        Some(taken)
    }
}

/// CRC-32C of bytes (<https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4>).
fn checksum(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = table();
    let step = |sum: u32, byte: &u8| TABLE[(sum as u8 ^ byte) as usize] ^ sum >> 8;
    !bytes.iter().fold(u32::MAX, step)
}

const fn table() -> [u32; 256] {
    let (mut table, mut index) = ([0; 256], 0);
    while index < 256 {
        let (mut sum, mut bit) = (index as u32, 0);
        while bit < 8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0x82f6_3b78 } else { sum >> 1 };
            bit += 1;
        }
        table[index] = sum;
        index += 1;
    }
    table
}

fn masked(sum: u32) -> u32 {
    sum.rotate_right(15).wrapping_add(MASK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standard() {
        assert_eq!(checksum(b"123456789"), 0xe306_9283);
        assert_eq!(checksum(&[0; 32]), 0x8a91_36aa);
    }
}
