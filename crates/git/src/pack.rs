//! Writes packs: how objects travel into a mirror.
//!
//! Format: <https://git-scm.com/docs/gitformat-pack>. Objects are written whole; git finds deltas when it repacks.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use gix_hash::Hasher;

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
}

impl Writer {
    /// Begins a pack of so many objects; gives its head.
    pub(crate) fn begin(objects: u32) -> (Self, Vec<u8>) {
        let mut writer = Self { hasher: gix_hash::hasher(gix_hash::Kind::Sha1) };
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
            write_head(*kind, bytes.len() as u64, &mut out);
            // Fast: the mirror is made again sooner than its disk is full.
            let mut packed = ZlibEncoder::new(&mut out, Compression::fast());
            packed.write_all(bytes)?;
            packed.finish()?;
        }
        self.hasher.update(&out);
        Ok(out)
    }

    /// The end of the pack: the SHA-1 of all that was written.
    pub(crate) fn checksum(&self) -> std::io::Result<Vec<u8>> {
        let id = self.hasher.clone().try_finalize().map_err(std::io::Error::other)?;
        Ok(id.as_bytes().to_vec())
    }
}

/// Kind and size, seven bits at a time, the lowest first; the first byte has room for four.
fn write_head(kind: ObjectKind, size: u64, out: &mut Vec<u8>) {
    let mut byte = (kind as u8) << 4 | (size & 0xF) as u8;
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
            write_head(ObjectKind::Blob, size, &mut out);
            out
        };
        assert_eq!(head(0), [0x30]);
        assert_eq!(head(15), [0x3F]);
        assert_eq!(head(16), [0xB0, 0x01]);
        assert_eq!(head(2047), [0xBF, 0x7F]);
        assert_eq!(head(2048), [0xB0, 0x80, 0x01]);
    }
}
