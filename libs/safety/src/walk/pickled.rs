//! Pickles.

use std::io;

use limpide_formats::reading::ReadAt;

use super::Walk;
use super::torch::Storages;

/// One pickle, or several with what stands between them.
pub(super) fn pickle(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    Ok(walk.gap(0..file.size(), "unread-format", "pickle"))
}

/// A pickle in an archive of PyTorch; gives the keys of the storages that it names.
pub(super) fn torch(walk: &mut Walk<'_>, file: &dyn ReadAt, storages: &Storages) -> Vec<String> {
    walk.recorder.gap(0, file.size(), "unread-format");
    storages.keys().cloned().collect()
}
