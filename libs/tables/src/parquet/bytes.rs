//! Bytes as the `parquet` crate reads them, with a bound on what it is made to unpack.

use std::io::{self, BufReader, Read};

use bytes::Bytes;
use parquet::errors::{ParquetError, Result};
use parquet::file::reader::{ChunkReader, Length};

use super::LARGEST_PAGE;
use crate::table::Source;

/// How much is read for the header of a page. Most have under a hundred bytes.
const HEADER: usize = 4096;

/// Bytes whose pages are bounded.
#[derive(Clone)]
pub(super) struct Bounded(pub(super) Source);

/// Bytes one after the other, from a place on.
pub(super) struct From {
    bytes: Source,
    at: u64,
}

impl Length for Bounded {
    fn len(&self) -> u64 {
        self.0.size()
    }
}

impl ChunkReader for Bounded {
    type T = BufReader<From>;

    /// The crate reads the header of each page by this, before it unpacks the page.
    fn get_read(&self, start: u64) -> Result<Self::T> {
        let header = self.0.bytes_at(start, 32)?;
        if let Some(size) = unpacked(&header)
            && size > LARGEST_PAGE
        {
            return Err(ParquetError::General(format!(
                "a page of {size} bytes; at most {LARGEST_PAGE} are unpacked"
            )));
        }
        Ok(BufReader::with_capacity(HEADER, From { bytes: self.0.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        if length as u64 > LARGEST_PAGE {
            return Err(ParquetError::General(format!(
                "a page of {length} bytes; at most {LARGEST_PAGE} are read"
            )));
        }
        let bytes = self.0.bytes_at(start, length)?;
        if bytes.len() < length {
            return Err(ParquetError::EOF(format!("{length} bytes at {start} are not all there")));
        }
        Ok(bytes.into())
    }
}

impl Read for From {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read_at(self.at, into)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// How many bytes a page has when it is unpacked, as its header says in its second field (Thrift's compact protocol:
/// a byte for the step to the field and its type, then the number in groups of seven bits, zigzag).
fn unpacked(header: &[u8]) -> Option<u64> {
    const INTEGER: u8 = 5;
    let mut rest = header;
    for _ in 0..2 {
        let (field, after) = rest.split_first()?;
        if *field != 1 << 4 | INTEGER {
            return None;
        }
        let mut number = 0_u64;
        let length = after.iter().take(10).position(|byte| byte & 0x80 == 0)? + 1;
        for (at, byte) in after[..length].iter().enumerate() {
            number |= u64::from(byte & 0x7f).checked_shl(7 * at as u32)?;
        }
        rest = &after[length..];
        if rest.len() + length + 1 < header.len() {
            return Some(number >> 1);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_tells_what_its_page_unpacks_to() {
        // Type 0, unpacked 300, packed 5.
        assert_eq!(unpacked(&[0x15, 0, 0x15, 0xd8, 4, 0x15, 10]), Some(300));
        assert_eq!(unpacked(&[0x15, 0]), None);
        assert_eq!(unpacked(&[0x15, 0, 0x15, 0xff]), None);
        assert_eq!(unpacked(&[]), None);
    }
}
