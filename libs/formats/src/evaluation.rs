//! Reads what a model is said to score: `model-index` in the front matter of its card, and `.eval_results/*.yaml`.
//!
//! Values are kept as they are written: `0.90` says that somebody measured two digits. People write these files by hand,
//! so what is missing or of another type than expected is not there, and the rest is read.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use crate::Problem;
use crate::card::{Span, read_yaml};

/// The most results of one file.
pub const MOST: usize = 10_000;

/// One value of one metric.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// What was done, such as `text-generation`, or the task of a benchmark.
    pub task: Option<String>,
    /// The name of the data, as people say it.
    pub dataset_name: Option<String>,
    /// The repository of the data.
    pub dataset_id: Option<String>,
    /// The configuration of the data.
    pub config: Option<String>,
    /// The split of the data.
    pub split: Option<String>,
    /// The metric, such as `accuracy`.
    pub metric: Option<String>,
    /// The name of the metric, as people say it.
    pub metric_name: Option<String>,
    /// The value, as it is written.
    pub value: Option<String>,
    /// Where the value stands in the YAML, when it is a number.
    pub value_span: Option<Span>,
    /// Whether there is a token by which the value can be checked. That it stands there proves nothing yet.
    pub has_token: bool,
    /// Where the result comes from.
    pub source: Option<String>,
}

/// The results under `model-index`, of the YAML between the `---` of a card.
///
/// # Errors
/// When the YAML cannot be read.
pub fn model_index(yaml: &str) -> Result<Vec<Evaluation>, Problem> {
    let front = read(yaml)?;
    let mut found = Vec::new();
    for model in front.get("model-index").items() {
        for result in model.get("results").items() {
            for metric in result.get("metrics").items() {
                if found.len() == MOST {
                    return Ok(found);
                }
                found.push(of_metric(yaml, result, metric));
            }
        }
    }
    Ok(found)
}

/// The results in a file of `.eval_results`.
///
/// # Errors
/// When the YAML cannot be read.
pub fn eval_results(yaml: &str) -> Result<Vec<Evaluation>, Problem> {
    let file = read(yaml)?;
    let results = file.items().iter().take(MOST);
    Ok(results.filter(|result| result.get("value").is_some()).map(|result| of_result(yaml, result)).collect())
}

fn of_metric(yaml: &str, result: &Node, metric: &Node) -> Evaluation {
    let (task, dataset) = (result.get("task"), result.get("dataset"));
    Evaluation {
        task: task.text("type").or_else(|| task.text("name")),
        dataset_name: dataset.text("name"),
        dataset_id: dataset.text("type"),
        config: dataset.text("config"),
        split: dataset.text("split"),
        metric: metric.text("type"),
        metric_name: metric.text("name"),
        source: result.get("source").text("url").or_else(|| result.get("source").text("name")),
        ..value(yaml, metric)
    }
}

fn of_result(yaml: &str, result: &Node) -> Evaluation {
    let dataset = result.get("dataset");
    Evaluation {
        task: dataset.text("task_id"),
        dataset_id: dataset.text("id"),
        config: dataset.text("config"),
        split: dataset.text("split"),
        source: result.get("source").text("url").or_else(|| result.get("source").text("name")),
        ..value(yaml, result)
    }
}

fn value(yaml: &str, node: &Node) -> Evaluation {
    let has_token = node.text("verifyToken").is_some_and(|token| !token.is_empty());
    let (value, value_span) = match node.get("value") {
        Node::Number(number, span) => match span.clone().and_then(|span| yaml.get(span)) {
            Some(written) => (Some(written.to_owned()), span.clone()),
            None => (Some(number.clone()), None),
        },
        Node::Text(text) => (Some(text.clone()), None),
        _ => (None, None),
    };
    Evaluation { value, value_span, has_token, ..Evaluation::default() }
}

fn read(yaml: &str) -> Result<Node, Problem> {
    read_yaml::<Spanned<Node>>(yaml).map(Node::placed).map_err(Problem::Malformed)
}

/// YAML, in which a number knows where it stands.
#[derive(Debug)]
enum Node {
    Nothing,
    Number(String, Option<Span>),
    Text(String),
    List(Vec<Node>),
    Map(BTreeMap<String, Node>),
}

static NOTHING: Node = Node::Nothing;

impl Node {
    fn placed(node: Spanned<Self>) -> Self {
        match node.value {
            Self::Number(number, _) => {
                let span = node.defined.span();
                let bytes = span.byte_offset().zip(span.byte_len());
                let range = bytes.and_then(|(begin, length)| {
                    Some(usize::try_from(begin).ok()?..usize::try_from(begin.checked_add(length)?).ok()?)
                });
                Self::Number(number, range)
            }
            other => other,
        }
    }

    fn get(&self, key: &str) -> &Self {
        match self {
            Self::Map(fields) => fields.get(key).unwrap_or(&NOTHING),
            _ => &NOTHING,
        }
    }

    fn is_some(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    /// The items of a list, or the one thing that stands where a list should.
    fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Nothing => &[],
            one => std::slice::from_ref(one),
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        match self.get(key) {
            Self::Text(text) | Self::Number(text, _) => Some(text.clone()),
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("YAML")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Nothing)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Node, E> {
        Ok(Node::Text(yes.to_string()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string(), None))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string(), None))
    }

    fn visit_i128<E>(self, number: i128) -> Result<Node, E> {
        Ok(Node::Number(number.to_string(), None))
    }

    fn visit_u128<E>(self, number: u128) -> Result<Node, E> {
        Ok(Node::Number(number.to_string(), None))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number.to_string(), None))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(Node::placed(item));
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut fields = BTreeMap::new();
        while let Some((key, value)) = map.next_entry::<String, Spanned<Node>>()? {
            fields.insert(key, Node::placed(value));
        }
        Ok(Node::Map(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    const MODEL_INDEX: &str = "license: mit
model-index:
- name: tiny — é
  results:
  - task: {type: text-generation, name: Text Generation}
    dataset: {name: Books, type: ada/books, config: en, split: test, revision: 123}
    metrics:
    - {type: accuracy, value: 0.90, name: Accuracy, verified: true, verifyToken: abc}
    - type: loss
      value: 1e-3  # by hand
    source: {name: a paper, url: 'https://example.org/paper'}
  - metrics: {type: f1, value: '81 %'}
";

    #[test]
    fn a_model_index_tells_of_each_metric() {
        let found = model_index(MODEL_INDEX).unwrap();
        let expected = Evaluation {
            task: some("text-generation"),
            dataset_name: some("Books"),
            dataset_id: some("ada/books"),
            config: some("en"),
            split: some("test"),
            metric: some("accuracy"),
            metric_name: some("Accuracy"),
            value: some("0.90"),
            value_span: found[0].value_span.clone(),
            has_token: true,
            source: some("https://example.org/paper"),
        };
        assert_eq!(found[0], expected);
        assert_eq!((&found[1].value, found[1].has_token), (&some("1e-3"), false));
        assert_eq!((&found[2].value, &found[2].task), (&some("81 %"), &None));
        let written = |at: usize| &MODEL_INDEX[found[at].value_span.clone().unwrap()];
        assert_eq!((written(0), written(1)), ("0.90", "1e-3"));
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn a_file_of_results_tells_of_each() {
        let yaml = "- dataset: {id: ada/exam, task_id: default}\n  value: 20.90\n  date: 2026-01-15\n  verifyToken: abc\n  \
            source: {url: 'https://example.org', name: logs}\n- dataset: {id: ada/exam}\n  notes: soon\n- value: [1]\n";
        let found = eval_results(yaml).unwrap();
        assert_eq!((&found[0].dataset_id, &found[0].task), (&some("ada/exam"), &some("default")));
        assert_eq!((&found[0].value, found[0].has_token), (&some("20.90"), true));
        assert_eq!(found[0].source, some("https://example.org"));
        assert_eq!((found.len(), &found[1].value), (2, &None));
    }

    #[test]
    fn what_is_of_another_type_is_not_there() {
        for yaml in [
            "model-index: 7",
            "model-index:\n- 7\n- results: x",
            "model-index: {results: {metrics: }}",
            "[a]",
        ] {
            assert_eq!(model_index(yaml), Ok(Vec::new()), "{yaml}");
            assert_eq!(eval_results(yaml), Ok(Vec::new()), "{yaml}");
        }
        let odd = model_index(
            "model-index: {results: {task: 7, dataset: [a], metrics: {type: {a: b}, value: true}}}",
        );
        assert_eq!(odd, Ok(vec![Evaluation { value: some("true"), ..Evaluation::default() }]));
    }

    #[test]
    fn yaml_that_cannot_be_read_is_refused() {
        for yaml in ["a: [", "a: 1\na: 2", "a: &a [*a]", &"[".repeat(10_000)] {
            assert!(model_index(yaml).is_err() && eval_results(yaml).is_err(), "{yaml}");
        }
    }

    #[test]
    fn results_beyond_the_limit_are_left_out() {
        let metrics = "{value: 1},".repeat(MOST + 5);
        let yaml = format!("model-index: {{results: {{metrics: [{metrics}]}}}}");
        assert_eq!(model_index(&yaml).unwrap().len(), MOST);
        assert_eq!(eval_results(&format!("[{metrics}]")).unwrap().len(), MOST);
    }
}
