//! Arrays of NumPy.

use std::io;

use limpide_formats::npy::{Array, Problem};
use limpide_formats::reading::{Part, ReadAt};

use super::{Walk, pickled};

/// A header, and items; or a pickle, where Python objects are among the items.
pub(super) fn npy(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let array = match Array::read(file) {
        Ok(array) => array,
        Err(Problem::Unreadable(error)) => return Err(error),
        Err(_) => {
            walk.recorder.structure(0, "npy-header");
            return Ok(walk.gap(0..file.size(), "broken-header", "npy"));
        }
    };
    if array.has_objects {
        let objects = Part::new(file, array.data.start, file.size());
        walk.recorder.enter("(objects)");
        pickled::member(walk, &objects);
        walk.recorder.leave();
        return Ok("npy");
    }
    if array.is_cut {
        walk.recorder.structure(array.data.start, "npy-cut");
    }
    walk.leftover(file, array.data.end..file.size(), "after-the-end")?;
    Ok("npy")
}
