//! Data that nothing runs, and programs, which are not looked into.

use std::io;

use limpide_formats::parquet::{self, Footer};
use limpide_formats::reading::ReadAt;

use super::Walk;
use crate::event::What;

/// Endings of files that are something other than nothing.
const NEVER_EMPTY: [&str; 12] =
    ["safetensors", "gguf", "pt", "pth", "bin", "ckpt", "pkl", "joblib", "h5", "keras", "onnx", "npy"];

/// A file without bytes: nothing, except where weights are expected.
pub(super) fn empty(walk: &mut Walk<'_>, name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    if NEVER_EMPTY.contains(&&*ending) {
        walk.recorder.gap(0, 0, "empty");
    }
    "empty"
}

/// A program, whose bytes are understood as far as that.
pub(super) fn program(walk: &mut Walk<'_>, kind: &'static str) -> &'static str {
    walk.recorder.see(0, What::Executable { kind: kind.to_owned() });
    kind
}

/// Parquet: columns of plain values, found by what stands at the end.
pub(super) fn parquet(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let size = file.size();
    let tail = file.bytes_at(size.saturating_sub(parquet::TAIL as u64), parquet::TAIL)?;
    let length = tail.first_chunk().map(|tail| parquet::footer_length(*tail, size));
    let Some(Ok(length)) = length else {
        walk.recorder.structure(0, "parquet-without-footer");
        return Ok(walk.gap(0..size, "broken-header", "parquet"));
    };
    let at = size - parquet::TAIL as u64 - length;
    match Footer::read(&file.bytes_at(at, usize::try_from(length).unwrap_or(usize::MAX))?, size) {
        Ok(footer) => {
            for _ in &footer.flaws {
                walk.recorder.structure(at, "parquet-footer");
            }
        }
        Err(_) => {
            walk.recorder.structure(at, "parquet-footer-broken");
            walk.recorder.gap(0, size, "broken-header");
        }
    }
    Ok("parquet")
}
