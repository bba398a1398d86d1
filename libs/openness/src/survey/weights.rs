//! The weights of a model: which files hold them, what their headers say, and whether anything is missing.

use std::collections::{BTreeMap, BTreeSet};

use limpide_formats::gguf::{self, Gguf};
use limpide_formats::safetensors::{self, Header};
use limpide_formats::weights_index::WeightsIndex;

use super::read::{Reader, Text};
use super::role::{self, Role};
use crate::report::{Locator, Parameters};
use crate::source::{Content, File};

/// Everything that holds weights, or says that it does.
#[derive(Debug, Default)]
pub(crate) struct Weights {
    /// Files of weights outside checkpoint folders, in order.
    pub(crate) files: Vec<WeightFile>,
    /// Files of weights in folders such as `checkpoint-500`, by folder.
    pub(crate) checkpoints: BTreeMap<String, Vec<File>>,
    /// States of optimizers.
    pub(crate) optimizer: Vec<File>,
    /// What should be there by an index or by its own numbering, and is not.
    pub(crate) missing: Vec<Missing>,
}

/// A file of weights.
#[derive(Debug)]
pub(crate) struct WeightFile {
    pub(crate) file: File,
    pub(crate) format: Format,
    /// What its header says.
    pub(crate) state: State,
    /// Where the header is, or the file when it was not read.
    pub(crate) locator: Locator,
}

/// How weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Format {
    Safetensors,
    Gguf,
    /// A pickle, alone or in a zip.
    Torch,
    Hdf5,
    Onnx,
    /// Another format whose content is not looked into.
    Other,
}

/// What is known of a file of weights.
#[derive(Debug)]
pub(crate) enum State {
    /// Its header was read, and its data lies in the file.
    Read(Contents),
    /// It begins as its format does; more is not known.
    Sniffed,
    /// Its bytes are not there to be read: says why.
    Unread(&'static str),
    /// It is not what it should be: says why.
    Broken(String),
}

/// What a header tells.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    /// By type of number.
    pub(crate) parameters: BTreeMap<String, u64>,
    /// How many tensors.
    pub(crate) tensors: usize,
    /// The licence that a GGUF header names.
    pub(crate) licence: Option<String>,
    /// The repositories that a GGUF header names as its base.
    pub(crate) bases: Vec<String>,
}

/// Files that should be there.
#[derive(Debug)]
pub(crate) struct Missing {
    /// What says so, when it is an index.
    pub(crate) index: Option<Text>,
    /// The names that are not there.
    pub(crate) names: Vec<String>,
    /// How many there should be.
    pub(crate) total: usize,
}

/// The first bytes of a file of weights that are read at once: most headers are shorter.
pub(crate) const FIRST: u64 = 64 << 10;

/// Files of weights whose headers are read.
const MOST_OPENED: usize = 4000;

impl Weights {
    /// Looks at the files of weights among these.
    pub(crate) fn read(reader: &Reader<'_>, files: &[File]) -> Self {
        let mut weights = Self::default();
        for file in files {
            match role::of(&file.path) {
                Role::Weights => match role::checkpoint_folder(&file.path) {
                    Some(folder) => {
                        weights.checkpoints.entry(folder.to_owned()).or_default().push(file.clone());
                    }
                    None if weights.files.len() < MOST_OPENED => weights.files.push(open(reader, file)),
                    None => weights.files.push(unopened(reader, file)),
                },
                Role::Optimizer => weights.optimizer.push(file.clone()),
                _ => {}
            }
        }
        weights.take_the_last_checkpoint(reader);
        weights.look_for_missing(reader, files);
        weights
    }

    /// Where all weights lie in folders of checkpoints, the last of them is what one gets.
    fn take_the_last_checkpoint(&mut self, reader: &Reader<'_>) {
        let last = self.checkpoints.keys().max_by_key(|folder| (role::number_in(folder), (*folder).clone()));
        if let Some(files) =
            last.filter(|_| self.files.is_empty()).and_then(|last| self.checkpoints.get(last))
        {
            self.files = files.iter().map(|file| open(reader, file)).collect();
        }
    }

    fn look_for_missing(&mut self, reader: &Reader<'_>, files: &[File]) {
        let present: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
        for file in files.iter().filter(|file| role::is_index(&file.path)) {
            let Some(text) = reader.text(file) else { continue };
            let Ok(index) = WeightsIndex::read(&text.bytes) else { continue };
            let folder = folder(&file.path);
            let names: Vec<String> = index.shards.keys().map(|shard| format!("{folder}{shard}")).collect();
            let total = names.len();
            let names: Vec<String> =
                names.into_iter().filter(|name| !present.contains(name.as_str())).collect();
            // An index of pickles beside whole safetensors is a remainder, not a promise.
            let is_remainder = names.len() == total && self.has_other_format(&file.path);
            if !names.is_empty() && !is_remainder {
                self.missing.push(Missing { index: Some(text), names, total });
            }
        }
        self.missing_by_number();
    }

    fn has_other_format(&self, index: &str) -> bool {
        let safetensors = index.contains(".safetensors.");
        self.files
            .iter()
            .any(|weight| (weight.format == Format::Safetensors) != safetensors && weight.state.is_there())
    }

    /// `model-00002-of-00007.safetensors` promises six others.
    fn missing_by_number(&mut self) {
        let mut groups: BTreeMap<(String, u32), BTreeSet<u32>> = BTreeMap::new();
        for weight in &self.files {
            if let Some((group, number, total)) = numbered(&weight.file.path) {
                groups.entry((group, total)).or_default().insert(number);
            }
        }
        for ((group, total), numbers) in groups {
            // Some count from 0.
            let first = if numbers.contains(&0) { 0 } else { 1 };
            let lacking: Vec<u32> =
                (first..total + first).filter(|number| !numbers.contains(number)).collect();
            let told = self.missing.iter().any(|missing| missing.total == total as usize);
            if !lacking.is_empty() && !told {
                let names =
                    lacking.iter().map(|number| group.replacen('*', &format!("{number:05}"), 1)).collect();
                self.missing.push(Missing { index: None, names, total: total as usize });
            }
        }
    }

    /// The parameters of the model: those of the whole set of files that holds most, and for a pipeline of several
    /// models the sum over their folders. None when a file of the set could not be read.
    pub(crate) fn parameters(&self, pipeline: bool) -> Option<Parameters> {
        let mut by_folder: BTreeMap<&str, Parameters> = BTreeMap::new();
        for set in self.sets().into_values() {
            let Some(parameters) = sum(&set) else { continue };
            let folder = folder(&set[0].file.path);
            let best = by_folder.entry(folder).or_default();
            if parameters.total > best.total {
                *best = parameters;
            }
        }
        if !pipeline {
            return by_folder.remove("").or_else(|| by_folder.into_values().max_by_key(|sum| sum.total));
        }
        let mut all = Parameters::default();
        for parameters in by_folder.into_values() {
            add(&mut all, &parameters.by_type);
        }
        (all.total > 0).then_some(all)
    }

    /// The repositories that headers name as what the weights are made from: `owner/name`.
    pub(crate) fn bases(&self) -> Vec<String> {
        let addresses = self.contents().flat_map(|contents| &contents.bases);
        addresses
            .filter_map(|address| {
                address
                    .split_once("://")?
                    .1
                    .split_once('/')
                    .map(|(_, id)| id.trim_end_matches('/').to_owned())
            })
            .collect()
    }

    /// The licence that a header names.
    pub(crate) fn licence(&self) -> Option<&str> {
        self.contents().find_map(|contents| contents.licence.as_deref())
    }

    fn contents(&self) -> impl Iterator<Item = &Contents> {
        self.files.iter().filter_map(|weight| match &weight.state {
            State::Read(contents) => Some(contents),
            _ => None,
        })
    }

    /// Files that belong together: by folder, name without its number, and format.
    pub(crate) fn sets(&self) -> BTreeMap<String, Vec<&WeightFile>> {
        let mut sets: BTreeMap<String, Vec<&WeightFile>> = BTreeMap::new();
        for weight in &self.files {
            let key =
                numbered(&weight.file.path).map_or_else(|| weight.file.path.clone(), |(group, ..)| group);
            sets.entry(key).or_default().push(weight);
        }
        sets
    }
}

impl WeightFile {
    /// Whether it is GGUF whose header was read.
    pub(crate) fn is_read_gguf(&self) -> bool {
        self.format == Format::Gguf && matches!(self.state, State::Read(_))
    }
}

impl State {
    /// Whether there are bytes that look like weights.
    pub(crate) fn is_there(&self) -> bool {
        matches!(self, Self::Read(_) | Self::Sniffed)
    }
}

impl Format {
    fn of(path: &str) -> Self {
        match path.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "safetensors" => Self::Safetensors,
            "gguf" => Self::Gguf,
            "bin" | "pt" | "pth" | "ckpt" => Self::Torch,
            "h5" | "keras" => Self::Hdf5,
            "onnx" => Self::Onnx,
            _ => Self::Other,
        }
    }

    /// Whether a file can begin so.
    fn begins_with(self, head: &[u8]) -> bool {
        match self {
            // A zip, or protocol 2 and later of pickle.
            Self::Torch => head.starts_with(b"PK\x03\x04") || head.starts_with(&[0x80]),
            Self::Hdf5 => head.starts_with(b"\x89HDF\r\n\x1a\n") || head.starts_with(b"PK\x03\x04"),
            // A message of protocol buffers: `ir_version`, the first field.
            Self::Onnx => head.starts_with(&[0x08]),
            Self::Safetensors | Self::Gguf | Self::Other => false,
        }
    }
}

fn unopened(reader: &Reader<'_>, file: &File) -> WeightFile {
    let state = State::Unread("there are too many files of weights before it");
    let (format, locator) = (Format::of(&file.path), reader.place(file));
    WeightFile { file: file.clone(), format, state, locator }
}

fn open(reader: &Reader<'_>, file: &File) -> WeightFile {
    let format = Format::of(&file.path);
    let unread = match file.content {
        Content::Here => None,
        Content::NotFetched => Some("it is an LFS pointer whose object was not fetched"),
        Content::Lost => Some("it is an LFS pointer, and its object is not in the store"),
        Content::Skipped => Some("it is not an ordinary file"),
    };
    let (state, locator) = match unread {
        Some(why) => (State::Unread(why), reader.place(file)),
        None => look(reader, file, format),
    };
    WeightFile { file: file.clone(), format, state, locator }
}

fn look(reader: &Reader<'_>, file: &File, format: Format) -> (State, Locator) {
    if file.size == 0 {
        return (State::Broken("it is empty".to_owned()), reader.place(file));
    }
    let Some(head) = reader.bytes(file, 0..FIRST) else {
        return (State::Unread("it could not be read"), reader.place(file));
    };
    let mut head = head;
    let state = match format {
        Format::Safetensors => match whole_header(reader, file, &mut head) {
            Ok(contents) => State::Read(contents),
            Err(why) => why,
        },
        Format::Gguf => match whole_gguf(reader, file, &mut head) {
            Ok(contents) => State::Read(contents),
            Err(why) => why,
        },
        _ if format.begins_with(&head.bytes) => State::Sniffed,
        Format::Other => State::Unread("files of its format are not looked into"),
        _ => State::Broken("it does not begin as files of its format do".to_owned()),
    };
    let locator = reader.locate(file, &head);
    (state, locator)
}

fn whole_header(reader: &Reader<'_>, file: &File, head: &mut super::read::Slice) -> Result<Contents, State> {
    let broken = |why: String| State::Broken(why);
    let first = head.bytes.get(..8).and_then(|first| first.try_into().ok());
    let first: [u8; 8] = first.ok_or_else(|| broken("it is too short for a header".to_owned()))?;
    let length = safetensors::header_length(first).map_err(|problem| broken(problem.to_string()))?;
    let data = safetensors::data_length(length, file.size).map_err(|problem| broken(problem.to_string()))?;
    if head.bytes.len() as u64 != 8 + length {
        *head = reader.bytes(file, 0..8 + length).ok_or(State::Unread("it could not be read"))?;
    }
    let header = Header::read(&head.bytes[8..], data).map_err(|problem| broken(problem.to_string()))?;
    if let Some(flaw) = header.flaws.first() {
        return Err(broken(flaw.to_string()));
    }
    let parameters = header.parameters().map_err(|problem| broken(problem.to_string()))?;
    if parameters.values().all(|count| *count == 0) {
        return Err(broken("it holds no tensor".to_owned()));
    }
    Ok(Contents { parameters, tensors: header.tensors.len(), ..Contents::default() })
}

fn whole_gguf(reader: &Reader<'_>, file: &File, head: &mut super::read::Slice) -> Result<Contents, State> {
    loop {
        match Gguf::read(&head.bytes, file.size) {
            Ok(gguf::Read::Done(gguf)) => return contents(&gguf),
            Ok(gguf::Read::Needs(bytes)) => {
                // Twice as much as was there, so that a long header is read in few steps.
                let next = bytes.max(head.bytes.len() as u64 * 2).min(file.size);
                *head = reader.bytes(file, 0..next).ok_or(State::Unread("it could not be read"))?;
            }
            Err(problem) => return Err(State::Broken(problem.to_string())),
        }
    }
}

fn contents(gguf: &Gguf) -> Result<Contents, State> {
    let out_of_file = gguf.flaws.iter().find(|flaw| matches!(flaw, gguf::Flaw::OutOfFile(_)));
    if let Some(flaw) = out_of_file {
        return Err(State::Broken(flaw.to_string()));
    }
    let mut parameters: BTreeMap<String, u64> = BTreeMap::new();
    for tensor in &gguf.tensors {
        let kind = tensor.kind.name().map_or_else(|| format!("type {}", tensor.kind.0), ToOwned::to_owned);
        let total = parameters.entry(kind).or_default();
        *total = total.saturating_add(tensor.elements);
    }
    if parameters.values().all(|count| *count == 0) {
        return Err(State::Broken("it holds no tensor".to_owned()));
    }
    let text = |key: &str| match gguf.metadata.get(key) {
        Some(gguf::Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let bases = (0..8).filter_map(|number| text(&format!("general.base_model.{number}.repo_url"))).collect();
    Ok(Contents { parameters, tensors: gguf.tensors.len(), licence: text("general.license"), bases })
}

fn sum(set: &[&WeightFile]) -> Option<Parameters> {
    let mut all = Parameters::default();
    for weight in set {
        let State::Read(contents) = &weight.state else { return None };
        add(&mut all, &contents.parameters);
    }
    Some(all)
}

fn add(sum: &mut Parameters, by_type: &BTreeMap<String, u64>) {
    for (dtype, count) in by_type {
        let total = sum.by_type.entry(dtype.clone()).or_default();
        *total = total.saturating_add(*count);
        sum.total = sum.total.saturating_add(*count);
    }
}

/// `a/model-00002-of-00007.bin` as (`a/model-*-of-00007.bin`, 2, 7).
fn numbered(path: &str) -> Option<(String, u32, u32)> {
    let (before, after) = path.rsplit_once("-of-")?;
    let digits = after.len() - after.trim_start_matches(|digit: char| digit.is_ascii_digit()).len();
    let total: u32 = after[..digits].parse().ok()?;
    let stem = before.trim_end_matches(|digit: char| digit.is_ascii_digit());
    let number: u32 = before[stem.len()..].parse().ok()?;
    (total <= 10_000 && number <= total).then(|| (format!("{stem}*-of-{after}"), number, total))
}

/// The folder of a path, with its `/`; nothing for the root.
fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |end| &path[..=end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_told_by_their_numbers() {
        let expected = ("a/model-*-of-00007.safetensors".to_owned(), 2, 7);
        assert_eq!(numbered("a/model-00002-of-00007.safetensors"), Some(expected));
        for other in ["model.safetensors", "model-2-of-x.bin", "a-of-b", "model-00009-of-00007.bin"] {
            assert_eq!(numbered(other), None, "{other}");
        }
    }
}
