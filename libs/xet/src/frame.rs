//! The LZ4 frame format, decoded into a buffer of known length and never past it.
//!
//! A general frame decoder grows its buffers as the input asks, which lets a small upload claim much memory and
//! time. A chunk states its length beforehand, so that nothing needs to grow here. All flags that encoders set
//! are understood: linked blocks, both checksums, the content length. Dictionaries, legacy and skippable frames
//! are refused: no chunk needs them. Two liberties that `lz4_flex` takes are refused as well, because stock
//! clients would stop reading there: an empty block, and a frame without its end mark.
//!
//! Format: <https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md>.

use lz4_flex::block::{
    CompressTable, compress_into_with_table, decompress_into, decompress_into_with_dict,
    get_maximum_output_size,
};
use twox_hash::XxHash32;

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4D, 0x18];
const VERSION_BITS: u8 = 0b1100_0000;
const VERSION_1: u8 = 0b0100_0000;
const INDEPENDENT_BLOCKS: u8 = 0b0010_0000;
const BLOCK_CHECKSUMS: u8 = 0b0001_0000;
const CONTENT_LENGTH: u8 = 0b0000_1000;
const CONTENT_CHECKSUM: u8 = 0b0000_0100;
const RESERVED_FLAG: u8 = 0b0000_0010;
const DICTIONARY: u8 = 0b0000_0001;
const BLOCK_SIZE_BITS: u8 = 0b0111_0000;
const STORED_BLOCK: u32 = 1 << 31;

/// How far back a block may refer.
const WINDOW: usize = 64 * 1024;

/// What an encoded frame adds to its block: magic, descriptor, block length, end mark.
const ENCODED_OVERHEAD: usize = 4 + 3 + 4 + 4;

/// The LZ4 frame of a chunk cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at byte {at} of the LZ4 frame: expected {expected}")]
pub struct FrameError {
    /// Where in the frame.
    pub at: usize,
    /// What should have been there.
    pub expected: &'static str,
}

/// Decodes a whole frame into the start of `out` and returns how many bytes it held.
pub(crate) fn decode(frame: &[u8], out: &mut [u8]) -> Result<usize, FrameError> {
    let mut input = Input { bytes: frame, at: 0 };
    let head = Head::read(&mut input)?;
    let mut end = 0;
    while let Some(block) = head.next_block(&mut input)? {
        let len = decode_block(&head, &block, out, end)?;
        if len == 0 {
            return Err(FrameError { at: block.at, expected: "a block that is not empty" });
        }
        end += len;
    }
    let content = &out[..end];
    if head.content_len.is_some_and(|len| len != end as u64) {
        return Err(input.expected("the content length that the frame announces"));
    }
    if head.content_checksum && input.u32()? != XxHash32::oneshot(0, content) {
        return Err(input.expected("the checksum of the content"));
    }
    if input.at != frame.len() {
        return Err(input.expected("the end of the chunk after the frame"));
    }
    Ok(end)
}

/// Writes `data` as a frame of one block into `out` and returns the frame's length.
///
/// The caller keeps `out` at [`max_encoded_len`] bytes or more; a shorter one gives `None`.
pub(crate) fn encode(data: &[u8], table: &mut CompressTable, out: &mut [u8]) -> Option<usize> {
    let (head, rest) = out.split_at_mut_checked(11)?;
    let block = compress_into_with_table(data, rest, table).ok()?;
    let block_size: u8 = if data.len() <= WINDOW { 4 } else { 5 };
    let descriptor = [VERSION_1 | INDEPENDENT_BLOCKS, block_size << 4];
    head[..4].copy_from_slice(&MAGIC);
    head[4..6].copy_from_slice(&descriptor);
    head[6] = descriptor_checksum(&descriptor);
    head[7..].copy_from_slice(&u32::try_from(block).ok()?.to_le_bytes());
    rest.get_mut(block..block + 4)?.fill(0);
    Some(block + ENCODED_OVERHEAD)
}

/// Returns how much room [`encode`] needs for `len` bytes, at most 256 KiB.
pub(crate) const fn max_encoded_len(len: usize) -> usize {
    get_maximum_output_size(len) + ENCODED_OVERHEAD
}

fn decode_block(head: &Head, block: &Block<'_>, out: &mut [u8], end: usize) -> Result<usize, FrameError> {
    let (before, after) = out.split_at_mut(end);
    let room = after.len().min(head.max_block);
    let after = &mut after[..room];
    if block.stored {
        let Some(place) = after.get_mut(..block.data.len()) else {
            return Err(FrameError {
                at: block.at,
                expected: "no more bytes than the chunk header announces",
            });
        };
        place.copy_from_slice(block.data);
        return Ok(block.data.len());
    }
    let decoded = if head.linked && end > 0 {
        decompress_into_with_dict(block.data, after, &before[end.saturating_sub(WINDOW)..])
    } else {
        decompress_into(block.data, after)
    };
    decoded.map_err(|_| FrameError {
        at: block.at,
        expected: "an LZ4 block of no more bytes than the chunk header announces",
    })
}

struct Head {
    linked: bool,
    block_checksums: bool,
    content_checksum: bool,
    content_len: Option<u64>,
    max_block: usize,
}

struct Block<'a> {
    at: usize,
    stored: bool,
    data: &'a [u8],
}

impl Head {
    fn read(input: &mut Input<'_>) -> Result<Head, FrameError> {
        if input.array()? != MAGIC {
            return Err(FrameError { at: 0, expected: "the magic number 0x184D2204" });
        }
        let start = input.at;
        let [flags, sizes] = input.array()?;
        if flags & VERSION_BITS != VERSION_1 || flags & RESERVED_FLAG != 0 {
            return Err(FrameError { at: start, expected: "version 1 and no reserved flag" });
        }
        if flags & DICTIONARY != 0 {
            return Err(FrameError { at: start, expected: "no dictionary" });
        }
        if sizes & !BLOCK_SIZE_BITS != 0 || sizes >> 4 < 4 {
            return Err(FrameError { at: start + 1, expected: "a block size from 4 to 7" });
        }
        let content_len =
            if flags & CONTENT_LENGTH == 0 { None } else { Some(u64::from_le_bytes(input.array()?)) };
        let checksum = descriptor_checksum(&input.bytes[start..input.at]);
        if input.array()? != [checksum] {
            return Err(input.expected("the checksum of the frame's descriptor"));
        }
        Ok(Head {
            linked: flags & INDEPENDENT_BLOCKS == 0,
            block_checksums: flags & BLOCK_CHECKSUMS != 0,
            content_checksum: flags & CONTENT_CHECKSUM != 0,
            content_len,
            // 4 stands for 64 KiB, each further step for four times as much.
            max_block: WINDOW << (2 * ((sizes >> 4) - 4)),
        })
    }

    /// Returns the next block, or nothing at the end mark.
    fn next_block<'a>(&self, input: &mut Input<'a>) -> Result<Option<Block<'a>>, FrameError> {
        let at = input.at;
        let length = input.u32()?;
        if length == 0 {
            return Ok(None);
        }
        let len = (length & !STORED_BLOCK) as usize;
        if len > self.max_block {
            return Err(FrameError { at, expected: "a block no longer than the frame's block size" });
        }
        let data = input.take(len)?;
        if self.block_checksums && input.u32()? != XxHash32::oneshot(0, data) {
            return Err(input.expected("the checksum of the block"));
        }
        Ok(Some(Block { at, stored: length & STORED_BLOCK != 0, data }))
    }
}

fn descriptor_checksum(descriptor: &[u8]) -> u8 {
    XxHash32::oneshot(0, descriptor).to_le_bytes()[1]
}

struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], FrameError> {
        let Some(taken) = self.bytes.get(self.at..).and_then(|rest| rest.get(..len)) else {
            return Err(self.expected("more bytes before the end of the chunk"));
        };
        self.at += len;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], FrameError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u32(&mut self) -> Result<u32, FrameError> {
        self.array().map(u32::from_le_bytes)
    }

    fn expected(&self, expected: &'static str) -> FrameError {
        FrameError { at: self.at, expected }
    }
}
