//! Reads the index of a model in several files (`model.safetensors.index.json`, `pytorch_model.bin.index.json`): which
//! file holds which tensor, and what the author says it sums up to.

use std::collections::{BTreeMap, BTreeSet};

use limpide_words::FilePath;
use serde::Deserialize;
use serde_json::Number;
use serde_json::value::RawValue;

use crate::Problem;
use crate::json::Entries;

/// The longest index that is read; that of a model with 100 000 tensors has about 10 MB.
pub const LONGEST: usize = 25_000_000;

/// The most files of one model.
const MOST_SHARDS: usize = 10_000;

/// An index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeightsIndex {
    /// The names of the tensors in each file. The files lie beside the index.
    pub shards: BTreeMap<FilePath, BTreeSet<String>>,
    /// The bytes of all tensors, as claimed.
    pub total_size: Option<u64>,
    /// The elements of all tensors, as claimed.
    pub total_parameters: Option<u64>,
}

#[derive(Deserialize)]
struct Written {
    weight_map: Entries<String>,
    #[serde(default)]
    metadata: Option<Entries<Box<RawValue>>>,
}

impl WeightsIndex {
    /// The index in these bytes.
    ///
    /// # Errors
    /// When it is too long, not the JSON of an index, names a key twice, or names a file outside its folder.
    pub fn read(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > LONGEST {
            return Err(Problem::TooLarge(format!("an index of more than {LONGEST} bytes")));
        }
        let malformed =
            |error: serde_json::Error| Problem::Malformed(format!("not an index of weights: {error}"));
        // A derived reader refuses `weight_map` and `metadata` when they stand there twice.
        let Written { weight_map, metadata } = serde_json::from_slice(bytes).map_err(malformed)?;
        let metadata = metadata.unwrap_or(Entries(Vec::new()));
        if let Some(key) = weight_map.twice().or_else(|| metadata.twice()) {
            return Err(Problem::Malformed(format!("`{key}` is there twice; keep one")));
        }
        Ok(Self {
            total_size: metadata.first("total_size").and_then(|value| whole(value)),
            total_parameters: metadata.first("total_parameters").and_then(|value| whole(value)),
            shards: by_file(weight_map)?,
        })
    }

    /// The number of tensors in all files.
    pub fn tensors(&self) -> usize {
        self.shards.values().map(BTreeSet::len).sum()
    }
}

fn by_file(weight_map: Entries<String>) -> Result<BTreeMap<FilePath, BTreeSet<String>>, Problem> {
    let mut shards = BTreeMap::<String, BTreeSet<String>>::new();
    for (tensor, file) in weight_map.0 {
        shards.entry(file).or_default().insert(tensor);
        if shards.len() > MOST_SHARDS {
            return Err(Problem::TooLarge(format!("an index of more than {MOST_SHARDS} files")));
        }
    }
    shards.into_iter().map(|(file, tensors)| Ok((beside(file)?, tensors))).collect()
}

/// A file in the folder of the index.
fn beside(file: String) -> Result<FilePath, Problem> {
    let path: FilePath = file.parse()?;
    match path.parts().count() {
        1 => Ok(path),
        _ => Err(Problem::Unfit(format!("`{path}` does not lie beside the index"))),
    }
}

/// A whole number. Some writers divide first and write `13476839424.0`.
fn whole(value: &RawValue) -> Option<u64> {
    let number: Number = serde_json::from_str(value.get()).ok()?;
    let text = value.get().strip_suffix(".0");
    number.as_u64().or_else(|| text?.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tensors_are_told_by_file() {
        let index = WeightsIndex::read(
            br#"{"metadata":{"total_size":36.0,"total_parameters":9,"note":null},"weight_map":
                {"a":"model-00001-of-00002.safetensors","b":"model-00002-of-00002.safetensors",
                 "c":"model-00001-of-00002.safetensors"}}"#,
        )
        .unwrap();
        let first = "model-00001-of-00002.safetensors".parse().unwrap();
        assert_eq!(index.shards[&first], BTreeSet::from(["a".to_owned(), "c".to_owned()]));
        assert_eq!((index.total_size, index.total_parameters), (Some(36), Some(9)));
        assert_eq!((index.shards.len(), index.tensors()), (2, 3));
    }

    #[test]
    fn a_claim_that_is_no_whole_number_is_none() {
        for wrong in ["\"9\"", "-1", "1.5", "1e400", "[]", "null", "18446744073709551616"] {
            let text = format!(r#"{{"metadata":{{"total_size":{wrong}}},"weight_map":{{}}}}"#);
            let index = WeightsIndex::read(text.as_bytes());
            assert!(index.is_err() || index.unwrap().total_size.is_none(), "{wrong}");
        }
        assert_eq!(WeightsIndex::read(br#"{"weight_map":{}}"#), Ok(WeightsIndex::default()));
    }

    #[test]
    fn a_file_elsewhere_is_refused() {
        for file in ["../model.safetensors", "/etc/passwd", "shards/a.safetensors", "", "a\\u0000b", ".git"] {
            let text = format!(r#"{{"weight_map":{{"a":"{file}"}}}}"#);
            assert!(matches!(WeightsIndex::read(text.as_bytes()), Err(Problem::Unfit(_))), "{file}");
        }
    }

    #[test]
    fn a_key_that_is_there_twice_is_refused() {
        for text in [
            r#"{"weight_map":{"a":"b","a":"c"}}"#,
            r#"{"weight_map":{},"weight_map":{"a":"c"}}"#,
            r#"{"weight_map":{},"metadata":{"total_size":1,"total_size":2}}"#,
            "[]",
            "{}",
        ] {
            assert!(matches!(WeightsIndex::read(text.as_bytes()), Err(Problem::Malformed(_))), "{text}");
        }
    }

    #[test]
    fn an_index_of_too_many_files_is_refused() {
        let files = (0..=MOST_SHARDS).map(|at| format!("\"{at}\":\"{at}\"")).collect::<Vec<_>>().join(",");
        let text = format!("{{\"weight_map\":{{{files}}}}}");
        assert!(matches!(WeightsIndex::read(text.as_bytes()), Err(Problem::TooLarge(_))));
        assert!(matches!(WeightsIndex::read(&vec![b' '; LONGEST + 1]), Err(Problem::TooLarge(_))));
    }
}
