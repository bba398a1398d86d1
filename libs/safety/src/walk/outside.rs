//! Files and addresses that a file refers to.

use super::{Walk, cut};
use crate::event::What;

/// Notes that a file refers to another; `-outside` is put to how it does, when that is none of its own folder.
pub(super) fn reference(walk: &mut Walk<'_>, at: u64, how: &str, path: &str) {
    let by = if is_outside(path) { format!("{how}-outside") } else { how.to_owned() };
    walk.recorder.see(at, What::Reference { by, path: cut(path) });
}

/// Whether a path leads out of the folder that it is read in, on some machine.
fn is_outside(path: &str) -> bool {
    let has_drive = path.as_bytes().get(1) == Some(&b':')
        && path.starts_with(|letter: char| letter.is_ascii_alphabetic());
    path.starts_with(['/', '\\', '~', '$', '%'])
        || has_drive
        || path.contains("://")
        || path.contains('\0')
        || path.split(['/', '\\']).any(|part| part == "..")
}
