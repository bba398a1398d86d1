//! What a model's own files say of it: `config.json`, and the headers of its safetensors files.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bytes::Bytes;
use futures::TryStreamExt;
use limpide_db::commits::Commit;
use limpide_formats::safetensors::{self, Parameters};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::Hub;
use crate::access::{Content, Readable};
use crate::error::{Error, Result};
use crate::resolve::Resolved;

/// What is told of `config.json`: the Hub's own choice.
const TOLD: [&str; 4] = ["architectures", "auto_map", "model_type", "quantization_config"];

/// The longest `config.json` that is looked into.
const LONGEST_CONFIG: u64 = 1 << 20;

/// The longest header, and the longest index of shards, that are read for an answer.
const LONGEST_HEADER: u64 = 25 << 20;

/// The most shards whose headers are read for one answer.
const MOST_SHARDS: usize = 500;

/// The index that Transformers writes beside a model in several files.
#[derive(Deserialize)]
struct ShardIndex {
    weight_map: BTreeMap<String, String>,
}

/// A file that the caller may read.
struct OpenFile {
    content: Content,
    file: Resolved,
}

impl Hub {
    /// What `config.json` says of the architecture: `architectures`, `model_type` and a few more. None when there
    /// is no such file, it is not JSON, or the caller may not read it.
    ///
    /// # Errors
    /// When the hub fails.
    pub async fn model_config(&self, repo: &Readable, commit: &Commit) -> Result<Option<Value>> {
        let Some(file) = self.open_file(repo, commit, "config.json").await? else { return Ok(None) };
        if file.size() > LONGEST_CONFIG {
            return Ok(None);
        }
        let bytes = self.part(&file, 0..file.size()).await?;
        let Ok(config) = serde_json::from_slice::<Map<String, Value>>(&bytes) else { return Ok(None) };
        let told = config.into_iter().filter(|(key, _)| TOLD.contains(&key.as_str()));
        Ok(Some(Value::Object(told.collect())))
    }

    /// How many parameters the safetensors files of a model hold, by type: of `model.safetensors`, or of the
    /// shards that `model.safetensors.index.json` names. None when there are no such files, when one is not as the
    /// format says, or when the caller may not read them.
    ///
    /// # Errors
    /// When the hub fails.
    pub async fn safetensors_parameters(
        &self,
        repo: &Readable,
        commit: &Commit,
    ) -> Result<Option<Parameters>> {
        let mut total = Parameters::new();
        for shard in self.shards(repo, commit).await? {
            let Some(parameters) = self.parameters_of(repo, commit, &shard).await? else { return Ok(None) };
            for (dtype, count) in parameters {
                let sum = total.entry(dtype).or_default();
                *sum = sum.saturating_add(count);
            }
        }
        Ok((!total.is_empty()).then_some(total))
    }

    /// The safetensors files that make up the model.
    async fn shards(&self, repo: &Readable, commit: &Commit) -> Result<BTreeSet<String>> {
        let Some(index) = self.open_file(repo, commit, "model.safetensors.index.json").await? else {
            return Ok(BTreeSet::from(["model.safetensors".to_owned()]));
        };
        if index.size() > LONGEST_HEADER {
            return Ok(BTreeSet::new());
        }
        let index = self.part(&index, 0..index.size()).await?;
        let shards = serde_json::from_slice(&index).map(|index: ShardIndex| index.weight_map);
        let shards: BTreeSet<String> = shards.unwrap_or_default().into_values().collect();
        Ok(if shards.len() > MOST_SHARDS { BTreeSet::new() } else { shards })
    }

    async fn parameters_of(
        &self,
        repo: &Readable,
        commit: &Commit,
        path: &str,
    ) -> Result<Option<Parameters>> {
        let Some(file) = self.open_file(repo, commit, path).await? else { return Ok(None) };
        let Ok(first) = <[u8; 8]>::try_from(&*self.part(&file, 0..file.size().min(8)).await?) else {
            return Ok(None);
        };
        let Some(length) = safetensors::header_length(first).ok().filter(|length| *length <= LONGEST_HEADER)
        else {
            return Ok(None);
        };
        let header = self.part(&file, 8..file.size().min(8 + length)).await?;
        Ok(safetensors::parameters(&header).ok())
    }

    /// The file at a path, if there is one and the caller may read it.
    async fn open_file(&self, repo: &Readable, commit: &Commit, path: &str) -> Result<Option<OpenFile>> {
        let (Some(content), Ok(path)) = (repo.content(), path.parse()) else { return Ok(None) };
        match self.resolve(&content, commit, &path).await {
            Ok(file) => Ok(Some(OpenFile { content, file })),
            Err(Error::NotFound(..)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A part of a file, which the caller has bounded; shorter when the file ends before.
    async fn part(&self, open: &OpenFile, range: Range<u64>) -> Result<Bytes> {
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        let pieces = self.open_resolved(&open.content, &open.file, range).await?;
        let pieces: Vec<Bytes> = pieces.try_collect().await?;
        Ok(pieces.concat().into())
    }
}

impl OpenFile {
    fn size(&self) -> u64 {
        self.file.size
    }
}
