//! The index of the variables of TensorFlow: which tensors there are, in files of data beside it.

use std::io;

use limpide_formats::bundle::Bundle;
use limpide_formats::reading::ReadAt;

use super::Walk;

/// An index: which tensors there are.
pub(super) fn index(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let read = Bundle::read(file)?;
    walk.told(&read.oddities, &read.gaps);
    for range in read.unclaimed {
        walk.leftover(file, range, "bundle-between-blocks")?;
    }
    Ok("tensorflow-index")
}
