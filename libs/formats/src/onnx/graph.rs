//! Graphs: nodes with their attributes, in which other graphs may lie, and functions.

use std::io;

use super::{MOST_OPERATIONS, MOST_TEXTS, Reader};
use crate::wire::{Fields, Value};

/// How deep graphs lie in one another at most.
const DEEPEST: usize = 32;

impl Reader<'_> {
    pub(super) fn graph(&mut self, message: Fields, depth: usize) -> io::Result<()> {
        if depth > DEEPEST {
            self.gap(message, "too-deep");
            return Ok(());
        }
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(node)) => reader.node(node.clone(), depth)?,
                (5, Value::Bytes(tensor)) => reader.tensor(tensor.clone())?,
                (15, Value::Bytes(tensor)) => reader.sparse(tensor.clone())?,
                // Names, and the types of what goes in and comes out.
                (2 | 10..=14 | 16, Value::Bytes(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    fn node(&mut self, message: Fields, depth: usize) -> io::Result<()> {
        let begin = message.start;
        let (mut name, mut domain) = (None, None);
        self.each(message, &mut |reader, field| {
            let twice = match (field.number, &field.value) {
                (4, Value::Bytes(text)) => name.replace(reader.text(text)?).is_some(),
                (7, Value::Bytes(text)) => domain.replace(reader.text(text)?).is_some(),
                (5, Value::Bytes(attribute)) => {
                    reader.attribute(attribute.clone(), depth)?;
                    false
                }
                (1..=3 | 6 | 8..=10, Value::Bytes(_)) => false,
                _ => return Ok(false),
            };
            if twice {
                reader.odd(field.at, "onnx-field-twice");
            }
            Ok(true)
        })?;
        self.operation(begin, domain.unwrap_or_default(), name.unwrap_or_default());
        Ok(())
    }

    fn operation(&mut self, at: u64, domain: String, name: String) {
        let is_full = self.model.operations.len() >= MOST_OPERATIONS;
        let key = (domain, name);
        if let Some(seen) = self.model.operations.get_mut(&key) {
            seen.1 += 1;
        } else if is_full {
            self.gap(at..at, "too-many-operations");
        } else {
            self.model.operations.insert(key, (at, 1));
        }
    }

    fn attribute(&mut self, message: Fields, depth: usize) -> io::Result<()> {
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (5 | 10, Value::Bytes(tensor)) => reader.tensor(tensor.clone())?,
                (6 | 11, Value::Bytes(graph)) => reader.graph(graph.clone(), depth + 1)?,
                (22 | 23, Value::Bytes(tensor)) => reader.sparse(tensor.clone())?,
                // Numbers, texts and types.
                (1 | 4 | 7..=9 | 13..=15 | 21, Value::Bytes(_))
                | (3 | 8 | 20, Value::Number(_))
                | (2 | 7, Value::Fixed(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })
    }

    /// An operation that the model defines by other ones.
    pub(super) fn function(&mut self, message: Fields) -> io::Result<()> {
        let (mut name, mut domain) = (String::new(), String::new());
        self.each(message, &mut |reader, field| {
            match (field.number, &field.value) {
                (1, Value::Bytes(text)) => name = reader.text(text)?,
                (10, Value::Bytes(text)) => domain = reader.text(text)?,
                (7, Value::Bytes(node)) => reader.node(node.clone(), 1)?,
                (9, Value::Bytes(opset)) => reader.opset(opset.clone())?,
                (11, Value::Bytes(attribute)) => reader.attribute(attribute.clone(), 1)?,
                (4..=6 | 8 | 12..=14, Value::Bytes(_)) | (2 | 3, Value::Number(_)) => {}
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        if self.model.functions.len() < MOST_TEXTS {
            self.model.functions.push((domain, name));
        }
        Ok(())
    }
}
