//! Configurations in JSON that name code: of the repository, of another, or of whatever is installed.

use limpide_formats::loose_json::{Entry, Json};

use super::{cut, keras, template, texts_in};
use crate::event::What;
use crate::scan::Recorder;
use template::Sure;

/// Libraries that pipelines of diffusers take their parts from, and its own modules.
#[rustfmt::skip]
const DIFFUSERS: [&str; 22] = [
    "diffusers", "transformers", "tokenizers", "onnxruntime", "optimum", "peft", "torch", "flax", "stable_diffusion",
    "stable_diffusion_safe", "latent_diffusion", "paint_by_example", "deepfloyd_if", "kandinsky", "kandinsky2_2", "shap_e",
    "unidiffuser", "wuerstchen", "audioldm2", "stable_cascade", "k_diffusion", "musicldm",
];

/// Nodes that skops knows.
#[rustfmt::skip]
const SKOPS: [&str; 31] = [
    "ObjectNode", "DictNode", "ListNode", "SetNode", "TupleNode", "FunctionNode", "PartialNode", "TypeNode", "SliceNode",
    "MethodNode", "JsonNode", "BytesNode", "BytearrayNode", "NdArrayNode", "MaskedArrayNode", "RandomStateNode",
    "RandomGeneratorNode", "SparseMatrixNode", "LossNode", "TreeNode", "SGDNode", "OperatorFuncNode", "CachedNode",
    "DefaultDictNode", "OrderedDictNode", "ReduceNode", "DatetimeNode", "QuantileForestNode", "CustomUnsupportedNode",
    "DtypeNode", "FrozenSetNode",
];

/// Looks at a configuration.
pub(super) fn look(json: &Json, recorder: &mut Recorder) {
    if keras::is_keras(json) {
        keras::look(json, recorder);
    }
    if json.get("nbformat").is_some() || json.get("cells").is_some() {
        notebook(json, recorder);
    }
    if json.get("_class_name").is_some() {
        diffusers(json, recorder);
    }
    sentence_transformers(json, recorder);
    value(json, recorder);
}

/// Every value, at every depth.
fn value(json: &Json, recorder: &mut Recorder) {
    if json.get("__loader__").is_some() {
        skops(json, recorder);
    }
    for one in json.entries() {
        entry(one, recorder);
        value(&one.value, recorder);
    }
    json.items().iter().for_each(|item| value(item, recorder));
}

fn entry(entry: &Entry, recorder: &mut Recorder) {
    let at = entry.at as u64;
    match &*entry.key {
        "auto_map" => texts_in(&entry.value, &mut |path| {
            let kind = if path.contains("--") { "auto-map-elsewhere" } else { "auto-map" };
            recorder.see(at, What::Capability { kind: kind.to_owned(), path: cut(path) });
        }),
        "custom_pipelines" => {
            for implementation in entry.value.entries().iter().flat_map(|pipeline| pipeline.value.all("impl"))
            {
                texts_in(implementation, &mut |path| {
                    recorder
                        .see(at, What::Capability { kind: "custom-pipelines".to_owned(), path: cut(path) });
                });
            }
        }
        "custom_pipeline" => sees("custom-pipelines", entry, recorder),
        "custom_generate" => sees("custom-generate", entry, recorder),
        "trust_remote_code" if entry.value == Json::Bool(true) => {
            let kind = "trust-remote-code".to_owned();
            recorder.see(at, What::Capability { kind, path: String::new() });
        }
        "parent_library" => target("peft", &entry.value, at, recorder),
        "_target_" => target("hydra", &entry.value, at, recorder),
        "loader_module" => target("mlflow", &entry.value, at, recorder),
        key if key.contains("template") => {
            let sure = if key.contains("chat_template") { Sure::Yes } else { Sure::Perhaps };
            texts_in(&entry.value, &mut |text| template::look(text, at, sure, recorder));
        }
        _ => {}
    }
}

/// Code that each text under a key names.
fn sees(kind: &str, entry: &Entry, recorder: &mut Recorder) {
    texts_in(&entry.value, &mut |path| {
        recorder.see(entry.at as u64, What::Capability { kind: kind.to_owned(), path: cut(path) });
    });
}

fn target(by: &str, json: &Json, at: u64, recorder: &mut Recorder) {
    texts_in(json, &mut |name| {
        recorder.see(at, What::Target { by: by.to_owned(), name: cut(name) });
    });
}

/// Parts of a pipeline: a library and a class each.
fn diffusers(json: &Json, recorder: &mut Recorder) {
    for entry in json.entries() {
        let parts: Vec<&str> = entry.value.items().iter().filter_map(Json::text).collect();
        let at = entry.at as u64;
        match parts.as_slice() {
            // The pipeline itself lies in a file of the repository.
            [module, class] if entry.key == "_class_name" => {
                let path = cut(&format!("{module}.{class}"));
                recorder.see(at, What::Capability { kind: "diffusers-code".to_owned(), path });
            }
            [library, class] if !entry.key.starts_with('_') => {
                let package = library.split('.').next().unwrap_or_default();
                if !DIFFUSERS.contains(&package) && class.starts_with(char::is_alphabetic) {
                    let name = cut(&format!("{library}.{class}"));
                    recorder.see(at, What::Target { by: "diffusers".to_owned(), name });
                }
            }
            _ => {}
        }
    }
}

/// `modules.json`: a list of modules with the class of each.
fn sentence_transformers(json: &Json, recorder: &mut Recorder) {
    for item in json.items() {
        if item.get("path").is_some()
            && let Some(kind) =
                item.get("type").filter(|kind| kind.text().is_some_and(|kind| kind.contains('.')))
        {
            target("sentence-transformers", kind, 0, recorder);
        }
    }
}

/// A node of skops: which of its loaders makes it, of which module and class.
fn skops(json: &Json, recorder: &mut Recorder) {
    let text = |key: &str| json.get(key).and_then(Json::text).unwrap_or_default();
    let (loader, module, class) = (text("__loader__"), text("__module__"), text("__class__"));
    if !SKOPS.contains(&loader) {
        recorder.see(0, What::Target { by: "skops-node".to_owned(), name: cut(loader) });
    }
    let name = cut(&format!("{module}.{class}"));
    let by = match loader {
        "MethodNode" => "skops-method",
        "OperatorFuncNode" if !matches!(module, "operator" | "_operator") => "skops-method",
        _ => "skops",
    };
    if !module.is_empty() || !class.is_empty() {
        recorder.see(0, What::Target { by: by.to_owned(), name });
    }
    if json.all("__class__").count() > 1
        || json.all("__module__").count() > 1
        || json.all("__loader__").count() > 1
    {
        recorder.structure(0, "skops-key-twice");
    }
}

/// A notebook, whose outputs are shown as pages.
fn notebook(json: &Json, recorder: &mut Recorder) {
    let cells = json.all("cells").flat_map(Json::items);
    for output in cells.flat_map(|cell| cell.all("outputs")).flat_map(Json::items) {
        for entry in output.all("data").flat_map(Json::entries) {
            let mut runs = entry.key == "application/javascript";
            texts_in(&entry.value, &mut |text| {
                let text = text.to_ascii_lowercase();
                runs |= entry.key.contains("html")
                    && ["<script", "<iframe", "javascript:", "onerror="]
                        .iter()
                        .any(|sign| text.contains(sign));
            });
            if runs {
                let what = What::Capability { kind: "notebook-script".to_owned(), path: cut(&entry.key) };
                recorder.see(entry.at as u64, what);
            }
        }
    }
}
