//! The ways in which bytes are compressed.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use deflate64::InflaterManaged;
use lzma_rust2::{Action, LzmaStream, Status, XzStream};
use ruzstd::decoding::StreamingDecoder;

use crate::reading::{Part, ReadAt};

/// The most memory for a dictionary: what the strongest presets of xz and zstd need.
const MOST_MEMORY: u64 = 72 << 20;
const MOST_MEMORY_KB: u32 = 72 << 10;

const WINDOW: usize = 64 << 10;

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// Deflate alone, as in zip.
    Deflate,
    /// Deflate with a longer window, as in zip.
    Deflate64,
    /// gzip, one or more.
    Gzip,
    /// zlib.
    Zlib,
    /// What joblib wrote before its version 0.10: `ZF`, a length, and zlib.
    Zfile,
    /// bzip2, one or more.
    Bzip2,
    /// xz, one or more.
    Xz,
    /// LZMA with its own header.
    Lzma,
    /// LZMA as in zip.
    ZipLzma,
    /// Frames of LZ4.
    Lz4,
    /// Frames of Zstandard.
    Zstd,
}

impl Codec {
    /// How the bytes are compressed that begin so, as far as their mark tells. Those of zlib and LZMA are short: other bytes
    /// may begin so by chance.
    pub fn by_mark(prefix: &[u8]) -> Option<Self> {
        let found = match prefix {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90, ..] => Self::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Self::Xz,
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Lz4,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Self::Zstd,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => {
                let length = usize::try_from(passed_over(prefix)?).ok()?;
                return Self::by_mark(prefix.get(length..)?);
            }
            [b'Z', b'F', b'0', b'x', ..] => Self::Zfile,
            [0x5d, 0, ..] if is_lzma(prefix) => Self::Lzma,
            [0x78, second, ..] if (0x7800 + u16::from(*second)).is_multiple_of(31) && second & 0x20 == 0 => {
                Self::Zlib
            }
            _ => return None,
        };
        Some(found)
    }

    /// How a member of a zip archive is compressed, by the number of its method; none for one that is not, or in a way that
    /// is not read.
    pub fn of_zip(method: u16) -> Option<Self> {
        match method {
            8 => Some(Self::Deflate),
            9 => Some(Self::Deflate64),
            12 => Some(Self::Bzip2),
            14 => Some(Self::ZipLzma),
            20 | 93 => Some(Self::Zstd),
            95 => Some(Self::Xz),
            _ => None,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Deflate => "deflate",
            Self::Deflate64 => "deflate64",
            Self::Gzip => "gzip",
            Self::Zlib => "zlib",
            Self::Zfile => "zfile",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Lzma | Self::ZipLzma => "lzma",
            Self::Lz4 => "lz4",
            Self::Zstd => "zstd",
        }
    }

    /// Whether a stream may be followed by another, and readers take both for one.
    fn may_follow(self) -> bool {
        matches!(self, Self::Gzip | Self::Bzip2 | Self::Xz | Self::Lz4 | Self::Zstd)
    }
}

/// A length that is not told or could be. The dictionary may have any size: not all readers ask for a usual one.
fn is_lzma(prefix: &[u8]) -> bool {
    let length =
        prefix.get(5..).and_then(|rest| rest.first_chunk()).map(|length| u64::from_le_bytes(*length));
    length.is_some_and(|length| length == u64::MAX || length < 1 << 40)
}

/// How long a frame is that readers of LZ4 and Zstandard pass over, when the bytes begin with one.
fn passed_over(prefix: &[u8]) -> Option<u64> {
    let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d, ..] = *prefix else { return None };
    Some(8 + u64::from(u32::from_le_bytes([a, b, c, d])))
}

/// Unpacks one stream after the other, as far as they follow each other.
pub(super) struct Decoder<'a> {
    codec: Codec,
    packed: Part<'a>,
    used: Rc<Cell<u64>>,
    stream: Option<Box<dyn Read + 'a>>,
    /// How far the streams before this one go.
    finished: u64,
}

impl<'a> Decoder<'a> {
    pub(super) fn new(codec: Codec, packed: Part<'a>) -> Self {
        Self { codec, packed, used: Rc::new(Cell::new(0)), stream: None, finished: 0 }
    }

    /// How many of the packed bytes belong to the streams.
    pub(super) fn used(&self) -> u64 {
        self.used.get().min(self.packed.size())
    }

    pub(super) fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let stream = match &mut self.stream {
                Some(stream) => stream,
                None => {
                    self.pass_over()?;
                    self.stream.insert(self.codec.stream(self.packed, &self.used)?)
                }
            };
            match stream.read(into)? {
                0 if self.goes_on()? => self.stream = None,
                read => return Ok(read),
            }
        }
    }

    /// Whether another stream follows the one that has ended.
    fn goes_on(&mut self) -> io::Result<bool> {
        let (before, used) = (self.finished, self.used());
        self.finished = used;
        if used == before || !self.codec.may_follow() {
            return Ok(false);
        }
        let after = self.after_passing(used)?;
        let next = self.packed.bytes_at(after, 16)?;
        if after > used && after == self.packed.size() {
            self.used.set(after);
        }
        Ok(Codec::by_mark(&next) == Some(self.codec))
    }

    /// Goes on behind frames that are passed over.
    fn pass_over(&mut self) -> io::Result<()> {
        self.used.set(self.after_passing(self.used())?);
        Ok(())
    }

    fn after_passing(&self, mut at: u64) -> io::Result<u64> {
        while matches!(self.codec, Codec::Lz4 | Codec::Zstd)
            && let Some(length) = passed_over(&self.packed.bytes_at(at, 8)?)
        {
            at = at.saturating_add(length);
        }
        Ok(at)
    }
}

impl Codec {
    /// Unpacks one stream, from where others have ended.
    fn stream<'a>(self, packed: Part<'a>, used: &Rc<Cell<u64>>) -> io::Result<Box<dyn Read + 'a>> {
        let mut source =
            Source { packed, at: used.get(), buffer: Vec::new(), begin: 0, used: Rc::clone(used) };
        Ok(match self {
            Self::Deflate => Box::new(flate2::bufread::DeflateDecoder::new(source)),
            Self::Deflate64 => {
                let stream = Deflate64(Box::new(InflaterManaged::new()));
                Box::new(Pushed { stream, source, is_over: false })
            }
            Self::Gzip => Box::new(flate2::bufread::GzDecoder::new(source)),
            Self::Zlib => Box::new(flate2::bufread::ZlibDecoder::new(source)),
            Self::Zfile => {
                source.skip(21)?;
                // One more space where Python 2 wrote it.
                if source.fill_buf()?.first() == Some(&b' ') {
                    source.consume(1);
                }
                Box::new(flate2::bufread::ZlibDecoder::new(source))
            }
            Self::Bzip2 => Box::new(bzip2::bufread::BzDecoder::new(source)),
            Self::Lz4 => Box::new(lz4_flex::frame::FrameDecoder::new(source)),
            Self::Zstd => Box::new(
                StreamingDecoder::new_with_max_window_size(source, MOST_MEMORY).map_err(io::Error::other)?,
            ),
            Self::Xz => Box::new(Pushed {
                stream: Xz(XzStream::new_mem_limit(false, MOST_MEMORY_KB)),
                source,
                is_over: false,
            }),
            Self::Lzma => {
                let stream = Lzma(LzmaStream::new_mem_limit(MOST_MEMORY_KB, None));
                Box::new(Pushed { stream, source, is_over: false })
            }
            Self::ZipLzma => {
                let stream = Lzma(zip_lzma(&mut source)?);
                Box::new(Pushed { stream, source, is_over: false })
            }
        })
    }
}

/// In zip, a version and the length of the properties come before these.
fn zip_lzma(source: &mut Source<'_>) -> io::Result<LzmaStream> {
    let mut header = [0; 9];
    source.read_exact(&mut header)?;
    let [_, _, length, 0, properties, dictionary @ ..] = header else { return Err(broken()) };
    let dictionary = u32::from_le_bytes(dictionary);
    let memory = lzma_rust2::lzma_get_memory_usage_by_props(dictionary, properties)?;
    if length != 5 {
        return Err(broken());
    }
    if memory > MOST_MEMORY_KB {
        return Err(io::Error::new(io::ErrorKind::OutOfMemory, "a dictionary that is too large"));
    }
    LzmaStream::new_with_props(u64::MAX, properties, dictionary, None)
}

fn broken() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

/// A decoder that is given bytes, and does not ask for them.
trait Push {
    /// How many bytes it took and gave, and whether it has ended.
    fn push(&mut self, from: &[u8], into: &mut [u8], is_last: bool) -> io::Result<(usize, usize, bool)>;

    /// How many of the bytes that it took it did not need.
    fn unused(&self) -> usize {
        0
    }
}

struct Xz(XzStream);
struct Lzma(LzmaStream);
struct Deflate64(Box<InflaterManaged>);

// The reader that comes with it takes a stream that is cut short for a whole one.
impl Push for Deflate64 {
    fn push(&mut self, from: &[u8], into: &mut [u8], _is_last: bool) -> io::Result<(usize, usize, bool)> {
        let done = self.0.inflate(from, into);
        if done.data_error {
            return Err(broken());
        }
        Ok((done.bytes_consumed, done.bytes_written, self.0.finished()))
    }
}

impl Push for Xz {
    fn push(&mut self, from: &[u8], into: &mut [u8], is_last: bool) -> io::Result<(usize, usize, bool)> {
        let done = self.0.process(from, into, if is_last { Action::Finish } else { Action::Run })?;
        Ok((done.bytes_consumed, done.bytes_produced, done.status == Status::StreamEnd))
    }
}

impl Push for Lzma {
    fn unused(&self) -> usize {
        self.0.unused_input().len()
    }

    fn push(&mut self, from: &[u8], into: &mut [u8], is_last: bool) -> io::Result<(usize, usize, bool)> {
        let done = self.0.process(from, into, if is_last { Action::Finish } else { Action::Run })?;
        Ok((done.bytes_consumed, done.bytes_produced, done.status == Status::StreamEnd))
    }
}

struct Pushed<'a, P> {
    stream: P,
    source: Source<'a>,
    is_over: bool,
}

impl<P: Push> Read for Pushed<'_, P> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while !self.is_over {
            let from = self.source.fill_buf()?;
            let is_last = from.is_empty();
            let (took, gave, is_over) = self.stream.push(from, into, is_last)?;
            self.source.consume(took);
            self.is_over = is_over;
            if is_over {
                self.source.give_back(self.stream.unused());
            }
            if gave > 0 {
                return Ok(gave);
            }
            if is_last && took == 0 && !is_over {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(0)
    }
}

/// The packed bytes, and how many of them were used.
struct Source<'a> {
    packed: Part<'a>,
    /// Where the buffer ends among the packed bytes.
    at: u64,
    buffer: Vec<u8>,
    /// Where what is not used begins in the buffer.
    begin: usize,
    used: Rc<Cell<u64>>,
}

impl Source<'_> {
    fn skip(&mut self, count: usize) -> io::Result<()> {
        let length = self.fill_buf()?.len();
        self.consume(count.min(length));
        Ok(())
    }

    /// So many of the last bytes were not needed.
    fn give_back(&mut self, count: usize) {
        self.used.set(self.used.get().saturating_sub(count as u64));
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.begin >= self.buffer.len() {
            self.buffer = self.packed.bytes_at(self.at, WINDOW).map_err(of_source)?;
            self.at += self.buffer.len() as u64;
            self.begin = 0;
        }
        Ok(&self.buffer[self.begin..])
    }

    fn consume(&mut self, count: usize) {
        self.begin = (self.begin + count).min(self.buffer.len());
        self.used.set(self.at - (self.buffer.len() - self.begin) as u64);
    }
}

impl Read for Source<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let length = bytes.len().min(into.len());
        into[..length].copy_from_slice(&bytes[..length]);
        self.consume(length);
        Ok(length)
    }
}

/// Marks an error as one of reading the packed bytes, which says nothing about what they are.
#[derive(Debug)]
struct OfSource(io::Error);

impl fmt::Display for OfSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl std::error::Error for OfSource {}

fn of_source(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), OfSource(error))
}

pub(super) fn is_of_source(error: &io::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|error| error as _);
    while let Some(error) = cause {
        if error.is::<OfSource>() {
            return true;
        }
        cause = error.source();
    }
    false
}
