//! Files as their authors would write them, as small as they can be.

/// A file of safetensors with these tensors, each of this type and shape, filled with bytes that depend on `fill`.
pub(crate) fn safetensors(tensors: &[(&str, &str, &[u64])], fill: u8) -> Vec<u8> {
    let width = |dtype: &str| match dtype {
        "F64" | "I64" => 8,
        "F32" | "I32" => 4,
        "F16" | "BF16" => 2,
        _ => 1,
    };
    let (mut header, mut at) = (serde_json::Map::new(), 0);
    for (name, dtype, shape) in tensors {
        let length = shape.iter().product::<u64>() * width(dtype);
        let tensor = serde_json::json!({"dtype": dtype, "shape": shape, "data_offsets": [at, at + length]});
        header.insert((*name).to_owned(), tensor);
        at += length;
    }
    let header = serde_json::Value::Object(header).to_string();
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + usize::try_from(at).unwrap(), fill);
    bytes
}

/// The index of weights in these files, with one tensor in each.
pub(crate) fn index(shards: &[&str]) -> Vec<u8> {
    let map: serde_json::Map<_, _> = shards
        .iter()
        .enumerate()
        .map(|(number, shard)| (format!("layer.{number}"), (*shard).into()))
        .collect();
    serde_json::json!({"metadata": {"total_size": 0}, "weight_map": map}).to_string().into_bytes()
}

/// A file of GGUF with one tensor of a type (0 is F32, 12 is Q4_K) and texts as metadata.
pub(crate) fn gguf(metadata: &[(&str, &str)], kind: u32, elements: u64) -> Vec<u8> {
    let text = |bytes: &mut Vec<u8>, text: &str| {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    };
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend((metadata.len() as u64).to_le_bytes());
    for (key, value) in metadata {
        text(&mut bytes, key);
        bytes.extend(8_u32.to_le_bytes());
        text(&mut bytes, value);
    }
    text(&mut bytes, "blk.0");
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(elements.to_le_bytes());
    bytes.extend(kind.to_le_bytes());
    bytes.extend(0_u64.to_le_bytes());
    let length = if kind == 0 { elements * 4 } else { elements / 256 * 144 };
    bytes.resize(bytes.len().next_multiple_of(32) + usize::try_from(length).unwrap(), 0);
    bytes
}

/// A file of Parquet with one column of whole numbers: its footer says so many rows, its only group holds `held`.
pub(crate) fn parquet(rows: u64, held: u64) -> Vec<u8> {
    let number = |mut value: u64| {
        // Zigzag and seven bits to a byte, as Thrift's compact protocol writes numbers.
        value *= 2;
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    };
    let data = vec![0_u8; 64];
    let length = number(data.len() as u64);
    let column = [
        b"\x26\x08\x1c\x15\x04\x19\x15\x00\x19\x18\x02id\x15\x00\x16".as_slice(),
        &number(held),
        b"\x16",
        &length,
        b"\x16",
        &length,
        b"\x26\x08\x00\x00",
    ]
    .concat();
    let schema = b"\x15\x02\x19\x2c\x48\x04root\x15\x02\x00\x15\x04\x25\x00\x18\x02id\x00";
    let group = [b"\x19\x1c".as_slice(), &column, b"\x16", &length, b"\x16", &number(held), b"\x00"].concat();
    let footer = [schema.as_slice(), b"\x16", &number(rows), b"\x19\x1c", &group, b"\x00"].concat();
    let end = u32::try_from(footer.len()).unwrap().to_le_bytes();
    [b"PAR1".as_slice(), &data, &footer, &end, b"PAR1"].concat()
}

/// The text of a licence, by its SPDX id.
pub(crate) fn text_of(spdx: &str) -> &'static str {
    spdx::license_id(spdx).unwrap().text()
}

/// A pointer of LFS.
pub(crate) fn pointer() -> String {
    format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 1000000\n", "a".repeat(64))
}

/// A `config.json` of Llama's architecture with this width and so many layers.
pub(crate) fn config(width: u64, layers: u64) -> String {
    format!(
        r#"{{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":{width},"num_hidden_layers":{layers},"vocab_size":1000}}"#
    )
}

/// A program that trains, whole: data, loss, steps and settings.
pub(crate) const TRAINS: &str = "\
import torch
from torch.utils.data import DataLoader
from model import Tiny

learning_rate = 3e-4
epochs = 2
batch_size = 16

model = Tiny()
loader = DataLoader(dataset, batch_size=batch_size)
optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
criterion = torch.nn.CrossEntropyLoss()
for epoch in range(epochs):
    for batch in loader:
        logits = model(batch['ids'])
        loss = criterion(logits, batch['labels'])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    torch.save(model.state_dict(), 'model.pt')
";

/// A program that speaks of training, and does none.
pub(crate) const SPEAKS_OF_TRAINING: &str = "\
import sys
# The training loop calls loss.backward() and optimizer.step() on each batch of the DataLoader.
text = 'optimizer.step()'
names = []
count = 0
for name in sys.argv:
    names.append(name)
    count = count + 1
print(text)
print(names)
print(count)
first = names[0]
last = names[-1]
middle = names[len(names) // 2]
print(first)
print(last)
print(middle)
";

/// A program that runs a model to show it.
pub(crate) const DEMONSTRATES: &str = "\
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

name = 'ada/tiny'
tokenizer = AutoTokenizer.from_pretrained(name)
model = AutoModelForCausalLM.from_pretrained(name)
inputs = tokenizer('Hello', return_tensors='pt')
output = model.generate(**inputs, max_new_tokens=20)
print(tokenizer.decode(output[0]))
";

/// Code as a notebook with one cell.
pub(crate) fn notebook(code: &str) -> String {
    serde_json::json!({
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [{"cell_type": "code", "source": code, "outputs": [], "metadata": {}}],
    })
    .to_string()
}

/// A thousand parameters, whole.
pub(crate) fn weights(fill: u8) -> Vec<u8> {
    safetensors(&[("layer.0", "F32", &[10, 100])], fill)
}
