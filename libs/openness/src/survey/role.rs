//! What a file is read as, by its path. A path is never evidence: it only says where to look.

/// What a file may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Weights.
    Weights,
    /// The state of an optimizer.
    Optimizer,
    /// Terms: a licence, a notice, a policy of use.
    Licence,
    /// Source code, scripts, settings of training runs.
    Code,
    /// Rows.
    Data,
    /// Something to be read by people.
    Document,
    /// Anything else.
    Other,
}

/// Files that Transformers and others write beside weights, and that hold none.
const NOT_WEIGHTS: [&str; 6] =
    ["training_args.bin", "scheduler.pt", "rng_state", "scaler.pt", "vocab.bin", "tokenizer.bin"];

const WEIGHTS: [&str; 16] = [
    "safetensors",
    "gguf",
    "bin",
    "pt",
    "pth",
    "ckpt",
    "msgpack",
    "h5",
    "keras",
    "onnx",
    "nemo",
    "pdparams",
    "tflite",
    "mlmodel",
    "npz",
    "mar",
];
const CODE: [&str; 16] = [
    "py", "sh", "ipynb", "yaml", "yml", "toml", "gin", "jsonnet", "cfg", "ini", "slurm", "sbatch", "jl", "r",
    "rs", "cpp",
];
const DATA: [&str; 14] = [
    "parquet", "jsonl", "ndjson", "csv", "tsv", "arrow", "tar", "zip", "zst", "gz", "tgz", "xz", "bz2", "mds",
];
const DOCUMENTS: [&str; 5] = ["md", "pdf", "txt", "rst", "html"];

/// What the file at a path is read as.
pub(crate) fn of(path: &str) -> Role {
    let name = name(path).to_ascii_lowercase();
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if is_licence(&name) {
        return Role::Licence;
    }
    if name.starts_with("optimizer") || name.contains("optim_states") || name.starts_with("optim.") {
        return Role::Optimizer;
    }
    if NOT_WEIGHTS.iter().any(|other| name.starts_with(other)) {
        return Role::Other;
    }
    if WEIGHTS.contains(&extension) {
        return Role::Weights;
    }
    if CODE.contains(&extension) || name == "makefile" || name == "dockerfile" {
        return Role::Code;
    }
    if DATA.contains(&extension) {
        return Role::Data;
    }
    if DOCUMENTS.contains(&extension) { Role::Document } else { Role::Other }
}

fn is_licence(name: &str) -> bool {
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    if !matches!(extension, "" | "md" | "txt" | "rst" | "html" | "pdf" | "0") && !name.starts_with("license")
    {
        return false;
    }
    let words = [
        "license",
        "licence",
        "copying",
        "unlicense",
        "notice",
        "use_policy",
        "terms_of_use",
        "acceptable_use",
        "legal",
    ];
    words.iter().any(|word| name.contains(word)) && extension != "py"
}

/// Whether it is the index of weights in several files.
pub(crate) fn is_index(path: &str) -> bool {
    let name = name(path);
    name.ends_with(".safetensors.index.json") || name.ends_with(".bin.index.json")
}

/// The folder of a checkpoint that a file lies in, such as `checkpoint-500`.
pub(crate) fn checkpoint_folder(path: &str) -> Option<&str> {
    let mut end = 0;
    for part in path.split('/') {
        end += part.len();
        let is_last = end == path.len();
        if !is_last && names_checkpoint(part) {
            return Some(&path[..end]);
        }
        end += 1;
    }
    None
}

/// Whether a folder, branch or tag is named as checkpoints from during training are: a word for progress and a number.
pub(crate) fn names_checkpoint(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words = ["checkpoint", "ckpt", "steps", "step", "iter", "epoch", "stage", "tokens"];
    let is_digit = |sign: Option<char>| sign.is_some_and(|sign| sign.is_ascii_digit());
    let joins = |sign: char| matches!(sign, '-' | '_' | '=' | '.');
    words.iter().any(|word| {
        lower.match_indices(word).any(|(at, _)| {
            let (before, after) = (&lower[..at], &lower[at + word.len()..]);
            let counted = before.trim_end_matches(joins).trim_end_matches(['k', 'm', 'b', 't']);
            is_digit(after.trim_start_matches(joins).chars().next()) || is_digit(counted.chars().next_back())
        })
    })
}

/// The last number in a name, by which checkpoints follow each other.
pub(crate) fn number_in(name: &str) -> u64 {
    let numbers = name.split(|sign: char| !sign.is_ascii_digit()).filter(|digits| !digits.is_empty());
    numbers.filter_map(|digits| digits.parse().ok()).next_back().unwrap_or(0)
}

/// The last part of a path.
pub(crate) fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_say_where_to_look() {
        for (path, role) in [
            ("model-00001-of-00002.safetensors", Role::Weights),
            ("optimizer.pt", Role::Optimizer),
            ("training_args.bin", Role::Other),
            ("LICENSE", Role::Licence),
            ("docs/LICENSE.md", Role::Licence),
            ("license_check.py", Role::Code),
            ("train.py", Role::Code),
            ("data/train.jsonl.zst", Role::Data),
            ("report.pdf", Role::Document),
            ("config.json", Role::Other),
        ] {
            assert_eq!(of(path), role, "{path}");
        }
        assert_eq!(checkpoint_folder("runs/checkpoint-500/model.safetensors"), Some("runs/checkpoint-500"));
        assert_eq!(checkpoint_folder("checkpoint-500.safetensors"), None);
        assert!(names_checkpoint("step1000") && names_checkpoint("stage2-ingredient1"));
        assert!(names_checkpoint("epoch=3-step=100") && names_checkpoint("100B-tokens"));
        for other in ["main", "checkpoint", "step-audio-2", "v2", "iterative-v2"] {
            assert!(!names_checkpoint(other), "{other}");
        }
        assert_eq!((number_in("checkpoint-500"), number_in("main")), (500, 0));
    }
}
