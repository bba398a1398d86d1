//! The survey: a repository read once, with everything the checkers ask about.

mod card;
mod code;
mod data;
mod facts;
mod licences;
mod links;
mod neighbours;
mod read;
mod role;
mod weights;

use std::cell::OnceCell;

use limpide_formats::config::{AdapterConfig, Config, TrainerState};
use limpide_words::Kind;

pub(crate) use card::{CardText, Topic};
pub(crate) use code::{CodeFile, Linked};
pub(crate) use data::{DataFile, Holds};
pub(crate) use facts::{StructuredResult, TabledResult};
pub(crate) use licences::{LicenceText, Licences, closes, degree, kind_word, word};
pub(crate) use neighbours::{BaseModel, Neighbours, UsedDataset};
pub(crate) use read::{Elsewhere, LONGEST_TEXT, Reader, Text};
pub(crate) use role::names_checkpoint;
pub(crate) use weights::{Missing, State, WeightFile, Weights};

use crate::Remark;
use crate::checkers::Checkpoints;
use crate::remark::remark;
use crate::report::{Locator, Parameters, Subject};
use crate::source::{Content, File, Reach, Ref, Source, Standing, Trouble};

/// Files that one audit looks at; the list of more is cut, and the report says so.
const MOST_FILES: usize = 200_000;

/// Revisions whose weights are compared.
const MOST_REVISIONS: usize = 16;

/// A repository, read.
pub(crate) struct Survey<'a> {
    pub(crate) subject: Subject,
    pub(crate) standing: Standing,
    /// In the order of their paths.
    pub(crate) files: Vec<File>,
    pub(crate) card: CardText,
    pub(crate) config: Option<(Text, Config)>,
    /// The class that `model_index.json` names.
    pipeline_class: Option<String>,
    pub(crate) adapter: Option<(Text, AdapterConfig)>,
    pub(crate) trainer: Vec<(Text, TrainerState)>,
    pub(crate) weights: Weights,
    pub(crate) licences: Licences,
    pub(crate) code: Vec<CodeFile>,
    pub(crate) data: Vec<DataFile>,
    pub(crate) refs: Reach<Vec<Ref>>,
    /// The model it is made from, nearest first; of several (a merge), all.
    pub(crate) bases: Vec<BaseModel>,
    /// The datasets that its card names.
    pub(crate) datasets: Vec<UsedDataset>,
    /// Code elsewhere that its card links to.
    pub(crate) linked: Vec<Linked>,
    pub(crate) neighbours: &'a Neighbours<'a>,
    reader: Reader<'a>,
    /// What several checkers and rules ask for, found once.
    parameters: Option<Parameters>,
    results: OnceCell<Vec<(StructuredResult, Locator)>>,
    checkpoints: OnceCell<Checkpoints>,
}

impl<'a> Survey<'a> {
    /// Reads a repository.
    ///
    /// # Errors
    /// When the list of its files cannot be had.
    pub(crate) fn take(source: &'a dyn Source, neighbours: &'a Neighbours<'a>) -> Result<Self, Trouble> {
        let subject = source.subject();
        let reader = Reader::new(source, Elsewhere::default(), neighbours.most_text());
        let files = listed(&reader)?;
        expect(source, &files);
        let card = CardText::read(&reader, &files);
        let weights = Weights::read(&reader, &files);
        let is_pipeline = files.iter().any(|file| file.path == "model_index.json");
        let mut survey = Self {
            standing: source.standing(),
            config: json(&reader, &files, "config.json", |text| Config::read(&text.bytes).ok()),
            pipeline_class: pipeline_class(&reader, &files),
            adapter: json(&reader, &files, "adapter_config.json", |text| {
                AdapterConfig::read(&text.bytes).ok()
            }),
            trainer: trainer_states(&reader, &files),
            licences: Licences::read(&reader, &files, &card, weights.licence()),
            parameters: weights.parameters(is_pipeline),
            weights,
            code: code::read(&reader, &files),
            data: data::read(&reader, &files, subject.kind),
            refs: source.refs(),
            bases: Vec::new(),
            datasets: Vec::new(),
            linked: Vec::new(),
            subject,
            files,
            card,
            neighbours,
            reader,
            results: OnceCell::new(),
            checkpoints: OnceCell::new(),
        };
        survey.bases = neighbours.bases(&survey);
        survey.datasets = neighbours.datasets(&survey);
        survey.linked = neighbours.linked(&survey);
        Ok(survey)
    }

    /// Whether the weights are those of an adapter alone.
    pub(crate) fn is_adapter(&self) -> bool {
        let adapter = |file: &WeightFile| role::name(&file.file.path).starts_with("adapter_");
        (self.adapter.is_some() || self.weights.files.iter().any(adapter))
            && self.weights.files.iter().all(adapter)
    }

    /// The parameters that the headers of weights add up to.
    pub(crate) fn parameters(&self) -> Option<&Parameters> {
        self.parameters.as_ref()
    }

    /// Whether the numbers in the weights are packed, so that elements are not parameters.
    pub(crate) fn is_packed(&self) -> bool {
        self.config.as_ref().is_some_and(|(_, config)| config.quantization.is_some())
            || self.mostly(|dtype| matches!(dtype, "I32" | "U8" | "I8" | "U32" | "F4"))
    }

    /// Whether the weights were made smaller: packed, or in the types of GGUF for that.
    pub(crate) fn is_quantized(&self) -> bool {
        let smaller = |dtype: &str| {
            ["Q", "IQ", "TQ", "MXFP", "NVFP"].iter().any(|family| {
                dtype
                    .strip_prefix(family)
                    .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
            })
        };
        self.is_packed() || self.mostly(smaller)
    }

    /// Whether more than half of the elements are of such types.
    fn mostly(&self, is_such: impl Fn(&str) -> bool) -> bool {
        self.parameters.as_ref().is_some_and(|parameters| {
            let such =
                parameters.by_type.iter().filter(|(dtype, _)| is_such(dtype)).map(|(_, count)| count / 2);
            such.fold(0, u64::saturating_add) > parameters.total / 4
        })
    }

    /// The parameters found and those that the shape in `config.json` makes one expect, when there are less than a
    /// tenth of them: a file of one tensor is not a model.
    pub(crate) fn far_too_few_parameters(&self) -> Option<(u64, u64)> {
        if self.is_adapter() || self.is_packed() {
            return None;
        }
        let (_, config) = self.config.as_ref()?;
        let (width, layers) = (config.hidden_size?, config.num_hidden_layers?);
        // Attention and a feed-forward part four times as wide: 12·h² for a layer, and the embedding.
        let layer = width.checked_mul(width)?.checked_mul(12)?;
        let expected =
            layer.checked_mul(layers)?.checked_add(config.vocab_size.unwrap_or(0).checked_mul(width)?)?;
        let found = self.parameters()?.total;
        (found < expected / 10).then_some((found, expected))
    }

    /// Sets of weights that are named as checkpoints: folders, branches and tags.
    pub(crate) fn checkpoints(&self) -> &Checkpoints {
        self.checkpoints.get_or_init(|| self.compare_checkpoints())
    }

    fn compare_checkpoints(&self) -> Checkpoints {
        let mut found = Checkpoints::new();
        for files in self.weights.checkpoints.values() {
            found.add(&files.iter().collect::<Vec<_>>());
        }
        let Reach::Found(refs) = &self.refs else { return found };
        let named = refs.iter().filter(|reference| names_checkpoint(&reference.name));
        for reference in named.take(MOST_REVISIONS) {
            let Reach::Found(files) = self.reader.source.files_at(&reference.name) else {
                found.named += 1;
                found.unknown += 1;
                continue;
            };
            let weights = files.iter().filter(|file| role::of(&file.path) == role::Role::Weights);
            found.add(&weights.collect::<Vec<_>>());
        }
        found
    }

    /// A file by its path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok().map(|index| &self.files[index])
    }

    /// Where the repository is, as a whole.
    pub(crate) fn whole(&self) -> Locator {
        self.reader.whole()
    }

    /// Where a file is.
    pub(crate) fn place(&self, file: &File) -> Locator {
        self.reader.place(file)
    }

    /// Files that people read, and those with terms.
    pub(crate) fn documents(&self) -> impl Iterator<Item = &File> {
        self.files
            .iter()
            .filter(|file| matches!(role::of(&file.path), role::Role::Document | role::Role::Licence))
    }

    /// Reads a file that no other part of the survey reads.
    pub(crate) fn text(&self, file: &File) -> Option<Text> {
        self.reader.text(file)
    }

    /// The first bytes of a file.
    pub(crate) fn head(&self, file: &File, length: u64) -> Option<bytes::Bytes> {
        self.reader.bytes(file, 0..length).map(|slice| slice.bytes)
    }

    /// The name of the repository, without its owner; nothing for a folder.
    pub(crate) fn name(&self) -> &str {
        self.subject.repository.as_deref().and_then(|id| id.rsplit('/').next()).unwrap_or_default()
    }

    /// Whether it is a dataset.
    pub(crate) fn is_dataset(&self) -> bool {
        self.subject.kind == Kind::Dataset
    }

    /// What could not be read.
    pub(crate) fn into_notes(self) -> Vec<Remark> {
        self.reader.into_notes()
    }
}

/// The files by path; a list that is too long is cut, one whose paths stand twice keeps the first.
fn listed(reader: &Reader<'_>) -> Result<Vec<File>, Trouble> {
    let mut files = reader.source.files()?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|one, other| one.path == other.path);
    let found = files.len();
    if found > MOST_FILES {
        files.truncate(MOST_FILES);
        reader.note(remark!(
            "files-too-many",
            "{found} files are listed; {most} were looked at",
            found,
            most = MOST_FILES
        ));
    }
    for file in files.iter().filter(|file| file.content == Content::Skipped) {
        let path = &file.path;
        reader.note(remark!(
            "file-skipped",
            "`{path}` is a link or no ordinary file, and was not looked at",
            path
        ));
    }
    Ok(files)
}

/// Tells the source what will be read.
fn expect(source: &dyn Source, files: &[File]) {
    let part = |file: &File| {
        let end = match role::of(&file.path) {
            role::Role::Weights => weights::FIRST,
            role::Role::Data => data::FIRST,
            role::Role::Optimizer | role::Role::Other if !file.path.ends_with(".json") => return None,
            _ if file.size > LONGEST_TEXT => return None,
            _ => file.size,
        };
        Some((file.path.clone(), 0..end.min(file.size)))
    };
    let parts: Vec<_> = files.iter().filter(|file| file.content == Content::Here).filter_map(part).collect();
    source.expect(&parts);
}

fn json<T>(
    reader: &Reader<'_>,
    files: &[File],
    path: &str,
    read: impl Fn(&Text) -> Option<T>,
) -> Option<(Text, T)> {
    let file = files.iter().find(|file| file.path == path)?;
    let text = reader.text(file)?;
    let value = read(&text)?;
    Some((text, value))
}

/// The class of a pipeline of several models: `_class_name` of `model_index.json`.
fn pipeline_class(reader: &Reader<'_>, files: &[File]) -> Option<String> {
    let (_, index) = json(reader, files, "model_index.json", |text| {
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(&text.bytes).ok()
    })?;
    index.get("_class_name")?.as_str().map(ToOwned::to_owned)
}

fn trainer_states(reader: &Reader<'_>, files: &[File]) -> Vec<(Text, TrainerState)> {
    let named = files.iter().filter(|file| role::name(&file.path) == "trainer_state.json");
    named
        .take(4)
        .filter_map(|file| {
            let text = reader.text(file)?;
            let state = TrainerState::read(&text.bytes).ok()?;
            Some((text, state))
        })
        .collect()
}
