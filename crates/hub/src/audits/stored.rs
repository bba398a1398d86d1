//! Reports as they are kept: canonical JSON, packed, with the figures that lists and histories show.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::sync::LazyLock;

use bytes::Bytes;
use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use limpide_db::audits::Headline;
use limpide_openness::{
    Audit, Criterion, File, Grade, Offline, Outcome, Report, SCHEMA, Source, Subject, Trouble,
};
use limpide_signing::OpennessResult;
use limpide_words::{Kind, Moment, ObjectId, Sha256};

use crate::error::{Error, Result};

pub use limpide_db::audits::Past;

/// Bytes that a report has at most: a row that unpacks to more is damaged.
const LONGEST: u64 = 64 << 20;

/// The criteria about licences, whose claims a history shows.
const LICENCES: [Criterion; 4] =
    [Criterion::WeightsLicence, Criterion::CodeLicence, Criterion::DataLicence, Criterion::DocumentLicence];

/// The headline of an audit, as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Openness {
    /// The letter by what is verified; empty for what gets none, such as a space.
    pub grade: String,
    /// What it may be called by that, such as `open weights`.
    pub label: String,
    /// Thousandths, by what is verified.
    pub verified: i64,
    /// With what is attested.
    pub attested: i64,
    /// With all that is claimed.
    pub claimed: i64,
    /// The commit that was audited.
    pub commit: ObjectId,
    /// The SHA-256 of the report.
    pub digest: Sha256,
}

/// A report on its way into the database.
pub(crate) struct Stored<'a> {
    report: &'a Report,
    json: Vec<u8>,
}

impl<'a> Stored<'a> {
    pub(crate) fn of(report: &'a Report) -> Result<Self> {
        Ok(Self { report, json: canonical(report)? })
    }

    /// The figures of its row.
    pub(crate) fn headline(&self, repository_id: &str, commit: ObjectId, now: Moment) -> Headline {
        // A space gets no headline.
        let none = Grade { name: String::new(), score: 0, label: String::new() };
        let (verified, attested, claimed) = headline(self.report).map_or((&none, &none, &none), |outcome| {
            (&outcome.verified, &outcome.attested, &outcome.claimed)
        });
        Headline {
            repository_id: repository_id.to_owned(),
            commit_id: commit,
            digest: digest(&self.json),
            grade: verified.name.clone(),
            label: verified.label.clone(),
            verified: verified.score.into(),
            attested: attested.score.into(),
            attested_until: None,
            claimed: claimed.score.into(),
            contradictions: self.report.contradictions.len() as i64,
            licences: serde_json::json!(licences(self.report)).to_string(),
            created: now,
        }
    }

    /// What the hub signs of it: the grades by what is verified.
    pub(crate) fn said(&self, now: Moment) -> OpennessResult {
        let grade = |outcome: &Outcome| {
            let Grade { name, label, .. } = &outcome.verified;
            (outcome.rubric.clone(), if name.is_empty() { label.clone() } else { name.clone() })
        };
        OpennessResult {
            auditor: format!("limpide {}", env!("CARGO_PKG_VERSION")),
            grades: self.report.grades.iter().map(grade).collect(),
            report: digest(&self.json),
            issued: now,
        }
    }

    /// What its row holds.
    pub(crate) fn packed(&self) -> Result<Vec<u8>> {
        let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
        packer
            .write_all(&self.json)
            .and_then(|()| packer.finish())
            .map_err(|error| Error::Internal(error.into()))
    }
}

impl Openness {
    /// What lists show at a moment: what was attested for a time counts no more when that is over.
    pub(crate) fn at(row: Headline, now: Moment) -> Self {
        let is_over = row.attested_until.is_some_and(|until| until <= now);
        Self {
            attested: if is_over { row.verified } else { row.attested },
            grade: row.grade,
            label: row.label,
            verified: row.verified,
            claimed: row.claimed,
            commit: row.commit_id,
            digest: row.digest,
        }
    }
}

/// The outcome of the headline's rubric.
pub(crate) fn headline(report: &Report) -> Option<&Outcome> {
    report.grade(limpide_openness::HEADLINE)
}

/// Which licences are claimed, by criterion.
fn licences(report: &Report) -> BTreeMap<&'static str, BTreeSet<&str>> {
    let mut licences: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for claim in report.claims.values().filter(|claim| LICENCES.contains(&claim.criterion)) {
        licences.entry(claim.criterion.code()).or_default().insert(&claim.value);
    }
    licences
}

/// The report that a row holds.
///
/// # Errors
/// When the row is damaged.
pub(crate) fn unpack(packed: &[u8]) -> Result<Report> {
    let damaged = |error: anyhow::Error| Error::Internal(error.context("a stored report cannot be read"));
    let mut json = Vec::new();
    let unpacked = ZlibDecoder::new(packed).take(LONGEST).read_to_end(&mut json);
    unpacked.map_err(|error| damaged(error.into()))?;
    serde_json::from_slice(&json).map_err(|error| damaged(error.into()))
}

/// The canonical JSON of a report.
pub(crate) fn canonical(report: &Report) -> Result<Vec<u8>> {
    limpide_openness::canonical(report).map_err(|error| Error::Internal(error.into()))
}

/// The SHA-256 of bytes.
pub(crate) fn digest(bytes: &[u8]) -> Sha256 {
    Sha256(
        sha2::Digest::finalize(sha2::Digest::chain_update(<sha2::Sha256 as sha2::Digest>::new(), bytes))
            .into(),
    )
}

/// Whether this program would audit by the same rules: the same checkers, the same table of licences, and the same
/// version of each rubric.
pub(crate) fn is_current(report: &Report) -> bool {
    static RULES: LazyLock<Vec<Report>> = LazyLock::new(|| Kind::ALL.into_iter().filter_map(rules).collect());
    let Some(rules) = RULES.iter().find(|rules| rules.subject.kind == report.subject.kind) else {
        return true;
    };
    let same_rubric =
        |outcome: &Outcome| rules.grade(&outcome.rubric).is_none_or(|now| now.version == outcome.version);
    report.schema == SCHEMA && report.made == rules.made && report.grades.iter().all(same_rubric)
}

/// The rules of this program, as the audit of nothing tells them.
fn rules(kind: Kind) -> Option<Report> {
    limpide_openness::audit(Audit { source: &Nothing(kind), world: &Offline, earlier: None }).ok()
}

/// A repository without files.
struct Nothing(Kind);

impl Source for Nothing {
    fn subject(&self) -> Subject {
        Subject { kind: self.0, repository: None, commit: None, hub: None }
    }

    fn files(&self) -> std::result::Result<Vec<File>, Trouble> {
        Ok(Vec::new())
    }

    fn read(&self, path: &str, _range: std::ops::Range<u64>) -> std::result::Result<Bytes, Trouble> {
        Err(Trouble::NoFile(path.to_owned()))
    }
}
