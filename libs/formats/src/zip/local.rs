//! The header before a member.

use std::io;

use super::directory::{Entry, fields};
use super::{u16_at, u32_at, u64_at};
use crate::reading::ReadAt;

pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";

const HEADER: usize = 30;
/// Most headers are no longer than this with their names.
const USUAL: usize = 256;
const DESCRIPTOR_SIGNATURE: &[u8] = b"PK\x07\x08";

/// What the header before a member says.
#[derive(Debug, Clone, Default)]
pub(super) struct Header {
    pub(super) at: u64,
    /// Where the member's bytes begin.
    pub(super) data_at: u64,
    pub(super) flags: u16,
    pub(super) method: u16,
    checksum: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    name: Vec<u8>,
    is_long: bool,
}

impl Header {
    /// The header there, when there is one.
    pub(super) fn read(file: &dyn ReadAt, at: u64) -> io::Result<Option<Self>> {
        let mut bytes = file.bytes_at(at, USUAL)?;
        if bytes.len() < HEADER || !bytes.starts_with(SIGNATURE) {
            return Ok(None);
        }
        let (name, extra) = (usize::from(u16_at(&bytes, 26)), usize::from(u16_at(&bytes, 28)));
        let length = HEADER + name + extra;
        if bytes.len() < length {
            bytes = file.bytes_at(at, length)?;
        }
        if bytes.len() < length {
            return Ok(None);
        }
        let mut header = Self {
            at,
            data_at: at + length as u64,
            flags: u16_at(&bytes, 6),
            method: u16_at(&bytes, 8),
            checksum: u32_at(&bytes, 14),
            packed: u32_at(&bytes, 18).into(),
            size: u32_at(&bytes, 22).into(),
            name: bytes[HEADER..HEADER + name].to_vec(),
            is_long: false,
        };
        header.long_numbers(&bytes[HEADER + name..length]);
        Ok(Some(header))
    }

    fn long_numbers(&mut self, extra: &[u8]) {
        let Some((_, field)) = fields(extra).into_iter().find(|(kind, _)| *kind == 1) else { return };
        self.is_long = true;
        let mut at = 0;
        for number in [&mut self.size, &mut self.packed] {
            if *number == u64::from(u32::MAX) && field.len() >= at + 8 {
                *number = u64_at(field, at);
                at += 8;
            }
        }
    }

    pub(super) fn name(&self) -> String {
        String::from_utf8_lossy(&self.name).into_owned()
    }

    /// Whether lengths and checksum come after the member.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }

    /// In what this differs from what the directory says.
    pub(super) fn differs(&self, entry: &Entry) -> Vec<&'static str> {
        let mut odd = Vec::new();
        if self.name != entry.name {
            odd.push("zip-names-differ");
        }
        if self.method != entry.method {
            odd.push("zip-methods-differ");
        }
        // Whether the name is UTF-8 and lengths come afterwards is said in one of the two only by some writers.
        if (self.flags ^ entry.flags) & !0x808 != 0 {
            odd.push("zip-flags-differ");
        }
        // Encrypted, patch data, strong encryption, masked header: readers of models pass over them.
        if (self.flags | entry.flags) & 0x2061 != 0 {
            odd.push("zip-flags");
        }
        let is_told = !self.has_descriptor() || self.packed > 0;
        if is_told && (self.packed, self.size) != (entry.packed, entry.size) {
            odd.push("zip-lengths-differ");
        }
        if is_told && !self.has_descriptor() && self.checksum != entry.checksum {
            odd.push("zip-checksums-differ");
        }
        if entry.method == 0 && entry.packed != entry.size {
            odd.push("zip-stored-lengths-differ");
        }
        odd
    }

    /// How long the record is that comes after a member which ends there: 0 where there is none.
    pub(super) fn descriptor(&self, file: &dyn ReadAt, end: u64, entry: &Entry) -> io::Result<u64> {
        if !self.has_descriptor() {
            return Ok(0);
        }
        let bytes = file.bytes_at(end, 24)?;
        let skip = if bytes.starts_with(DESCRIPTOR_SIGNATURE) { 4 } else { 0 };
        let short = (u64::from(u32_at(&bytes, skip + 4)), u64::from(u32_at(&bytes, skip + 8)));
        let long = (u64_at(&bytes, skip + 4), u64_at(&bytes, skip + 12));
        let told = (entry.packed, entry.size);
        let length = match () {
            () if long == told && bytes.len() >= skip + 20 && (self.is_long || short != told) => 20,
            () if short == told && bytes.len() >= skip + 12 => 12,
            () => return Ok(0),
        };
        Ok((skip + length) as u64)
    }

    /// The member that this header tells of by itself, for a reader that knows no directory. Where lengths come
    /// afterwards, it may go on as far as the limit.
    pub(super) fn ends_before(&self, limit: u64) -> u64 {
        match self.has_descriptor() && self.packed == 0 {
            true => limit,
            false => self.data_at.saturating_add(self.packed).min(limit),
        }
    }
}
