//! The audit: reads a repository once, checks each criterion, looks for contradictions, and grades.

use limpide_licences::Artefact;
use limpide_words::Kind;

use crate::checkers;
use crate::contradictions;
use crate::ledger::Ledger;
use crate::report::{Base, Facts, Finding, Made, NamedDataset, Report, SCHEMA};
use crate::source::{Reach, Source, Trouble, World};
use crate::status::{Degree, Extent, Status};
use crate::survey::{Neighbours, Survey};
use crate::{Criterion, rubric};

/// What an audit is made of.
#[derive(Clone, Copy)]
pub struct Audit<'a> {
    /// The repository.
    pub source: &'a dyn Source,
    /// What lies outside it.
    pub world: &'a dyn World,
    /// The report of the commit before, to see what was changed silently.
    pub earlier: Option<&'a Report>,
}

/// What a derivative takes from the model that it is made from: never more than that has.
const INHERITED: [Criterion; 4] =
    [Criterion::TrainingCode, Criterion::TrainingData, Criterion::DataInformation, Criterion::WeightsLicence];

/// Audits a repository. The same bytes, the same world and the same versions give the same report.
///
/// # Errors
/// When the list of its files cannot be had.
pub fn audit(audit: Audit<'_>) -> Result<Report, Trouble> {
    let neighbours =
        Neighbours::new(audit.world, |source, neighbours| examine(source, neighbours, None).ok());
    examine(audit.source, &neighbours, audit.earlier)
}

fn examine(
    source: &dyn Source,
    neighbours: &Neighbours<'_>,
    earlier: Option<&Report>,
) -> Result<Report, Trouble> {
    let survey = Survey::take(source, neighbours)?;
    let mut ledger = Ledger::default();
    let mut findings = checkers::findings(&survey, &mut ledger);
    let mut facts = facts(&survey);
    facts.own = extents(&findings);
    inherit(&survey, &mut findings, &mut facts);
    let contradictions = contradictions::find(&survey, &mut ledger, &mut findings);
    let mut report = Report {
        schema: SCHEMA.to_owned(),
        subject: survey.subject.clone(),
        made: Made {
            checkers: env!("CARGO_PKG_VERSION").to_owned(),
            licences: limpide_licences::table::version().to_owned(),
        },
        facts,
        findings,
        contradictions,
        grades: Vec::new(),
        claims: Default::default(),
        evidence: Default::default(),
        notes: Vec::new(),
        attestations: Vec::new(),
    };
    report.grades = rubric::grades(&report);
    let with_grades = contradictions::with_grades(&survey, &mut ledger, &report);
    report.contradictions.extend(with_grades);
    if let Some(earlier) = earlier {
        let since = contradictions::since(&survey, &mut ledger, earlier, &report);
        report.contradictions.extend(since);
    }
    contradictions::sort(&mut report.contradictions);
    report.notes = survey.into_notes();
    (report.claims, report.evidence) = ledger.close();
    Ok(report)
}

fn extents(findings: &[Finding]) -> std::collections::BTreeMap<Criterion, Extent> {
    let inherited = findings.iter().filter(|finding| INHERITED.contains(&finding.criterion));
    inherited.map(|finding| (finding.criterion, finding.extent)).collect()
}

/// Makes findings no better than those of the bases, of several bases than the least of them.
fn inherit(survey: &Survey<'_>, findings: &mut [Finding], facts: &mut Facts) {
    for base in &survey.bases {
        let place = format!("{}:{}", Kind::Model, base.id);
        for criterion in INHERITED {
            let theirs = match &base.reach {
                Reach::Found(report) => report.finding(criterion).cloned(),
                // What could not be looked at may be anything: nothing is verified, and what is claimed stays so.
                Reach::Closed(_) | Reach::Unreachable(_) | Reach::Absent(_) => None,
            };
            let theirs = theirs.unwrap_or_else(|| Finding {
                extent: Extent::new(Degree::None, Degree::Full),
                ..Finding::unchecked(criterion)
            });
            if theirs.status == Status::NotApplicable {
                continue;
            }
            let least = facts.base.get(&criterion).map_or(theirs.extent, |least| least.min(theirs.extent));
            facts.base.insert(criterion, least);
            if let Some(ours) = findings.iter_mut().find(|finding| finding.criterion == criterion) {
                checkers::inherit(ours, &theirs, &place);
            }
        }
    }
}

fn facts(survey: &Survey<'_>) -> Facts {
    let card = &survey.card;
    Facts {
        files: survey.files.len() as u64,
        bytes: survey.files.iter().map(|file| file.size).fold(0, u64::saturating_add),
        data_files: survey.data.iter().filter(|file| file.is_filled()).count() as u64,
        data_bytes: survey.data_bytes(),
        rows: survey.rows(),
        parameters: survey.parameters().cloned(),
        claimed_parameters: card.parameters().first().map(|figure| figure.value),
        claimed_tokens: survey.claimed_tokens(),
        claimed_flop: card.flop().map(|(flop, _)| flop),
        claimed_work: card.work().map(|work| work.most),
        claimed_utilisation: card.work().and_then(|work| work.utilisation),
        architectures: survey.classes(),
        task: card.texts("pipeline_tag").into_iter().next(),
        library: card.texts("library_name").into_iter().next(),
        languages: card.texts("language"),
        bases: bases(survey),
        datasets: datasets(survey),
        gate: survey.standing.gate,
        gate_asks: gate_asks(survey),
        licences: licences(survey),
        describes_use: survey.describes_use(),
        machine_made: survey.is_machine_made(),
        of_users: survey.is_of_users(),
        ..Facts::default()
    }
}

fn bases(survey: &Survey<'_>) -> Vec<Base> {
    let base = |base: &crate::survey::BaseModel| Base {
        repository: base.id.clone(),
        relation: base.relation.clone(),
        reach: base.reach.as_str().to_owned(),
        commit: base.locator().commit,
    };
    survey.bases.iter().map(base).collect()
}

fn datasets(survey: &Survey<'_>) -> Vec<NamedDataset> {
    let named = |dataset: &crate::survey::UsedDataset| {
        let facts = match &dataset.reach {
            Reach::Found(report) => report.facts.clone(),
            _ => Facts::default(),
        };
        NamedDataset {
            repository: dataset.id.clone(),
            reach: dataset.reach.as_str().to_owned(),
            data_files: facts.data_files,
            data_bytes: facts.data_bytes,
            licence: facts.licences.get("data").and_then(|fact| fact.declared.clone()),
            evaluation_only: dataset.evaluation_only,
        }
    };
    survey.datasets.iter().map(named).collect()
}

/// What the card's gate asks people for.
fn gate_asks(survey: &Survey<'_>) -> Vec<String> {
    let fields = survey.card.field("extra_gated_fields").and_then(serde_json::Value::as_object);
    fields.map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
}

fn licences(survey: &Survey<'_>) -> std::collections::BTreeMap<String, crate::report::LicenceFact> {
    let kinds = match survey.subject.kind {
        Kind::Model => {
            vec![("code", Artefact::Code), ("documents", Artefact::Documents), ("weights", Artefact::Weights)]
        }
        Kind::Dataset => vec![("data", Artefact::Data), ("documents", Artefact::Documents)],
        Kind::Space => vec![("code", Artefact::Code)],
    };
    let mut facts: std::collections::BTreeMap<_, _> = kinds
        .into_iter()
        .map(|(name, artefact)| (name.to_owned(), checkers::licence_fact(survey, artefact)))
        .collect();
    if let Some(fact) = checkers::data_licence_fact(survey) {
        facts.insert("data".to_owned(), fact);
    }
    facts
}
