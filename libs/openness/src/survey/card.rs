//! The card of a repository, as checkers ask about it: fields with their place, sections by topic, sentences, links.

use std::ops::Range;

use limpide_formats::card::{Document, Fields, FrontMatter, Link, Section, Table};
use serde_json::Value;

use super::read::{Reader, Text};
use crate::prose::{self, Figure, Prose, Theme, Work};
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

/// Texts of one field of the metadata that are looked at, and the longest of them.
const MOST_NAMES: usize = 200;
const LONGEST_NAME: usize = 256;

/// A `README.md`, read.
pub(crate) struct CardText {
    text: Option<Text>,
    fields: Fields,
    /// Its bytes as text, of the same length: places in it are places in the file.
    body: String,
    document: Option<Document>,
    /// Of each section its heading in lower case, and the letters that somebody wrote below it for this card.
    headings: Vec<String>,
    written: Vec<u64>,
    /// In the order of the file.
    sentences: Vec<Range<usize>>,
    /// Sentences that the template of the card brought along.
    brought: Vec<Range<usize>>,
    prose: Prose,
}

impl CardText {
    /// The card among these files.
    pub(crate) fn read(reader: &Reader<'_>, files: &[File]) -> Self {
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
        let (brought, sentences): (Vec<_>, Vec<_>) =
            sentences_of(&body, &document).into_iter().partition(|span| is_of_template(&body[span.clone()]));
        let prose = prose::read(&body, &sentences);
        let headings = document.sections.iter().map(|section| section.heading.to_lowercase()).collect();
        let written = document.sections.iter().map(|section| written(&body, section, &brought)).collect();
        let text = Some(text);
        Self { text, fields, body, document: Some(document), headings, written, sentences, brought, prose }
    }

    fn none() -> Self {
        Self {
            text: None,
            fields: Fields::default(),
            body: String::new(),
            document: None,
            headings: Vec::new(),
            written: Vec::new(),
            sentences: Vec::new(),
            brought: Vec::new(),
            prose: Prose::default(),
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

    /// The texts of a field that holds one or a list of them, as far as they are of a length that names have.
    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        let texts = self.fields.texts(name).into_iter();
        texts.filter(|text| text.len() <= LONGEST_NAME).take(MOST_NAMES).collect()
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
        let about = |title: &str| headings.iter().any(|heading| title.contains(heading));
        let sections = self.all_sections().iter().zip(&self.headings);
        let sections = sections.filter(|(_, title)| about(title)).map(|(section, _)| section);
        sections.filter(|section| words == 0 || self.words(section) >= words).collect()
    }

    /// Whether a section about a topic holds so many words, or a table or code.
    pub(crate) fn speaks_of(&self, topic: Topic, words: usize) -> bool {
        let holds_more = |section: &Section| {
            let within =
                |span: &Range<usize>| section.body.start <= span.start && span.end <= section.body.end;
            self.tables().iter().any(|table| within(&table.span))
                || self.code_blocks().any(|(span, _)| within(span))
        };
        self.sections(topic, 0).into_iter().any(|section| self.words(section) >= words || holds_more(section))
    }

    /// Words of a section and of those below it.
    pub(crate) fn words(&self, section: &Section) -> usize {
        let sections = self.all_sections();
        let at = sections.partition_point(|other| other.body.start < section.body.start);
        let below = sections.iter().skip(at + 1).take_while(|other| other.level > section.level).count();
        words(self.written.iter().skip(at).take(1 + below).sum())
    }

    /// Words of the whole card beside metadata, code and placeholders.
    pub(crate) fn all_words(&self) -> usize {
        words(self.written.iter().sum())
    }

    /// How often the marker of the template for an empty place stands there.
    pub(crate) fn placeholders(&self) -> usize {
        self.document().map_or(0, |document| document.placeholders.len())
    }

    /// Sentences that say something about a theme.
    pub(crate) fn said(&self, theme: Theme) -> Vec<Range<usize>> {
        let said = self.prose.said.iter().filter(|said| said.theme == theme);
        said.map(|said| said.span.clone()).collect()
    }

    /// Its sentences, with their places.
    pub(crate) fn sentences(&self) -> impl Iterator<Item = (&str, &Range<usize>)> {
        self.sentences.iter().map(|span| (&self.body[span.clone()], span))
    }

    /// Numbers of parameters that it gives.
    pub(crate) fn parameters(&self) -> &[Figure] {
        &self.prose.parameters
    }

    /// Numbers of tokens that it gives.
    pub(crate) fn tokens(&self) -> &[Figure] {
        &self.prose.tokens
    }

    /// The floating-point operations that it gives, as thousandths of the power of ten.
    pub(crate) fn flop(&self) -> Option<(u32, Range<usize>)> {
        self.prose.flop.clone()
    }

    /// How much it says that devices worked for the training.
    pub(crate) fn work(&self) -> Option<Work> {
        self.prose.work
    }

    /// Its links, without those that the template brought along.
    pub(crate) fn links(&self) -> impl Iterator<Item = &Link> {
        let links = self.document().map_or(&[][..], |document| &document.links);
        links.iter().filter(|link| around(&self.brought, link.span.start).is_none())
    }

    /// Whether a sentence leads somewhere on the web.
    pub(crate) fn leads_elsewhere(&self, sentence: &Range<usize>) -> bool {
        let is_web = |target: &str| target.starts_with("https://") || target.starts_with("http://");
        self.links().any(|link| sentence.contains(&link.span.start) && is_web(&link.target))
    }

    /// The sentence around a place, or the place itself.
    pub(crate) fn sentence_at(&self, place: &Range<usize>) -> Range<usize> {
        around(&self.sentences, place.start).cloned().unwrap_or_else(|| place.clone())
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

/// The one of these spans, which are in order, that holds a place.
fn around(spans: &[Range<usize>], place: usize) -> Option<&Range<usize>> {
    let after = spans.partition_point(|span| span.start <= place);
    after.checked_sub(1).map(|before| &spans[before]).filter(|span| place < span.end)
}

/// Letters of a section that somebody wrote for this card.
fn written(body: &str, section: &Section, brought: &[Range<usize>]) -> u64 {
    let first = brought.partition_point(|span| span.start < section.body.start);
    let within = brought[first..].iter().take_while(|span| span.end <= section.body.end);
    section.prose.saturating_sub(within.map(|span| letters(&body[span.clone()])).sum())
}

/// Words in so many letters: in the languages of cards a word has about five, and a sign.
fn words(letters: u64) -> usize {
    usize::try_from(letters / 6).unwrap_or(usize::MAX)
}

/// What the templates of the Hub write into every card (`modelcard_template.md` and `datasetcard_template.md` of
/// huggingface_hub), by a few words of each sentence.
const OF_TEMPLATES: [&str; 8] = [
    "base template for new",
    "generated using [this raw template]",
    "that has been pushed on the Hub",
    "model card has been automatically generated",
    "should be made aware of the risks",
    "needed for further recommendations",
    "code below to get started with the model",
    "emissions can be estimated using the",
];

fn is_of_template(sentence: &str) -> bool {
    let sentence = sentence.split_whitespace().collect::<Vec<_>>().join(" ");
    OF_TEMPLATES.iter().any(|words| sentence.contains(words))
}

/// Letters and signs of a text, as sections count them: of a link its words alone.
fn letters(text: &str) -> u64 {
    let mut parts = text.split("](");
    let first = parts.next().unwrap_or_default();
    let rest = parts.map(|part| part.split_once(')').map_or("", |(_, after)| after));
    let all = [first].into_iter().chain(rest).flat_map(str::chars);
    all.filter(|sign| !sign.is_whitespace()).count() as u64
}

/// The sentences of the sections, without code, comments and what is quoted from others.
fn sentences_of(body: &str, document: &Document) -> Vec<Range<usize>> {
    let mut passed_over: Vec<Range<usize>> =
        document.code_blocks.iter().map(|block| block.span.clone()).collect();
    passed_over.extend(comments(body));
    passed_over.extend(quotes(body));
    passed_over.sort_by_key(|span| span.start);
    let mut all = Vec::new();
    let mut next = passed_over.iter().peekable();
    for section in &document.sections {
        let mut start = section.body.start;
        while let Some(passed) = next.next_if(|passed| passed.start < section.body.end) {
            if start < passed.start {
                all.extend(prose::sentences(body, start..passed.start));
            }
            start = start.max(passed.end);
        }
        if start < section.body.end {
            all.extend(prose::sentences(body, start..section.body.end));
        }
    }
    all
}

/// Comments of HTML, which nobody sees.
fn comments(body: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(begin) = body[from..].find("<!--").map(|at| from + at) {
        let end = body[begin..].find("-->").map_or(body.len(), |at| begin + at + 3);
        found.push(begin..end);
        from = end;
    }
    found
}

/// Lines that quote (`> …`), unless they are set apart as a note (`> [!NOTE]`).
fn quotes(body: &str) -> Vec<Range<usize>> {
    let (mut found, mut at, mut is_note) = (Vec::new(), 0, None);
    for line in body.split_inclusive('\n') {
        let start = line.trim_start();
        is_note = match (start.starts_with('>'), is_note) {
            (false, _) => None,
            (true, None) => Some(start.contains("[!")),
            (true, before) => before,
        };
        if is_note == Some(false) {
            found.push(at..at + line.len());
        }
        at += line.len();
    }
    found
}
