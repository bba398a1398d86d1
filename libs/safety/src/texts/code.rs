//! Code that loaders run: which part of which loader takes it for its own, by what it defines and by its name; and what
//! such code does that models have no use for.

use super::cut;
use crate::event::What;
use crate::scan::Recorder;

/// What a class that a loader looks for is made from or called, and what that makes of the file.
#[rustfmt::skip]
const CLASSES: [(&str, &str); 20] = [
    ("PreTrainedModel", "transformers-code"), ("PretrainedConfig", "transformers-code"),
    ("PreTrainedConfig", "transformers-code"), ("PreTrainedTokenizer", "transformers-code"),
    ("ProcessorMixin", "transformers-code"), ("BaseImageProcessor", "transformers-code"),
    ("FeatureExtractionMixin", "transformers-code"), ("ImageProcessingMixin", "transformers-code"),
    ("GenerationMixin", "transformers-code"), ("GeneratorBasedBuilder", "dataset-script"),
    ("ArrowBasedBuilder", "dataset-script"), ("BeamBasedBuilder", "dataset-script"), ("BuilderConfig", "dataset-script"),
    ("evaluate.Metric", "metric-script"), ("datasets.Metric", "metric-script"), ("DiffusionPipeline", "diffusers-code"),
    ("ModelMixin", "diffusers-code"), ("EndpointHandler", "endpoint-handler"), ("PreTrainedPipeline", "endpoint-handler"),
    ("transformers.Pipeline", "custom-pipelines"),
];

/// Names of files that are run for their name.
const NAMES: [(&str, &str); 5] = [
    ("hubconf.py", "torch-hub"),
    ("setup.py", "setup-script"),
    ("sitecustomize.py", "site-customize"),
    ("usercustomize.py", "site-customize"),
    ("custom_generate/generate.py", "custom-generate"),
];

/// How files of code that belongs to a model begin.
const BEGINS: [&str; 6] = [
    "modeling_",
    "configuration_",
    "tokenization_",
    "processing_",
    "image_processing_",
    "feature_extraction_",
];

/// Calls that start programs, run texts, or connect.
#[rustfmt::skip]
const CALLS: [(&str, &str); 18] = [
    ("os.system(", "starts-programs"), ("os.popen(", "starts-programs"), ("os.execv", "starts-programs"),
    ("os.spawn", "starts-programs"), ("subprocess.", "starts-programs"), ("pty.spawn(", "starts-programs"),
    ("Popen(", "starts-programs"), ("exec(", "runs-texts"), ("eval(", "runs-texts"), ("compile(", "runs-texts"),
    ("__import__(", "runs-texts"), ("marshal.loads(", "runs-texts"), ("pickle.loads(", "runs-texts"),
    ("ctypes.", "runs-texts"), ("socket.socket(", "uses-network"), ("urllib.request", "uses-network"),
    ("requests.get(", "uses-network"), ("requests.post(", "uses-network"),
];

/// Looks at a text that may be code; of documents, only the name counts.
pub(super) fn look(text: &str, name: &str, is_document: bool, recorder: &mut Recorder) {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut kinds: Vec<(u64, &str, String)> = Vec::new();
    for (ending, kind) in NAMES {
        if file == ending || name == ending || name.ends_with(&format!("/{ending}")) {
            kinds.push((0, kind, file.to_owned()));
        }
    }
    if file.ends_with(".py") && BEGINS.iter().any(|begin| file.starts_with(begin)) {
        kinds.push((0, "transformers-code", file.to_owned()));
    }
    if !is_document || file.ends_with(".py") {
        for (at, line) in lines(text) {
            kinds.extend(defined(line).map(|(kind, name)| (at, kind, name)));
            if file.ends_with(".pth") && (line.starts_with("import ") || line.starts_with("import\t")) {
                kinds.push((at, "path-file", line.to_owned()));
            }
        }
    }
    let is_run = kinds.iter().any(|(_, kind, _)| *kind != "setup-script");
    for (at, kind, path) in kinds {
        see(at, kind, &path, recorder);
    }
    if is_run {
        for (at, line) in lines(text) {
            for (kind, call) in calls(line) {
                see(at, kind, call, recorder);
            }
        }
    }
}

fn see(at: u64, kind: &str, path: &str, recorder: &mut Recorder) {
    recorder.see(at, What::Capability { kind: kind.to_owned(), path: cut(path) });
}

/// Lines that are no comments, and where they begin.
fn lines(text: &str) -> impl Iterator<Item = (u64, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').filter_map(move |line| {
        let begin = at;
        at += line.len() as u64;
        let line = line.trim_end();
        (!line.trim_start().starts_with('#')).then_some((begin, line))
    })
}

/// What a line defines that a loader looks for.
fn defined(line: &str) -> Option<(&'static str, String)> {
    let line = line.trim_start();
    if line.starts_with("def generate(model") {
        return Some(("custom-generate", "generate".to_owned()));
    }
    let class = line.strip_prefix("class ")?.trim_start();
    let end = class.find(|sign: char| sign != '_' && !sign.is_alphanumeric())?;
    let (name, bases) = class.split_at(end);
    if !bases.starts_with(['(', ':', ' ', '[']) {
        return None;
    }
    let found = CLASSES.iter().find(|(base, kind)| match *kind {
        "endpoint-handler" => name == *base,
        _ => bases.contains(base),
    });
    found.map(|(_, kind)| (*kind, name.to_owned()))
}

/// The calls in a line that models have no use for; `model.eval(` and `re.compile(` are none.
fn calls(line: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let is_call = |call: &str| {
        line.match_indices(call).any(|(at, _)| {
            !line[..at].ends_with(|sign: char| {
                sign.is_alphanumeric() || matches!(sign, '_' | '.' | '"' | '\'' | '`')
            })
        })
    };
    CALLS.iter().filter(move |(call, _)| is_call(call)).map(|(call, kind)| (*kind, *call))
}
