//! Repositories made to harm: each gives a report or a clear error, after reading no more than it should. What is read is
//! counted; no clock is looked at.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use limpide_openness::Criterion::{BaseWeights, FinalWeights, ModelCard, TrainingData, WeightsLicence};
use limpide_openness::{
    Audit, Content, File, Offline, Report, Source, Status, Subject, Trouble, audit, canonical,
};
use limpide_words::Kind;

use crate::commons::{Commons, Shelf};
use crate::made::{TRAINS, index, safetensors, weights};

const MIB: u64 = 1 << 20;

/// A source whose files need not exist, and that counts what is read of them.
struct Counted {
    files: Vec<File>,
    bytes: BTreeMap<String, Vec<u8>>,
    /// From this byte on, nothing can be read.
    breaks_at: Option<u64>,
    read: AtomicU64,
    reads: AtomicU64,
}

impl Counted {
    fn new() -> Self {
        let (read, reads) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { files: Vec::new(), bytes: BTreeMap::new(), breaks_at: None, read, reads }
    }

    /// With a file of these bytes.
    fn with(self, path: &str, bytes: impl Into<Vec<u8>>) -> Self {
        let bytes = bytes.into();
        let size = bytes.len() as u64;
        let mut longer = self.listing(path, size);
        longer.bytes.insert(path.to_owned(), bytes);
        longer
    }

    /// With a file that is listed with this length; unless it has bytes, it is full of bytes that are no text.
    fn listing(mut self, path: &str, size: u64) -> Self {
        self.files.push(File { path: path.to_owned(), size, sha256: None, content: Content::Here });
        self
    }

    fn audit(&self) -> Report {
        audit(Audit { source: self, world: &Offline, earlier: None }).unwrap()
    }

    fn bytes_read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }
}

impl Source for Counted {
    fn subject(&self) -> Subject {
        Subject { kind: Kind::Model, repository: None, commit: None, hub: None }
    }

    fn files(&self) -> Result<Vec<File>, Trouble> {
        Ok(self.files.clone())
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble> {
        self.read.fetch_add(range.end - range.start, Ordering::Relaxed);
        self.reads.fetch_add(1, Ordering::Relaxed);
        if self.breaks_at.is_some_and(|breaks| range.end > breaks) {
            return Err(Trouble::Unreachable("the disk is gone".to_owned()));
        }
        let (start, end) = (usize::try_from(range.start).unwrap(), usize::try_from(range.end).unwrap());
        Ok(match self.bytes.get(path) {
            Some(bytes) => Bytes::copy_from_slice(&bytes[start.min(bytes.len())..end.min(bytes.len())]),
            None => Bytes::from(vec![0xff; end - start]),
        })
    }
}

fn status(report: &Report, criterion: limpide_openness::Criterion) -> Status {
    report.finding(criterion).unwrap().status
}

fn notes(report: &Report) -> Vec<&str> {
    report.notes.iter().map(|note| note.code.as_str()).collect()
}

fn card(text: impl Into<Vec<u8>>) -> Report {
    Counted::new().with("README.md", text).with("model.safetensors", weights(1)).audit()
}

#[test]
fn a_yaml_bomb_is_told_and_the_rest_is_audited() {
    let mut yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let items = vec![format!("*a{}", level - 1); 10].join(", ");
        yaml.push_str(&format!("a{level}: &a{level} [{items}]\n"));
    }
    let report = card(format!("---\nlicense: mit\n{yaml}---\n# Tiny\n"));
    assert_eq!(notes(&report), ["metadata-unreadable"]);
    assert_eq!(status(&report, FinalWeights), Status::Verified);
    assert_eq!(status(&report, WeightsLicence), Status::Missing);
}

#[test]
fn yaml_nested_beyond_reason_is_told() {
    let report = card(format!("---\nlicense: {}\n---\n", "[".repeat(100_000)));
    assert_eq!(notes(&report), ["metadata-unreadable"]);
}

#[test]
fn a_card_of_a_hundred_megabytes_is_not_read() {
    let source = Counted::new().listing("README.md", 100 * MIB);
    let report = source.audit();
    assert_eq!(notes(&report), ["file-too-long"]);
    assert_eq!(source.bytes_read(), 0);
    assert_eq!(status(&report, ModelCard), Status::Missing);
}

#[test]
fn a_long_card_of_words_that_claim_is_read_to_a_bound() {
    for words in ["is our open source ", "the training code is ", "1,111,", "“is “is ", "weights of weights "]
    {
        let length = usize::try_from(3 * MIB).unwrap() / words.len();
        let report = card(format!("# Tiny\n{}", words.repeat(length)));
        assert_eq!(report.findings.len(), limpide_openness::Criterion::ALL.len());
    }
}

#[test]
fn many_short_sentences_are_read_to_a_bound() {
    let report = card("It has 3,000 parameters. We release the weights.\n\n".repeat(50_000));
    assert!(report.claims.len() < 100, "{}", report.claims.len());
    assert!(canonical(&report).unwrap().len() < 200_000);
}

#[test]
fn markdown_nested_beyond_reason_is_told() {
    for text in [">".repeat(100_000), "- ".repeat(50_000), "[".repeat(100_000), "*".repeat(100_001)] {
        let report = card(format!("# Tiny\n{text}\n"));
        assert_eq!(status(&report, FinalWeights), Status::Verified);
    }
}

#[test]
fn links_and_tables_without_end_are_read_to_a_bound() {
    let links: String = (0..20_000).map(|number| format!("[x](https://github.com/ada/x{number}) ")).collect();
    let row = format!("|{}\n", "MMLU|".repeat(200));
    let table = format!("{row}|{}\n{}", "---|".repeat(200), "|1|2|3|\n".repeat(5_000));
    let report = card(format!("# Tiny\n{links}\n\n## Training data\n\n{table}"));
    assert!(canonical(&report).unwrap().len() < 200_000);
}

#[test]
fn a_card_that_is_not_utf8_is_read_as_far_as_it_goes() {
    let report =
        card(b"---\nlicense: cc-by-nc-4.0\n---\n\xff\xfe\nThis model is open source. \xe9t\xe9\n".as_slice());
    assert_eq!(notes(&report), ["card-not-utf8"]);
    assert_eq!(report.contradictions[0].rule, "X1");
}

#[test]
fn a_source_without_end_of_files_is_cut() {
    let files = 200_001_u64;
    let mut source = Counted::new();
    for number in 0..files {
        source = source.listing(&format!("data/{number:07}.jsonl"), 10 * MIB);
    }
    let report = source.audit();
    assert_eq!(report.facts.files, files - 1);
    assert!(notes(&report).contains(&"files-too-many"));
    assert!(source.bytes_read() <= 64 * MIB, "{}", source.bytes_read());
}

#[test]
fn thousands_of_weights_are_read_by_their_beginnings() {
    let mut source = Counted::new();
    for number in 1..=2_000 {
        source = source.listing(&format!("model-{number:05}-of-02000.safetensors"), 5_000 * MIB);
    }
    let report = source.audit();
    assert_eq!(status(&report, FinalWeights), Status::Missing);
    assert!(source.bytes_read() <= 2_000 * (64 << 10), "{}", source.bytes_read());
}

#[test]
fn a_header_that_says_it_is_huge_is_not_read() {
    let source =
        Counted::new().with("model.safetensors", [u64::MAX.to_le_bytes().as_slice(), &[b' '; 100]].concat());
    assert_eq!(status(&source.audit(), FinalWeights), Status::Missing);
    assert!(source.bytes_read() < 4096);
    let gguf =
        [b"GGUF".as_slice(), &3_u32.to_le_bytes(), &u64::MAX.to_le_bytes(), &u64::MAX.to_le_bytes()].concat();
    assert_eq!(status(&Counted::new().with("tiny.gguf", gguf).audit(), FinalWeights), Status::Missing);
}

#[test]
fn code_without_end_is_read_to_a_bound() {
    let mut source = Counted::new();
    for number in 0..3_000 {
        source = source.listing(&format!("src/{number}.py"), 500 << 10);
    }
    source.audit();
    assert!(source.bytes_read() <= 64 * MIB, "{}", source.bytes_read());
}

#[test]
fn names_of_files_are_only_names() {
    let long = "x".repeat(100_000);
    let names = [
        "../../etc/passwd.safetensors",
        "/LICENSE",
        "LICENSE\0",
        "a\nLICENSE",
        "\u{202e}ESNECIL",
        "README.md/README.md",
        "ReadMe.md",
        "readme.MD",
        "LİCENSE",
        "model-00001-of-99999.safetensors",
        "-of-.safetensors",
        "..",
        "",
        "a//b.py",
        "con.safetensors",
        "\u{ff0e}\u{ff0e}/x.gguf",
        &long,
    ];
    let mut source = Counted::new();
    for name in names {
        source = source.with(name, "some words, and no more\n");
    }
    source = source.with("README.md", "# Tiny\n").with("README.md", "# Another\n");
    let report = source.audit();
    assert_eq!(report.facts.files, names.len() as u64 + 1);
    assert_eq!(status(&report, FinalWeights), Status::Missing);
    let text = String::from_utf8(canonical(&report).unwrap()).unwrap();
    assert!(!text.contains('\0') && !text.contains('\n'));
}

#[test]
fn an_index_that_leads_out_of_the_repository_is_not_believed() {
    let index = index(&["../secret-00001-of-00001.safetensors"]);
    let report = Counted::new().with("model.safetensors.index.json", index).audit();
    assert_eq!(status(&report, FinalWeights), Status::Missing);
}

#[test]
fn reading_that_fails_leaves_things_unchecked_and_says_so() {
    let files = |source: Counted| {
        source.with("model.safetensors", weights(1)).with("train.py", TRAINS).with("config.json", "{}")
    };
    let whole = files(Counted::new().with("README.md", "# Tiny\n".repeat(100)));
    let last = whole.files.iter().map(|file| file.size).max().unwrap();
    for breaks_at in (0..last).step_by(97) {
        let mut source = files(Counted::new().with("README.md", "# Tiny\n".repeat(100)));
        source.breaks_at = Some(breaks_at);
        let report = source.audit();
        assert!(notes(&report).contains(&"file-unreadable"), "{breaks_at}");
        assert_ne!(status(&report, FinalWeights), Status::Missing, "{breaks_at}");
    }
}

#[test]
fn files_shorter_than_listed_are_told() {
    let mut source = Counted::new().with("README.md", "# Tiny\n").with("model.safetensors", weights(1));
    for file in &mut source.files {
        file.size += 1000;
    }
    assert_eq!(notes(&source.audit()), ["file-changed", "file-changed"]);
}

#[test]
fn circles_of_bases_end() {
    let model = |id: &str, base: &str| {
        Shelf::model(id)
            .file("model.safetensors", weights(1))
            .card(&format!("base_model: {base}"), "# Tiny\n")
    };
    for length in 1..=3 {
        let mut commons = Commons::new();
        for number in 0..length {
            commons =
                commons.with(model(&format!("ada/m{number}"), &format!("ada/m{}", (number + 1) % length)));
        }
        let report = commons.audit(&model("ada/m0", &format!("ada/m{}", 1 % length)));
        assert_eq!(report.facts.bases[0].reach, if length == 1 { "unreachable" } else { "found" });
    }
}

#[test]
fn a_chain_of_fifty_bases_is_followed_a_little() {
    let mut commons = Commons::new();
    for number in 0..50 {
        let tensors = safetensors(&[("a", "F32", &[300 + number])], 1);
        commons = commons.with(
            Shelf::model(&format!("ada/m{number}"))
                .file("model.safetensors", tensors)
                .card(&format!("base_model: ada/m{}", number + 1), "# Tiny\n"),
        );
    }
    let first = Shelf::model("ada/first")
        .file("model.safetensors", weights(1))
        .card("base_model: ada/m0", "# Tiny\n");
    let report = commons.audit(&first);
    assert_eq!(status(&report, BaseWeights), Status::Verified);
    assert_eq!(status(&report, TrainingData), Status::Missing);
    assert_eq!(commons.asked(), 7, "eight models in a row, with the audited one");
}

#[test]
fn a_tree_of_datasets_is_followed_to_a_bound() {
    let mut commons = Commons::new();
    let list = |level: usize, from: usize| {
        (0..30).map(|number| format!("ada/d{level}-{}", from * 30 + number)).collect::<Vec<_>>().join(", ")
    };
    for number in 0..30 {
        commons = commons.with(
            Shelf::dataset(&format!("ada/d1-{number}"))
                .card(&format!("source_datasets: [{}]", list(2, number)), "# Data\n"),
        );
    }
    let model = Shelf::model("ada/tiny").card(&format!("datasets: [{}]", list(1, 0)), "# Tiny\n");
    let report = commons.audit(&model);
    assert_eq!(report.facts.datasets.len(), 30);
    assert!(commons.asked() <= 128, "{}", commons.asked());
}
