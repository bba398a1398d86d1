//! Tar archives, by the headers of the members that lie in the beginning of the file.

use super::Content;

const BLOCK: usize = 512;

/// A tar archive.
pub(super) fn recognise(prefix: &[u8]) -> Option<Content> {
    name_and_size(prefix)?;
    Some(Content::Tar { is_webdataset: is_webdataset(prefix) })
}

/// Whether files that follow each other have the same path up to the first dot of the name, and different endings
/// (<https://github.com/webdataset/webdataset>).
fn is_webdataset(prefix: &[u8]) -> bool {
    let (mut rest, mut before) = (prefix, None);
    while let Some((name, size)) = name_and_size(rest) {
        if let Some((sample, ending)) = sample(name) {
            if before.is_some_and(|(other, other_ending)| other == sample && other_ending != ending) {
                return true;
            }
            before = Some((sample, ending));
        }
        let blocks = usize::try_from(size).ok().and_then(|size| size.div_ceil(BLOCK).checked_add(1));
        let next = blocks.and_then(|blocks| blocks.checked_mul(BLOCK)).and_then(|length| rest.get(length..));
        rest = next.unwrap_or_default();
    }
    false
}

/// The path of a sample and the ending of a file that belongs to it.
fn sample(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let file = name.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1);
    let dot = file + name[file..].iter().position(|byte| *byte == b'.')?;
    (dot > file && dot + 1 < name.len()).then(|| (&name[..dot], &name[dot + 1..]))
}

/// The name and length of the member whose header these bytes begin with.
fn name_and_size(bytes: &[u8]) -> Option<(&[u8], u64)> {
    let header = bytes.get(..BLOCK)?;
    let size = std::str::from_utf8(&header[124..136]).ok()?.trim_matches(['\0', ' ']);
    let size = u64::from_str_radix(size, 8).ok()?;
    let name = header[..100].split(|byte| *byte == 0).next()?;
    (&header[257..262] == b"ustar").then_some((name, size))
}
