//! Which files of a dataset are which split of which configuration, as the `datasets` library finds them.
//!
//! A reader who calls `load_dataset("owner/name")` gets the same configurations, splits and files, in the same order.
//! The card may say them in `configs`; otherwise the names of files and folders do. What the library would refuse is
//! a [`Problem`] that names the field, and what can be found in spite of it is still given. The rules are those of
//! datasets 5.2; `tests/splits/generate.py` asks the library itself and `tests/splits.rs` compares.
//!
//! This differs: a file that several patterns of a split name is given once, where the library reads it again, and a
//! problem says so. A pattern that is an address or begins with `/` is refused, where the library would look on the
//! web or on the computer of the reader. What is inside a `.zip` can't be seen from its name: its module is
//! [`Module::Archive`]. And `dataset_infos.json` and `.huggingface.yaml`, which may add to a card, are not read.

use std::collections::HashSet;

use serde_json::Value;

use card::{Claims, Files, Wanted};
use formats::Reading;
use patterns::{Listing, file_name, is_plain, shortened};

mod card;
mod formats;
mod patterns;
#[cfg(test)]
mod tests;

/// What was found in a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dataset {
    /// In the order of the card.
    pub configurations: Vec<Configuration>,
    /// Which of them is loaded when a reader names none.
    pub default: Option<usize>,
    /// What the library would refuse or leave out.
    pub problems: Vec<Problem>,
}

/// Splits that are loaded together under one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Configuration {
    /// The name, `default` if the card says none.
    pub name: String,
    /// What reads the files; the same for all configurations of a dataset.
    pub module: Module,
    /// The splits, in the order in which the library lists them.
    pub splits: Vec<Split>,
    /// How the card wants the files to be read.
    pub options: Options,
}

/// Files whose rows follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    /// The name, such as `train`.
    pub name: String,
    /// The paths of the files in the order in which they are read, each once.
    pub files: Vec<String>,
    /// The number of rows that the card claims in `dataset_info`; nobody has counted.
    pub claimed_rows: Option<u64>,
}

/// What reads the files of a dataset: one of the modules of `datasets`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Module {
    /// Arrow streams and files.
    Arrow,
    /// Sounds in folders, with labels or metadata.
    AudioFolder,
    /// Comma or tab separated values.
    Csv,
    /// Images in folders, with labels or metadata.
    ImageFolder,
    /// JSON, or one JSON value a line.
    Json,
    /// Parquet.
    Parquet,
    /// Text, a row a line.
    Text,
    /// Films in folders, with labels or metadata.
    VideoFolder,
    /// Tar files whose members are the columns.
    WebDataset,
    /// Zip files, which must be opened to know what reads them.
    Archive,
    /// Another module, by the name that the library gives it.
    Other(&'static str),
}

/// How the files of a configuration are to be read, as far as its rows depend on it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// What separates the values of CSV; a comma if there is none. A tab for `.tsv`.
    pub separator: Option<String>,
    /// The names of the columns of CSV, which then has no line with names.
    pub column_names: Option<Vec<String>>,
    /// The field of a JSON file in which the rows are.
    pub field: Option<String>,
    /// Whether the names of folders are left out as labels; the library decides if the card doesn't.
    pub drop_labels: Option<bool>,
    /// What the card says about the configuration.
    pub description: Option<String>,
}

/// Something that the library would refuse, or leave out without a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What a reader can't load because of it.
    pub reach: Reach,
    /// The field of the card, such as `configs[1].data_files`, or `repository` for the names of its files.
    pub field: String,
    /// What is wrong with it, as the end of a sentence that begins with the field.
    pub message: String,
}

/// How much of a dataset the library refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reach {
    /// Nothing of the dataset can be loaded.
    Dataset,
    /// One configuration can't be loaded, or not without its name.
    Configuration,
    /// Nothing is refused, but something is not as its author may think.
    Nothing,
}

/// Finds the configurations of a dataset from the paths of its files and the front matter of its card.
///
/// ```
/// let card = serde_json::json!({"configs": [{"config_name": "en", "data_files": "en/*.csv"}]});
/// let dataset = limpide_tables::splits::find(["en/a.csv", "en/b.csv", "fr/c.csv"], &card);
/// assert_eq!(dataset.configurations[0].name, "en");
/// assert_eq!(dataset.configurations[0].splits[0].name, "train");
/// assert_eq!(dataset.configurations[0].splits[0].files, ["en/a.csv", "en/b.csv"]);
/// ```
pub fn find<'a>(paths: impl IntoIterator<Item = &'a str>, card: &Value) -> Dataset {
    let mut search = Search { listing: Listing::new(paths.into_iter().collect()), problems: Vec::new() };
    let claims = Claims::of(card, &mut search.problems);
    let wanted = card::wanted(card, &mut search.problems);
    let mut configurations = match &wanted {
        Some(wanted) => search.of_card(wanted),
        None => search.of_names().into_iter().collect(),
    };
    for configuration in &mut configurations {
        for split in &mut configuration.splits {
            split.claimed_rows = claims.rows(&configuration.name, &split.name);
        }
    }
    let default = search.default(&configurations, &wanted.unwrap_or_default(), claims.only_name());
    Dataset { configurations, default, problems: search.problems }
}

/// The splits of one configuration while they are looked for.
type Splits<'a> = Vec<(String, Vec<&'a str>)>;

/// The keywords of the splits that are recognised in names, in the order in which the splits are listed.
const KEYWORDS: [(&str, &[&str]); 3] = [
    ("train", &["train", "training"]),
    ("validation", &["validation", "valid", "dev", "val"]),
    ("test", &["test", "testing", "eval", "evaluation"]),
];

/// The patterns of a keyword in a folder's name, and then of one in a file's name; `#` is a separator.
const IN_FOLDERS: [&str; 4] = ["**/{}/**", "**/{}#*/**", "**/*#{}/**", "**/*#{}#*/**"];
const IN_FILES: [&str; 2] = ["**/{}#*", "**/*#{}#*"];
const SEPARATOR: &str = "[-._ 0-9]";

/// Files by which logs of evaluations and tasks for agents are recognised, and the splits that they become.
const TASKS: [(&str, &[&str]); 2] =
    [("logs", &["**/*.eval"]), ("test", &["**/task.toml", "**/instruction.md"])];

/// What follows the split in the names of shards, as `push_to_hub` writes them.
const SHARD: &str = "-[0-9][0-9][0-9][0-9][0-9]-of-[0-9][0-9][0-9][0-9][0-9]*.*";

struct Search<'a> {
    listing: Listing<'a>,
    problems: Vec<Problem>,
}

impl<'a> Search<'a> {
    /// The configurations that the card lists, as far as they can be resolved.
    fn of_card(&mut self, wanted: &[Wanted]) -> Vec<Configuration> {
        let Some(first) = wanted.first() else { return Vec::new() };
        let reading = self.reading_of_first(first);
        if let Err(message) = &reading {
            self.problem(Reach::Dataset, &format!("{}.data_files", first.field), message.clone());
        }
        let mut resolved = Vec::new();
        for (place, one) in wanted.iter().enumerate() {
            match self.splits_of(one) {
                Ok(splits) => resolved.push((one, splits)),
                // It was said already.
                Err((.., message)) if place == 0 && reading.as_ref().err() == Some(&message) => {}
                Err((field, reach, message)) => {
                    self.problem(reach, &format!("{}{field}", one.field), message);
                }
            }
        }
        // Where the library gives up for the first configuration, the others still say what they are.
        let fallback = || resolved.iter().find_map(|(_, splits)| reading_of_all(splits).ok());
        let Some(reading) = reading.ok().or_else(fallback) else { return Vec::new() };
        let mut configurations = Vec::new();
        for (one, splits) in resolved {
            let field = format!("{}.data_files", one.field);
            let splits = self.given(splits, &field);
            let options = with_variant(one.options.clone(), reading);
            configurations.push(Configuration {
                name: one.name.clone(),
                module: reading.module,
                splits,
                options,
            });
        }
        configurations
    }

    /// The one configuration of a dataset whose card lists none.
    fn of_names(&mut self) -> Option<Configuration> {
        let found = self.splits_by_name("").and_then(|patterns| self.resolved("", &patterns));
        let mut splits = match found {
            Ok(splits) => splits,
            Err(message) => {
                self.problem(Reach::Dataset, "repository", message);
                return None;
            }
        };
        // A repository without files is no fault, it is only empty.
        if splits.is_empty() {
            return None;
        }
        let reading = match reading_of_all(&splits) {
            Ok(reading) => reading,
            Err(message) => {
                self.problem(Reach::Dataset, "repository", message);
                return None;
            }
        };
        for (_, files) in &mut splits {
            files.retain(|file| formats::is_read_by(file, reading.module));
        }
        let splits = self.given(splits, "repository");
        let options = with_variant(Options::default(), reading);
        Some(Configuration { name: "default".to_owned(), module: reading.module, splits, options })
    }

    /// What reads the dataset: the library asks only the first configuration, and without its folder.
    fn reading_of_first(&mut self, first: &Wanted) -> Result<Reading, String> {
        let splits = match &first.files {
            Files::Said(patterns) => self.resolved("", patterns)?,
            Files::Null => return Err("has no value; leave the field out".to_owned()),
            Files::Unsaid => {
                let patterns = self.splits_by_name("")?;
                self.resolved("", &patterns)?
            }
        };
        reading_of_all(&splits)
    }

    /// The files of one configuration, or the field that is wrong and how much the library refuses because of it.
    fn splits_of(&mut self, wanted: &Wanted) -> Result<Splits<'a>, (&'static str, Reach, String)> {
        if wanted.name.is_empty() {
            return Err((".config_name", Reach::Configuration, "must not be empty".to_owned()));
        }
        if let Files::Said(patterns) = &wanted.files {
            let resolved = self.resolved_and_counted(&wanted.folder, patterns);
            return resolved.map_err(|message| (".data_files", Reach::Configuration, message));
        }
        let patterns =
            self.splits_by_name(&wanted.folder).map_err(|message| (".data_dir", Reach::Dataset, message))?;
        if patterns.is_empty() {
            let message = match wanted.folder.as_str() {
                "" => "is missing, and the repository has no files either".to_owned(),
                folder => format!("is `{}`, where no files are", shortened(folder)),
            };
            return Err((".data_dir", Reach::Dataset, message));
        }
        let resolved = self.resolved_and_counted(&wanted.folder, &patterns);
        resolved.map_err(|message| (".data_dir", Reach::Configuration, message))
    }

    fn resolved_and_counted(
        &mut self,
        folder: &str,
        patterns: &[(String, Vec<String>)],
    ) -> Result<Splits<'a>, String> {
        let splits = self.resolved(folder, patterns)?;
        self.listing.take_files(splits.iter().map(|(_, files)| files.len()).sum())?;
        Ok(splits)
    }

    /// The data files of each split: what its patterns name, with an ending that the library knows.
    fn resolved(&mut self, folder: &str, patterns: &[(String, Vec<String>)]) -> Result<Splits<'a>, String> {
        let mut splits = Vec::new();
        for (split, patterns) in patterns {
            let mut files = Vec::new();
            for pattern in patterns {
                let mut named = self.listing.named(folder, pattern)?;
                named.retain(|path| formats::is_data(path));
                if named.is_empty() && is_plain(pattern) {
                    return Err(format!(
                        "names `{}`, which is no data file of this repository",
                        shortened(pattern)
                    ));
                }
                files.extend(named);
            }
            splits.push((split.clone(), files));
        }
        Ok(splits)
    }

    /// The patterns of the splits that the names of files and folders show; none if there are no files.
    fn splits_by_name(&mut self, folder: &str) -> Result<Vec<(String, Vec<String>)>, String> {
        let shards = self.splits_of_shards(folder)?;
        if !shards.is_empty() {
            return Ok(shards);
        }
        for (split, patterns) in TASKS {
            let patterns: Vec<String> = patterns.iter().map(|one| (*one).to_owned()).collect();
            if self.any_of(folder, &patterns)? {
                return Ok(vec![(split.to_owned(), patterns)]);
            }
        }
        for templates in [IN_FOLDERS.as_slice(), IN_FILES.as_slice()] {
            let splits = self.splits_by_keyword(folder, templates)?;
            if !splits.is_empty() {
                return Ok(splits);
            }
        }
        if self.listing.names_any(folder, "**")? {
            return Ok(vec![("train".to_owned(), vec!["**".to_owned()])]);
        }
        Ok(Vec::new())
    }

    fn any_of(&mut self, folder: &str, patterns: &[String]) -> Result<bool, String> {
        for pattern in patterns {
            if self.listing.names_any(folder, pattern)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The splits of files like `data/train-00000-of-00005.parquet`: the known ones first, the others by name.
    fn splits_of_shards(&mut self, folder: &str) -> Result<Vec<(String, Vec<String>)>, String> {
        let files = self.listing.named(folder, &format!("data/*{SHARD}"))?;
        let mut splits: Vec<&str> = Vec::new();
        for file in files {
            let split = split_of_shard(file_name(file)).filter(|split| card::is_split_name(split));
            let split = split.ok_or_else(|| {
                format!(
                    "has the file `{}`, which names no split; a split is named with letters, digits, `_` and `.`",
                    shortened(file)
                )
            })?;
            splits.push(split);
        }
        splits.sort_by_key(|split| {
            (KEYWORDS.iter().position(|(known, _)| known == split).unwrap_or(3), *split)
        });
        splits.dedup();
        Ok(splits.iter().map(|split| ((*split).to_owned(), vec![format!("data/{split}{SHARD}")])).collect())
    }

    /// The splits whose keywords are in the names, with all patterns of each.
    fn splits_by_keyword(
        &mut self,
        folder: &str,
        templates: &[&str],
    ) -> Result<Vec<(String, Vec<String>)>, String> {
        let mut found = Vec::new();
        for (split, keywords) in KEYWORDS {
            let written = |keyword: &&str| -> Vec<String> {
                let fill = |template: &&str| template.replace("{}", keyword).replace('#', SEPARATOR);
                templates.iter().map(fill).collect()
            };
            let patterns: Vec<String> = keywords.iter().flat_map(written).collect();
            if self.any_of(folder, &patterns)? {
                found.push((split.to_owned(), patterns));
            }
        }
        Ok(found)
    }

    /// The splits as they are given back, each file once.
    fn given(&mut self, splits: Splits, field: &str) -> Vec<Split> {
        let mut given = Vec::new();
        for (name, files) in splits {
            let mut seen = HashSet::new();
            let once: Vec<String> =
                files.iter().filter(|file| seen.insert(**file)).map(|file| (*file).to_owned()).collect();
            if once.len() < files.len() {
                let message = format!(
                    "has {} of {} files of the split `{}` in more than one pattern, and the library reads them again",
                    files.len() - once.len(),
                    once.len(),
                    shortened(&name)
                );
                self.problem(Reach::Nothing, field, message);
            }
            if once.is_empty() {
                let message = format!("has no data file for the split `{}`", shortened(&name));
                self.problem(Reach::Nothing, field, message);
            }
            given.push(Split { name, files: once, claimed_rows: None });
        }
        given
    }

    /// Which configuration is loaded when a reader names none: the one of the card, or the only one that it describes.
    fn default(
        &mut self,
        found: &[Configuration],
        wanted: &[Wanted],
        described: Option<&str>,
    ) -> Option<usize> {
        let place = |name: &str| found.iter().position(|one| one.name == name);
        if let Some(name) = card::default_name(wanted, &mut self.problems) {
            return place(&name);
        }
        let Some(name) = described else {
            return (found.len() == 1 && wanted.is_empty()).then_some(0);
        };
        if !found.is_empty() && place(name).is_none() && wanted.iter().all(|one| one.name != name) {
            let message =
                format!("makes `{}` the default, and there is no such configuration", shortened(name));
            self.problem(Reach::Configuration, "dataset_info", message);
        }
        place(name)
    }

    fn problem(&mut self, reach: Reach, field: &str, message: String) {
        self.problems.push(Problem::new(reach, field, message));
    }
}

impl Problem {
    fn new(reach: Reach, field: &str, message: String) -> Self {
        Problem { reach, field: field.to_owned(), message }
    }
}

/// What reads the files of all splits; an archive may hold whatever the others are.
fn reading_of_all(splits: &Splits) -> Result<Reading, String> {
    let mut reading: Option<Reading> = None;
    for (split, files) in splits {
        let Some(one) = Reading::of(files) else {
            return Err(format!("has no file for the split `{}` that `datasets` can read", shortened(split)));
        };
        match reading {
            Some(other) if other.module == Module::Archive => reading = Some(one),
            Some(other) if other != one && one.module != Module::Archive => {
                return Err(format!(
                    "the split `{}` has another format than those before it",
                    shortened(split)
                ));
            }
            Some(_) => {}
            None => reading = Some(one),
        }
    }
    reading.ok_or("has no file that `datasets` can read".to_owned())
}

fn with_variant(mut options: Options, reading: Reading) -> Options {
    if reading.variant == Some("tsv") && options.separator.is_none() {
        options.separator = Some("\t".to_owned());
    }
    options
}

/// The part of a shard's name before its numbers; of several numbers the last ones count.
fn split_of_shard(name: &str) -> Option<&str> {
    let digits =
        |text: &str, count: usize| text.len() == count && text.bytes().all(|one| one.is_ascii_digit());
    name.rmatch_indices("-of-").find_map(|(place, found)| {
        let (before, after) = (&name[..place], &name[place + found.len()..]);
        let (split, number) = before.rsplit_once('-')?;
        (digits(number, 5) && after.get(..4).is_some_and(|after| digits(after, 4)) && !split.is_empty())
            .then_some(split)
    })
}
