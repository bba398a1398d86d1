//! The card of a repository, as checkers ask about it: fields with their place, sections by topic, sentences, links.

use std::ops::Range;

use limpide_formats::card::{Document, Fields, FrontMatter, Link, Section, Table};
use limpide_words::Kind;
use serde_json::Value;

use super::read::{Reader, Text};
use crate::prose::{self, Figure, Said, Theme};
use crate::remark::remark;
use crate::source::File;

/// What a section of a card is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Topic {
    Description,
    Uses,
    Limits,
    TrainingData,
    TrainingProcedure,
    Evaluation,
    Environment,
    Technical,
    Citation,
    Collection,
    Annotation,
    PersonalData,
    Structure,
}

/// Words in headings for each topic: those of the card templates of the Hub, and what people write instead.
const HEADINGS: [(Topic, &[&str]); 13] = [
    (
        Topic::Description,
        &[
            "model description",
            "dataset description",
            "model summary",
            "dataset summary",
            "introduction",
            "overview",
            "about",
            "model details",
            "dataset details",
            "highlights",
        ],
    ),
    (
        Topic::Uses,
        &[
            "uses",
            "intended use",
            "direct use",
            "downstream use",
            "how to use",
            "use case",
            "usage",
            "out-of-scope",
        ],
    ),
    (Topic::Limits, &["bias", "risk", "limitation", "out-of-scope", "ethical", "safety", "considerations"]),
    (
        Topic::TrainingData,
        &[
            "training data",
            "pretraining data",
            "pre-training data",
            "training set",
            "dataset",
            "data mix",
            "data sources",
            "source data",
            "corpus",
        ],
    ),
    (
        Topic::TrainingProcedure,
        &[
            "training procedure",
            "training detail",
            "training",
            "hyperparameter",
            "pre-training",
            "pretraining",
            "fine-tuning",
        ],
    ),
    (Topic::Evaluation, &["evaluation", "results", "benchmark", "performance", "metrics"]),
    (Topic::Environment, &["environmental", "carbon", "emission", "energy"]),
    (
        Topic::Technical,
        &[
            "technical spec",
            "architecture",
            "compute infrastructure",
            "hardware",
            "software",
            "model config",
            "specifications",
        ],
    ),
    (Topic::Citation, &["citation", "bibtex", "cite", "reference"]),
    (
        Topic::Collection,
        &[
            "data collection",
            "collection and processing",
            "source data",
            "curation",
            "dataset creation",
            "data processing",
            "sources",
            "filtering",
            "preprocessing",
        ],
    ),
    (Topic::Annotation, &["annotation", "annotator", "labell", "labeling"]),
    (
        Topic::PersonalData,
        &["personal and sensitive", "personal data", "privacy", "pii", "sensitive information"],
    ),
    (
        Topic::Structure,
        &[
            "dataset structure",
            "data instances",
            "data fields",
            "data splits",
            "format",
            "features",
            "schema",
        ],
    ),
];

/// A `README.md`, read.
pub(crate) struct CardText {
    text: Option<Text>,
    fields: Fields,
    /// Its bytes as text, of the same length: places in it are places in the file.
    body: String,
    document: Option<Document>,
    sentences: Vec<Range<usize>>,
    said: Vec<Said>,
}

impl CardText {
    /// The card among these files.
    pub(crate) fn read(reader: &Reader<'_>, files: &[File], _kind: Kind) -> Self {
        let file = files.iter().find(|file| file.path.eq_ignore_ascii_case("readme.md"));
        let text = file.and_then(|file| reader.text(file));
        let Some(text) = text else { return Self::none() };
        let body = match std::str::from_utf8(&text.bytes) {
            Ok(body) => body.to_owned(),
            Err(_) => {
                reader.note(remark!(
                    "card-not-utf8",
                    "`README.md` is not UTF-8; what is not ASCII in it was not read"
                ));
                text.bytes.iter().map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect()
            }
        };
        let document = match Document::read(&body) {
            Ok(document) => document,
            Err(problem) => {
                reader.note(remark!(
                    "card-unreadable",
                    "`README.md` cannot be read as a card: {problem}",
                    problem
                ));
                return Self::none();
            }
        };
        let fields = match &document.front {
            FrontMatter::Read(fields) => fields.clone(),
            FrontMatter::Absent => Fields::default(),
            FrontMatter::Unreadable { problem, .. } => {
                reader.note(remark!(
                    "metadata-unreadable",
                    "the metadata of `README.md` cannot be read: {problem}",
                    problem
                ));
                Fields::default()
            }
        };
        let sentences = sentences_of(&body, &document);
        let said = prose::said(&body, &sentences);
        Self { text: Some(text), fields, body, document: Some(document), sentences, said }
    }

    fn none() -> Self {
        Self {
            text: None,
            fields: Fields::default(),
            body: String::new(),
            document: None,
            sentences: Vec::new(),
            said: Vec::new(),
        }
    }

    /// The file, if there is one.
    pub(crate) fn text(&self) -> Option<&Text> {
        self.text.as_ref()
    }

    /// Its bytes as text.
    pub(crate) fn body(&self) -> &str {
        &self.body
    }

    /// A field of the metadata.
    pub(crate) fn field(&self, name: &str) -> Option<&Value> {
        self.fields.get(name).filter(|value| !value.is_null())
    }

    /// The texts of a field that holds one or a list of them.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.fields.texts(name)
    }

    /// The lines of the metadata, and where they begin.
    pub(crate) fn front_matter(&self) -> Option<(&str, usize)> {
        let span = self.fields.span.clone();
        Some((self.body.get(span.clone())?, span.start)).filter(|(yaml, _)| !yaml.is_empty())
    }

    /// Where a field of the metadata stands.
    pub(crate) fn span(&self, field: &str) -> Range<usize> {
        self.fields.span(field).unwrap_or_default()
    }

    /// The sections about a topic that hold at least `words` words beside placeholders.
    pub(crate) fn sections(&self, topic: Topic, words: usize) -> Vec<&Section> {
        let headings =
            HEADINGS.iter().find(|(about, _)| *about == topic).map_or(&[][..], |(_, headings)| headings);
        let about = |section: &&Section| {
            let title = section.heading.to_lowercase();
            headings.iter().any(|heading| title.contains(heading))
        };
        self.all_sections().iter().filter(about).filter(|section| self.words(section) >= words).collect()
    }

    /// Words of a section and of those below it.
    pub(crate) fn words(&self, section: &Section) -> usize {
        let sections = self.all_sections();
        let at = sections.iter().position(|other| other.heading_span == section.heading_span).unwrap_or(0);
        let below = sections.iter().skip(at + 1).take_while(|other| other.level > section.level);
        words(section.prose + below.map(|other| other.prose).sum::<u64>())
    }

    /// Words of the whole card beside metadata, code and placeholders.
    pub(crate) fn all_words(&self) -> usize {
        words(self.all_sections().iter().map(|section| section.prose).sum())
    }

    /// How often the marker of the template for an empty place stands there.
    pub(crate) fn placeholders(&self) -> usize {
        self.document().map_or(0, |document| document.placeholders.len())
    }

    /// Sentences that say something about a theme.
    pub(crate) fn said(&self, theme: Theme) -> Vec<Range<usize>> {
        self.said.iter().filter(|said| said.theme == theme).map(|said| said.span.clone()).collect()
    }

    /// Numbers of parameters that it gives.
    pub(crate) fn parameters(&self) -> Vec<Figure> {
        prose::parameters(self.body(), &self.sentences)
    }

    /// Numbers of tokens that it gives.
    pub(crate) fn tokens(&self) -> Vec<Figure> {
        prose::tokens(self.body(), &self.sentences)
    }

    /// The floating-point operations that it gives, as thousandths of the power of ten.
    pub(crate) fn flop(&self) -> Option<(u32, Range<usize>)> {
        prose::flop(self.body(), &self.sentences)
    }

    /// Its links.
    pub(crate) fn links(&self) -> &[Link] {
        self.document().map_or(&[], |document| &document.links)
    }

    /// The sentence around a place, or the place itself.
    pub(crate) fn sentence_at(&self, place: &Range<usize>) -> Range<usize> {
        let around = self
            .sentences
            .iter()
            .find(|sentence| sentence.start <= place.start && place.start < sentence.end);
        around.cloned().unwrap_or_else(|| place.clone())
    }

    /// The document as it was read.
    pub(crate) fn document(&self) -> Option<&Document> {
        self.document.as_ref()
    }

    /// Its tables.
    pub(crate) fn tables(&self) -> &[Table] {
        self.document().map_or(&[], |document| &document.tables)
    }

    /// Its blocks of code: where they stand, and the code.
    pub(crate) fn code_blocks(&self) -> impl Iterator<Item = (&Range<usize>, &str)> {
        let blocks = self.document().map_or(&[][..], |document| &document.code_blocks);
        blocks.iter().map(|block| (&block.span, self.body.get(block.text.clone()).unwrap_or_default()))
    }

    fn all_sections(&self) -> &[Section] {
        self.document().map_or(&[], |document| &document.sections)
    }
}

/// Words in so many letters: in the languages of cards a word has about five, and a sign.
fn words(letters: u64) -> usize {
    usize::try_from(letters / 6).unwrap_or(usize::MAX)
}

/// The sentences of the sections, without code.
fn sentences_of(body: &str, document: &Document) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    for section in &document.sections {
        let mut start = section.body.start;
        for block in document
            .code_blocks
            .iter()
            .filter(|block| section.body.start <= block.span.start && block.span.end <= section.body.end)
        {
            if start < block.span.start {
                all.extend(prose::sentences(body, start..block.span.start));
            }
            start = block.span.end;
        }
        if start < section.body.end {
            all.extend(prose::sentences(body, start..section.body.end));
        }
    }
    all
}
