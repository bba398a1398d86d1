//! What must hold for any bytes. The fuzz targets are these functions; the tests here give them seeds and chance.
//! Each returns whether the bytes were accepted.

use std::collections::BTreeMap;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_formats::attributes::LfsRules;
use limpide_formats::bundle::Bundle;
use limpide_formats::card::{Card, Document, FrontMatter, parse};
use limpide_formats::code::{Language, Survey};
use limpide_formats::commit::Line;
use limpide_formats::config::{AdapterConfig, Config, TrainerState};
use limpide_formats::data_file::{Content, DataFile};
use limpide_formats::gguf::{Gguf, Read};
use limpide_formats::hdf5::Hdf5;
use limpide_formats::lfs::LfsBatch;
use limpide_formats::lines::Lines;
use limpide_formats::npy::Array;
use limpide_formats::onnx::{Onnx, Place};
use limpide_formats::parquet::{Flaw, Footer};
use limpide_formats::pdf::Pdf;
use limpide_formats::pickle::Op;
use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::safetensors::Header;
use limpide_formats::seven_zip;
use limpide_formats::sniff;
use limpide_formats::structure;
use limpide_formats::tar::Tar;
use limpide_formats::tensorflow::{Message, TensorFlow};
use limpide_formats::tflite::TfLite;
use limpide_formats::unpack::{Allowance, Codec, Unpacked};
use limpide_formats::weights_index::WeightsIndex;
use limpide_formats::zip::Zip;
use limpide_formats::{Problem, evaluation, form, parquet, pickle, pointer, ranges, safetensors};
use limpide_words::{FilePath, Kind};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

/// Lines are the same however the body is cut, and what is read of one is read again of its own writing.
pub(crate) fn commit(bytes: &[u8]) -> bool {
    let whole = lines(bytes.chunks(bytes.len().max(1)));
    let sliced = lines(bytes.chunks(1 + bytes.len() % 13));
    // A body that is too long in two ways may be refused for either.
    assert_eq!(whole.as_ref().ok(), sliced.as_ref().ok());
    let Ok(lines) = whole else { return false };
    lines.iter().all(|line| match Line::read(line) {
        Ok(read) => {
            assert_eq!(Line::read(written(&read).to_string().as_bytes()), Ok(read));
            true
        }
        Err(problem) => {
            assert!(!problem.to_string().is_empty());
            false
        }
    })
}

fn lines<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Vec<u8>>, Problem> {
    let (mut arriving, mut lines) = (Lines::new(4096, 1024), Vec::new());
    for piece in pieces {
        arriving.push(piece)?;
        while let Some(line) = arriving.next_line()? {
            lines.push(line.to_vec());
        }
    }
    lines.extend(arriving.rest().map(|line| line.to_vec()));
    assert!(lines.iter().all(|line| line.len() <= 1024 && !line.contains(&b'\n')));
    Ok(lines)
}

fn written(line: &Line) -> Value {
    match line {
        Line::Header(header) => json!({ "key": "header", "value": {
            "summary": header.summary,
            "description": header.description,
            "parentCommit": header.parent_commit,
        }}),
        Line::File { path, bytes } => {
            json!({ "key": "file", "value": { "path": path, "content": STANDARD.encode(bytes) } })
        }
        Line::LfsFile { path, sha256, size } => {
            json!({ "key": "lfsFile", "value": { "path": path, "oid": sha256, "size": size } })
        }
        Line::DeletedFile(path) => json!({ "key": "deletedFile", "value": { "path": path } }),
        Line::DeletedFolder(path) => json!({ "key": "deletedFolder", "value": { "path": path } }),
    }
}

/// A batch that is accepted is bounded, and is read again of its own writing.
pub(crate) fn lfs(bytes: &[u8]) -> bool {
    let Ok(batch) = LfsBatch::read(bytes) else { return false };
    assert!(batch.objects.len() <= 1000);
    let operation = format!("{:?}", batch.operation).to_lowercase();
    let written = json!({ "operation": operation, "objects": batch.objects }).to_string();
    let again = LfsBatch::read(written.as_bytes()).unwrap();
    assert_eq!((again.operation, again.objects), (batch.operation, batch.objects));
    true
}

/// The first line is taken for a `Range` header, the rest for a query.
pub(crate) fn request(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let (range, query) = text.split_once('\n').unwrap_or((&text, ""));
    let pairs = form::read(query);
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let written: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    assert_eq!(form::read(&written.join("&")), pairs);

    let Some(asked) = ranges::parse(range) else { return false };
    assert!(!asked.is_empty() && asked.len() <= 256);
    for asked in asked {
        for size in [0, 1, 10, u64::MAX] {
            if let Some(range) = asked.within(size) {
                assert!(range.start < range.end && range.end <= size);
            }
        }
        if let Some(range) = asked.exact() {
            assert!(range.start < range.end);
        }
    }
    true
}

/// A card is bounded, can be stored by both databases, and has tags only once.
pub(crate) fn card(bytes: &[u8]) -> bool {
    let mut known = false;
    for kind in Kind::ALL {
        let card = Card::read(bytes, kind);
        let stored = serde_json::from_str(&card.json()).unwrap();
        assert!(!has_nul(&stored), "PostgreSQL would refuse {stored}");
        assert_eq!(stored, Value::Object(card.fields.clone()));
        assert!(card.tags.len() <= 1000);
        let mut tags = card.tags.clone();
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), card.tags.len());
        assert!(tags.iter().all(|tag| !tag.is_empty() && tag.len() <= 256 && !tag.contains('\0')));
        known |= !card.fields.is_empty();
    }
    document(&String::from_utf8_lossy(bytes));
    known
}

/// Every part of a card lies in it, sections one after the other, and the lines of a field say what the field says.
fn document(text: &str) {
    let Ok(card) = Document::read(text) else { return };
    let mut at = 0;
    for section in &card.sections {
        assert!(at <= section.heading_span.start && section.heading_span.end <= section.body.start);
        assert!(section.prose <= u64::try_from(text.len()).unwrap());
        at = section.body.end;
    }
    let links = card.links.iter().map(|link| &link.span);
    let images = card.images.iter().map(|image| &image.span);
    let tables = card.tables.iter().map(|table| &table.span);
    let code = card.code_blocks.iter().flat_map(|code| [&code.text, &code.span]);
    let sections = card.sections.iter().flat_map(|section| [&section.heading_span, &section.body]);
    for span in links.chain(images).chain(tables).chain(code).chain(sections).chain(&card.placeholders) {
        assert!(text.get(span.clone()).is_some(), "{span:?}");
    }
    match &card.front {
        FrontMatter::Read(fields) => {
            for (key, value) in fields.values() {
                let lines = &text[fields.span(key).unwrap()];
                assert_eq!(parse(lines).unwrap().get(key), Some(value));
            }
        }
        FrontMatter::Unreadable { span, problem } => {
            assert!(text.get(span.clone()).is_some() && !problem.is_empty());
        }
        FrontMatter::Absent => {}
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || has_nul(value)),
        _ => false,
    }
}

/// The first line is a path, the rest rules; what a rule says does not depend on rules without a filter.
pub(crate) fn attributes(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let (path, rules) = text.split_once('\n').unwrap_or((&text, ""));
    let Ok(path) = path.parse::<FilePath>() else { return false };
    let verdict = LfsRules::read(rules).lfs(&path);
    assert_eq!(LfsRules::read(&format!("* text\n{rules}\n* -text\n")).lfs(&path), verdict);
    verdict.is_some()
}

/// The bytes as the beginning of a safetensors file, as a header alone, and as a pointer.
pub(crate) fn safetensors(bytes: &[u8]) -> bool {
    if let Some((sha256, size)) = pointer::read(bytes) {
        assert_eq!(pointer::read(pointer::write(sha256, size).as_bytes()), Some((sha256, size)));
        return true;
    }
    if let Some((first, rest)) = bytes.split_first_chunk()
        && let Ok(length) = safetensors::header_length(*first)
    {
        assert!(length <= safetensors::LONGEST_HEADER);
        let length = rest.len().min(usize::try_from(length).unwrap());
        tensors(&rest[..length], u64::try_from(rest.len() - length).unwrap());
    }
    tensors(bytes, 4);
    safetensors::parameters(bytes).is_ok()
}

/// The tensors of a header without a flaw cover the data, once, and count what is counted without looking at places.
fn tensors(header: &[u8], data_length: u64) {
    let Ok(read) = Header::read(header, data_length) else { return };
    assert!(read.tensors.is_sorted_by_key(|tensor| tensor.begin));
    assert!(read.flaws.iter().all(|flaw| !flaw.to_string().is_empty()));
    if read.flaws.is_empty() {
        assert_eq!(read.tensors.iter().map(|tensor| tensor.end - tensor.begin).sum::<u64>(), data_length);
        assert_eq!(read.parameters(), safetensors::parameters(header));
    }
}

/// What is read of an index is read again of its own writing; no file lies elsewhere.
pub(crate) fn weights_index(bytes: &[u8]) -> bool {
    let Ok(index) = WeightsIndex::read(bytes) else { return false };
    assert!(index.shards.keys().all(|file| file.parts().count() == 1));
    let files =
        index.shards.iter().flat_map(|(file, tensors)| tensors.iter().map(move |tensor| (tensor, file)));
    let written = json!({
        "metadata": { "total_size": index.total_size, "total_parameters": index.total_parameters },
        "weight_map": files.collect::<BTreeMap<_, _>>(),
    });
    assert_eq!(WeightsIndex::read(written.to_string().as_bytes()), Ok(index));
    true
}

/// The header is the same whether the file is given whole or little by little, and is read in few steps.
pub(crate) fn gguf(bytes: &[u8]) -> bool {
    let file_length = u64::try_from(bytes.len()).unwrap();
    let whole = Gguf::read(bytes, file_length);
    let (mut given, mut steps) = (bytes.len().min(1), 0);
    let pieces = loop {
        match Gguf::read(&bytes[..given], file_length) {
            Ok(Read::Needs(needed)) => {
                assert!(needed > u64::try_from(given).unwrap() && needed <= file_length);
                given = usize::try_from(needed).unwrap();
            }
            other => break other,
        }
        steps += 1;
        assert!(steps < 64);
    };
    // Shown as text, because of numbers that are not equal to themselves.
    assert_eq!(format!("{pieces:?}"), format!("{whole:?}"));
    let Ok(Read::Done(gguf)) = whole else { return false };
    assert!(gguf.header_length <= file_length && gguf.data_begin >= gguf.header_length);
    if gguf.flaws.is_empty() {
        let data = gguf.tensors.iter().map(|tensor| tensor.bytes().unwrap()).sum::<u64>();
        assert!(data <= file_length - gguf.header_length);
    }
    assert!(gguf.flaws.iter().all(|flaw| !flaw.to_string().is_empty()));
    assert!(gguf.base_models().len() <= gguf.metadata.len());
    true
}

/// Opcodes are the same however the bytes come, as long as a reference says, and no more than there are bytes.
pub(crate) fn pickle(bytes: &[u8]) -> bool {
    let (whole, little) = (bytes.to_vec(), ByOne(bytes));
    let (mut one, mut other) = (pickle::Decoder::new(&whole, 0), pickle::Decoder::new(&little, 0));
    pickle::looks_like_pickle(bytes, bytes.len() as u64);
    for _ in 0..=bytes.len() {
        let begin = one.position();
        let op = one.next_op();
        assert_eq!(other.next_op(), op);
        assert_eq!(other.position(), one.position());
        let Ok(op) = op else { return false };
        let rest = &bytes[usize::try_from(begin).unwrap()..];
        assert_eq!(opcode_length(rest), one.position() - begin, "{op:?} at {begin}");
        if let Op::Text(text) | Op::Global(text, _) | Op::Inst(_, text) = op {
            assert_eq!(one.text(text).unwrap(), other.text(text).unwrap());
        }
        if op == Op::Stop {
            return true;
        }
    }
    panic!("there are more opcodes than bytes");
}

/// How long the opcode is that bytes begin with, by the tables of the format and nothing else.
fn opcode_length(bytes: &[u8]) -> u64 {
    // A line that the end of the file cuts off ends there.
    let line = |from: usize| {
        bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |end| from + end + 1)
    };
    let sized = |width: usize| {
        let mut length = [0; 8];
        length[..width].copy_from_slice(&bytes[1..=width]);
        1 + width + usize::try_from(u64::from_le_bytes(length)).unwrap()
    };
    let length = match bytes[0] {
        b'K' | b'h' | b'q' | 0x80 | 0x82 => 2,
        b'M' | 0x83 => 3,
        b'J' | b'j' | b'r' | 0x84 => 5,
        b'G' | 0x95 => 9,
        b'I' | b'L' | b'F' | b'S' | b'V' | b'P' | b'g' | b'p' => line(1),
        b'c' | b'i' => line(line(1)),
        b'U' | b'C' | 0x8c | 0x8a => sized(1),
        b'T' | b'B' | b'X' | 0x8b => sized(4),
        0x8d | 0x8e | 0x96 => sized(8),
        _ => 1,
    };
    length as u64
}

/// Bytes that are read one at a time.
struct ByOne<'a>(&'a [u8]);

impl ReadAt for ByOne<'_> {
    fn size(&self) -> u64 {
        self.0.len() as u64
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> std::io::Result<usize> {
        let most = into.len().min(1);
        self.0.read_at(at, &mut into[..most])
    }
}

/// The bytes as a whole file, or else as a footer alone. Nothing but what lies outside depends on the length of the file.
pub(crate) fn parquet_footer(bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).unwrap();
    let mut footer = bytes;
    if let Some((rest, tail)) = bytes.split_last_chunk::<{ parquet::TAIL }>()
        && let Ok(length) = parquet::footer_length(*tail, length)
    {
        footer = &rest[rest.len() - usize::try_from(length).unwrap()..];
    }
    let Ok(read) = Footer::read(footer, length + 8) else { return false };
    let mut longer = Footer::read(footer, u64::MAX).unwrap();
    longer.flaws.retain(|flaw| !matches!(flaw, Flaw::OutOfFile(_)));
    let shorter: Vec<_> =
        read.flaws.iter().filter(|flaw| !matches!(flaw, Flaw::OutOfFile(_))).cloned().collect();
    assert_eq!(longer, Footer { flaws: shorter, ..read });
    true
}

/// All configurations are read of what one is read of, and the same is read of bytes without Python's numbers.
pub(crate) fn config(bytes: &[u8]) -> bool {
    let (config, adapter, state) =
        (Config::read(bytes), AdapterConfig::read(bytes), TrainerState::read(bytes));
    assert_eq!((adapter.is_ok(), state.is_ok()), (config.is_ok(), config.is_ok()));
    let Ok(config) = config else { return false };
    assert!(config.architectures.len() <= 256 && config.auto_map.len() <= 256);
    assert!(config.text_config.as_ref().is_none_or(|text| text.text_config.is_none()));
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        // Keys that are there twice are there once, with the last value.
        assert_eq!(Config::read(value.to_string().as_bytes()), Ok(config));
    }
    true
}

/// A value is what stands in its place.
pub(crate) fn evaluation(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let of_card = evaluation::model_index(&text);
    let of_file = evaluation::eval_results(&text);
    assert_eq!(of_card.is_ok(), of_file.is_ok());
    let (of_card, of_file) = (of_card.unwrap_or_default(), of_file.unwrap_or_default());
    assert!(of_card.len() <= evaluation::MOST && of_file.len() <= evaluation::MOST);
    for found in of_card.iter().chain(&of_file) {
        if let Some(span) = &found.value_span {
            assert_eq!(text.get(span.clone()), found.value.as_deref());
        }
    }
    !of_card.is_empty() || !of_file.is_empty()
}

/// A file of one kind is of that kind whether it is given whole or cut, as far as rows are counted; more of it has more.
pub(crate) fn data_file(bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).unwrap();
    let whole = DataFile::recognise(bytes, length);
    let cut = DataFile::recognise(bytes, length + 1);
    assert!(whole.is_heuristic || !matches!(whole.content, Content::Text | Content::Binary));
    match (&whole.content, &cut.content) {
        (Content::JsonLines { rows: whole }, Content::JsonLines { rows: cut }) => {
            assert!(cut <= whole && *whole <= length);
        }
        (
            Content::Separated { rows: whole, delimiter, .. },
            Content::Separated { rows: cut, delimiter: other, .. },
        ) => {
            // The row that is cut off may be the one that does not fit a likelier delimiter.
            assert!(*whole <= length && (*cut <= whole + 1 || delimiter != other));
        }
        (Content::Empty | Content::Pointer { .. } | Content::Binary, _) => {}
        _ if !whole.is_heuristic => assert_eq!(whole, cut),
        _ => {}
    }
    !matches!(whole.content, Content::Text | Content::Binary | Content::Empty)
}

/// Signals lie in the source, and a comment at its end adds none.
pub(crate) fn code(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let Ok(survey) = Survey::read(&text) else { return false };
    assert!(survey.signals.is_sorted_by_key(|signal| signal.span.start));
    assert!(
        survey
            .signals
            .iter()
            .all(|signal| text.get(signal.span.clone()).is_some_and(|words| !words.is_empty()))
    );
    assert!(survey.statements <= u64::try_from(text.len()).unwrap());
    assert!(survey.language != Language::Other || survey.signals.is_empty());
    if !text.ends_with('\\') {
        let comment = "\n# loss.backward(), optimizer.step(), torchrun train.py\n";
        if let Ok(commented) = Survey::read(&format!("{text}{comment}"))
            && commented.language == survey.language
        {
            assert_eq!(commented.signals, survey.signals);
        }
    }
    !survey.signals.is_empty()
}

/// The bytes as each kind of container. Members lie in the file, what is left over belongs to none, and nothing costs more
/// than it may.
pub(crate) fn containers(bytes: &[u8]) -> bool {
    let file = bytes.to_vec();
    let length = file.size();
    let lies_within = |range: &Range<u64>| range.start <= range.end && range.end <= length;
    let kind = sniff::kind(&file).unwrap();
    if let Some(zip) = Zip::read(&file).unwrap() {
        assert!(zip.members.iter().all(|member| lies_within(&member.data) && member.header_at < length));
        assert!(zip.unclaimed.iter().all(|range| lies_within(range) && !range.is_empty()));
        assert!(zip.unclaimed.is_sorted_by(|a, b| a.end < b.start));
    }
    if let Some(tar) = Tar::read(&file).unwrap() {
        assert!(tar.members.iter().all(|member| lies_within(&member.data)));
        assert!(tar.end <= length && tar.unclaimed.iter().all(lies_within));
    }
    if let Ok(array) = Array::read(&file) {
        assert!(lies_within(&array.data));
    }
    unpacked(&file);
    let mut members = 0;
    if let Ok(outline) = seven_zip::read(&file, &Allowance::of(0), &mut |_| members += 1) {
        assert!(outline.end <= length && outline.unclaimed.iter().all(lies_within));
    }
    kind != sniff::Kind::Unknown
}

/// The bytes as each kind of compressed stream: the same is read from the beginning and from the middle on.
fn unpacked(file: &Vec<u8>) {
    let codecs = [
        Codec::Deflate,
        Codec::Deflate64,
        Codec::Bzip2,
        Codec::Xz,
        Codec::Lzma,
        Codec::ZipLzma,
        Codec::Lz4,
        Codec::Zstd,
    ];
    for codec in codecs.into_iter().chain([Codec::Gzip, Codec::Zlib, Codec::Zfile]) {
        let allowance = Allowance::of(0);
        let unpacked = Unpacked::new(codec, Part::new(file, 0, file.size()), &allowance).unwrap();
        assert!(unpacked.used() <= file.size());
        let whole = unpacked.bytes_at(0, 1 << 20).unwrap();
        let middle = whole.len() / 2;
        assert_eq!(unpacked.bytes_at(middle as u64, whole.len() - middle).unwrap(), whole[middle..]);
    }
}

/// What is told of a file of HDF5 lies in it; accepted when all of it was read.
pub(crate) fn hdf5(bytes: &[u8]) -> bool {
    let Ok(read) = Hdf5::read(&bytes.to_vec()) else { return false };
    let size = bytes.len() as u64;
    assert!(read.begin < size && read.unclaimed.iter().all(|range| range.end <= size));
    assert!(read.gaps.iter().all(|(range, why)| range.start <= range.end && !why.is_empty()));
    let texts = read.objects.iter().flat_map(|object| &object.attributes).flat_map(|found| &found.texts);
    assert!(texts.map(Vec::len).sum::<usize>() <= 64 << 20);
    read.gaps.is_empty() && read.oddities.is_empty()
}

/// What is told of a model of ONNX lies in it; accepted when all of it was read.
pub(crate) fn onnx(bytes: &[u8]) -> bool {
    let read = Onnx::read(&bytes.to_vec()).unwrap();
    let size = bytes.len() as u64;
    for tensor in &read.tensors {
        assert!(tensor.at <= size);
        if let Place::Inside(range) = &tensor.place {
            assert!(range.start <= range.end && range.end <= size);
        }
    }
    assert!(read.operations.values().all(|(at, count)| *at <= size && *count > 0));
    assert!(read.gaps.iter().all(|(range, _)| range.start <= range.end && range.end <= size));
    sniff::kind(&bytes.to_vec()).unwrap();
    read.gaps.is_empty() && read.oddities.is_empty()
}

/// What is told of a graph of TensorFlow lies in it; accepted when all of it was read as a saved model.
pub(crate) fn tensorflow(bytes: &[u8]) -> bool {
    let size = bytes.len() as u64;
    let file = bytes.to_vec();
    sniff::kind(&file).unwrap();
    tensorflow_index(bytes);
    let whole = |message| {
        let read = TensorFlow::read(&file, message).unwrap();
        assert!(read.operations.values().all(|(at, count)| *at <= size && *count > 0));
        assert!(read.gaps.iter().all(|(range, _)| range.start <= range.end && range.end <= size));
        assert!(read.configurations.iter().all(|(at, text)| *at + text.len() as u64 <= size));
        read.gaps.is_empty() && read.oddities.is_empty()
    };
    let [saved, ..] =
        [Message::SavedModel, Message::MetaGraph, Message::Graph, Message::KerasMetadata].map(whole);
    saved
}

/// What is told of an index of TensorFlow lies in it; accepted when all of it was read.
pub(crate) fn tensorflow_index(bytes: &[u8]) -> bool {
    let size = bytes.len() as u64;
    let read = Bundle::read(&bytes.to_vec()).unwrap();
    assert!(read.gaps.iter().all(|(range, _)| range.start <= range.end && range.end <= size));
    assert!(read.unclaimed.iter().all(|range| range.start < range.end && range.end <= size));
    assert!(
        read.tensors.iter().all(|tensor| tensor.shard < read.shards && tensor.data.start <= tensor.data.end)
    );
    read.gaps.is_empty() && read.oddities.is_empty() && read.unclaimed.is_empty()
}

/// What a PDF says of itself is short; accepted when both pages and title were found.
pub(crate) fn pdf(bytes: &[u8]) -> bool {
    let Some(read) = Pdf::read(bytes).unwrap() else { return false };
    assert!(read.version.len() <= 8);
    let title = read.title.as_deref().unwrap_or("x");
    assert!(!title.is_empty() && title.chars().count() <= 300 && !title.chars().any(char::is_control));
    read.pages.is_some() && read.title.is_some()
}

/// What is told of a graph of TensorFlow Lite lies in it; accepted when all of it was read.
pub(crate) fn tflite(bytes: &[u8]) -> bool {
    let Some(read) = TfLite::read(&bytes.to_vec()).unwrap() else { return false };
    let size = bytes.len() as u64;
    assert!(read.end <= size);
    let places = read.tensors.iter().filter_map(|tensor| match tensor.place {
        structure::Place::Inside { begin, end } => Some(begin..end),
        _ => None,
    });
    let metadata = read.metadata.iter().map(|(_, range)| range.clone());
    assert!(places.chain(metadata).all(|range| range.start <= range.end && range.end <= read.end));
    assert!(read.custom.iter().all(|(at, _)| *at <= size));
    read.gaps.is_empty() && read.oddities.is_empty()
}
