//! Configurations in JSON and YAML.

use limpide_safety::{Level, Recorder, keras_config};
use proptest::prelude::*;
use serde_json::json;

use crate::{is, judge, look};

#[test]
fn models_of_keras_are_clean_when_their_layers_only_calculate() {
    let model = json!({ "module": "keras", "class_name": "Functional", "registered_name": "Functional", "config": { "name": "m", "layers": [
        { "module": "keras.layers", "class_name": "InputLayer", "config": { "batch_shape": [null, 28, 28], "dtype": "float32" }, "registered_name": null },
        { "module": "keras.layers", "class_name": "Conv2D", "registered_name": null, "config": { "filters": 8,
            "dtype": { "module": "keras", "class_name": "DTypePolicy", "config": { "name": "float32" }, "registered_name": null },
            "kernel_initializer": { "module": "keras.initializers", "class_name": "GlorotUniform", "config": { "seed": null }, "registered_name": null } } },
        { "module": "keras.layers", "class_name": "Bidirectional", "config": { "layer": { "module": "keras.layers", "class_name": "LSTM", "config": { "units": 4 } } } },
        { "module": "keras.layers", "class_name": "StringLookup", "config": { "vocabulary": ["a", "b"] } },
        { "module": "keras.layers", "class_name": "Activation", "config": { "activation": { "module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function" } } } ] },
        "compile_config": { "optimizer": { "module": "keras.optimizers", "class_name": "Adam", "config": {} }, "loss": "mse" } });
    is(Level::Clean, &model.to_string(), "config.json");
    let old = json!({ "class_name": "Sequential", "config": { "layers": [{ "class_name": "Dense", "config": { "units": 1 } }] }, "keras_version": "2.4.0", "backend": "tensorflow" });
    is(Level::Clean, &old.to_string(), "config.json");
}

/// A model with this layer somewhere deep in it.
fn with(layer: &serde_json::Value) -> String {
    json!({ "module": "keras", "class_name": "Sequential", "config": { "layers": [
        { "module": "keras.layers", "class_name": "TimeDistributed", "config": { "layer": layer } }] } })
    .to_string()
}

#[test]
fn layers_that_run_code_are_malicious_at_any_depth() {
    let harmful = [
        json!({ "class_name": "Lambda", "config": { "function": ["4wEAAAA=", null, null] } }),
        json!({ "module": "keras.src.layers.core.lambda_layer", "class_name": "Lambda", "config": {} }),
        json!({ "module": "keras.layers", "class_name": "Dense", "config": { "activation": { "class_name": "__lambda__", "config": { "code": "4wAA" } } } }),
        json!({ "module": "os", "class_name": "system", "config": "id" }),
        json!({ "module": "builtins", "class_name": "function", "config": "eval" }),
        json!({ "module": "os", "class_name": "function", "config": "system" }),
        json!({ "module": "keras.utils", "class_name": "get_file", "config": { "origin": "https://a.invalid/b" } }),
        json!({ "module": "keras.src.utils.file_utils", "class_name": "get_file", "config": {} }),
        json!({ "module": "keras.config", "class_name": "enable_unsafe_deserialization", "config": {} }),
        json!({ "module": "keras.src.export.tfsm_layer", "class_name": "TFSMLayer", "config": { "filepath": "x" } }),
        json!({ "module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {} }),
        json!({ "module": "keras.models", "class_name": "load_model", "config": {} }),
        json!({ "module": "keras.layers", "class_name": "IntegerLookup", "config": { "vocabulary": "/home/a/.ssh/id_rsa" } }),
        json!({ "module": "keras.layers", "class_name": "TextVectorization", "config": { "vocabulary": "http://169.254.169.254/" } }),
    ];
    for layer in &harmful {
        is(Level::Malicious, &with(layer), "config.json");
    }
    // The last of two equal keys is what Python takes, another reader the first.
    is(
        Level::Malicious,
        r#"{"class_name": "Lambda", "class_name": "Dense", "module": "keras.layers", "config": {}}"#,
        "config.json",
    );
    is(
        Level::Malicious,
        r#"{"module": "\u006fs", "class_name": "system", "config": {"a": NaN, "b": "\ud800"}}"#,
        "config.json",
    );
}

#[test]
fn classes_that_need_other_code_are_suspicious() {
    let custom = [
        json!({ "module": null, "class_name": "MyLayer", "registered_name": "my>MyLayer", "config": {} }),
        json!({ "module": "my_package.layers", "class_name": "MyLayer", "config": {} }),
        json!({ "module": "keras.layers", "class_name": "os", "config": {} }),
        json!({ "module": "keras.layers", "class_name": "Dense", "registered_name": "my>Dense", "config": {} }),
        json!({ "module": "keras.layers", "class_name": "StringLookup", "config": { "vocabulary": "words.txt" } }),
    ];
    for layer in &custom {
        is(Level::Suspicious, &with(layer), "config.json");
    }
}

#[test]
fn a_configuration_of_keras_can_be_given_as_a_text() {
    let mut recorder = Recorder::new();
    keras_config(
        r#"{"class_name": "Model", "config": {"layers": [{"class_name": "Lambda", "config": {}}]}}"#,
        &mut recorder,
    );
    assert_eq!(judge(&recorder.finish(1, "hdf5", 0)), Level::Malicious);
    let mut recorder = Recorder::new();
    keras_config("{", &mut recorder);
    assert_eq!(judge(&recorder.finish(1, "hdf5", 0)), Level::Partial);
}

#[test]
fn yaml_that_makes_objects_is_seen_under_any_name() {
    let harmful = [
        "a: !!python/object/apply:os.system ['id']\n",
        "- !!python/object/new:subprocess.Popen [[id]]\n",
        "!!python/object/apply:builtins.exec ['x']\n",
        "a: {b: [1, !!python/name:os.system ]}\n",
        "%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system [id]\n",
        "a: !<tag:yaml.org,2002:python/object/apply:os.system> [id]\n",
        "a: !!python/object/apply:%6fs.system [id]\n",
        "model:\n  _target_: os.system\n  command: id\n",
        "model: {_target_: subprocess.run, args: [id]}\n",
        "model:\n  \"_target_\": 'builtins.eval'\n",
        "model:\n  \"\\x5ftarget_\": os.system\n",
        "model:\n  _target_: >-\n    os.system\n",
        "model:\n  _target_:\n    os.system\n",
        "a: |\n  text\nb:\n  _target_: !!str os.system\n",
        "a: !new:os.system\n",
        "a: \"x\n  y\"\nb: !!python/object/apply:os.system [id]\n",
    ];
    for text in harmful {
        is(Level::Malicious, text, "config.yaml");
        is(Level::Malicious, text, "anything");
    }
    is(Level::Malicious, r#"{"model": {"_target_": "os.system"}}"#, "config.json");
    for text in [
        "a: !!python/object:my.Thing {}\n",
        "a: !ruby/object:Gem {}\n",
        "a: !!javax.script.ScriptEngineManager []\n",
    ] {
        is(Level::Suspicious, text, "config.yaml");
    }
    is(Level::NeedsReview, "model:\n  _target_: my_project.Model\n", "config.yaml");
}

#[test]
fn ordinary_yaml_is_clean() {
    let ordinary = [
        "name: x\nlr: 1e-3\nlayers: [1, 2]\ntext: |\n  !!python/object/apply:os.system\n  _target_: os.system\nend: true\n",
        "model:\n  _target_: nemo.collections.asr.models.EncDecCTCModel\n  optim:\n    _target_: torch.optim.AdamW\n",
        "a: 'it is !!python/name:x'\n# _target_: os.system\nb: !!float 1\nc: !include other.yaml\nd: !!python/tuple [1, 2]\n",
        "steps:\n  - run: echo \"${{ matrix.python }}\"\n  - if: ${{ success() }}\n",
        "embedding: !new:speechbrain.lobes.models.ECAPA_TDNN.ECAPA_TDNN\n    input_size: 80\n",
    ];
    for text in ordinary {
        is(Level::Clean, text, "config.yaml");
    }
    is(
        Level::Clean,
        "---\nlicense: mit\ntags:\n- a\n---\n\nWrite `_target_: os.system` or `!!python/name:os.system`.\n",
        "README.md",
    );
    is(Level::Malicious, "---\nlicense: !!python/object/apply:os.system [id]\n---\ntext\n", "README.md");
    is(Level::Clean, "This is a text about `!!python/object/apply:os.system`.\n", "notes.txt");
}

#[test]
fn code_that_loading_runs_is_named() {
    let review = [
        json!({ "auto_map": { "AutoConfig": "configuration_x.X", "AutoModel": "modeling_x.X" } }),
        json!({ "a": [{ "auto_map": { "AutoTokenizer": ["tokenization_x.X", null] } }] }),
        json!({ "custom_pipelines": { "pairs": { "impl": "pairs.PairPipeline", "pt": ["AutoModel"] } } }),
        json!({ "custom_generate": "generate" }),
        json!({ "trust_remote_code": true }),
        json!({ "_class_name": ["my_pipeline", "MyPipeline"], "unet": ["diffusers", "UNet2DConditionModel"] }),
        json!({ "_class_name": "StableDiffusionPipeline", "unet": ["my_unet", "MyUNet"] }),
        json!([{ "idx": 0, "name": "0", "path": "", "type": "custom_st.Transformer" }]),
        json!({ "peft_type": "LORA", "auto_mapping": { "base_model_class": "X", "parent_library": "transformers_modules.x" , "z": "y"} , "trust_remote_code": true }),
    ];
    for config in &review {
        is(Level::NeedsReview, &config.to_string(), "config.json");
    }
    is(
        Level::Suspicious,
        &json!({ "auto_map": { "AutoModel": "other/repository--modeling_x.X" } }).to_string(),
        "config.json",
    );
    is(Level::Suspicious, r#"{"\u0061uto_map": {"AutoModel": "a/b--c.D"}}"#, "config.json");
    is(
        Level::Malicious,
        &json!({ "_class_name": "X", "unet": ["os", "system"] }).to_string(),
        "model_index.json",
    );
    is(Level::Malicious, &json!([{ "path": "", "type": "os.system" }]).to_string(), "modules.json");
    let clean = [
        json!({ "architectures": ["LlamaForCausalLM"], "trust_remote_code": false, "rope_scaling": { "type": "linear" } }),
        json!({ "_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "UNet2DConditionModel"], "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"], "feature_extractor": [null, null] }),
        json!([{ "idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer" }]),
        json!({ "peft_type": "LORA", "auto_mapping": null, "target_modules": ["q_proj"], "base_model_name_or_path": "a/b" }),
    ];
    for config in &clean {
        is(Level::Clean, &config.to_string(), "config.json");
    }
}

#[test]
fn objects_of_skops_are_judged_as_those_of_pickles() {
    let tree = |module: &str, class: &str, loader: &str| {
        json!({ "__class__": "Pipeline", "__module__": "sklearn.pipeline", "__loader__": "ObjectNode", "content": {
            "__class__": class, "__module__": module, "__loader__": loader, "content": {} }, "protocol": 2 })
        .to_string()
    };
    is(Level::Clean, &tree("builtins", "dict", "DictNode"), "schema.json");
    is(Level::Malicious, &tree("os", "system", "FunctionNode"), "schema.json");
    is(Level::Malicious, &tree("operator", "call", "OperatorFuncNode"), "schema.json");
    is(Level::Suspicious, &tree("operator", "methodcaller", "OperatorFuncNode"), "schema.json");
    is(Level::Suspicious, &tree("builtins", "dict", "NoSuchNode"), "schema.json");
    is(Level::Suspicious, &tree("my", "thing", "OperatorFuncNode"), "schema.json");
    is(Level::Suspicious, &tree("my.code", "Thing", "ObjectNode"), "schema.json");
}

#[test]
fn notebooks_whose_outputs_run_scripts_are_to_be_looked_at() {
    let notebook = |html: &str| {
        json!({ "nbformat": 4, "cells": [{ "cell_type": "code", "source": ["x"], "outputs": [{ "data": { "text/html": [html] } }] }] }).to_string()
    };
    is(Level::NeedsReview, &notebook("<script>alert(1)</script>"), "a.ipynb");
    is(Level::Clean, &notebook("<table></table>"), "a.ipynb");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_as_a_configuration(text in "[\\[\\]{}:,\"a_!%|>'#&* \n-]{0,120}") {
        look(&text, "config.json");
        look(&text, "config.yaml");
    }

    #[test]
    fn json_that_strict_readers_take_is_taken(text in "\\PC{0,40}", flag in any::<bool>()) {
        let json = json!({ "a": text, "b": [flag, 1.5, null], "c": { "d": -1e9 } });
        let read = limpide_formats::loose_json::read(&json.to_string()).unwrap();
        prop_assert_eq!(read.get("a").and_then(limpide_formats::loose_json::Json::text), Some(&*text));
    }
}
