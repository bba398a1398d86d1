//! What a push must keep to, and what is said to who does not.

use std::fmt::Write as _;

use limpide_git::{ObjectKind, Sent};

/// The most bytes of a commit or a tag; messages of the API are no longer.
const LARGEST_TEXT: u64 = 64 << 10;

/// The most bytes of a folder: some hundred thousand entries with long names.
const LARGEST_FOLDER: u64 = 64 << 20;

/// As many examples are told of each kind.
const TOLD: usize = 10;

/// What is wrong with a push.
#[derive(Debug)]
pub(super) struct Broken {
    /// Bytes of a file in git.
    largest: u64,
    large: Examples,
    paths: Examples,
    lacking: Examples,
    cards: Examples,
    missing: Examples,
}

/// The first few of what may be many.
#[derive(Debug, Default)]
struct Examples {
    first: Vec<String>,
    count: usize,
}

impl Broken {
    pub(super) fn new(largest: u64) -> Self {
        let none = Examples::default;
        Self { largest, large: none(), paths: none(), lacking: none(), cards: none(), missing: none() }
    }

    /// A file that git keeps: it may be too large for that.
    pub(super) fn file(&mut self, path: &str, size: u64) {
        if size > self.largest {
            self.large.push(format!("{path} ({} MiB)", size.div_ceil(1 << 20)));
        }
    }

    /// A path is none, for this reason.
    pub(super) fn path(&mut self, path: &str, why: &str) {
        self.paths.push(format!("{path}: {why}"));
    }

    /// The content that a pointer stands for was not sent.
    pub(super) fn lacks_content(&mut self, path: &str, sha256: &str) {
        self.lacking.push(format!("{path} (oid {sha256})"));
    }

    /// The card of a branch says what no card says.
    pub(super) fn card(&mut self, branch: &str, errors: &[String]) {
        for error in errors {
            self.cards.push(format!("{branch}: {error}"));
        }
    }

    /// A file is neither sent nor here.
    pub(super) fn is_missing(&mut self, path: &str) {
        self.missing.push(path.to_owned());
    }

    /// What is said of all this; nothing when nothing is wrong.
    pub(super) fn words(&self) -> String {
        let mut words = String::new();
        let megabytes = self.largest >> 20;
        let large = format!(
            "Your push was rejected because it contains files larger than {megabytes} MiB.\n\
             Please use git-lfs to store large files: `git lfs migrate import --above={megabytes}MiB` rewrites the commits \
             that have them."
        );
        self.large.tell(&large, &mut words);
        self.lacking.tell(
            "Your push was rejected because the content of LFS pointers was not uploaded.\n\
             Install git-lfs (`git lfs install`), then send it: `git lfs push --all origin`.",
            &mut words,
        );
        self.paths.tell(
            "Your push was rejected because it contains paths that cannot be kept on every system. Rename these:",
            &mut words,
        );
        self.cards.tell("Your push was rejected because the metadata of README.md is not valid:", &mut words);
        self.missing.tell("Your push was rejected because objects of these files were not sent:", &mut words);
        words
    }
}

impl Examples {
    fn push(&mut self, example: String) {
        self.count += 1;
        if self.first.len() < TOLD && !self.first.contains(&example) {
            self.first.push(example);
        }
    }

    fn tell(&self, what: &str, words: &mut String) {
        if self.first.is_empty() {
            return;
        }
        let _ = writeln!(words, "{what}");
        for example in &self.first {
            let _ = writeln!(words, "  {}", example.escape_debug());
        }
        if self.count > self.first.len() {
            let _ = writeln!(words, "  and so on: {} in all commits of this push", self.count);
        }
    }
}

/// What is said of objects that are too large to be looked at; nothing when none is.
pub(super) fn oversized(sent: &[Sent]) -> String {
    let largest = |kind| match kind {
        ObjectKind::Commit | ObjectKind::Tag => LARGEST_TEXT,
        ObjectKind::Tree => LARGEST_FOLDER,
        ObjectKind::Blob => u64::MAX,
    };
    let mut examples = Examples::default();
    for Sent { id, kind, size, .. } in sent {
        if *size > largest(*kind) {
            examples.push(format!("{kind:?} {id} has {size} bytes"));
        }
    }
    let mut words = String::new();
    let what = format!(
        "Your push was rejected: commits and tags may have {LARGEST_TEXT} bytes, folders {LARGEST_FOLDER}. These have more:"
    );
    examples.tell(&what, &mut words);
    words
}
