//! Tells what a file holds, whatever its format, as far as its readers say it.

use std::collections::HashMap;
use std::io;

use limpide_formats::bundle::Bundle;
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
use limpide_formats::unpack::{self, Allowance, Codec, Unpacked};
use limpide_formats::zip::{self, Zip};

use crate::operations::calculates;
use crate::{pickle, walk};

/// The largest member of an archive whose imports are told.
const LARGEST_PICKLE: u64 = 64 << 20;

/// As much of a compressed array as is unpacked for its header.
const LONGEST_ARRAY_HEADER: usize = 128 << 10;

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
        Kind::Bundle => bundle(file, &mut structure)?,
        Kind::Parquet => parquet(file, &mut structure)?,
        Kind::Zip => zip(file, &mut structure)?,
        Kind::Tar => tar(file, &mut structure)?,
        Kind::Pickle | Kind::TorchLegacy => {
            pickled(file, &mut structure, &mut |place| match place {
                pickle::Place::Here(range) => (range.into(), None),
                _ => (Place::Nowhere, None),
            });
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
        member: None,
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
            member: None,
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
        let objects = Part::new(file, array.data.start, file.size());
        pickled(&objects, structure, &mut |_| (Place::Nowhere, None));
    }
    structure.tensors.push(array_of(array, String::new()));
    Ok(Some(()))
}

fn array_of(array: Array, name: String) -> Tensor {
    Tensor {
        name,
        dtype: array.dtype.unwrap_or_else(|| "structured".to_owned()),
        shape: array.shape,
        place: array.data.into(),
        member: None,
    }
}

/// Where the bytes of a tensor lie, and in which member.
type Placed<'p> = &'p mut dyn FnMut(pickle::Place) -> (Place, Option<String>);

/// What a pickle imports, and the tensors that it makes.
fn pickled(file: &dyn ReadAt, structure: &mut Structure, placed: Placed<'_>) {
    let outline = pickle::outline(file);
    structure.is_partial |= outline.is_partial;
    structure.imports.extend(outline.imports);
    for pickle::Tensor { name, dtype, shape, place } in outline.tensors {
        let (place, member) = placed(place);
        structure.tensors.push(Tensor { name, dtype, shape, place, member });
    }
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
            member: None,
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
        structure.tensors.push(Tensor {
            name: tensor.name,
            dtype: tensor.dtype,
            shape: tensor.shape,
            place,
            member: None,
        });
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
    structure.tensors = read.tensors;
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

/// The tensors of variables, which lie in files beside.
fn bundle(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let read = Bundle::read(file)?;
    structure.is_partial |= !read.gaps.is_empty();
    structure.tensors.extend(read.tensors.into_iter().map(|tensor| Tensor {
        name: tensor.name,
        dtype: tensor.dtype,
        shape: tensor.shape,
        place: Place::Outside { path: format!("*.data-{:05}-of-{:05}", tensor.shard, read.shards) },
        member: None,
    }));
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
        ..Tensor::default()
    }));
    Ok(Some(()))
}

/// Members, and of the arrays and pickles among them, the tensors and imports.
fn zip(file: &dyn ReadAt, structure: &mut Structure) -> Told {
    let Some(zip) = Zip::read(file)? else { return Ok(None) };
    structure.is_partial |= zip.is_cut;
    let by_name: HashMap<&str, &zip::Member> =
        zip.members.iter().map(|member| (&*member.name, member)).collect();
    let allowance = Allowance::of(file.size());
    for member in zip.members.iter().filter(|member| !member.is_folder()) {
        let part = Part::new(file, member.data.start, member.data.end.saturating_sub(member.data.start));
        let codec = Codec::of_zip(member.method);
        if member.name.ends_with(".npy") {
            array_in_zip(&part, codec, member, structure)?;
        } else if member.name.ends_with(".pkl") && member.size.max(part.size()) <= LARGEST_PICKLE {
            let mut placed = |place| in_storage(&by_name, member, place);
            match codec {
                Some(codec) => {
                    pickled(&Unpacked::new(codec, part, &allowance)?, structure, &mut placed);
                }
                None => pickled(&part, structure, &mut placed),
            }
        }
    }
    structure.members =
        zip.members.into_iter().map(|member| Member { name: member.name, size: member.size }).collect();
    structure.imports.sort_unstable();
    structure.imports.dedup();
    Ok(Some(()))
}

/// An array of NumPy in an archive, of which only the header is unpacked.
fn array_in_zip(
    part: &Part<'_>,
    codec: Option<Codec>,
    member: &zip::Member,
    structure: &mut Structure,
) -> io::Result<()> {
    let name = member.name.strip_suffix(".npy").unwrap_or(&member.name).to_owned();
    let read = match codec {
        None => Array::read(part),
        Some(codec) => Array::read(&unpack::beginning(codec, *part, LONGEST_ARRAY_HEADER)?),
    };
    let Ok(array) = read else {
        structure.is_partial = true;
        return Ok(());
    };
    let place = match codec {
        None => (member.data.start + array.data.start..member.data.start + array.data.end).into(),
        Some(_) => Place::Pieces { bytes: part.size() },
    };
    structure.tensors.push(Tensor { place, member: Some(member.name.clone()), ..array_of(array, name) });
    Ok(())
}

/// Where in an archive a tensor of this pickle lies. PyTorch has a folder of storages beside it, with its name.
fn in_storage(
    by_name: &HashMap<&str, &zip::Member>,
    pickle: &zip::Member,
    place: pickle::Place,
) -> (Place, Option<String>) {
    let (member, range) = match place {
        pickle::Place::Nowhere => return (Place::Nowhere, None),
        pickle::Place::Here(range) => (pickle, range),
        pickle::Place::Storage { key, range } => {
            let folder = pickle.name.strip_suffix(".pkl").unwrap_or(&pickle.name);
            match by_name.get(&*format!("{folder}/{key}")) {
                Some(member) => (*member, range),
                None => return (Place::Nowhere, None),
            }
        }
    };
    let end = member.data.start.saturating_add(range.end);
    let place = if member.method == 0 && end <= member.data.end {
        (member.data.start + range.start..end).into()
    } else {
        Place::Nowhere
    };
    (place, Some(member.name.clone()))
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
