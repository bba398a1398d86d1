//! "Use this": the exact lines, with this hub's address in them, for the programs that can use a repository.

use limpide_hub::Entry;
use limpide_words::Kind;
use serde_json::Value;

use crate::pages::card::first_text;
use crate::pages::repo::{Place, path_segments, segment};

/// How to use a repository with one program.
#[derive(Debug)]
pub(crate) struct Recipe {
    /// The program's name.
    pub(crate) name: &'static str,
    pub(crate) lines: String,
}

/// The recipes that apply. `origin` is the address of this hub, `entries` what lies at the root.
pub(crate) fn recipes(place: &Place, origin: &str, entries: &[Entry]) -> Vec<Recipe> {
    let fields: Value = serde_json::from_str(&place.readable.repo().card).unwrap_or_default();
    let id = place.id.to_string();
    let paths: Vec<&str> = entries.iter().map(|entry| entry.path.as_str()).collect();
    let mut recipes = Vec::new();
    let mut add = |name, lines: String| recipes.push(Recipe { name, lines });
    let endpoint = format!("export HF_ENDPOINT={origin}\n");
    match place.kind {
        Kind::Model => {
            let library = first_text(&fields["library_name"]).unwrap_or_default();
            if library == "transformers" || library.is_empty() && paths.contains(&"config.json") {
                add("transformers", transformers(origin, &id, first_text(&fields["pipeline_tag"])));
                if first_text(&fields["pipeline_tag"]).as_deref() == Some("text-generation") {
                    add("vLLM", format!("{endpoint}vllm serve {id}\n"));
                }
            }
            if let Some(gguf) = paths.iter().find(|path| path.ends_with(".gguf")) {
                let file = quoted(gguf);
                add(
                    "llama.cpp",
                    format!("{endpoint}hf download {id} {file} --local-dir .\nllama-server -m {file}\n"),
                );
            }
        }
        Kind::Dataset => add("datasets", datasets(origin, &id)),
        Kind::Space => {}
    }
    let kind = if place.kind == Kind::Model { String::new() } else { format!(" --repo-type {}", place.kind) };
    add("hf", format!("{endpoint}hf download {id}{kind}\n"));
    add("git", format!("git clone {origin}{}\n", place.root()));
    let file = paths.iter().find(|path| **path == "README.md").or(paths.first());
    if let Some(path) = file {
        let address = format!("{origin}{}/resolve/{}/{}", place.root(), segment("main"), path_segments(path));
        add("curl", format!("curl -L -O {}\n", quoted(&address)));
    }
    recipes
}

fn transformers(origin: &str, id: &str, task: Option<String>) -> String {
    let use_it = match task {
        Some(task) if task.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') => {
            format!("from transformers import pipeline\n\npipe = pipeline(\"{task}\", model=\"{id}\")\n")
        }
        _ => format!("from transformers import AutoModel\n\nmodel = AutoModel.from_pretrained(\"{id}\")\n"),
    };
    format!("import os\n\nos.environ[\"HF_ENDPOINT\"] = \"{origin}\"\n\n{use_it}")
}

fn datasets(origin: &str, id: &str) -> String {
    format!(
        "import os\n\nos.environ[\"HF_ENDPOINT\"] = \"{origin}\"\n\nfrom datasets import load_dataset\n\ndata = load_dataset(\"{id}\")\n"
    )
}

/// A word as a shell takes it: names of files are what their writers made them.
fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:%@+=".contains(&byte);
    if word.bytes().all(is_plain) && !word.starts_with('-') {
        return word.to_owned();
    }
    let start = if word.starts_with('-') { "./" } else { "" };
    format!("'{}{}'", start, word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_to_a_shell() {
        assert_eq!(quoted("model-q4.gguf"), "model-q4.gguf");
        assert_eq!(quoted("a b.gguf"), "'a b.gguf'");
        assert_eq!(quoted("-rf"), "'./-rf'");
        assert_eq!(quoted("x'; rm -rf $HOME; '"), "'x'\\''; rm -rf $HOME; '\\'''");
    }
}
