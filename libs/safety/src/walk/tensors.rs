//! Files of tensors: safetensors and GGUF. Both are strict about how they are laid out, and hold nothing that runs.

use std::io;

use limpide_formats::claims::Claims;
use limpide_formats::gguf::{Gguf, Problem, Read, Value};
use limpide_formats::reading::ReadAt;
use limpide_formats::safetensors::{self, Header};

use super::Walk;
use crate::texts;

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
    texts(walk, &header);
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

/// Notes names that would do harm as paths or in a page, and texts that would in a page.
fn texts(walk: &mut Walk<'_>, header: &Header) {
    for tensor in &header.tensors {
        let name = tensor.name.as_bytes();
        let climbs = name.split(|sign| matches!(sign, b'/' | b'\\')).any(|part| part == b"..");
        let is_odd = |sign: &u8| sign.is_ascii_control() || matches!(sign, b'<' | b'>' | b'\\' | b'"');
        // U+0080 to U+009F are control characters, too: C2 and one of these.
        let is_control = |pair: &[u8]| pair[0] == 0xc2 && matches!(pair[1], 0x80..=0x9f);
        if climbs || name.starts_with(b"/") || name.iter().any(is_odd) || name.windows(2).any(is_control) {
            walk.recorder.structure(8, "safetensors-odd-name");
        }
    }
    if header.metadata.iter().any(|(key, value)| is_markup(key) || is_markup(value)) {
        walk.recorder.structure(8, "safetensors-markup");
    }
}

/// Whether a page that shows a text as it is would run something.
fn is_markup(text: &str) -> bool {
    const MARKUP: [&str; 8] =
        ["<script", "<iframe", "<img", "<svg", "<object", "javascript:", "onerror=", "onload="];
    let text = text.to_ascii_lowercase();
    MARKUP.iter().any(|markup| text.contains(markup))
}

/// GGUF: metadata and where the tensors lie, then their bytes.
pub(super) fn gguf(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let size = file.size();
    let gguf = match gguf_header(file)? {
        Ok(gguf) => gguf,
        Err(problem) => {
            walk.recorder.structure(0, problem.kind());
            return Ok(walk.gap(0..size, "broken-header", "gguf"));
        }
    };
    for flaw in &gguf.flaws {
        walk.recorder.structure(0, flaw.kind());
    }
    templates(walk, &gguf);
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

/// The templates of chats that stand in the metadata.
fn templates(walk: &mut Walk<'_>, gguf: &Gguf) {
    for (key, value) in &gguf.metadata {
        match value {
            Value::Text(text) if key.contains("chat_template") => {
                texts::chat_template(text, 0, walk.recorder);
            }
            Value::LongText { .. } if key.contains("chat_template") => walk.recorder.gap(0, 0, "budget"),
            _ => {}
        }
    }
}

/// The header, for which as much of the file is read as it needs.
pub(crate) fn gguf_header(file: &dyn ReadAt) -> io::Result<Result<Gguf, Problem>> {
    let mut prefix = file.bytes_at(0, 64 << 10)?;
    loop {
        match Gguf::read(&prefix, file.size()) {
            Ok(Read::Done(gguf)) => return Ok(Ok(gguf)),
            Ok(Read::Needs(bytes)) => {
                let needed = usize::try_from(bytes).unwrap_or(usize::MAX);
                let more = file.bytes_at(prefix.len() as u64, needed.saturating_sub(prefix.len()))?;
                if more.is_empty() {
                    return Err(io::ErrorKind::UnexpectedEof.into());
                }
                prefix.extend(more);
            }
            Err(problem) => return Ok(Err(problem)),
        }
    }
}
