//! Things that follow from a survey, and that several checkers and rules ask about.

use std::ops::Range;

use limpide_formats::evaluation::{self, Evaluation};
use limpide_licences::Artefact;
use limpide_words::Kind;

use super::{Survey, Topic};
use crate::prose::Theme;
use crate::report::Locator;

/// Benchmarks that everybody can have, as tables of results name them: the names are those of their own papers.
const BENCHMARKS: [&str; 60] = [
    "mmlu",
    "hellaswag",
    "arc-c",
    "arc-e",
    "arc challenge",
    "arc easy",
    "arc_challenge",
    "arc_easy",
    "winogrande",
    "piqa",
    "siqa",
    "boolq",
    "openbookqa",
    "gsm8k",
    "math",
    "humaneval",
    "mbpp",
    "bbh",
    "truthfulqa",
    "triviaqa",
    "naturalqs",
    "natural questions",
    "agieval",
    "drop",
    "lambada",
    "commonsenseqa",
    "csqa",
    "gpqa",
    "ifeval",
    "mt-bench",
    "alpacaeval",
    "arena-hard",
    "livecodebench",
    "swe-bench",
    "glue",
    "superglue",
    "squad",
    "xnli",
    "mteb",
    "beir",
    "wikitext",
    "c4",
    "imagenet",
    "coco",
    "librispeech",
    "common voice",
    "commonvoice",
    "fleurs",
    "voxpopuli",
    "cifar",
    "wmt",
    "flores",
    "belebele",
    "c-eval",
    "cmmlu",
    "sciq",
    "race",
    "copa",
    "okapi",
    "multipl-e",
];

/// A number that a table gives for this model.
pub(crate) struct TabledResult<'a> {
    /// What was measured, in lower case.
    pub(crate) label: String,
    /// The cell, as written.
    pub(crate) value: &'a str,
    /// Where the table stands.
    pub(crate) span: Range<usize>,
}

/// A result as one finds it in structured form. Names are in lower case, so that they can be compared.
pub(crate) struct StructuredResult {
    pub(crate) dataset: Option<String>,
    /// What people call the dataset, where that is given beside its id.
    pub(crate) dataset_name: Option<String>,
    /// Configuration and split of the dataset, and arguments of the metric.
    pub(crate) setting: String,
    pub(crate) metric: Option<String>,
    pub(crate) value: Option<String>,
}

impl StructuredResult {
    /// Whether it says what was measured, on what, and how much came out.
    pub(crate) fn is_whole(&self) -> bool {
        self.dataset.is_some() && self.metric.is_some() && self.value.is_some()
    }

    /// Its value, when that is a number.
    pub(crate) fn number(&self) -> Option<f64> {
        self.value
            .as_deref()?
            .trim_end_matches('%')
            .trim()
            .parse()
            .ok()
            .filter(|value: &f64| value.is_finite())
    }
}

impl Survey<'_> {
    /// The classes that the configurations name.
    pub(crate) fn classes(&self) -> Vec<String> {
        let config = self.config.as_ref().map(|(_, config)| config.architectures.clone());
        config.unwrap_or_default().into_iter().chain(self.pipeline_class.clone()).collect()
    }

    /// Where the configuration is.
    pub(crate) fn config_place(&self) -> Locator {
        let file = self.file("config.json").or_else(|| self.file("model_index.json"));
        match (&self.config, file) {
            (Some((text, _)), _) => text.place(),
            (None, Some(file)) => self.place(file),
            (None, None) => self.whole(),
        }
    }

    /// Bytes of the files that hold data.
    pub(crate) fn data_bytes(&self) -> u64 {
        self.data.iter().filter(|file| file.is_filled()).map(|file| file.size).fold(0, u64::saturating_add)
    }

    /// Rows, where every file that holds data tells how many.
    pub(crate) fn rows(&self) -> Option<u64> {
        let mut rows = 0_u64;
        for file in self.data.iter().filter(|file| file.is_filled()) {
            let super::Holds::Rows(more) = file.holds else { return None };
            rows = rows.saturating_add(more);
        }
        (rows > 0).then_some(rows)
    }

    /// The largest number of tokens that the card gives.
    pub(crate) fn claimed_tokens(&self) -> Option<u64> {
        self.card.tokens().iter().map(|figure| figure.value).max()
    }

    /// Fields of the metadata, and of Croissant, that describe data.
    pub(crate) fn data_descriptions(&self) -> usize {
        let fields = [
            "annotations_creators",
            "language_creators",
            "source_datasets",
            "size_categories",
            "dataset_info",
        ];
        let described = fields.iter().filter(|field| self.card.field(field).is_some()).count();
        described / 2
    }

    /// Benchmarks that tables of results name.
    pub(crate) fn benchmarks(&self) -> Vec<String> {
        let mut found = Vec::new();
        for table in self.card.tables() {
            let cells = table.header.iter().chain(table.rows.iter().filter_map(|row| row.first()));
            found.extend(cells.filter(|cell| names_benchmark(cell)).cloned());
        }
        found.dedup();
        found
    }

    /// Tables that give numbers for benchmarks: how many numbers, and where.
    pub(crate) fn result_tables(&self) -> Vec<(usize, Range<usize>)> {
        let mut found = Vec::new();
        for table in self.card.tables() {
            let across = table
                .header
                .iter()
                .enumerate()
                .filter(|(_, cell)| names_benchmark(cell))
                .map(|(column, _)| column);
            let across: Vec<usize> = across.collect();
            let mut numbers = 0;
            for row in &table.rows {
                let down = row.first().is_some_and(|cell| names_benchmark(cell));
                let cells = row
                    .iter()
                    .enumerate()
                    .skip(1)
                    .filter(|(column, cell)| (down || across.contains(column)) && is_number(cell));
                numbers += cells.count();
            }
            if numbers > 0 {
                found.push((numbers, table.span.clone()));
            }
        }
        found.sort_by_key(|(numbers, span)| (std::cmp::Reverse(*numbers), span.start));
        found
    }

    /// What tables of the card give for this model and no other: cells below or beside its name, or all cells where a
    /// table has one row or one column of them.
    pub(crate) fn tabled_results(&self) -> Vec<TabledResult<'_>> {
        let own = letters(self.name());
        let is_own = |cell: &str| letters(cell) == own;
        let mut found = Vec::new();
        for table in self.card.tables() {
            let heads = table.header.iter().map(String::as_str);
            let is_narrow = table.header.len() == 2;
            for row in &table.rows {
                let Some(first) = row.first() else { continue };
                for (head, value) in heads.clone().zip(row).skip(1) {
                    let label = match (is_own(first), is_own(head)) {
                        (true, false) => head,
                        (false, true) => first,
                        (false, false) if is_narrow => first,
                        (false, false) if table.rows.len() == 1 => head,
                        _ => continue,
                    };
                    let label = label.trim_matches(MARKUP).to_lowercase();
                    found.push(TabledResult { label, value, span: table.span.clone() });
                }
            }
        }
        found
    }

    /// Results in structured form, of the card and of `.eval_results`, each with its place.
    pub(crate) fn results(&self) -> &[(StructuredResult, Locator)] {
        self.results.get_or_init(|| self.read_results())
    }

    fn read_results(&self) -> Vec<(StructuredResult, Locator)> {
        let mut found = Vec::new();
        let has_index = self.card.field("model-index").is_some();
        let front = self.card.front_matter().filter(|_| has_index);
        if let (Some(text), Some((yaml, start))) = (self.card.text(), front) {
            let results = evaluation::model_index(yaml).unwrap_or_default();
            let whole = self.card.span("model-index");
            for result in results {
                let place = result
                    .value_span
                    .clone()
                    .map_or_else(|| whole.clone(), |span| start + span.start..start + span.end);
                found.push((structured(result), text.locate(place)));
            }
        }
        let files = self.files.iter().filter(|file| is_results(&file.path)).take(MOST_RESULT_FILES);
        for text in files.filter_map(|file| self.text(file)) {
            let Ok(yaml) = std::str::from_utf8(&text.bytes) else { continue };
            for result in evaluation::eval_results(yaml).unwrap_or_default() {
                let place = result.value_span.clone().unwrap_or(0..text.bytes.len());
                found.push((structured(result), text.locate(place)));
            }
            if found.len() > MOST_RESULTS {
                break;
            }
        }
        found.truncate(MOST_RESULTS);
        found
    }

    /// Whether the card says that machines made the data.
    pub(crate) fn is_machine_made(&self) -> bool {
        let creators = ["annotations_creators", "language_creators", "tags"]
            .iter()
            .flat_map(|field| self.card.texts(field));
        creators.into_iter().any(|creator| {
            let creator = creator.to_lowercase();
            ["machine-generated", "synthetic", "llm-generated", "distillation", "distilabel"]
                .contains(&creator.as_str())
        })
    }

    /// Whether the card says that the data are what users wrote or did.
    pub(crate) fn is_of_users(&self) -> bool {
        let tags = self.card.texts("tags");
        let is_tagged =
            tags.iter().any(|tag| matches!(tag.to_lowercase().as_str(), "user-generated" | "user-data"));
        is_tagged || !self.card.said(Theme::UserData).is_empty()
    }

    /// What the repository is about, as licences see it.
    pub(crate) fn main_artefact(&self) -> Artefact {
        match self.subject.kind {
            Kind::Model => Artefact::Weights,
            Kind::Dataset => Artefact::Data,
            Kind::Space => Artefact::Code,
        }
    }

    /// Whether the card tells what the model takes in and gives out, what it can and where it fails.
    pub(crate) fn describes_use(&self) -> bool {
        self.card.field("pipeline_tag").is_some()
            && !self.card.sections(Topic::Uses, 8).is_empty()
            && !self.card.sections(Topic::Limits, 8).is_empty()
    }
}

/// Files of `.eval_results` that are read.
const MOST_RESULT_FILES: usize = 64;

/// Results that are kept.
const MOST_RESULTS: usize = 10_000;

fn is_results(path: &str) -> bool {
    path.starts_with(".eval_results/") && (path.ends_with(".yaml") || path.ends_with(".yml"))
}

fn structured(result: Evaluation) -> StructuredResult {
    let lower =
        |text: Option<String>| text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let setting = [result.config, result.split, result.metric_name]
        .map(|part| lower(part).unwrap_or_default())
        .join("/");
    let dataset_name = lower(result.dataset_name);
    StructuredResult {
        dataset: lower(result.dataset_id).or(dataset_name.clone()),
        dataset_name,
        setting,
        metric: lower(result.metric),
        value: result.value,
    }
}

/// What cells have around their words for looks.
const MARKUP: [char; 4] = ['*', '_', '`', ' '];

/// The letters and digits of a name, in lower case.
fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn names_benchmark(cell: &str) -> bool {
    let cell = cell.trim_matches(MARKUP).to_lowercase();
    BENCHMARKS.iter().any(|name| {
        cell.match_indices(name).any(|(at, _)| {
            let boundary = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
            boundary(cell[..at].chars().next_back()) && boundary(cell[at + name.len()..].chars().next())
        })
    })
}

fn is_number(cell: &str) -> bool {
    let cell = cell.trim_matches(['*', '_', '`', ' ', '%', '↑', '↓']);
    let first = cell.split([' ', '±', '/', '(']).next().unwrap_or_default();
    !first.is_empty() && first.parse::<f64>().is_ok_and(f64::is_finite)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn benchmarks_and_numbers_are_told_from_other_cells() {
        assert!(names_benchmark("**MMLU** (5-shot)") && names_benchmark("ARC-C"));
        assert!(!names_benchmark("Mathematics") && !names_benchmark("Model"));
        assert!(is_number("**71.3**") && is_number("0.5 ± 0.1") && is_number("82%"));
        assert!(!is_number("n/a") && !is_number("") && !is_number("inf"));
    }
}
