//! What holds of every report: more belief never gives less, and what does not apply never harms.

use limpide_openness::{
    Criterion, Degree, Extent, Facts, Finding, Gate, LicenceFact, Outcome, Report, Severity, Status, grades,
};
use limpide_words::Kind;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::made::{contradiction, whole};

const DEGREES: [Degree; 3] = [Degree::None, Degree::Partial, Degree::Full];
const IDS: [&str; 4] = ["MIT", "CC-BY-NC-4.0", "PDDL-1.0", "Llama-2"];

fn extent() -> impl Strategy<Value = Extent> {
    (select(&DEGREES[..]), select(&DEGREES[..]), select(&DEGREES[..]))
        .prop_map(|(verified, attested, claimed)| Extent::new(verified, claimed).attested(attested))
}

fn licence() -> impl Strategy<Value = LicenceFact> {
    let id = || option::of(select(&IDS[..]).prop_map(str::to_owned));
    let text = option::of(select(&["exact", "probable", "modified", "custom"][..]).prop_map(str::to_owned));
    let restrictions = select(&["attribution", "non-commercial", "acceptable-use", "user-threshold"][..]);
    (id(), id(), text, extent(), prop::collection::vec(restrictions.prop_map(str::to_owned), 0..3)).prop_map(
        |(declared_id, found_id, text, extent, restrictions)| LicenceFact {
            declared_id,
            found_id,
            text,
            extent,
            restrictions,
            ..LicenceFact::default()
        },
    )
}

fn facts() -> impl Strategy<Value = Facts> {
    let gate = option::of(select(&[Gate::Open, Gate::Auto, Gate::Manual][..]));
    let task =
        option::of(select(&["text-generation", "fill-mask", "object-detection"][..]).prop_map(str::to_owned));
    let tokens = option::of(any::<u64>());
    let licences = prop::collection::btree_map(
        select(&["code", "data", "documents", "weights"][..]).prop_map(str::to_owned),
        licence(),
        0..5,
    );
    (gate, task, option::of(20_000..27_000_u32), tokens.clone(), tokens, licences).prop_map(
        |(gate, task, claimed_flop, claimed_tokens, claimed_parameters, licences)| Facts {
            gate,
            task,
            claimed_flop,
            claimed_tokens,
            claimed_parameters,
            licences,
            ..Facts::default()
        },
    )
}

/// Any report, with findings whose extents are in order, whatever their status says.
fn report() -> impl Strategy<Value = Report> {
    let kind = select(&[Kind::Model, Kind::Dataset, Kind::Space][..]);
    let unattested = select(&[Status::Claimed, Status::Missing, Status::Unchecked][..]);
    let finding = (select(&Status::ALL[..]), unattested, extent());
    let findings = prop::collection::vec(finding, Criterion::ALL.len());
    let found = (select(Criterion::ALL), select(&[Severity::Proves, Severity::Suggests][..]));
    (kind, facts(), findings, prop::collection::vec(found, 0..3)).prop_map(
        |(kind, facts, findings, found)| {
            let mut report = whole(kind).0;
            report.facts = facts;
            for (finding, (status, unattested, extent)) in report.findings.iter_mut().zip(findings) {
                (finding.status, finding.extent) = (status, extent);
                finding.unattested = (status == Status::Attested).then_some(unattested);
            }
            report.contradictions =
                found.into_iter().map(|(criterion, severity)| contradiction(criterion, severity)).collect();
            report
        },
    )
}

/// Labels from the least open on, for whichever kind.
const LABELS: [&str; 10] = [
    "closed",
    "available",
    "open data",
    "open and documented data",
    "open weights",
    "open model",
    "open tooling",
    "open source AI",
    "open science",
    "",
];

fn triples(outcome: &Outcome) -> Vec<[u32; 3]> {
    let rung = |label: &str| u32::try_from(LABELS.iter().position(|known| *known == label).unwrap()).unwrap();
    let grades = [&outcome.verified, &outcome.attested, &outcome.claimed];
    let parts = outcome.parts.iter().map(|part| [part.verified, part.attested, part.claimed]);
    parts.chain([grades.map(|grade| grade.score), grades.map(|grade| rung(&grade.label))]).collect()
}

proptest! {
    #[test]
    fn more_belief_never_gives_less(report in report()) {
        for outcome in grades(&report) {
            for triple in triples(&outcome) {
                prop_assert!(triple.is_sorted(), "{triple:?} of {outcome:?}");
            }
            prop_assert_eq!(outcome.gap, outcome.claimed.score - outcome.verified.score);
            prop_assert!(outcome.claimed.score <= 1000);
        }
    }

    #[test]
    fn a_criterion_that_does_not_apply_harms_no_more_than_one_that_is_missing(report in report(), at in 0..Criterion::ALL.len()) {
        let (mut missing, mut absent) = (report.clone(), report);
        missing.findings[at] = Finding::missing(Criterion::ALL[at]);
        absent.findings[at] = Finding::not_applicable(Criterion::ALL[at]);
        for (missing, absent) in grades(&missing).into_iter().zip(grades(&absent)) {
            prop_assert!(missing.verified.score <= absent.verified.score, "{missing:?} {absent:?}");
            prop_assert!(missing.attested.score <= absent.attested.score);
            prop_assert!(missing.claimed.score <= absent.claimed.score);
        }
    }

    #[test]
    fn a_criterion_that_is_contradicted_is_worth_no_more_than_one_that_is_missing(report in report(), at in 0..Criterion::ALL.len()) {
        let (mut missing, mut contradicted) = (report.clone(), report);
        missing.findings[at] = Finding::missing(Criterion::ALL[at]);
        // Even with an extent that says otherwise.
        contradicted.findings[at] = Finding::verified(Criterion::ALL[at], Degree::Full, Degree::Full);
        contradicted.findings[at].status = Status::Contradicted;
        for (missing, contradicted) in grades(&missing).into_iter().zip(grades(&contradicted)) {
            prop_assert!(contradicted.claimed.score <= missing.claimed.score, "{missing:?} {contradicted:?}");
        }
    }

    #[test]
    fn the_same_report_has_the_same_grades(report in report()) {
        prop_assert_eq!(limpide_openness::digest(&grades(&report)).unwrap(), limpide_openness::digest(&grades(&report)).unwrap());
    }
}
