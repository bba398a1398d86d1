//! Files of tensors: safetensors and GGUF. Both are strict about how they are laid out, and hold nothing that runs.

use std::io;

use limpide_formats::claims::Claims;
use limpide_formats::gguf::{Gguf, Read};
use limpide_formats::reading::ReadAt;
use limpide_formats::safetensors::{self, Header};

use super::Walk;

/// Safetensors: a header, and the bytes of the tensors it tells of.
pub(super) fn safetensors(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let size = file.size();
    let mut broken = |kind: &str| {
        walk.recorder.structure(0, kind);
        walk.recorder.gap(0, size, "broken-header");
        Ok("safetensors")
    };
    let Some(first) = file.bytes_at(0, 8)?.first_chunk().copied() else { return broken("safetensors-short") };
    let Ok(length) = safetensors::header_length(first) else { return broken("safetensors-header-too-long") };
    let Ok(data) = safetensors::data_length(length, size) else {
        return broken("safetensors-header-past-end");
    };
    let header = match Header::read(&file.bytes_at(8, usize::try_from(length).unwrap_or_default())?, data) {
        Ok(header) => header,
        Err(problem) => return broken(problem.kind()),
    };
    for flaw in &header.flaws {
        walk.recorder.structure(8, flaw.kind());
    }
    let mut claims = Claims::new();
    let begin = 8 + length;
    claims.claim(0..begin);
    for tensor in &header.tensors {
        claims.claim(begin.saturating_add(tensor.begin)..begin.saturating_add(tensor.end));
    }
    for range in claims.unclaimed(size) {
        walk.leftover(file, range, "safetensors-between-tensors")?;
    }
    Ok("safetensors")
}

/// GGUF: metadata and where the tensors lie, then their bytes.
pub(super) fn gguf(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let size = file.size();
    let Some(gguf) = gguf_header(file)? else {
        walk.recorder.structure(0, "gguf-header");
        return Ok(walk.gap(0..size, "broken-header", "gguf"));
    };
    for flaw in &gguf.flaws {
        walk.recorder.structure(0, flaw.kind());
    }
    let mut claims = Claims::new();
    claims.claim(0..gguf.header_length);
    for tensor in &gguf.tensors {
        let begin = gguf.data_begin.saturating_add(tensor.offset);
        claims.claim(begin..begin.saturating_add(tensor.bytes().unwrap_or_default()));
    }
    for range in claims.unclaimed(size) {
        walk.leftover(file, range, "gguf-between-tensors")?;
    }
    Ok("gguf")
}

/// The header, read as far as it goes; none where it is broken.
fn gguf_header(file: &dyn ReadAt) -> io::Result<Option<Gguf>> {
    let mut prefix = file.bytes_at(0, 64 << 10)?;
    loop {
        match Gguf::read(&prefix, file.size()) {
            Ok(Read::Done(gguf)) => return Ok(Some(gguf)),
            Ok(Read::Needs(bytes)) => {
                let needed = usize::try_from(bytes).unwrap_or(usize::MAX);
                let more = file.bytes_at(prefix.len() as u64, needed.saturating_sub(prefix.len()))?;
                if more.is_empty() {
                    return Ok(None);
                }
                prefix.extend(more);
            }
            Err(_) => return Ok(None),
        }
    }
}
