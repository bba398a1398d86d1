//! The card of a repository: the YAML front matter of its `README.md`, the tags that follow from it, and its text.
//!
//! A [`Card`] is what a repository is listed by; a [`Document`] is the whole file, each part with its place in it.

mod document;
mod front;
mod prose;

pub use document::{CodeBlock, Document, DocumentProblem, Image, LONGEST_DOCUMENT, Link, Section, Table};
pub use front::{Fields, FrontMatter};
use limpide_words::Kind;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A card: its front matter as JSON, and tags as the Hub derives them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Card {
    /// The front matter.
    pub fields: Map<String, Value>,
    /// What the repository is found by.
    pub tags: Vec<String>,
}

/// Bytes of a file, from the first to the one after the last.
pub type Span = std::ops::Range<usize>;

/// Front matter longer than this is not read.
const LONGEST: usize = 1 << 20;

/// Tags of one repository, and bytes of one tag.
const MOST_TAGS: usize = 1000;
const LONGEST_TAG: usize = 256;

impl Card {
    /// The card in the bytes of a `README.md`. One that cannot be read is an empty card: committing it was
    /// allowed, and clients ask to have it checked before.
    pub fn read(bytes: &[u8], kind: Kind) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let fields = match front_matter(&text).map(parse) {
            Some(Ok(Value::Object(fields))) => without_nul(fields),
            _ => Map::new(),
        };
        let mut tags = tags(&fields, kind);
        tags.extend(papers(&text));
        let mut seen = std::collections::HashSet::new();
        tags.retain(|tag| !tag.is_empty() && tag.len() <= LONGEST_TAG && seen.insert(tag.clone()));
        tags.truncate(MOST_TAGS);
        Self { fields, tags }
    }

    /// The front matter as it is stored.
    pub fn json(&self) -> String {
        Value::Object(self.fields.clone()).to_string()
    }
}

/// The text between the `---` that a file starts with and the next one.
pub fn front_matter(text: &str) -> Option<&str> {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    let rest = text.strip_prefix("---")?;
    let (first, _) = rest.split_once('\n')?;
    if !first.trim().is_empty() {
        return None;
    }
    let mut at = first.len() + 1;
    for line in rest[at..].split_inclusive('\n') {
        if line.trim_end() == "---" {
            return Some(&rest[first.len() + 1..at]);
        }
        at += line.len();
    }
    None
}

/// Front matter as JSON, read with bounds.
///
/// # Errors
/// What is wrong with it, in words.
pub fn parse(yaml: &str) -> Result<Value, String> {
    read_yaml(yaml)
}

/// YAML as whatever can be read of it, with the same bounds.
pub(crate) fn read_yaml<T: DeserializeOwned>(yaml: &str) -> Result<T, String> {
    if yaml.len() > LONGEST {
        return Err(format!("the metadata is longer than {LONGEST} bytes"));
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: 64,
            max_nodes: 100_000,
            max_events: 400_000,
            max_aliases: 1000,
            max_documents: 1,
        },
        // `language: no` is Norwegian.
        strict_booleans: true,
        // Trainers write `value: .nan`; the card around it is fine.
        non_finite_float_policy: serde_saphyr::NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options(yaml, options).map_err(|error| error.to_string())
}

/// The same fields without the NULs in their texts, which PostgreSQL does not store, not even as an escape in JSON.
fn without_nul(fields: Map<String, Value>) -> Map<String, Value> {
    fields.into_iter().map(|(key, value)| (key.replace('\0', ""), value_without_nul(value))).collect()
}

fn value_without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(text.replace('\0', "")),
        Value::Array(items) => items.into_iter().map(value_without_nul).collect(),
        Value::Object(fields) => Value::Object(without_nul(fields)),
        other => other,
    }
}

fn tags(fields: &Map<String, Value>, kind: Kind) -> Vec<String> {
    let mut tags = Vec::new();
    let mut add = |field: &str, prefix: &str| {
        tags.extend(texts(fields.get(field)).map(|text| format!("{prefix}{text}")));
    };
    match kind {
        Kind::Model => {
            add("library_name", "");
            add("pipeline_tag", "");
            add("tags", "");
            add("language", "");
            add("datasets", "dataset:");
            add("base_model", "base_model:");
            add("new_version", "new_version:");
            add("license", "license:");
        }
        Kind::Dataset => {
            for field in [
                "task_categories",
                "task_ids",
                "annotations_creators",
                "language_creators",
                "multilinguality",
                "source_datasets",
                "size_categories",
                "language",
                "license",
            ] {
                add(field, &format!("{}:", field));
            }
            add("tags", "");
        }
        Kind::Space => {
            add("sdk", "");
            add("tags", "");
            add("license", "license:");
        }
    }
    if let (Some(relation), Kind::Model) = (fields.get("base_model_relation").and_then(Value::as_str), kind) {
        let related = texts(fields.get("base_model")).map(|base| format!("base_model:{relation}:{base}"));
        tags.extend(related.collect::<Vec<_>>());
    }
    tags
}

/// The texts of a field that holds one or a list of them. Some write numbers: `size_categories: 1000`.
fn texts(value: Option<&Value>) -> impl Iterator<Item = String> {
    let items = match value {
        Some(Value::Array(items)) => items.as_slice(),
        Some(item) => std::slice::from_ref(item),
        None => &[],
    };
    items.iter().filter_map(|item| match item {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// `arxiv:2301.00001` for each paper that the text links to.
fn papers(text: &str) -> Vec<String> {
    let mut papers = Vec::new();
    for place in ["arxiv.org/abs/", "arxiv.org/pdf/"] {
        for rest in text.split(place).skip(1).take(MOST_TAGS) {
            let id: String =
                rest.chars().take_while(|digit| digit.is_ascii_digit() || *digit == '.').take(10).collect();
            let id = id.trim_end_matches('.');
            if id.split_once('.').is_some_and(|(month, number)| month.len() == 4 && number.len() >= 4) {
                papers.push(format!("arxiv:{id}"));
            }
        }
    }
    papers
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODEL: &str = "---\nlicense: apache-2.0\nlanguage:\n- en\n- no\nlibrary_name: transformers\n\
        pipeline_tag: text-generation\ntags: [tiny]\ndatasets: ada/books\nbase_model: ada/base\n---\n# Hi\n\
        See https://arxiv.org/abs/2301.00001.\n";

    #[test]
    fn a_model_s_tags_are_those_of_the_hub() {
        let card = Card::read(MODEL.as_bytes(), Kind::Model);
        let expected = [
            "transformers",
            "text-generation",
            "tiny",
            "en",
            "no",
            "dataset:ada/books",
            "base_model:ada/base",
            "license:apache-2.0",
            "arxiv:2301.00001",
        ];
        assert_eq!(card.tags, expected);
        assert_eq!(card.fields["language"][1], "no");
    }

    #[test]
    fn a_dataset_s_tags_name_their_field() {
        let text = "---\nlicense: mit\ntask_categories: [text-classification]\nlanguage: [fr]\n---\n";
        let card = Card::read(text.as_bytes(), Kind::Dataset);
        assert_eq!(card.tags, ["task_categories:text-classification", "language:fr", "license:mit"]);
    }

    #[test]
    fn front_matter_stands_between_two_lines() {
        assert_eq!(front_matter("---\na: 1\n---\nrest"), Some("a: 1\n"));
        assert_eq!(front_matter("---\r\na: 1\r\n---"), Some("a: 1\r\n"));
        assert_eq!(front_matter("---\n---\n"), Some(""));
        for none in ["", "# Title", "---\na: 1\n", "--- a\nb: 1\n---\n", "---"] {
            assert_eq!(front_matter(none), None, "{none:?}");
        }
    }

    #[test]
    fn a_nul_is_left_out_and_nothing_else() {
        let card = Card::read(b"---\n\"a\\0\": [\"b\\0c\", {d: '\\u0000'}]\n---\n", Kind::Model);
        assert_eq!(card.json(), r#"{"a":["bc",{"d":"\\u0000"}]}"#);
    }

    #[test]
    fn a_number_that_is_none_does_not_spoil_the_card() {
        let card = Card::read(b"---\nlicense: mit\nloss: .nan\n---\n", Kind::Model);
        assert_eq!(card.json(), r#"{"license":"mit","loss":".nan"}"#);
    }

    #[test]
    fn a_bomb_is_refused() {
        let bomb = format!(
            "a: &a [x,x,x,x,x,x,x,x,x]\n{}",
            ('b'..='k').map(|name| {
                let above = char::from(name as u8 - 1);
                format!("{name}: &{name} [*{above},*{above},*{above},*{above},*{above},*{above},*{above},*{above}]\n")
            }).collect::<String>()
        );
        assert!(parse(&bomb).is_err());
        assert!(parse(&"[".repeat(10_000)).is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(---\n)?[a-c:\\-\\[\\]{}&*! \n'\"|>]{0,80}(\n---\n)?") {
            let _ = Card::read(text.as_bytes(), Kind::Model);
        }
    }
}
