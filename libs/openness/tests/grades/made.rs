//! Reports made for tests.

use std::collections::BTreeMap;

use limpide_openness::{
    Contradiction, Criterion, Degree, Extent, Facts, Finding, Gate, LicenceFact, Made, Outcome, Remark,
    Report, SCHEMA, Severity, Status, Subject, grades,
};
use limpide_words::Kind;

/// A report in the making.
pub(crate) struct Making(pub(crate) Report);

/// A model or dataset of which nothing is missing and everything is verified.
pub(crate) fn whole(kind: Kind) -> Making {
    let licence = |id: &str| LicenceFact {
        declared: Some(id.to_owned()),
        declared_id: Some(id.to_owned()),
        found_id: Some(id.to_owned()),
        text: Some("exact".to_owned()),
        path: Some("LICENSE".to_owned()),
        extent: Extent::new(Degree::Full, Degree::Full),
        restrictions: vec!["attribution".to_owned()],
    };
    let licences =
        ["code", "data", "documents", "weights"].map(|kind| (kind.to_owned(), licence("Apache-2.0")));
    let finding = |criterion: &Criterion| Finding::verified(*criterion, Degree::Full, Degree::Full);
    Making(Report {
        schema: SCHEMA.to_owned(),
        subject: Subject {
            kind,
            repository: Some("ada/tiny".to_owned()),
            commit: Some("a".repeat(40)),
            hub: Some("https://hub.example".to_owned()),
        },
        made: Made { checkers: "1".to_owned(), licences: "1".to_owned() },
        facts: Facts {
            claimed_flop: Some(24_000),
            task: Some("text-generation".to_owned()),
            architectures: vec!["TinyForCausalLM".to_owned()],
            gate: Some(Gate::Open),
            licences: BTreeMap::from(licences),
            describes_use: true,
            ..Facts::default()
        },
        findings: Criterion::ALL.iter().map(finding).collect(),
        contradictions: Vec::new(),
        grades: Vec::new(),
        claims: BTreeMap::new(),
        evidence: BTreeMap::new(),
        notes: Vec::new(),
        attestations: Vec::new(),
    })
}

/// The criterion of that code.
pub(crate) fn criterion(code: &str) -> Criterion {
    code.parse().unwrap()
}

impl Making {
    /// With another finding for these criteria, by code.
    pub(crate) fn with(mut self, codes: &str, make: impl Fn(Criterion) -> Finding) -> Self {
        for code in codes.split_whitespace() {
            let criterion = criterion(code);
            let place = self.0.findings.iter_mut().find(|finding| finding.criterion == criterion).unwrap();
            *place = make(criterion);
        }
        self
    }

    pub(crate) fn without(self, codes: &str) -> Self {
        self.with(codes, Finding::missing)
    }

    pub(crate) fn claiming(self, codes: &str) -> Self {
        self.with(codes, |criterion| Finding::claimed(criterion, Degree::Full))
    }

    pub(crate) fn partly(self, codes: &str) -> Self {
        self.with(codes, |criterion| Finding::verified(criterion, Degree::Partial, Degree::Partial))
    }

    /// With somebody's word for these and no more.
    pub(crate) fn attesting(self, codes: &str) -> Self {
        self.with(codes, |criterion| {
            let mut finding = Finding::missing(criterion);
            finding.status = Status::Attested;
            finding.extent = finding.extent.attested(Degree::Full);
            finding
        })
    }

    pub(crate) fn contradicting(mut self, codes: &str) -> Self {
        self = self.with(codes, |criterion| {
            let mut finding = Finding::claimed(criterion, Degree::Full);
            finding.contradict(&["e0".to_owned()]);
            finding
        });
        for code in codes.split_whitespace() {
            self.0.contradictions.push(contradiction(criterion(code), Severity::Proves));
        }
        self
    }

    pub(crate) fn facts(mut self, change: impl FnOnce(&mut Facts)) -> Self {
        change(&mut self.0.facts);
        self
    }

    pub(crate) fn licence(self, artefact: &str, change: impl FnOnce(&mut LicenceFact)) -> Self {
        self.facts(|facts| change(facts.licences.get_mut(artefact).unwrap()))
    }

    pub(crate) fn grades(&self) -> Vec<Outcome> {
        grades(&self.0)
    }

    /// What one rubric says.
    pub(crate) fn by(&self, rubric: &str) -> Outcome {
        let found = self.grades().into_iter().find(|outcome| outcome.rubric == rubric);
        found.unwrap_or_else(|| panic!("`{rubric}` says nothing"))
    }

    /// Its names for what is verified, attested and claimed.
    pub(crate) fn names(&self, rubric: &str) -> [String; 3] {
        let outcome = self.by(rubric);
        [outcome.verified, outcome.attested, outcome.claimed].map(|grade| grade.name)
    }
}

pub(crate) fn contradiction(criterion: Criterion, severity: Severity) -> Contradiction {
    Contradiction {
        rule: "X1".to_owned(),
        criterion,
        severity,
        claim: "c0".to_owned(),
        counter_evidence: vec!["e0".to_owned()],
        remark: Remark {
            code: "made".to_owned(),
            facts: BTreeMap::new(),
            text: "The card says one thing.".to_owned(),
        },
    }
}
