//! Pickles.

use std::io;

use limpide_formats::reading::ReadAt;

use super::Walk;

/// One pickle, or several with what stands between them.
pub(super) fn pickle(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    Ok(walk.gap(0..file.size(), "unread-format", "pickle"))
}
