//! What the front matter of a card says about configurations: `configs` and `dataset_info`, checked as `datasets` does.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::patterns::shortened;
use super::{Options, Problem, Reach};

/// How many configurations a card may have; the largest known datasets have some hundred.
const MOST_CONFIGURATIONS: usize = 10_000;

/// How many patterns a card may have: some list every file.
const MOST_PATTERNS: usize = 200_000;

/// One item of `configs`.
pub(super) struct Wanted {
    pub(super) name: String,
    /// Where the item stands in the card, as in `configs[2]`.
    pub(super) field: String,
    pub(super) files: Files,
    /// The folder in which its patterns are looked for; empty for the whole repository.
    pub(super) folder: String,
    pub(super) options: Options,
    is_default: bool,
}

/// The field `data_files`.
pub(super) enum Files {
    /// The field is missing: the names of the files decide.
    Unsaid,
    /// The field is there and null, with which `datasets` fails for the first configuration.
    Null,
    /// The patterns of each split.
    Said(Vec<(String, Vec<String>)>),
}

/// The numbers of rows that `dataset_info` claims.
#[derive(Default)]
pub(super) struct Claims {
    names: Vec<String>,
    rows: HashMap<(String, String), u64>,
}

/// The configurations of the card without those in which something is wrong; none if the card leaves them to the names.
pub(super) fn wanted(card: &Value, problems: &mut Vec<Problem>) -> Option<Vec<Wanted>> {
    let mut refuse =
        |field: &str, message: String| problems.push(Problem::new(Reach::Dataset, field, message));
    let items = match card.get("configs") {
        Some(Value::Array(items)) => items,
        Some(other) if is_true(other) => {
            refuse("configs", "must be a list of configurations, each with a `config_name`".to_owned());
            return Some(Vec::new());
        }
        _ => return None,
    };
    if items.is_empty() {
        return None;
    }
    if items.len() > MOST_CONFIGURATIONS {
        refuse(
            "configs",
            format!("has more than {MOST_CONFIGURATIONS} configurations; those that follow are left out"),
        );
    }
    let mut wanted: Vec<Wanted> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    let mut patterns_left = MOST_PATTERNS;
    for (place, item) in items.iter().take(MOST_CONFIGURATIONS).enumerate() {
        let one = match configuration(place, item) {
            Ok(one) => one,
            Err((field, message)) => {
                refuse(&format!("configs[{place}]{field}"), message);
                continue;
            }
        };
        let count = one.files.count();
        if count > patterns_left {
            refuse(
                &one.field,
                format!("brings the patterns of all configurations to more than {MOST_PATTERNS}"),
            );
            continue;
        }
        patterns_left -= count;
        // Of two with the same name the later one counts, at the place of the earlier one.
        match places.get(&one.name) {
            Some(place) => wanted[*place] = one,
            None => {
                places.insert(one.name.clone(), wanted.len());
                wanted.push(one);
            }
        }
    }
    Some(wanted)
}

/// The name that is taken when a reader names none: the only one, `default`, or the one that the card marks.
pub(super) fn default_name(wanted: &[Wanted], problems: &mut Vec<Problem>) -> Option<String> {
    let mut names = wanted
        .iter()
        .filter(|one| wanted.len() == 1 || one.name == "default" || one.is_default)
        .map(|one| &one.name);
    let first = names.next()?;
    if let Some(second) = names.next() {
        let message =
            format!("has two defaults, `{first}` and `{second}`; mark one, and name none `default`");
        problems.push(Problem::new(Reach::Dataset, "configs", message));
        return None;
    }
    Some(first.clone())
}

impl Files {
    fn count(&self) -> usize {
        match self {
            Files::Said(splits) => splits.iter().map(|(_, patterns)| patterns.len()).sum(),
            Files::Unsaid | Files::Null => 0,
        }
    }
}

impl Claims {
    /// What `dataset_info` says, whether it is one configuration or a list of them.
    pub(super) fn of(card: &Value, problems: &mut Vec<Problem>) -> Claims {
        let items = match card.get("dataset_info") {
            Some(Value::Array(items)) => items.as_slice(),
            Some(one @ Value::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        let mut claims = Claims::default();
        let mut seen = HashSet::new();
        for (place, item) in items.iter().take(MOST_CONFIGURATIONS).enumerate() {
            let Value::Object(item) = item else {
                let message =
                    "must be the description of a configuration, with `config_name` and `splits`".to_owned();
                problems.push(Problem::new(Reach::Dataset, &format!("dataset_info[{place}]"), message));
                continue;
            };
            let name = item.get("config_name").and_then(Value::as_str).unwrap_or("default");
            if seen.insert(name) {
                claims.names.push(name.to_owned());
            }
            let splits = item.get("splits").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
            for split in splits.iter().take(MOST_CONFIGURATIONS) {
                let rows = split.get("num_examples").and_then(Value::as_u64);
                if let (Some(split), Some(rows)) = (split.get("name").and_then(Value::as_str), rows) {
                    claims.rows.insert((name.to_owned(), split.to_owned()), rows);
                }
            }
        }
        claims
    }

    /// The number of rows that the card claims for a split.
    pub(super) fn rows(&self, configuration: &str, split: &str) -> Option<u64> {
        self.rows.get(&(configuration.to_owned(), split.to_owned())).copied()
    }

    /// The only configuration that is described: `datasets` takes it for the default if `configs` has none.
    pub(super) fn only_name(&self) -> Option<&str> {
        match self.names.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// One item of `configs`, or the field within it that is wrong and why.
fn configuration(place: usize, item: &Value) -> Result<Wanted, (&'static str, String)> {
    let Value::Object(item) = item else {
        return Err(("", "must be a configuration with a `config_name`".to_owned()));
    };
    let name = match item.get("config_name") {
        Some(Value::String(name)) => name.clone(),
        Some(_) => return Err((".config_name", "must be text; put a number in quotes".to_owned())),
        None => return Err(("", "has no `config_name`".to_owned())),
    };
    if let Some(bad) = name.chars().find(|letter| r"<>:/\|?*".contains(*letter)) {
        return Err((".config_name", format!("`{}` must not hold `{bad}`", shortened(&name))));
    }
    if item.contains_key("name") {
        return Err((".name", "is not a field of a configuration; write `config_name`".to_owned()));
    }
    let folder = match item.get("data_dir") {
        Some(Value::String(folder)) => folder.clone(),
        Some(other) if is_true(other) => {
            return Err((".data_dir", "must be the path of a folder".to_owned()));
        }
        _ => String::new(),
    };
    Ok(Wanted {
        name,
        field: format!("configs[{place}]"),
        files: files(item.get("data_files")).map_err(|message| (".data_files", message))?,
        folder,
        options: options(item),
        is_default: item.get("default").is_some_and(is_true),
    })
}

/// The patterns of each split, from any of the forms that `data_files` may have.
fn files(written: Option<&Value>) -> Result<Files, String> {
    let items = match written {
        None => return Ok(Files::Unsaid),
        Some(Value::Null) => return Ok(Files::Null),
        Some(Value::String(pattern)) => {
            return Ok(Files::Said(vec![("train".to_owned(), vec![pattern.clone()])]));
        }
        Some(Value::Array(items)) => items,
        Some(Value::Object(_)) => {
            return Err("must not be a mapping; write a list of `split: …` with `path: …`".to_owned());
        }
        Some(_) => return Err("must be a path, a list of paths, or a list of `split` and `path`".to_owned()),
    };
    if !items.iter().any(Value::is_object) {
        return Ok(Files::Said(vec![("train".to_owned(), texts(items)?)]));
    }
    let mut splits: Vec<(String, Vec<String>)> = Vec::new();
    let mut seen = HashSet::new();
    for item in items {
        let Value::Object(item) = item else {
            return Err("must be all paths or all `split` and `path`, not a mixture".to_owned());
        };
        let (split, patterns) = split_and_patterns(item)?;
        if !seen.insert(split.clone()) {
            return Err(format!("has the split `{}` twice; give its paths as one list", shortened(&split)));
        }
        splits.push((split, patterns));
    }
    Ok(Files::Said(splits))
}

fn split_and_patterns(item: &Map<String, Value>) -> Result<(String, Vec<String>), String> {
    let form = "must have items with two fields, `split` and `path`";
    let (Some(split), Some(path), 2) = (item.get("split"), item.get("path"), item.len()) else {
        return Err(form.to_owned());
    };
    let Value::String(split) = split else {
        return Err("has a `split` that is not text".to_owned());
    };
    if !is_split_name(split) {
        return Err(format!(
            "has the split `{}`; a split is named with letters, digits, `_` and `.`",
            shortened(split)
        ));
    }
    match path {
        Value::String(path) => Ok((split.clone(), vec![path.clone()])),
        Value::Array(paths) => Ok((split.clone(), texts(paths)?)),
        _ => Err(form.to_owned()),
    }
}

fn texts(items: &[Value]) -> Result<Vec<String>, String> {
    let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
    texts.collect::<Option<_>>().ok_or("has a path that is not text".to_owned())
}

/// Whether a split may have this name: words of letters, digits and `_`, with dots between them.
pub(super) fn is_split_name(name: &str) -> bool {
    name.split('.')
        .all(|word| !word.is_empty() && word.chars().all(|one| one.is_alphanumeric() || one == '_'))
}

fn options(item: &Map<String, Value>) -> Options {
    let text = |field: &str| item.get(field).and_then(Value::as_str).map(str::to_owned);
    let list = |field: &str| item.get(field).and_then(Value::as_array).and_then(|items| texts(items).ok());
    Options {
        // As in pandas, from where both come: `delimiter` counts if both are there.
        separator: text("delimiter").or_else(|| text("sep")),
        column_names: list("column_names").or_else(|| list("names")),
        field: text("field"),
        drop_labels: item.get("drop_labels").and_then(Value::as_bool),
        description: text("description"),
    }
}

/// What Python takes for true, as the library asks of `default`.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(value) => value.as_f64() != Some(0.0),
        Value::String(value) => !value.is_empty(),
        Value::Array(value) => !value.is_empty(),
        Value::Object(value) => !value.is_empty(),
    }
}
