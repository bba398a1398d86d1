//! Configurations of Keras: objects that name a module and a class, at every depth, which loading looks up and calls.

use limpide_formats::loose_json::{self, Json};

use super::cut;
use crate::event::What;
use crate::scan::Recorder;

/// Keys under which layers and functions are given files or addresses.
const PATHS: [&str; 11] = [
    "vocabulary",
    "filepath",
    "file_path",
    "filename",
    "origin",
    "url",
    "path",
    "fname",
    "cache_dir",
    "weights_path",
    "handle",
];

/// Looks at the configuration of a model, as `.h5` files hold it in an attribute and `.keras` archives in a member.
///
/// ```
/// # use limpide_safety::{Recorder, keras_config};
/// let mut recorder = Recorder::new();
/// keras_config(r#"{"class_name": "Lambda", "config": {}}"#, &mut recorder);
/// assert_eq!(recorder.finish(1, "hdf5", 0).events.len(), 1);
/// ```
pub fn keras_config(text: &str, recorder: &mut Recorder) {
    match loose_json::read(text) {
        Ok(json) => look(&json, recorder),
        Err(_) => {
            recorder.structure(0, "keras-config-broken");
            recorder.gap(0, 0, "keras-config-broken");
        }
    }
}

/// Whether there is an object of Keras anywhere in it.
pub(super) fn is_keras(json: &Json) -> bool {
    let is_one = json.get("class_name").and_then(Json::text).is_some()
        && ["config", "module", "registered_name"].iter().any(|key| json.get(key).is_some());
    is_one || json.entries().iter().any(|entry| is_keras(&entry.value)) || json.items().iter().any(is_keras)
}

/// Looks at every object in it, each value of keys that stand there twice included.
pub(super) fn look(json: &Json, recorder: &mut Recorder) {
    for entry in json.entries() {
        if entry.key == "class_name"
            && let Json::Text(class) = &entry.value
        {
            for name in names(json, class) {
                let what = What::Target { by: "keras".to_owned(), name: cut(&name) };
                recorder.see(entry.at as u64, what);
            }
        }
        if PATHS.contains(&&*entry.key)
            && let Json::Text(path) = &entry.value
        {
            path_under(&entry.key, path, entry.at as u64, recorder);
        }
        look(&entry.value, recorder);
    }
    json.items().iter().for_each(|item| look(item, recorder));
}

/// The names that loading may look up for an object: `module.Class`, the class alone, `package>Class`.
fn names(object: &Json, class: &str) -> Vec<String> {
    // A function is named by its configuration, what TensorFlow says of a type by another key.
    let named: Vec<&str> = match class {
        "function" => object.all("config").filter_map(Json::text).collect(),
        "__typespec__" => object.all("spec_name").filter_map(Json::text).collect(),
        _ => Vec::new(),
    };
    let named = if named.is_empty() { vec![class] } else { named };
    let modules: Vec<&str> = object.all("module").filter_map(Json::text).collect();
    let mut names = Vec::new();
    for name in named {
        if modules.is_empty() {
            names.push(name.to_owned());
        }
        names.extend(modules.iter().map(|module| format!("{module}.{name}")));
    }
    // What somebody registered goes before what the module has.
    let registered = object.all("registered_name").filter_map(Json::text);
    names.extend(registered.filter(|name| name.contains('>')).map(str::to_owned));
    names
}

fn path_under(key: &str, path: &str, at: u64, recorder: &mut Recorder) {
    let is_path = key == "vocabulary" || path.contains(['/', '\\', ':']);
    if is_path {
        let by = if key == "vocabulary" { "keras-vocabulary" } else { "keras-path" };
        recorder.see(at, What::Reference { by: by.to_owned(), path: cut(path) });
    }
}
