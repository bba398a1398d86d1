//! Whether what a header says of its tensors and vocabulary adds up.

use std::collections::HashSet;

use super::{Flaw, Gguf, LONGEST_NAME, Tensor, Value};

/// Places the data after the header, and notes what does not add up.
pub(super) fn check(gguf: &mut Gguf, file_length: u64) {
    gguf.data_begin = gguf.header_length.next_multiple_of(gguf.alignment);
    let mut flaws = vocabulary(gguf);
    flaws.extend(names(&gguf.tensors));
    flaws.extend(places(gguf, file_length.saturating_sub(gguf.data_begin)));
    gguf.flaws.extend(flaws);
}

fn vocabulary(gguf: &Gguf) -> Vec<Flaw> {
    let length = |key: &str| match gguf.metadata.get(key) {
        Some(Value::Array { length, .. }) => Some(*length),
        _ => None,
    };
    let Some(tokens) = length("tokenizer.ggml.tokens") else { return Vec::new() };
    ["tokenizer.ggml.scores", "tokenizer.ggml.token_type"]
        .into_iter()
        .filter(|key| length(key).is_some_and(|length| length != tokens))
        .map(|key| Flaw::Vocabulary(key.to_owned()))
        .collect()
}

fn names(tensors: &[Tensor]) -> Vec<Flaw> {
    let (mut flaws, mut seen) = (Vec::new(), HashSet::with_capacity(tensors.len()));
    for tensor in tensors {
        if !seen.insert(&tensor.name) {
            flaws.push(Flaw::TensorTwice(tensor.name.clone()));
        }
        if tensor.name.len() > LONGEST_NAME {
            flaws.push(Flaw::LongName(tensor.name.clone()));
        }
    }
    flaws
}

/// Looks at the tensors in the order of their data.
fn places(gguf: &Gguf, data_length: u64) -> Vec<Flaw> {
    let mut tensors: Vec<&Tensor> = gguf.tensors.iter().collect();
    tensors.sort_by(|a, b| (a.offset, &a.name).cmp(&(b.offset, &b.name)));
    let (mut flaws, mut at) = (Vec::new(), 0);
    for tensor in tensors {
        let name = || tensor.name.clone();
        if tensor.dims.contains(&0) {
            flaws.push(Flaw::EmptySide(name()));
        }
        if !tensor.offset.is_multiple_of(gguf.alignment) {
            flaws.push(Flaw::Unaligned(name()));
        }
        if tensor.offset < at {
            flaws.push(Flaw::Overlap(name()));
        }
        let bytes = match size(tensor) {
            Ok(bytes) => bytes,
            Err(flaw) => {
                flaws.push(flaw);
                continue;
            }
        };
        match tensor.offset.checked_add(bytes).filter(|end| *end <= data_length) {
            Some(end) => at = at.max(end),
            None => flaws.push(Flaw::OutOfFile(name())),
        }
    }
    flaws
}

/// The bytes of a tensor's data; of a size beyond all numbers, the largest.
fn size(tensor: &Tensor) -> Result<u64, Flaw> {
    let Some((elements, bytes)) = tensor.kind.block() else {
        return Err(Flaw::UnknownType { tensor: tensor.name.clone(), kind: tensor.kind.0 });
    };
    let row = tensor.dims.first().copied().unwrap_or(1);
    if !row.is_multiple_of(elements) {
        return Err(Flaw::BrokenBlock(tensor.name.clone()));
    }
    Ok((tensor.elements / elements).saturating_mul(bytes))
}

impl Tensor {
    /// The bytes of its data, when the type is known and its rows are whole blocks.
    pub fn bytes(&self) -> Option<u64> {
        size(self).ok()
    }
}
