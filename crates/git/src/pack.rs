//! Writes packs: how objects travel into a mirror.
//!
//! Format: <https://git-scm.com/docs/gitformat-pack>. An object that is much like one before is written as what is different
//! (`delta.rs`): a folder of a thousand files is there once for each commit that touched one of them.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix_hash::Hasher;

use crate::delta::{Delta, Recent};

/// The number that packs have for what is different from an object before it.
const DELTA: u8 = 6;

/// What an object is, with the number that packs have for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A commit.
    Commit = 1,
    /// A tree.
    Tree = 2,
    /// A blob.
    Blob = 3,
    /// An annotated tag.
    Tag = 4,
}

impl ObjectKind {
    /// The kind that is written `commit`, `tree`, `blob` or `tag`.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "commit" => Some(Self::Commit),
            "tree" => Some(Self::Tree),
            "blob" => Some(Self::Blob),
            "tag" => Some(Self::Tag),
            _ => None,
        }
    }
}

/// Writes a pack, piece by piece.
pub(crate) struct Writer {
    hasher: Hasher,
    written: u64,
    recent: Recent,
}

impl Writer {
    /// Begins a pack of so many objects; gives its head.
    pub(crate) fn begin(objects: u32) -> (Self, Vec<u8>) {
        let hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
        let mut writer = Self { hasher, written: 12, recent: Recent::default() };
        let mut head = Vec::with_capacity(12);
        head.extend_from_slice(b"PACK");
        head.extend_from_slice(&2_u32.to_be_bytes());
        head.extend_from_slice(&objects.to_be_bytes());
        writer.hasher.update(&head);
        (writer, head)
    }

    /// Writes objects.
    pub(crate) fn objects(&mut self, objects: &[(ObjectKind, Bytes)]) -> std::io::Result<Vec<u8>> {
        let mut out = Vec::with_capacity(objects.iter().map(|(_, bytes)| bytes.len() / 2 + 32).sum());
        for (kind, bytes) in objects {
            let place = self.written + out.len() as u64;
            match self.recent.delta(*kind, bytes, place) {
                Some(Delta { back, changes }) => {
                    write_head(DELTA, changes.len() as u64, &mut out);
                    write_back(back, &mut out);
                    compress(&changes, &mut out)?;
                }
                None => {
                    write_head(*kind as u8, bytes.len() as u64, &mut out);
                    compress(bytes, &mut out)?;
                }
            }
        }
        self.hasher.update(&out);
        self.written += out.len() as u64;
        Ok(out)
    }

    /// The end of the pack: the SHA-1 of all that was written.
    pub(crate) fn checksum(&self) -> std::io::Result<Vec<u8>> {
        let id = self.hasher.clone().try_finalize().map_err(std::io::Error::other)?;
        Ok(id.as_bytes().to_vec())
    }
}

/// Fast: the mirror is made again sooner than its disk is full.
fn compress(bytes: &[u8], out: &mut Vec<u8>) -> std::io::Result<()> {
    let mut packed = ZlibEncoder::new(out, Compression::fast());
    packed.write_all(bytes)?;
    packed.finish()?;
    Ok(())
}

/// How far back the object begins that a delta rests on: seven bits at a time, the highest first, each group but the last
/// one less than it stands for.
fn write_back(mut back: u64, out: &mut Vec<u8>) {
    let mut groups = vec![(back & 0x7F) as u8];
    while back > 0x7F {
        back = (back >> 7) - 1;
        groups.push((back & 0x7F) as u8 | 0x80);
    }
    out.extend(groups.iter().rev());
}

/// Kind and size, seven bits at a time, the lowest first; the first byte has room for four.
fn write_head(kind: u8, size: u64, out: &mut Vec<u8>) {
    let mut byte = kind << 4 | (size & 0xF) as u8;
    let mut rest = size >> 4;
    while rest > 0 {
        out.push(byte | 0x80);
        byte = (rest & 0x7F) as u8;
        rest >>= 7;
    }
    out.push(byte);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_those_of_the_format() {
        let head = |size| {
            let mut out = Vec::new();
            write_head(ObjectKind::Blob as u8, size, &mut out);
            out
        };
        assert_eq!(head(0), [0x30]);
        assert_eq!(head(15), [0x3F]);
        assert_eq!(head(16), [0xB0, 0x01]);
        assert_eq!(head(2047), [0xBF, 0x7F]);
        assert_eq!(head(2048), [0xB0, 0x80, 0x01]);
    }

    #[test]
    fn ways_back_are_those_of_the_format() {
        let back = |far| {
            let mut out = Vec::new();
            write_back(far, &mut out);
            out
        };
        assert_eq!(back(1), [0x01]);
        assert_eq!(back(127), [0x7F]);
        assert_eq!(back(128), [0x80, 0x00]);
        assert_eq!(back(16_511), [0xFF, 0x7F]);
        assert_eq!(back(16_512), [0x80, 0x80, 0x00]);
    }
}
