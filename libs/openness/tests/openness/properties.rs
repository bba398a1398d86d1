//! What must hold for any repository. The fuzz target gives any bytes as one; the tests here give stories, chance and the
//! seeds of the fuzzer.

use std::collections::BTreeSet;
use std::ops::Range;

use bytes::Bytes;
use limpide_openness::{
    Audit, Belief, Content, Evidence, Extent, File, Offline, Report, Severity, Source, Status, Strength,
    Subject, Trouble, audit, canonical,
};
use limpide_words::{Kind, Sha256};
use sha2::Digest;

/// The hash of bytes from here to there of the file at a path.
type Hash<'a> = dyn Fn(&str, u64, u64) -> Option<Sha256> + 'a;

/// What stands against what a sentence of a report may say of people.
const ACCUSING: [&str; 12] = [
    "washing",
    "lie",
    "lies",
    "liar",
    "lying",
    "fake",
    "fraud",
    "deceive",
    "mislead",
    "dishonest",
    "cheat",
    "pretend",
];

/// Whatever was audited: `sha256` gives the hash of a part of one of its files.
pub(crate) fn report(report: &Report, sha256: &Hash<'_>) {
    the_books_are_whole(report);
    guesses_verify_nothing(report);
    more_belief_gives_no_less(report);
    derivatives_go_no_further(report);
    spans_are_those_of_the_bytes(report, sha256);
    nobody_is_accused(report);
    proofs_strike(report);
    let bytes = canonical(report).unwrap();
    let again: Report = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(&again, report);
    assert_eq!(canonical(&again).unwrap(), bytes);
}

fn the_books_are_whole(report: &Report) {
    let mut claims = BTreeSet::new();
    let mut evidence = BTreeSet::new();
    for finding in &report.findings {
        claims.extend(&finding.claims);
        evidence.extend(finding.evidence.iter().chain(&finding.counter_evidence));
    }
    for contradiction in &report.contradictions {
        assert!(!contradiction.counter_evidence.is_empty(), "{contradiction:?}");
        claims.insert(&contradiction.claim);
        evidence.extend(&contradiction.counter_evidence);
    }
    assert!(claims.iter().all(|id| report.claims.contains_key(*id)));
    assert!(evidence.iter().all(|id| report.evidence.contains_key(*id)));
    let unspoken_of: Vec<_> = report.claims.iter().filter(|(id, _)| !claims.contains(id)).collect();
    assert!(unspoken_of.is_empty(), "{unspoken_of:#?}");
    let unspoken_of: Vec<_> = report.evidence.iter().filter(|(id, _)| !evidence.contains(id)).collect();
    assert!(unspoken_of.is_empty(), "{unspoken_of:#?}");
}

fn guesses_verify_nothing(report: &Report) {
    for finding in &report.findings {
        let evidence: Vec<&Evidence> = finding.evidence.iter().map(|id| &report.evidence[id]).collect();
        let firm = evidence.iter().any(|evidence| evidence.strength > Strength::Heuristic);
        assert!(firm || finding.status != Status::Verified, "{finding:?}");
        assert!(
            finding.status != Status::Verified || finding.extent.verified > limpide_openness::Degree::None
        );
        assert!(!finding.probable || finding.status == Status::Claimed, "{finding:?}");
    }
}

fn more_belief_gives_no_less(report: &Report) {
    for finding in &report.findings {
        assert!(Belief::ALL.map(|belief| finding.extent.at(belief)).is_sorted(), "{finding:?}");
    }
    for outcome in &report.grades {
        assert!(Belief::ALL.map(|belief| outcome.at(belief).score).is_sorted(), "{outcome:?}");
    }
}

fn derivatives_go_no_further(report: &Report) {
    for (criterion, base) in &report.facts.base {
        let ours = report.finding(*criterion).unwrap().extent;
        assert_eq!(ours.min(*base), ours, "{criterion}");
    }
}

fn spans_are_those_of_the_bytes(report: &Report, sha256: &Hash<'_>) {
    let locators = report.claims.values().map(|claim| &claim.locator);
    let locators = locators.chain(report.evidence.values().map(|evidence| &evidence.locator));
    for locator in locators {
        let own = locator.repository.is_none() && locator.address.is_none();
        let (true, Some(path), Some(span)) = (own, &locator.path, locator.span) else { continue };
        assert_eq!(sha256(path, span.start, span.end), Some(span.sha256), "{path}");
    }
}

fn nobody_is_accused(report: &Report) {
    let remarks = report.findings.iter().flat_map(|finding| finding.remarks.iter().chain(&finding.advice));
    let remarks = remarks.chain(report.contradictions.iter().map(|contradiction| &contradiction.remark));
    let remarks =
        remarks.chain(report.evidence.values().map(|evidence| &evidence.shows)).chain(&report.notes);
    for remark in remarks {
        let text = remark.text.to_lowercase();
        let words: BTreeSet<&str> = text.split(|sign: char| !sign.is_alphanumeric()).collect();
        assert!(ACCUSING.iter().all(|word| !words.contains(word)), "{text}");
    }
}

fn proofs_strike(report: &Report) {
    for finding in report.findings.iter().filter(|finding| finding.status == Status::Contradicted) {
        assert_eq!(finding.extent, Extent::default());
        let proven = report.contradictions.iter().any(|contradiction| {
            contradiction.criterion == finding.criterion && contradiction.severity == Severity::Proves
        });
        assert!(proven && !finding.counter_evidence.is_empty(), "{finding:?}");
    }
}

/// The files that bytes are cut into, at each byte 0x1e: the first part is the first file.
const NAMES: [&str; 14] = [
    "README.md",
    "config.json",
    "LICENSE",
    "train.py",
    "model.safetensors",
    "model.safetensors.index.json",
    ".eval_results/a.yaml",
    "data/a.jsonl",
    "data/b.parquet",
    "tiny.gguf",
    "adapter_config.json",
    "trainer_state.json",
    "data_summary.md",
    "model_index.json",
];

/// Any bytes as a small repository. Gives whether all of it could be read.
pub(crate) fn openness_audit(bytes: &[u8]) -> bool {
    let parts = bytes.split(|byte| *byte == 0x1e);
    let files: Vec<(&str, &[u8])> =
        NAMES.into_iter().zip(parts).filter(|(_, part)| !part.is_empty()).collect();
    let kind = if bytes.len().is_multiple_of(2) { Kind::Model } else { Kind::Dataset };
    let cut = Cut { kind, files };
    let found = audit(Audit { source: &cut, world: &Offline, earlier: None }).unwrap();
    report(&found, &|path, start, end| {
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        Some(Sha256(sha2::Sha256::digest(cut.file(path)?.get(range)?).into()))
    });
    let again = audit(Audit { source: &cut, world: &Offline, earlier: Some(&found) }).unwrap();
    assert_eq!(again, found, "nothing changes between a commit and itself");
    found.notes.is_empty()
}

/// Bytes that were cut into files.
struct Cut<'a> {
    kind: Kind,
    files: Vec<(&'a str, &'a [u8])>,
}

impl Cut<'_> {
    fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.iter().find(|(name, _)| *name == path).map(|(_, bytes)| *bytes)
    }
}

impl Source for Cut<'_> {
    fn subject(&self) -> Subject {
        let commit = Some("1".repeat(40));
        Subject { kind: self.kind, repository: Some("ada/tiny-7b".to_owned()), commit, hub: None }
    }

    fn files(&self) -> Result<Vec<File>, Trouble> {
        let file = |(path, bytes): &(&str, &[u8])| File {
            path: (*path).to_owned(),
            size: bytes.len() as u64,
            sha256: None,
            content: Content::Here,
        };
        Ok(self.files.iter().map(file).collect())
    }

    fn read(&self, path: &str, range: Range<u64>) -> Result<Bytes, Trouble> {
        let bytes = self.file(path).ok_or_else(|| Trouble::NoFile(path.to_owned()))?;
        let (start, end) = (usize::try_from(range.start).unwrap(), usize::try_from(range.end).unwrap());
        Ok(Bytes::copy_from_slice(&bytes[start.min(bytes.len())..end.min(bytes.len())]))
    }
}
