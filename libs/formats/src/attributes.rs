//! Which files belong into LFS: the `.gitattributes` of a repository, and those a new one starts with.

use std::fmt::Write as _;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use limpide_words::{FilePath, Kind};

/// The rules of one `.gitattributes` about `filter=lfs`.
#[derive(Debug)]
pub struct LfsRules(Gitignore);

/// Lines and bytes that are looked at; more would be no rules that a person wrote.
const MOST_LINES: usize = 2000;
const LONGEST_LINE: usize = 1000;

impl LfsRules {
    /// Reads the rules. A line that git would not understand is passed over, as git does.
    pub fn read(text: &str) -> Self {
        let mut builder = GitignoreBuilder::new("");
        for line in text.lines().take(MOST_LINES).filter(|line| line.len() <= LONGEST_LINE) {
            let Some((pattern, lfs)) = rule(line) else { continue };
            // The patterns of `.gitattributes` are those of `.gitignore`, and here too the last match counts:
            // what goes to LFS is written as if ignored, what does not as if excepted.
            let exception = if lfs { "" } else { "!" };
            let _ = builder.add_line(None, &format!("{exception}{pattern}"));
        }
        Self(builder.build().unwrap_or_else(|_| Gitignore::empty()))
    }

    /// Whether a file belongs into LFS; none when no rule speaks of it.
    pub fn lfs(&self, path: &FilePath) -> Option<bool> {
        let matched = self.0.matched(path.as_str(), false);
        if matched.is_none() { None } else { Some(matched.is_ignore()) }
    }
}

/// The pattern of a line and whether it sets `filter=lfs`; none when it does not speak of the filter.
fn rule(line: &str) -> Option<(String, bool)> {
    let line = line.trim_start();
    if line.starts_with('#') || line.starts_with("[attr]") {
        return None;
    }
    let (pattern, words) = match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => line.split_once([' ', '\t'])?,
    };
    // Git forbids both: an exception, and a pattern for folders only.
    if pattern.is_empty() || pattern.starts_with('!') || pattern.ends_with('/') {
        return None;
    }
    let speaks = |word: &str| match word {
        "filter=lfs" => Some(true),
        "-filter" | "!filter" | "filter" => Some(false),
        other => other.strip_prefix("filter=").map(|_| false),
    };
    let lfs = words.split_whitespace().filter_map(speaks).next_back()?;
    Some((as_ignore_pattern(pattern), lfs))
}

/// The same pattern where braces would be alternatives and `[[:space:]]` (as `git lfs track` writes blanks)
/// is not known.
fn as_ignore_pattern(pattern: &str) -> String {
    let classes =
        [("[:space:]", " \t"), ("[:digit:]", "0-9"), ("[:alpha:]", "a-zA-Z"), ("[:alnum:]", "a-zA-Z0-9")];
    let named = classes.iter().fold(pattern.to_owned(), |text, (name, members)| text.replace(name, members));
    let mut written = String::with_capacity(named.len());
    if named.starts_with('#') {
        written.push('\\');
    }
    for character in named.chars() {
        if matches!(character, '{' | '}') {
            written.push('\\');
        }
        written.push(character);
    }
    written
}

/// Extensions that hold weights, tensors, archives: never text.
const BINARY: [&str; 37] = [
    "*.7z",
    "*.arrow",
    "*.avro",
    "*.bin",
    "*.bz2",
    "*.ckpt",
    "*.ftz",
    "*.gz",
    "*.h5",
    "*.joblib",
    "*.lz4",
    "*.mds",
    "*.mlmodel",
    "*.model",
    "*.msgpack",
    "*.npy",
    "*.npz",
    "*.onnx",
    "*.ot",
    "*.parquet",
    "*.pb",
    "*.pickle",
    "*.pkl",
    "*.pt",
    "*.pth",
    "*.rar",
    "*.safetensors",
    "saved_model/**/*",
    "*.tar.*",
    "*.tar",
    "*.tflite",
    "*.tgz",
    "*.wasm",
    "*.xz",
    "*.zip",
    "*.zst",
    "*tfevents*",
];

/// What datasets hold besides: sound, pictures, films.
const MEDIA: [&str; 19] = [
    "*.pcm", "*.sam", "*.raw", "*.aac", "*.flac", "*.mp3", "*.ogg", "*.wav", "*.bmp", "*.gif", "*.png",
    "*.tiff", "*.jpg", "*.jpeg", "*.webp", "*.mp4", "*.webm", "*.mov", "*.mkv",
];

/// The `.gitattributes` that a new repository starts with.
pub fn default_text(kind: Kind) -> String {
    let media: &[&str] = if kind == Kind::Dataset { &MEDIA } else { &[] };
    let mut text = String::new();
    for pattern in BINARY.iter().chain(media) {
        let _ = writeln!(text, "{pattern} filter=lfs diff=lfs merge=lfs -text");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lfs(text: &str, path: &str) -> Option<bool> {
        LfsRules::read(text).lfs(&path.parse().unwrap())
    }

    #[test]
    fn weights_are_lfs_by_default_and_text_is_not() {
        let text = default_text(Kind::Model);
        for path in [
            "model.safetensors",
            "a/b/c.bin",
            "x.tar.gz",
            "saved_model/a",
            "saved_model/a/b/c",
            "events.out.tfevents.1",
            "tokenizer.model",
        ] {
            assert_eq!(lfs(&text, path), Some(true), "{path}");
        }
        for path in ["README.md", "config.json", "a.png", "bin", "a.bin/readme", "x/saved_model/y"] {
            assert_eq!(lfs(&text, path), None, "{path}");
        }
        assert_eq!(lfs(&default_text(Kind::Dataset), "a.png"), Some(true));
    }

    #[test]
    fn the_last_rule_that_speaks_of_the_filter_counts() {
        let text = "*.bin filter=lfs -text\nsmall/*.bin -filter\nsmall/big.bin filter=lfs\n*.bin text\n";
        assert_eq!(lfs(text, "a.bin"), Some(true));
        assert_eq!(lfs(text, "small/a.bin"), Some(false));
        assert_eq!(lfs(text, "deep/small/a.bin"), Some(true));
        assert_eq!(lfs(text, "small/big.bin"), Some(true));
    }

    #[test]
    fn patterns_are_those_of_git() {
        for (pattern, path, matches) in [
            ("/a.bin", "a.bin", true),
            ("/a.bin", "x/a.bin", false),
            ("data/*.csv", "data/a.csv", true),
            ("data/*.csv", "data/b/a.csv", false),
            ("data/**", "data/b/a.csv", true),
            ("**/deep/*.x", "deep/a.x", true),
            ("a/**/b", "a/b", true),
            ("a/**/b", "a/x/y/b", true),
            ("data", "data/a.csv", false),
            ("with[[:space:]]blank", "with blank", true),
            ("\"quoted blank\"", "quoted blank", true),
            ("a{b,c}", "ab", false),
            ("a{b,c}", "a{b,c}", true),
            ("*.b?n", "x.bin", true),
        ] {
            let text = format!("{pattern} filter=lfs");
            assert_eq!(lfs(&text, path), matches.then_some(true), "{pattern} {path}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_rules_are_read_without_panic(text in "[\\[\\]{}*?!/\\\\a-b\"# \n:-]{0,60}", path in "[ab/{}]{1,9}") {
            if let Ok(path) = path.parse() {
                let _ = LfsRules::read(&text.replace('\n', " filter=lfs\n")).lfs(&path);
            }
        }
    }
}
