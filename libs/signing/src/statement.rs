//! What a hub says of a commit, as an in-toto statement that it signs: what a scan found, how open a repository is.

use limpide_words::{Moment, ObjectId, Sha256};
use serde::{Deserialize, Serialize};

use crate::bundle::{Bundle, Refused, Signer, Trust};
use crate::keys::{KeyRefused, PrivateKey};
use crate::manifest::STATEMENT;

/// Bytes of a statement that is read, subjects of one, and characters of a text in it.
const LONGEST: usize = 16 << 20;
const MOST_SUBJECTS: usize = 100_000;
const LONGEST_TEXT: usize = 4096;

/// What is said, and of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What it is about.
    pub subjects: Vec<Subject>,
    /// What is said of it.
    pub predicate: Predicate,
}

/// What a statement is about: a commit, or the bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A commit of a repository: `models/ada/tiny`.
    Commit {
        /// The repository, with its kind.
        repository: String,
        /// The commit.
        commit: ObjectId,
    },
    /// A file: its path, and the hash of its bytes.
    File {
        /// The path.
        path: String,
        /// The hash.
        sha256: Sha256,
    },
}

/// What a hub says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Predicate {
    /// What a scan found.
    Scan(ScanResult),
    /// How open a repository is.
    Openness(OpennessResult),
}

/// What a scan found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanResult {
    /// The program that scanned, and its version: `limpide 0.1.0`.
    pub scanner: String,
    /// SHA-256 of the rules that turned what was seen into a verdict.
    pub rules: Sha256,
    /// The verdict, in the words of those rules.
    pub verdict: String,
    /// Bytes of the subjects, and how many of them the scan accounts for.
    pub bytes: u64,
    /// See `bytes`.
    pub accounted: u64,
    /// SHA-256 of the whole result, as the hub serves it.
    pub result: Sha256,
    /// When it was scanned.
    pub issued: Moment,
}

/// How open a repository is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpennessResult {
    /// The program that audited, and its version: `limpide 0.1.0`.
    pub auditor: String,
    /// The grades by what is verified, each as the rubric and its outcome.
    pub grades: Vec<(String, String)>,
    /// SHA-256 of the report in its canonical form (RFC 8785).
    pub report: Sha256,
    /// When it was audited.
    pub issued: Moment,
}

/// Why a bundle holds no statement that is believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StatementRefused {
    /// The signature is not that of whom the reader trusts.
    #[error(transparent)]
    Bundle(#[from] Refused),
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// The JSON is not of the known form.
    #[error("the statement cannot be read: {0}")]
    Unreadable(String),
    /// It says something that is not known here.
    #[error("the statement says something that is not known here: its predicate is `{0}`")]
    Predicate(String),
}

impl Predicate {
    /// What tells a scan from other predicates.
    pub const SCAN: &str = "https://limpide/scan-result/v1";
    /// What tells a report on openness from other predicates.
    pub const OPENNESS: &str = "https://limpide/openness-report/v1";
}

impl Statement {
    /// Signs the statement. Its form is that of a model's signature, with another predicate.
    ///
    /// # Errors
    /// When a part of it is out of bounds.
    pub fn sign(&self, key: &PrivateKey) -> Result<Bundle, StatementRefused> {
        Ok(Bundle::sign(self.payload()?, key, None)?)
    }

    /// The statement in a bundle and its signer, once the signature is that of whom the reader trusts.
    ///
    /// # Errors
    /// When it is not, or when it is no statement of a known form.
    pub fn verify(bundle: Bundle, trust: Trust<'_>) -> Result<(Self, Signer), StatementRefused> {
        let signed = bundle.verify(trust)?;
        Ok((Self::read(&signed.payload)?, signed.signer))
    }

    fn read(payload: &[u8]) -> Result<Self, StatementRefused> {
        if payload.len() > LONGEST {
            return Err(StatementRefused::Unreadable(format!("it is longer than {LONGEST} bytes")));
        }
        let wire: Wire = serde_json::from_slice(payload).map_err(unreadable)?;
        if wire.kind != STATEMENT {
            return Err(StatementRefused::Unreadable(format!("its _type is `{}`", wire.kind)));
        }
        let predicate = match wire.predicate_type.as_str() {
            Predicate::SCAN => {
                Predicate::Scan(serde_json::from_str(wire.predicate.get()).map_err(unreadable)?)
            }
            Predicate::OPENNESS => {
                Predicate::Openness(serde_json::from_str(wire.predicate.get()).map_err(unreadable)?)
            }
            _ => return Err(StatementRefused::Predicate(wire.predicate_type)),
        };
        let subjects = wire.subject.into_iter().map(Subject::from).collect();
        let statement = Self { subjects, predicate };
        statement.check()?;
        Ok(statement)
    }

    fn payload(&self) -> Result<Vec<u8>, StatementRefused> {
        self.check()?;
        let (predicate_type, predicate) = match &self.predicate {
            Predicate::Scan(result) => (Predicate::SCAN, serde_json::value::to_raw_value(result)),
            Predicate::Openness(result) => (Predicate::OPENNESS, serde_json::value::to_raw_value(result)),
        };
        let wire = Wire {
            kind: STATEMENT.to_owned(),
            subject: self.subjects.iter().map(WireSubject::from).collect(),
            predicate_type: predicate_type.to_owned(),
            predicate: predicate.map_err(unreadable)?,
        };
        serde_json::to_vec(&wire).map_err(unreadable)
    }

    fn check(&self) -> Result<(), StatementRefused> {
        let refused = |why: &str| Err(StatementRefused::Unreadable(why.to_owned()));
        let names = self.subjects.iter().map(|subject| match subject {
            Subject::Commit { repository, .. } => repository,
            Subject::File { path, .. } => path,
        });
        let texts: Vec<&String> = match &self.predicate {
            Predicate::Scan(result) => vec![&result.scanner, &result.verdict],
            Predicate::Openness(result) => result
                .grades
                .iter()
                .flat_map(|(rubric, grade)| [rubric, grade])
                .chain([&result.auditor])
                .collect(),
        };
        let unfit = |text: &String| text.is_empty() || text.len() > LONGEST_TEXT;
        match () {
            () if self.subjects.is_empty() => refused("it is about nothing"),
            () if self.subjects.len() > MOST_SUBJECTS => refused("it is about more than 100000 subjects"),
            () if names.chain(texts).any(unfit) => refused("a text is empty, or longer than 4096 bytes"),
            () => Ok(()),
        }
    }
}

fn unreadable(error: serde_json::Error) -> StatementRefused {
    StatementRefused::Unreadable(error.to_string())
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    #[serde(rename = "_type")]
    kind: String,
    subject: Vec<WireSubject>,
    #[serde(rename = "predicateType")]
    predicate_type: String,
    predicate: Box<serde_json::value::RawValue>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireSubject {
    name: String,
    digest: WireDigests,
}

/// in-toto's names of digests.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
enum WireDigests {
    #[serde(rename = "gitCommit")]
    Commit(ObjectId),
    #[serde(rename = "sha256")]
    Sha256(Sha256),
}

impl From<WireSubject> for Subject {
    fn from(wire: WireSubject) -> Self {
        match wire.digest {
            WireDigests::Commit(commit) => Self::Commit { repository: wire.name, commit },
            WireDigests::Sha256(sha256) => Self::File { path: wire.name, sha256 },
        }
    }
}

impl From<&Subject> for WireSubject {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::Commit { repository, commit } => {
                Self { name: repository.clone(), digest: WireDigests::Commit(*commit) }
            }
            Subject::File { path, sha256 } => {
                Self { name: path.clone(), digest: WireDigests::Sha256(*sha256) }
            }
        }
    }
}
