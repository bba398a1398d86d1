//! The code in archives of TorchScript, which runs when the model does: which of its operations read or write files, and
//! which come from no library that is known.

use std::io;

use limpide_formats::reading::ReadAt;

use super::{Walk, cut};
use crate::event::What;

/// The longest code that is looked through.
const LONGEST: u64 = 16 << 20;

/// Operations on files, whatever library they are called through.
const OF_FILES: [&str; 8] =
    ["save", "_save", "load", "_load", "from_file", "_from_file", "_pickle_load_obj", "_pickle_save"];

/// Libraries of operations that calculate.
const KNOWN: [&str; 10] = [
    "prim",
    "aten",
    "quantized",
    "_quantized",
    "sparse",
    "mkldnn",
    "prepacked",
    "torchvision",
    "torchaudio",
    "quantized_decomposed",
];

/// Notes the operations that do more than calculate. TorchScript writes those of PyTorch as `torch.name(…)`, all others as
/// `ops.library.name(…)`.
pub(super) fn operations(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<()> {
    if file.size() > LONGEST {
        walk.recorder.gap(LONGEST, file.size(), "budget");
    }
    let bytes = file.bytes_at(0, usize::try_from(file.size().min(LONGEST)).unwrap_or_default())?;
    let mut at = 0;
    for word in bytes.split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))) {
        let begin = at;
        at += word.len() as u64 + 1;
        let Some((library, name)) = std::str::from_utf8(word).ok().and_then(operation) else { continue };
        if OF_FILES.contains(&name) || !KNOWN.contains(&library) {
            let name = cut(&format!("{library}::{name}"));
            walk.recorder.see(begin, What::Operation { domain: "torchscript".to_owned(), name });
        }
    }
    Ok(())
}

/// The library and the name of an operation.
fn operation(word: &str) -> Option<(&str, &str)> {
    if let Some(name) = word.strip_prefix("torch.").filter(|name| !name.contains('.')) {
        return Some(("aten", name));
    }
    word.strip_prefix("ops.")?.split_once('.')
}
