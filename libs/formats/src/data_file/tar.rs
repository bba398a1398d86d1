//! Tar archives, by the headers of the members that lie in the beginning of the file.

use super::Content;
use crate::tar::{self, BLOCK};

/// A tar archive.
pub(super) fn recognise(prefix: &[u8]) -> Option<Content> {
    tar::is_tar(prefix).then(|| Content::Tar { is_webdataset: is_webdataset(prefix) })
}

/// Whether files that follow each other have the same path up to the first dot of the name, and different endings
/// (<https://github.com/webdataset/webdataset>).
fn is_webdataset(prefix: &[u8]) -> bool {
    let (mut rest, mut before) = (prefix, None);
    while let Some(header) = tar::header(rest) {
        if let Some((sample, ending)) = sample(&header.name) {
            let (sample, ending) = (sample.to_vec(), ending.to_vec());
            let is_another_part = |(other, end): &(Vec<u8>, Vec<u8>)| *other == sample && *end != ending;
            if before.as_ref().is_some_and(is_another_part) {
                return true;
            }
            before = Some((sample, ending));
        }
        let length = header.size.div_ceil(BLOCK).checked_add(1).and_then(|blocks| blocks.checked_mul(BLOCK));
        let next =
            length.and_then(|length| usize::try_from(length).ok()).and_then(|length| rest.get(length..));
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
