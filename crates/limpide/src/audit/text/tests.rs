//! A report in which everything occurs, as people see it.

use std::collections::BTreeMap;

use limpide_openness::{
    Attestation, AttestationStanding, Checker, Claim, Contradiction, Criterion, Degree, Evidence,
    EvidenceKind, Facts, Finding, Grade, HEADLINE, Ledger, Locator, Made, Outcome, Parameters, Part,
    PublicKey, Remark, Report, Role, SCHEMA, Severity, Shown, Statement, Status, Strength, Subject,
};
use limpide_words::{Kind, Moment, Sha256};

use super::*;

fn remark(text: &str) -> Remark {
    Remark { code: "test".into(), facts: BTreeMap::new(), text: text.into() }
}

fn at(path: &str, byte: u8) -> Locator {
    Locator { path: Some(path.into()), sha256: Some(Sha256([byte; 32])), ..Locator::default() }
}

fn seen(ledger: &mut Ledger, criterion: Criterion, shows: &str, locator: Locator) -> String {
    ledger.evidence(Evidence {
        criterion,
        kind: EvidenceKind::Bytes,
        strength: Strength::Exact,
        shows: remark(shows),
        locator,
        checker: Checker { name: "weights".into(), version: 1 },
    })
}

fn said(ledger: &mut Ledger, criterion: Criterion, quote: &str) -> String {
    let locator = at("README.md", 0xb1);
    ledger.claim(Claim { criterion, value: String::new(), quote: quote.into(), locator })
}

fn outcome(rubric: &str, names: [&str; 3], gap: u32, label: &str) -> Outcome {
    let [verified, attested, claimed] =
        names.map(|name| Grade { name: name.into(), score: 0, label: label.into() });
    let part = Part {
        id: "weights".into(),
        title: "Weights".into(),
        source: "§ 2.1".into(),
        verified: 500,
        attested: 500,
        claimed: 1000,
    };
    Outcome {
        rubric: rubric.into(),
        version: "1".into(),
        title: format!("The rubric {rubric}"),
        source: "https://rubrics.example".into(),
        verified,
        attested,
        claimed,
        gap,
        parts: vec![part],
        notice: if rubric.starts_with("eu") { "This is not legal advice.".into() } else { String::new() },
    }
}

/// A report in which everything occurs that a report can say.
fn report() -> Report {
    let mut ledger = Ledger::default();
    let licence = said(&mut ledger, Criterion::WeightsLicence, "license: apache-2.0");
    let text = "the text has a sentence that Apache-2.0 does not have: “You may not use the Model if you have more than 700 million users”";
    let sentence = seen(&mut ledger, Criterion::WeightsLicence, text, at("LICENSE", 0x3f));
    let mut findings = open(&mut ledger);
    findings.extend(not_open(&mut ledger));
    let mut contradicted =
        Finding::claimed(Criterion::WeightsLicence, Degree::Full).saying([licence.clone()]);
    contradicted.contradict(std::slice::from_ref(&sentence));
    findings.push(contradicted);
    let (claims, evidence) = ledger.close();
    Report {
        schema: SCHEMA.into(),
        subject: Subject {
            kind: Kind::Model,
            repository: Some("ada/tiny".into()),
            commit: Some("1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d".into()),
            hub: Some("https://hub.example".into()),
        },
        made: Made { checkers: "0.1.0".into(), licences: "2026-11".into() },
        facts: facts(),
        findings,
        contradictions: vec![Contradiction {
            rule: "X2".into(),
            criterion: Criterion::WeightsLicence,
            severity: Severity::Proves,
            claim: licence,
            counter_evidence: vec![sentence],
            remark: remark("the card names Apache-2.0, and the text beside it is not that licence"),
        }],
        grades: vec![
            outcome("eu-exemption-2025-07", ["not exempt", "not exempt", "for review"], 500, ""),
            outcome(HEADLINE, ["D", "C", "B"], 310, "open weights"),
            outcome("mof-1.0-mot", ["none", "none", "III"], 333, ""),
        ],
        claims,
        evidence,
        notes: vec![remark("`notes.bin` is neither text nor a known format, and was not looked into")],
        attestations: vec![Shown { attestation: attestation(), standing: AttestationStanding::Valid }],
    }
}

/// What is verified or attested, by itself or by its base.
fn open(ledger: &mut Ledger) -> Vec<Finding> {
    let shards: Vec<String> = (1..=4)
        .map(|shard| {
            let path = format!("model-0000{shard}-of-00004.safetensors");
            seen(ledger, Criterion::FinalWeights, "the header parses", at(&path, shard))
        })
        .collect();
    let page = Locator {
        address: Some("https://ada.example/report".into()),
        status: Some(200),
        ..Locator::default()
    };
    let page = seen(ledger, Criterion::Report, "the title names the model", page);
    let base = Locator {
        repository: Some("model:ada/base".into()),
        commit: Some("4".repeat(40)),
        path: Some("train.py".into()),
        ..Locator::default()
    };
    let base = seen(ledger, Criterion::TrainingCode, "it steps an optimizer", base);
    let mut inherited =
        Finding::verified(Criterion::TrainingCode, Degree::Partial, Degree::Full).showing([base]);
    inherited.inherited = Some("model:ada/base".into());
    let mut attested = Finding::claimed(Criterion::Compute, Degree::Full)
        .because(remark("ada signed for it until 2027-11-01T00:00:00.000Z"));
    attested.status = Status::Attested;
    attested.extent = attested.extent.attested(Degree::Full);
    vec![
        Finding::verified(Criterion::FinalWeights, Degree::Full, Degree::Full)
            .because(remark("all 4 shards are there; their tensors add up to 1 235 814 400 parameters"))
            .showing(shards)
            .searching("the repository"),
        inherited,
        Finding::verified(Criterion::Report, Degree::Full, Degree::Full).showing([page]),
        attested,
    ]
}

/// What is claimed, missing, not looked at, or not asked for.
fn not_open(ledger: &mut Ledger) -> Vec<Finding> {
    let data = said(ledger, Criterion::TrainingData, "All our training data is open and documented.");
    let name_data = || remark("name each dataset under `datasets:` in the card, by its id");
    vec![
        Finding::unchecked(Criterion::BaseWeights).because(remark("ada/base: the audit ran offline")),
        Finding::probable(Criterion::TrainingData, Degree::Full)
            .because(remark("the card says that the data is open, and names no dataset"))
            .saying([data])
            .raised_by(name_data()),
        Finding::missing(Criterion::DataInformation)
            .searching("README.md")
            .searching("docs/")
            .raised_by(name_data()),
        Finding::not_applicable(Criterion::DataCard),
        Finding::not_applicable(Criterion::DocumentLicence),
    ]
}

fn facts() -> Facts {
    Facts {
        files: 1024,
        bytes: 2_471_645_608,
        parameters: Some(Parameters {
            total: 1_235_814_400,
            by_type: BTreeMap::from([("BF16".into(), 1_235_814_400)]),
        }),
        claimed_parameters: Some(1_500_000_000),
        ..Facts::default()
    }
}

fn attestation() -> Attestation {
    let statement = Statement {
        schema: Statement::SCHEMA.into(),
        kind: Kind::Model,
        repository: "ada/tiny".into(),
        commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d".into(),
        criterion: Criterion::Compute,
        degree: Degree::Full,
        statement: "Trained on 8 H100 for 312 hours.".into(),
        evidence: Vec::new(),
        answers: None,
        signer: "ada".into(),
        role: Role::Owner,
        issued: Moment(0),
        expires: Moment(1),
    };
    Attestation { statement, key: PublicKey([0; 32]), signature: String::new() }
}

fn shown(report: &Report, width: usize, verbose: bool) -> String {
    anstream::adapter::strip_str(&of(report, &Page { width, verbose })).to_string()
}

#[test]
fn a_report_on_80_columns() {
    insta::assert_snapshot!(shown(&report(), 80, false));
}

#[test]
fn a_report_on_120_columns_with_everything_shown() {
    insta::assert_snapshot!(shown(&report(), 120, true));
}

#[test]
fn no_line_is_wider_than_the_page_unless_one_word_is() {
    for width in [60, 80, 100, 120] {
        for line in shown(&report(), width, true).lines() {
            let words = line.split_whitespace().map(textwrap::core::display_width).max().unwrap_or_default();
            let fits = textwrap::core::display_width(line) <= width;
            assert!(fits || words + 16 > width || line.contains("exempt"), "{width}: {line}");
        }
    }
}

#[test]
fn what_a_repository_says_does_nothing_to_the_terminal() {
    let mut report = report();
    let hostile = "\x1b]0;title\x07\x1b[2J\u{202e}gpj.exe\r\n";
    report.subject.repository = Some(hostile.into());
    report.findings[0].remarks[0].text = hostile.into();
    report.notes[0].text = hostile.into();
    report.contradictions[0].rule = hostile.into();
    for claim in report.claims.values_mut() {
        claim.quote = hostile.into();
        claim.locator.path = Some(hostile.into());
    }
    for evidence in report.evidence.values_mut() {
        evidence.shows.text = hostile.into();
        evidence.locator.address = Some(hostile.into());
    }
    let text = of(&report, &Page { width: 80, verbose: true });
    // All escapes left are colours.
    for sequence in text.split('\x1b').skip(1) {
        let end = sequence.find(|character: char| character.is_ascii_alphabetic()).unwrap();
        assert_eq!(sequence.as_bytes()[end], b'm', "{sequence:?}");
    }
    assert!(!text.contains(['\r', '\x07', '\u{202e}']));
}

#[test]
fn a_report_without_grades_or_findings_is_short() {
    let empty = Report {
        grades: Vec::new(),
        findings: Vec::new(),
        contradictions: Vec::new(),
        notes: Vec::new(),
        attestations: Vec::new(),
        ..report()
    };
    assert_eq!(shown(&empty, 80, false).lines().count(), 4);
}
