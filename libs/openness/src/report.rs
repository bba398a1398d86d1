//! What an audit says: claims, evidence, findings, contradictions and grades, as one value with one canonical form.

use std::collections::BTreeMap;

use limpide_words::{Kind, Sha256};
use serde::{Deserialize, Serialize};

use crate::attestation::Shown;
use crate::source::Gate;
use crate::status::{Belief, Degree, Extent, Status};
use crate::{Criterion, Remark};

/// The name and version of the form below; a change that older readers would misread gets another.
pub const SCHEMA: &str = "limpide-openness-report/1";

/// What an audit found. Its canonical JSON and digest come from [`crate::canonical`] and [`crate::digest`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// What was audited.
    pub subject: Subject,
    /// By what it was audited: equal versions and equal bytes give equal reports.
    pub made: Made,
    /// What follows from the bytes, for rubrics and readers.
    pub facts: Facts,
    /// One finding for each criterion, in the order of [`Criterion::ALL`].
    pub findings: Vec<Finding>,
    /// Claims that the bytes contradict, in the order of their rules.
    pub contradictions: Vec<Contradiction>,
    /// By rubric, in the order of their ids.
    pub grades: Vec<Outcome>,
    /// What is claimed, by id.
    pub claims: BTreeMap<String, Claim>,
    /// What was looked at, by id.
    pub evidence: BTreeMap<String, Evidence>,
    /// What could not be read, and other things the reader should know.
    pub notes: Vec<Remark>,
    /// What was signed about it; see [`Report::with_attestations`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attestations: Vec<Shown>,
}

/// A repository at a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// Its kind.
    pub kind: Kind,
    /// `owner/name`; none for a folder.
    pub repository: Option<String>,
    /// The commit; none for a folder.
    pub commit: Option<String>,
    /// The hub it lives on, as an address; none for a folder.
    pub hub: Option<String>,
}

/// The versions that a report depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Of the checkers: the version of this library.
    pub checkers: String,
    /// Of the table of licences.
    pub licences: String,
}

/// Something that is said of the repository, where, and in which words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// What it is said about.
    pub criterion: Criterion,
    /// What is said, in a form that can be compared: `license=apache-2.0`.
    pub value: String,
    /// The words themselves, shortened to 300 characters.
    pub quote: String,
    /// Where they stand.
    pub locator: Locator,
}

/// Something that was looked at, and what it showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// What it bears on.
    pub criterion: Criterion,
    /// What kind of thing it is.
    pub kind: EvidenceKind,
    /// How much weight it bears.
    pub strength: Strength,
    /// What it showed.
    pub shows: Remark,
    /// Where it is.
    pub locator: Locator,
    /// Who looked.
    pub checker: Checker,
}

/// What kind of thing was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EvidenceKind {
    /// Bytes of a file.
    Bytes,
    /// What a hub's interface told of a repository, such as whether it is gated.
    Hub,
    /// What an address answered.
    Page,
    /// The absence of something from a list that was read whole.
    Absence,
}

/// How a checker came to what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strength {
    /// By a rule that may be wrong. It never makes anything verified.
    Heuristic,
    /// By a computation over pinned bytes.
    Derived,
    /// By equality with pinned bytes.
    Exact,
}

/// A checker and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checker {
    /// Its name, such as `weights`.
    pub name: String,
    /// Its version: raised whenever the same bytes may give another answer.
    pub version: u32,
}

/// A place that can be looked at again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locator {
    /// `kind:owner/name`, when it is not the audited repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// The commit of that other repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The SHA-256 of the whole file, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<Sha256>,
    /// Which of its bytes, and their own SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The address, when it is not a file of a repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What the address answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
}

/// Bytes `start..end` of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: u64,
    /// The byte after the last.
    pub end: u64,
    /// The SHA-256 of those bytes.
    pub sha256: Sha256,
}

/// What is found for one criterion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The criterion.
    pub criterion: Criterion,
    /// What is known of it.
    pub status: Status,
    /// What was known of it before somebody signed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unattested: Option<Status>,
    /// A claim for which heuristic evidence speaks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probable: bool,
    /// How far it is met, for each belief.
    pub extent: Extent,
    /// Why, in sentences.
    pub remarks: Vec<Remark>,
    /// What would raise it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advice: Vec<Remark>,
    /// Ids of claims.
    pub claims: Vec<String>,
    /// Ids of evidence for it.
    pub evidence: Vec<String>,
    /// Ids of evidence against a claim.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub counter_evidence: Vec<String>,
    /// What was searched: the scope within which something may be called missing.
    pub searched: Vec<String>,
    /// The repository whose lesser finding holds here too: `model:owner/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inherited: Option<String>,
}

/// A claim and what shows that it does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradiction {
    /// The rule, `X1` to `X18`.
    pub rule: String,
    /// The criterion it concerns.
    pub criterion: Criterion,
    /// Whether the bytes prove the claim false or only suggest so.
    pub severity: Severity,
    /// The claim, by id.
    pub claim: String,
    /// What stands against it, by id.
    pub counter_evidence: Vec<String>,
    /// Claim, bytes and rule, in one sentence.
    pub remark: Remark,
}

/// How much a contradiction says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The claim may be false.
    Suggests,
    /// The claim and the bytes cannot both be true.
    Proves,
}

/// What one rubric says, for each belief.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The rubric, such as `mof-1.0-mot`.
    pub rubric: String,
    /// The version of its data file.
    pub version: String,
    /// Its name.
    #[serde(default)]
    pub title: String,
    /// Where it was published.
    #[serde(default)]
    pub source: String,
    /// What the three values below are out of, in thousandths of the best.
    pub verified: Grade,
    /// With what is attested.
    pub attested: Grade,
    /// With what is claimed.
    pub claimed: Grade,
    /// How far the claimed outcome lies above the verified one, in thousandths.
    pub gap: u32,
    /// The rubric's own criteria, in its order, in thousandths for each belief.
    pub parts: Vec<Part>,
    /// What is to be said beside it, such as that it is not legal advice.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub notice: String,
}

/// One grade of a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grade {
    /// Its name in the rubric: `III`, `C`, `yes`.
    pub name: String,
    /// In thousandths of the best that the rubric gives: larger is more open.
    pub score: u32,
    /// What the repository may be called, such as `open weights`; only the headline says so.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
}

/// One of a rubric's own criteria.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its id in the rubric.
    pub id: String,
    /// Its name.
    pub title: String,
    /// The paragraph or table that asks for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// By what is verified, in thousandths.
    pub verified: u32,
    /// With what is attested.
    pub attested: u32,
    /// With what is claimed.
    pub claimed: u32,
}

/// What follows from the bytes and is not a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Files and bytes of the repository.
    pub files: u64,
    /// Their bytes in all.
    pub bytes: u64,
    /// Files that surely hold data.
    #[serde(default)]
    pub data_files: u64,
    /// Their bytes.
    #[serde(default)]
    pub data_bytes: u64,
    /// Their rows, where each of them tells how many.
    #[serde(default)]
    pub rows: Option<u64>,
    /// The parameters that the weights hold.
    pub parameters: Option<Parameters>,
    /// The parameters that are claimed.
    pub claimed_parameters: Option<u64>,
    /// The tokens of training that are claimed.
    pub claimed_tokens: Option<u64>,
    /// The floating-point operations of training that are claimed, as a power of ten in thousandths: 24 301 is 2·10²⁴.
    pub claimed_flop: Option<u32>,
    /// The floating-point operations that the devices of training could have made in the time that is claimed for them,
    /// in units of 10¹².
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_work: Option<u64>,
    /// Which part of that they made, as is claimed, in thousandths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_utilisation: Option<u32>,
    /// The architectures that `config.json` names.
    pub architectures: Vec<String>,
    /// `pipeline_tag` of the card.
    pub task: Option<String>,
    /// `library_name` of the card.
    pub library: Option<String>,
    /// `language` of the card.
    pub languages: Vec<String>,
    /// What it is made from, nearest first.
    pub bases: Vec<Base>,
    /// The datasets that the card names.
    pub datasets: Vec<NamedDataset>,
    /// What is asked of whoever wants the files.
    pub gate: Option<Gate>,
    /// What the gate asks for: names of `extra_gated_fields`.
    pub gate_asks: Vec<String>,
    /// The licence of each kind of artefact: `code`, `data`, `documents`, `weights`.
    pub licences: BTreeMap<String, LicenceFact>,
    /// Whether the card tells what the model takes in and gives out, what it can and where it fails.
    pub describes_use: bool,
    /// Whether the card of a dataset says that machines made it.
    #[serde(default)]
    pub machine_made: bool,
    /// Whether the card of a dataset says that it holds what users wrote or did.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_users: bool,
    /// How far it goes by itself in what it takes from a base, before that is looked at.
    #[serde(default)]
    pub own: BTreeMap<Criterion, Extent>,
    /// How far its bases go in that; of several, the least.
    #[serde(default)]
    pub base: BTreeMap<Criterion, Extent>,
}

/// Parameters, counted from headers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameters {
    /// In all.
    pub total: u64,
    /// By type of number, such as `BF16`.
    pub by_type: BTreeMap<String, u64>,
}

/// A model that the audited one is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// `owner/name`.
    pub repository: String,
    /// `adapter`, `finetune`, `merge` or `quantized`; none when it is not said.
    pub relation: Option<String>,
    /// `found`, `absent`, `closed` or `unreachable`.
    pub reach: String,
    /// Its commit when it was looked at.
    pub commit: Option<String>,
}

/// A dataset that a card names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedDataset {
    /// `owner/name`, as it is written.
    pub repository: String,
    /// `found`, `absent`, `closed` or `unreachable`.
    pub reach: String,
    /// Files that hold data.
    pub data_files: u64,
    /// Their bytes.
    pub data_bytes: u64,
    /// The licence that its card names.
    pub licence: Option<String>,
    /// Whether it is used for evaluation only.
    pub evaluation_only: bool,
}

/// What is known of the licence of one kind of artefact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LicenceFact {
    /// What the card or a file header says, as it is written.
    pub declared: Option<String>,
    /// The licence that is meant, by the id of the table; none when the text names none.
    pub declared_id: Option<String>,
    /// The licence whose text was found.
    pub found_id: Option<String>,
    /// `exact`, `probable`, `modified`, `custom`, or none when there is no text.
    pub text: Option<String>,
    /// Where the text stands.
    pub path: Option<String>,
    /// How open it is for this kind of artefact, by what is verified and by what is claimed.
    pub extent: Extent,
    /// What it restricts, by the words of the table: of the text where there is one, else of what is declared.
    pub restrictions: Vec<String>,
}

impl Report {
    /// The finding for a criterion.
    pub fn finding(&self, criterion: Criterion) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.criterion == criterion)
    }

    /// What a rubric says.
    pub fn grade(&self, rubric: &str) -> Option<&Outcome> {
        self.grades.iter().find(|outcome| outcome.rubric == rubric)
    }
}

impl Outcome {
    /// The grade by one belief.
    pub fn at(&self, belief: Belief) -> &Grade {
        match belief {
            Belief::Verified => &self.verified,
            Belief::Attested => &self.attested,
            Belief::Claimed => &self.claimed,
        }
    }
}

impl Finding {
    fn new(criterion: Criterion, status: Status, extent: Extent) -> Self {
        Self {
            criterion,
            status,
            unattested: None,
            probable: false,
            extent,
            remarks: Vec::new(),
            advice: Vec::new(),
            claims: Vec::new(),
            evidence: Vec::new(),
            counter_evidence: Vec::new(),
            searched: Vec::new(),
            inherited: None,
        }
    }

    /// A finding that bytes show to `degree`; more may be claimed.
    pub fn verified(criterion: Criterion, degree: Degree, claimed: Degree) -> Self {
        let status = if degree == Degree::None { Status::Claimed } else { Status::Verified };
        Self::new(criterion, status, Extent::new(degree, claimed))
    }

    /// A finding that rests on words alone.
    pub fn claimed(criterion: Criterion, degree: Degree) -> Self {
        Self::new(criterion, Status::Claimed, Extent::new(Degree::None, degree))
    }

    /// A claim for which heuristic evidence speaks.
    pub fn probable(criterion: Criterion, degree: Degree) -> Self {
        Self { probable: true, ..Self::claimed(criterion, degree) }
    }

    /// Nothing, in all that was to be searched.
    pub fn missing(criterion: Criterion) -> Self {
        Self::new(criterion, Status::Missing, Extent::default())
    }

    /// Nothing that could be looked at.
    pub fn unchecked(criterion: Criterion) -> Self {
        Self::new(criterion, Status::Unchecked, Extent::default())
    }

    /// Nothing that is asked for.
    pub fn not_applicable(criterion: Criterion) -> Self {
        Self::new(criterion, Status::NotApplicable, Extent::default())
    }

    /// The same, with more claimed than is verified.
    #[must_use]
    pub fn claiming(mut self, degree: Degree) -> Self {
        self.extent.claimed = self.extent.claimed.max(degree);
        self
    }

    /// The same, for a reason more.
    #[must_use]
    pub fn because(mut self, remark: Remark) -> Self {
        self.remarks.push(remark);
        self
    }

    /// The same, for these reasons more.
    #[must_use]
    pub fn because_all(mut self, remarks: impl IntoIterator<Item = Remark>) -> Self {
        self.remarks.extend(remarks);
        self
    }

    /// The same, with a way to raise it.
    #[must_use]
    pub fn raised_by(mut self, advice: Remark) -> Self {
        self.advice.push(advice);
        self
    }

    /// The same, resting on these claims.
    #[must_use]
    pub fn saying(mut self, claims: impl IntoIterator<Item = String>) -> Self {
        self.claims.extend(claims);
        self
    }

    /// The same, resting on this evidence.
    #[must_use]
    pub fn showing(mut self, evidence: impl IntoIterator<Item = String>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    /// The same, after a search of this.
    #[must_use]
    pub fn searching(mut self, scope: impl Into<String>) -> Self {
        self.searched.push(scope.into());
        self
    }

    /// Makes it contradicted: it counts for nothing, whatever one believes.
    pub fn contradict(&mut self, counter_evidence: &[String]) {
        self.status = Status::Contradicted;
        self.probable = false;
        self.extent = Extent::default();
        self.counter_evidence.extend_from_slice(counter_evidence);
    }
}
