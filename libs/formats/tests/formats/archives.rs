//! Writes small archives byte by byte, so that each byte can be wrong.

use std::io::Write;

/// A member of a zip archive: what is said of it at both places, and its bytes as they lie there.
#[derive(Debug, Clone)]
pub(crate) struct InZip {
    pub(crate) name: String,
    /// The name in the header before it.
    pub(crate) local_name: String,
    pub(crate) method: u16,
    pub(crate) flags: u16,
    pub(crate) local_flags: u16,
    pub(crate) packed: Vec<u8>,
    pub(crate) size: usize,
    /// What the header says of the length; the right one where nothing is said.
    pub(crate) local_length: Option<u32>,
    pub(crate) extra: Vec<u8>,
    /// Whether the directory tells of it.
    pub(crate) is_listed: bool,
    /// Whether lengths come after it.
    pub(crate) has_descriptor: bool,
    pub(crate) mode: u32,
}

impl InZip {
    pub(crate) fn stored(name: &str, bytes: &[u8]) -> Self {
        Self {
            name: name.to_owned(),
            local_name: name.to_owned(),
            method: 0,
            flags: 0,
            local_flags: 0,
            packed: bytes.to_vec(),
            size: bytes.len(),
            local_length: None,
            extra: Vec::new(),
            is_listed: true,
            has_descriptor: false,
            mode: 0,
        }
    }

    pub(crate) fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        Self { method: 8, packed: encoder.finish().unwrap(), ..Self { ..Self::stored(name, bytes) } }
    }

    fn header(&self) -> Vec<u8> {
        let told = if self.has_descriptor { 0 } else { self.packed.len() as u32 };
        let flags = self.local_flags | if self.has_descriptor { 8 } else { 0 };
        let size = if self.has_descriptor { 0 } else { self.size as u32 };
        let mut header = b"PK\x03\x04\x14\0".to_vec();
        header.extend([flags.to_le_bytes(), self.method.to_le_bytes(), [0; 2], [0; 2]].concat());
        let numbers = [0, self.local_length.unwrap_or(told), size];
        header.extend(numbers.map(u32::to_le_bytes).concat());
        header.extend((self.local_name.len() as u16).to_le_bytes());
        header.extend((self.extra.len() as u16).to_le_bytes());
        [header, self.local_name.clone().into_bytes(), self.extra.clone()].concat()
    }

    fn descriptor(&self) -> Vec<u8> {
        let numbers = [0, self.packed.len() as u32, self.size as u32].map(u32::to_le_bytes);
        if self.has_descriptor { [b"PK\x07\x08".to_vec(), numbers.concat()].concat() } else { Vec::new() }
    }

    fn entry(&self, at: u32) -> Vec<u8> {
        let flags = self.flags | if self.has_descriptor { 8 } else { 0 };
        let mut entry = b"PK\x01\x02\x14\x03\x14\0".to_vec();
        entry.extend([flags.to_le_bytes(), self.method.to_le_bytes(), [0; 2], [0; 2]].concat());
        entry.extend([0, self.packed.len() as u32, self.size as u32].map(u32::to_le_bytes).concat());
        entry.extend((self.name.len() as u16).to_le_bytes());
        entry.extend([0; 8]);
        entry.extend([self.mode << 16, at].map(u32::to_le_bytes).concat());
        [entry, self.name.clone().into_bytes()].concat()
    }
}

/// The members, then the directory, then its end.
pub(crate) fn zip(members: &[InZip]) -> Vec<u8> {
    let (mut file, mut directory, mut count) = (Vec::new(), Vec::new(), 0_u16);
    for member in members {
        let at = file.len() as u32;
        file.extend(member.header());
        file.extend(&member.packed);
        file.extend(member.descriptor());
        if member.is_listed {
            directory.extend(member.entry(at));
            count += 1;
        }
    }
    let at = file.len() as u32;
    file.extend(&directory);
    file.extend(zip_end(count, directory.len() as u32, at, b""));
    file
}

/// The end of a directory.
pub(crate) fn zip_end(count: u16, length: u32, at: u32, comment: &[u8]) -> Vec<u8> {
    let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
    end.extend([count, count].map(u16::to_le_bytes).concat());
    end.extend([length, at].map(u32::to_le_bytes).concat());
    end.extend((comment.len() as u16).to_le_bytes());
    end.extend(comment);
    end
}

/// A member of a tar archive, with its padding.
pub(crate) fn in_tar(name: &[u8], flag: u8, target: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name);
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", bytes.len()).as_bytes());
    header[156] = flag;
    header[157..157 + target.len()].copy_from_slice(target);
    header[257..265].copy_from_slice(b"ustar\x0000");
    with_checksum(&mut header);
    header.extend(bytes);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

pub(crate) fn with_checksum(header: &mut [u8]) {
    header[148..156].fill(b' ');
    let sum = header[..512].iter().map(|byte| u32::from(*byte)).sum::<u32>();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

/// The members, and the empty blocks at the end.
pub(crate) fn tar(members: &[Vec<u8>]) -> Vec<u8> {
    [members.concat(), vec![0; 1024]].concat()
}

/// An array of NumPy with this header.
pub(crate) fn npy(version: u8, header: &str, bytes: &[u8]) -> Vec<u8> {
    let length = header.len() as u32;
    let length =
        if version == 1 { length.to_le_bytes()[..2].to_vec() } else { length.to_le_bytes().to_vec() };
    [b"\x93NUMPY".as_slice(), &[version, 0], &length, header.as_bytes(), bytes].concat()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A 7z archive of these members.
pub(crate) fn seven_zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = sevenz_rust2::ArchiveWriter::new(std::io::Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in members {
        writer.push_archive_entry(sevenz_rust2::ArchiveEntry::new_file(name), Some(*bytes)).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
