//! Files of HDF5, made byte by byte.

/// A file of one object, the root, with these messages: the superblock of version 2, and a header of version 2.
pub(crate) fn hdf5(messages: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (kind, data) in messages {
        body.push(*kind);
        body.extend(u16::try_from(data.len()).unwrap().to_le_bytes());
        body.push(0);
        body.extend(data);
    }
    let end = 48 + 10 + body.len() as u64 + 4;
    let mut file = b"\x89HDF\r\n\x1a\n\x02\x08\x08\0".to_vec();
    for address in [0, u64::MAX, end, 48] {
        file.extend(address.to_le_bytes());
    }
    file.extend(b"sum.OHDR\x02\x02");
    file.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
    file.extend(body);
    file.extend(b"sum.");
    file
}

/// An attribute that is a text.
pub(crate) fn attribute(name: &str, text: &[u8]) -> (u8, Vec<u8>) {
    let length = u32::try_from(text.len()).unwrap().to_le_bytes();
    let datatype = [b"\x13\0\0\0".as_slice(), &length].concat();
    let sizes = [u16::try_from(name.len() + 1).unwrap(), 8, 4].map(u16::to_le_bytes).concat();
    (
        0xc,
        [b"\x03\0".as_slice(), &sizes, b"\0", name.as_bytes(), b"\0", &datatype, b"\x02\0\0\0", text]
            .concat(),
    )
}

/// A link to a file.
pub(crate) fn link(name: &str, file: &str) -> (u8, Vec<u8>) {
    let target = [b"\0", file.as_bytes(), b"\0/x\0"].concat();
    let length = u16::try_from(target.len()).unwrap().to_le_bytes();
    let begin = [1, 8, 64, u8::try_from(name.len()).unwrap()];
    (6, [begin.as_slice(), name.as_bytes(), &length, &target].concat())
}
