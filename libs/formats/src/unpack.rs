//! Compressed bytes, read as what they unpack to, at any place and in bounded memory.
//!
//! What is short is kept. What is long is unpacked once to learn how long, and again from the beginning whenever an
//! earlier place is asked for. All of this takes from an [`Allowance`] that a whole file shares, so that no nesting of
//! small archives costs more than its file is worth. What can be unpacked before a stream breaks, or before the allowance
//! ends, can be read: a loader would have read it too.

mod codec;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

pub use codec::Codec;
use codec::Decoder;

use crate::reading::{Part, ReadAt};

/// The most bytes that are kept of one stream.
const MOST_KEPT: u64 = 16 << 20;
/// What is unpacked of a longer one at once, and how many such pieces are kept.
const PIECE: usize = 256 << 10;
const MOST_PIECES: usize = 8;

/// What may still be unpacked, and kept, of a file with all that is in it.
#[derive(Debug)]
pub struct Allowance {
    work: Cell<u64>,
    memory: Rc<Cell<u64>>,
}

impl Allowance {
    /// What is unpacked of any file.
    const LEAST_WORK: u64 = 256 << 20;
    /// How often a file's own length, in addition.
    const WORK_PER_BYTE: u64 = 16;
    /// What is kept in all.
    const MEMORY: u64 = 40 << 20;

    /// For a file of this length.
    pub fn of(length: u64) -> Self {
        let work = length.saturating_mul(Self::WORK_PER_BYTE).saturating_add(Self::LEAST_WORK);
        Self { work: Cell::new(work), memory: Rc::new(Cell::new(Self::MEMORY)) }
    }

    /// What a stream gives, of which so many bytes are kept, and how it ended.
    pub(crate) fn bytes_of(&self, reader: &mut dyn Read, most: u64) -> (Vec<u8>, Ending) {
        let (mut bytes, mut given, mut piece) = (Vec::new(), 0, vec![0; PIECE]);
        loop {
            match reader.read(&mut piece) {
                Ok(0) if given > most => return (bytes, Ending::TooLarge),
                Ok(0) => return (bytes, Ending::Whole),
                Ok(read) => {
                    given += read as u64;
                    if given <= most {
                        bytes.extend_from_slice(&piece[..read]);
                    }
                    if !self.takes(read as u64) {
                        return (bytes, Ending::TooLarge);
                    }
                }
                Err(_) => return (bytes, Ending::Broken),
            }
        }
    }

    /// Takes so many bytes of work; false where there are fewer left.
    pub fn takes(&self, bytes: u64) -> bool {
        let left = self.work.get().checked_sub(bytes);
        self.work.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Whether there is work left.
    pub fn is_left(&self) -> bool {
        self.work.get() > 0
    }

    /// Takes up to so many bytes of memory for something to be kept.
    fn keeps(&self, bytes: u64) -> u64 {
        let kept = bytes.min(self.memory.get());
        self.memory.set(self.memory.get() - kept);
        kept
    }
}

/// How a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// As it should.
    Whole,
    /// It is broken at some place; what came before can be read.
    Broken,
    /// There is more than may be unpacked; what came before can be read.
    TooLarge,
}

/// What compressed bytes unpack to.
pub struct Unpacked<'a> {
    codec: Codec,
    packed: Part<'a>,
    allowance: &'a Allowance,
    memory: u64,
    size: u64,
    used: u64,
    ending: Ending,
    contents: Contents<'a>,
}

enum Contents<'a> {
    Kept(Vec<u8>),
    Replayed(RefCell<Replay<'a>>),
}

/// A long stream, as far as it is unpacked.
struct Replay<'a> {
    decoder: Decoder<'a>,
    at: u64,
    /// The last pieces, each with its place.
    pieces: VecDeque<(u64, Vec<u8>)>,
    /// The first piece and the last ones of all: what tells what a file is stands at its ends.
    ends: Ends,
}

/// The first piece of a stream and the last ones, each with its place.
#[derive(Default)]
struct Ends {
    first: Vec<u8>,
    last: VecDeque<(u64, Vec<u8>)>,
}

impl Ends {
    /// How many pieces are kept of the end.
    const LAST: usize = 2;

    fn push(&mut self, begin: u64, piece: &[u8]) {
        if begin == 0 {
            self.first = piece.to_vec();
        }
        self.last.push_back((begin, piece.to_vec()));
        if self.last.len() > Self::LAST {
            self.last.pop_front();
        }
    }

    /// The bytes from a place on, when they are here.
    fn from(&self, at: u64) -> Option<&[u8]> {
        let pieces = self.last.iter().map(|(begin, piece)| (*begin, piece.as_slice()));
        from_piece(pieces.chain([(0, self.first.as_slice())]), at)
    }
}

/// The bytes from a place on of the piece that holds it.
fn from_piece<'p>(mut pieces: impl Iterator<Item = (u64, &'p [u8])>, at: u64) -> Option<&'p [u8]> {
    pieces.find_map(|(begin, piece)| {
        let offset = usize::try_from(at.checked_sub(begin)?).ok()?;
        piece.get(offset..).filter(|rest| !rest.is_empty())
    })
}

impl<'a> Unpacked<'a> {
    /// What these bytes unpack to.
    ///
    /// # Errors
    /// When the compressed bytes cannot be read.
    pub fn new(codec: Codec, packed: Part<'a>, allowance: &'a Allowance) -> io::Result<Self> {
        let memory = allowance.keeps(MOST_KEPT);
        let mut decoder = Decoder::new(codec, packed);
        let mut unpacked = Self {
            codec,
            packed,
            allowance,
            memory,
            size: 0,
            used: 0,
            ending: Ending::Whole,
            contents: Contents::Kept(Vec::new()),
        };
        unpacked.measure(&mut decoder)?;
        Ok(unpacked)
    }

    /// How the stream ended.
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// How many of the compressed bytes belong to the stream; what comes after them is something else.
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Unpacks all of it once, keeping what is short.
    fn measure(&mut self, decoder: &mut Decoder<'a>) -> io::Result<()> {
        let (mut kept, mut ends) = (Some(Vec::new()), Ends::default());
        loop {
            let piece = match piece(decoder, self.allowance) {
                Ok(piece) => piece,
                Err((piece, error)) => {
                    self.ending = ending(error)?;
                    piece
                }
            };
            ends.push(self.size, &piece);
            self.size += piece.len() as u64;
            if let Some(bytes) = kept.take_if(|_| self.size > self.memory) {
                drop::<Vec<u8>>(bytes);
            }
            if let Some(bytes) = &mut kept {
                bytes.extend_from_slice(&piece);
            }
            if piece.len() < PIECE || self.ending != Ending::Whole {
                break;
            }
        }
        self.used = decoder.used();
        self.contents = match kept {
            Some(mut bytes) => {
                bytes.shrink_to_fit();
                self.give_back(self.memory - bytes.len() as u64);
                Contents::Kept(bytes)
            }
            None => {
                let decoder = Decoder::new(self.codec, self.packed);
                Contents::Replayed(RefCell::new(Replay { decoder, at: 0, pieces: VecDeque::new(), ends }))
            }
        };
        Ok(())
    }

    fn give_back(&mut self, bytes: u64) {
        self.allowance.memory.set(self.allowance.memory.get() + bytes);
        self.memory -= bytes;
    }

    /// Reads from the pieces, unpacking up to the place first, from the beginning where that is behind.
    fn replay(&self, replay: &mut Replay<'a>, at: u64, into: &mut [u8]) -> io::Result<usize> {
        if let Some(bytes) = replay.ends.from(at) {
            return bytes_into(bytes, into);
        }
        if replay.pieces.front().is_some_and(|(begin, _)| at < *begin) {
            replay.decoder = Decoder::new(self.codec, self.packed);
            replay.at = 0;
            replay.pieces.clear();
        }
        while replay.at <= at {
            let (piece, _) = match piece(&mut replay.decoder, self.allowance) {
                Ok(piece) => (piece, ()),
                // Where it ended the first time, it ends.
                Err((piece, error)) if replay.at + piece.len() as u64 >= self.size => {
                    ending(error)?;
                    (piece, ())
                }
                Err((_, error)) => return Err(error),
            };
            if piece.is_empty() {
                return Ok(0);
            }
            let begin = replay.at;
            replay.at += piece.len() as u64;
            replay.pieces.push_back((begin, piece));
            if replay.pieces.len() > MOST_PIECES {
                replay.pieces.pop_front();
            }
        }
        let pieces = replay.pieces.iter().map(|(begin, piece)| (*begin, piece.as_slice()));
        bytes_into(from_piece(pieces, at).unwrap_or_default(), into)
    }
}

fn bytes_into(bytes: &[u8], into: &mut [u8]) -> io::Result<usize> {
    bytes.read_at(0, into)
}

impl ReadAt for Unpacked<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        if at >= self.size || into.is_empty() {
            return Ok(0);
        }
        match &self.contents {
            Contents::Kept(bytes) => bytes.read_at(at, into),
            Contents::Replayed(replay) => self.replay(&mut replay.borrow_mut(), at, into),
        }
    }
}

impl Drop for Unpacked<'_> {
    fn drop(&mut self) {
        self.give_back(self.memory);
    }
}

/// Whether bytes can be unpacked at all, as far as their beginning tells.
///
/// # Errors
/// When they cannot be read.
pub fn begins(codec: Codec, packed: Part<'_>) -> io::Result<bool> {
    match Decoder::new(codec, packed).read(&mut [0; 64]) {
        Ok(read) => Ok(read > 0 || packed.size() < 64),
        Err(error) => Ok(ending(error)? == Ending::TooLarge),
    }
}

/// What bytes unpack to, the beginning of it: so many bytes, fewer where the stream ends or breaks before.
///
/// # Errors
/// When they cannot be read.
pub fn beginning(codec: Codec, packed: Part<'_>, most: usize) -> io::Result<Vec<u8>> {
    let (mut decoder, mut bytes) = (Decoder::new(codec, packed), vec![0; most]);
    let mut filled = 0;
    while filled < most {
        match decoder.read(&mut bytes[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) => {
                ending(error)?;
                break;
            }
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Unpacks the next piece; a shorter one is the last. What was unpacked before an error comes with it.
fn piece(decoder: &mut Decoder<'_>, allowance: &Allowance) -> Result<Vec<u8>, (Vec<u8>, io::Error)> {
    let (mut piece, mut filled) = (vec![0; PIECE], 0);
    let mut result = Ok(());
    while filled < piece.len() {
        match decoder.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(more) => filled += more,
            Err(error) => {
                result = Err(error);
                break;
            }
        }
    }
    piece.truncate(filled);
    if !allowance.takes(filled as u64) {
        result = Err(too_large());
    }
    match result {
        Ok(()) => Ok(piece),
        Err(error) => Err((piece, error)),
    }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::QuotaExceeded, "more than may be unpacked")
}

/// How a stream ended that ended with an error; the error, where the compressed bytes could not be read.
fn ending(error: io::Error) -> io::Result<Ending> {
    match error.kind() {
        io::ErrorKind::QuotaExceeded => Ok(Ending::TooLarge),
        io::ErrorKind::OutOfMemory => Ok(Ending::TooLarge),
        _ if codec::is_of_source(&error) => Err(error),
        _ => Ok(Ending::Broken),
    }
}
