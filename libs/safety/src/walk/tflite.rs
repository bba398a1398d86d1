//! TensorFlow Lite: operators that are none of the format's own, and what lies behind the graph.

use std::io;

use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::tar::not_zero;
use limpide_formats::tflite::TfLite;
use limpide_formats::zip::Zip;

use super::{Walk, archive, cut};
use crate::event::What;
use crate::operations::calculates;

/// What the name of an operator begins with that is one of TensorFlow.
const FLEX: &str = "Flex";

/// A graph, and the archive of files that may stand behind it.
pub(super) fn file(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let Some(read) = TfLite::read(file)? else {
        return Ok(walk.gap(0..file.size(), "broken-header", "tflite"));
    };
    walk.told(&read.oddities, &read.gaps);
    for (at, name) in &read.custom {
        operator(walk, *at, name);
    }
    after(walk, file, read.end)?;
    Ok("tflite")
}

/// An operator that whoever loads the graph must bring; those of TensorFlow come with a library of theirs.
fn operator(walk: &mut Walk<'_>, at: u64, name: &str) {
    let (domain, name) = match name.strip_prefix(FLEX) {
        Some(name) if calculates("tensorflow", name) => return,
        Some(name) => ("tensorflow", name),
        None if calculates("tflite", name) => return,
        None => ("tflite-custom", name),
    };
    walk.recorder.see(at, What::Operation { domain: domain.to_owned(), name: cut(name) });
}

/// Labels and the like are put behind a graph as an archive, as the format has it; all else was put there.
fn after(walk: &mut Walk<'_>, file: &dyn ReadAt, end: u64) -> io::Result<()> {
    let size = file.size();
    let has_archive = Zip::at_the_end(file)?.is_some();
    let begin = not_zero(file, end)?.unwrap_or(size);
    let rest = Part::new(file, begin, size - begin);
    if has_archive && rest.bytes_at(0, 4)? == b"PK\x03\x04" {
        walk.member_with("(files)", &rest, &mut |walk, bytes| {
            if let Err(error) = archive::zip(walk, bytes) {
                walk.unread(bytes, &error);
            }
        });
        return Ok(());
    }
    walk.leftover(file, end..size, "tflite-after-the-graph")?;
    if has_archive { archive::zip_at_the_end(walk, file) } else { Ok(()) }
}
