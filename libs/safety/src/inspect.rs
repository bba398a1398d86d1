//! Tells what a file holds, whatever its format, as far as its readers say it.

use std::io;

use limpide_formats::gguf::Value;
use limpide_formats::hdf5::{self, Hdf5};
use limpide_formats::npy::Array;
use limpide_formats::onnx::{self, Onnx};
use limpide_formats::parquet::{self, Footer};
use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::safetensors::{self, Header};
use limpide_formats::sniff::{self, Kind};
use limpide_formats::structure::{MOST, Member, Place, Structure, Tensor};
use limpide_formats::tar::Tar;
use limpide_formats::tensorflow::{Message, TensorFlow};
use limpide_formats::tflite::TfLite;
use limpide_formats::zip::Zip;

use crate::operations::calculates;
use crate::{pickle, walk};

/// The largest member of an archive whose imports are told.
const LARGEST_PICKLE: u64 = 64 << 20;

/// What a file holds.
///
/// ```
/// let structure = limpide_safety::inspect(&b"\x02\0\0\0\0\0\0\0{}".to_vec())?;
/// assert_eq!((&*structure.format, structure.tensors.len()), ("safetensors", 0));
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors
/// When the bytes cannot be read. What is broken is partial.
pub fn inspect(file: &dyn ReadAt) -> io::Result<Structure> {
    let kind = sniff::kind(file)?;
    let mut structure = Structure { format: kind.name().to_owned(), ..Structure::default() };
    let told = match kind {
        Kind::Safetensors => safetensors(file, &mut structure)?,
        Kind::Gguf => gguf(file, &mut structure)?,
        Kind::Npy => npy(file, &mut structure)?,
        Kind::Hdf5 => hdf5(file, &mut structure)?,
        Kind::Onnx => onnx(file, &mut structure)?,
        Kind::TfLite => tflite(file, &mut structure)?,
        Kind::SavedModel => tensorflow(file, Message::SavedModel, &mut structure)?,
        Kind::MetaGraph => tensorflow(file, Message::MetaGraph, &mut structure)?,
        Kind::Graph => tensorflow(file, Message::Graph, &mut structure)?,
        Kind::Parquet => parquet(file, &mut structure)?,
        Kind::Zip => zip(file, &mut structure)?,
        Kind::Tar => tar(file, &mut structure)?,
        Kind::Pickle | Kind::TorchLegacy => {
            structure.imports = pickle::imports(file);
            Some(())
        }
        _ => Some(()),
    };
    structure.is_partial |= told.is_none();
    bound(&mut structure);
    Ok(structure)
}

/// None where the file is not as its format says.
type Told = io::Result<Option<()>>;

fn bound(structure: &mut Structure) {
    let lengths = [
        structure.tensors.len(),
        structure.metadata.len(),
        structure.members.len(),
        structure.imports.len(),
        structure.references.len(),
    ];
    structure.is_partial |= lengths.iter().any(|length| *length > MOST);
    structure.tensors.truncate(MOST);
    structure.metadata.truncate(MOST);
    structure.members.truncate(MOST);
    structure.imports.truncate(MOST);
    structure.references.truncate(MOST);
}

fn safetensors(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let Some(length) =
        file.bytes_at(0, 8)?.first_chunk().and_then(|first| safetensors::header_length(*first).ok())
    else {
        return Ok(None);
    };
    let Ok(data) = safetensors::data_length(length, file.size()) else { return Ok(None) };
    let bytes = file.bytes_at(8, usize::try_from(length).unwrap_or_default())?;
    let Ok(header) = Header::read(&bytes, data) else { return Ok(None) };
    let begin = 8 + length;
    structure.tensors.extend(header.tensors.into_iter().map(|tensor| Tensor {
        place: (begin.saturating_add(tensor.begin)..begin.saturating_add(tensor.end)).into(),
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
    }));
    structure.metadata.extend(header.metadata);
    Ok(Some(()))
}

fn gguf(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let Ok(gguf) = walk::gguf_header(file)? else { return Ok(None) };
    structure.template = gguf.text("tokenizer.chat_template").map(str::to_owned);
    for tensor in &gguf.tensors {
        let begin = gguf.data_begin.saturating_add(tensor.offset);
        structure.tensors.push(Tensor {
            name: tensor.name.clone(),
            dtype: tensor.kind.name().unwrap_or("unknown").to_owned(),
            // GGUF has the fastest first.
            shape: tensor.dims.iter().rev().copied().collect(),
            place: (begin..begin.saturating_add(tensor.bytes().unwrap_or_default())).into(),
        });
    }
    structure.metadata.extend(gguf.metadata.into_iter().filter_map(|(key, value)| {
        let value = match value {
            Value::Unsigned(number) => number.to_string(),
            Value::Signed(number) => number.to_string(),
            Value::Float(number) => number.to_string(),
            Value::Bool(is) => is.to_string(),
            Value::Text(text) => text,
            Value::LongText { .. } | Value::Array { .. } => return None,
        };
        Some((key, value))
    }));
    Ok(Some(()))
}

fn npy(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let Ok(array) = Array::read(file) else { return Ok(None) };
    if array.has_objects {
        structure.imports = pickle::imports(&Part::new(file, array.data.start, file.size()));
    }
    structure.tensors.push(Tensor {
        name: String::new(),
        dtype: array.dtype.unwrap_or_else(|| "structured".to_owned()),
        shape: array.shape,
        place: array.data.into(),
    });
    Ok(Some(()))
}

fn hdf5(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let read = match Hdf5::read(file) {
        Ok(read) => read,
        Err(hdf5::Problem::Unreadable(error)) => return Err(error),
        Err(_) => return Ok(None),
    };
    structure.is_partial |= !read.gaps.is_empty();
    structure.references.extend(read.outside.into_iter().map(|outside| outside.path));
    for object in read.objects {
        for attribute in &object.attributes {
            if let [text] = &attribute.texts[..]
                && let Ok(text) = std::str::from_utf8(text)
            {
                structure.metadata.push((format!("{}@{}", object.path, attribute.name), text.to_owned()));
            }
        }
        let Some(dataset) = object.dataset else { continue };
        let place = match dataset.place {
            hdf5::Place::Piece(range) => range.into(),
            hdf5::Place::Chunks { bytes, .. } => Place::Pieces { bytes },
            hdf5::Place::Nowhere | hdf5::Place::Outside => Place::Nowhere,
        };
        structure.tensors.push(Tensor {
            name: object.path,
            dtype: dataset.dtype,
            shape: dataset.shape,
            place,
        });
    }
    Ok(Some(()))
}

fn onnx(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let read = Onnx::read(file)?;
    structure.is_partial |= !read.gaps.is_empty();
    structure.metadata.push(("producer".to_owned(), read.producer));
    structure
        .metadata
        .extend(read.opsets.into_iter().map(|(set, version)| (format!("opset {set}"), version.to_string())));
    structure.metadata.extend(read.metadata);
    for (domain, name) in read.operations.into_keys() {
        if !calculates(if domain.is_empty() { "ai.onnx" } else { &domain }, &name) {
            structure.imports.push((domain, name));
        }
    }
    for tensor in read.tensors {
        let place = match tensor.place {
            onnx::Place::Fields => Place::Nowhere,
            onnx::Place::Inside(range) => range.into(),
            onnx::Place::Outside { location, .. } => {
                structure.references.push(location.clone());
                Place::Outside { path: location }
            }
        };
        structure.tensors.push(Tensor { name: tensor.name, dtype: tensor.dtype, shape: tensor.shape, place });
    }
    structure.references.sort_unstable();
    structure.references.dedup();
    Ok(Some(()))
}

fn tflite(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let Some(read) = TfLite::read(file)? else { return Ok(None) };
    structure.is_partial |= !read.gaps.is_empty();
    structure.metadata.push(("description".to_owned(), read.description));
    structure.imports.extend(read.custom.into_iter().map(|(_, name)| ("custom".to_owned(), name)));
    structure.tensors.extend(read.tensors.into_iter().map(|tensor| Tensor {
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
        place: tensor.place.map_or(Place::Nowhere, Place::from),
    }));
    Ok(Some(()))
}

fn tensorflow(file: &dyn ReadAt, message: Message, structure: &mut Structure) -> Told {
    let read = TensorFlow::read(file, message)?;
    structure.is_partial |= !read.gaps.is_empty();
    structure.metadata.push(("tensorflow".to_owned(), read.version));
    structure.references.extend(read.assets.into_iter().map(|(_, path)| path));
    for name in read.operations.into_keys() {
        if !calculates("tensorflow", &name) && !read.functions.contains(&name) {
            structure.imports.push(("tensorflow".to_owned(), name));
        }
    }
    Ok(Some(()))
}

fn parquet(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let size = file.size();
    let tail = file.bytes_at(size.saturating_sub(parquet::TAIL as u64), parquet::TAIL)?;
    let length = tail.first_chunk().and_then(|tail| parquet::footer_length(*tail, size).ok());
    let Some(length) = length else { return Ok(None) };
    let at = size.saturating_sub(parquet::TAIL as u64).saturating_sub(length);
    let bytes = file.bytes_at(at, usize::try_from(length).unwrap_or_default())?;
    let Ok(footer) = Footer::read(&bytes, size) else { return Ok(None) };
    structure.metadata.push(("rows".to_owned(), footer.rows.to_string()));
    structure.metadata.extend(footer.created_by.map(|by| ("created_by".to_owned(), by)));
    structure.tensors.extend(footer.columns.into_iter().map(|column| Tensor {
        name: column.path,
        dtype: column.logical.unwrap_or(column.physical).to_owned(),
        shape: vec![footer.rows],
        place: Place::Nowhere,
    }));
    Ok(Some(()))
}

/// Members, and of those that lie there as they are, the tensors and imports.
fn zip(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let Some(zip) = Zip::read(file)? else { return Ok(None) };
    structure.is_partial |= zip.is_cut;
    for member in zip.members {
        let part = Part::new(file, member.data.start, member.data.end.saturating_sub(member.data.start));
        if member.method == 0 && !member.is_folder() {
            stored(&part, &member.name, member.data.start, structure)?;
        }
        structure.members.push(Member { name: member.name, size: member.size });
    }
    structure.imports.sort_unstable();
    structure.imports.dedup();
    Ok(Some(()))
}

/// An array of NumPy, or a pickle, as PyTorch has them.
fn stored(part: &Part<'_>, name: &str, begin: u64, structure: &mut Structure) -> io::Result<()> {
    let mark = part.bytes_at(0, 6)?;
    if mark == b"\x93NUMPY" {
        let Ok(array) = Array::read(part) else { return Ok(()) };
        structure.tensors.push(Tensor {
            name: name.strip_suffix(".npy").unwrap_or(name).to_owned(),
            dtype: array.dtype.unwrap_or_else(|| "structured".to_owned()),
            shape: array.shape,
            place: (begin + array.data.start..begin + array.data.end).into(),
        });
    } else if name.ends_with(".pkl") && part.size() <= LARGEST_PICKLE {
        structure.imports.extend(pickle::imports(part));
    }
    Ok(())
}

fn tar(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let Some(tar) = Tar::read(file)? else { return Ok(None) };
    structure.is_partial |= tar.is_cut;
    structure.members.extend(
        tar.members
            .into_iter()
            .map(|member| Member { size: member.data.end - member.data.start, name: member.name }),
    );
    Ok(Some(()))
}
