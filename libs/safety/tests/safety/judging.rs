//! Rules: their version, their form, and what they say of events that are no pickle's.

use limpide_safety::{Antivirus, Level, Policy, PolicyProblem, Recorder, Said, Scan, What};

fn scan(what: Option<What>, gap: Option<&str>) -> Scan {
    let mut recorder = Recorder::new();
    if let Some(what) = what {
        recorder.see(3, what);
    }
    if let Some(why) = gap {
        recorder.gap(1, 2, why);
    }
    recorder.finish(1, "other", 10)
}

fn level(what: What) -> Level {
    Policy::built_in().unwrap().judge(&scan(Some(what), None)).level
}

#[test]
fn a_verdict_says_by_which_rules_it_was_reached() {
    let policy = Policy::built_in().unwrap();
    let verdict = policy.judge(&scan(None, None));
    assert_eq!((verdict.level, verdict.reasons.len()), (Level::Clean, 0));
    assert_eq!(&verdict.policy, policy.id());
    assert_eq!(verdict.policy.sha256.len(), 64);
}

#[test]
fn bytes_that_were_not_understood_are_never_clean() {
    let verdict = Policy::built_in().unwrap().judge(&scan(None, Some("anything")));
    assert_eq!(verdict.level, Level::Partial);
    assert_eq!(verdict.reasons[0].gap.as_ref().unwrap().why, "anything");
}

#[test]
fn each_kind_of_event_has_a_level() {
    let text = String::new;
    assert_eq!(level(What::Structure { kind: "never-heard-of".into() }), Level::Suspicious);
    assert_eq!(level(What::Structure { kind: "several-streams".into() }), Level::Clean);
    assert_eq!(level(What::Member { kind: "climbs".into(), path: "../x".into() }), Level::Malicious);
    assert_eq!(level(What::Member { kind: "symbolic-link".into(), path: text() }), Level::Suspicious);
    assert_eq!(level(What::Capability { kind: "auto-map".into(), path: text() }), Level::NeedsReview);
    assert_eq!(level(What::Target { by: "hydra".into(), name: "os.system".into() }), Level::Malicious);
    assert_eq!(level(What::Virus { name: "Eicar".into() }), Level::Malicious);
    assert_eq!(level(What::PersistentId { to: "torch-storage".into() }), Level::Clean);
    assert_eq!(level(What::PersistentId { to: "text".into() }), Level::NeedsReview);
}

#[test]
fn a_star_within_a_pattern_is_refused_for_it_would_fit_nothing() {
    let row = |pattern: &str| {
        let rules = limpide_safety::RULES;
        Policy::read(&format!(
            "{rules}\n[[rule]]\nevent = \"structure\"\nis = [\"{pattern}\"]\nlevel = \"clean\"\nreason = \"x\"\n"
        ))
    };
    assert!(row("zip-*").is_ok() && row("*-zip").is_ok());
    for pattern in ["*zip*", "zip-*-x"] {
        assert!(matches!(row(pattern), Err(PolicyProblem::Unknown(found)) if found == pattern));
    }
}

#[test]
fn the_worst_reason_stands_first() {
    let mut recorder = Recorder::new();
    recorder.see(0, What::Executable { kind: "elf".into() });
    recorder.see(0, What::Virus { name: "x".into() });
    let verdict = Policy::built_in().unwrap().judge(&recorder.finish(1, "other", 1));
    assert_eq!(
        verdict.reasons.iter().map(|reason| reason.level).collect::<Vec<_>>(),
        [Level::Malicious, Level::NeedsReview]
    );
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(json["level"], "malicious");
    assert_eq!(json["reasons"][0]["event"]["event"], "virus");
}

#[test]
fn rules_of_the_wrong_form_are_refused() {
    assert!(matches!(Policy::read("version = 1"), Err(PolicyProblem::Unreadable(_))));
    let odd =
        include_str!("../../data/policy.toml").replacen("event = \"structure\"", "event = \"strcture\"", 1);
    assert!(matches!(Policy::read(&odd), Err(PolicyProblem::Unknown(word)) if word == "strcture"));
    let odd = include_str!("../../data/policy.toml").replacen("\"reduce\"", "\"redcue\"", 1);
    assert!(matches!(Policy::read(&odd), Err(PolicyProblem::Unknown(word)) if word == "redcue"));
}

#[test]
fn what_a_virus_scanner_knows_is_judged_like_anything_else_and_its_newer_word_replaces_the_older() {
    let policy = Policy::built_in().unwrap();
    let said = |said: Said| Antivirus { engine: Some("ClamAV 1.4.6".into()), said };
    let scan = Recorder::new().finish(1, "text", 10);
    let found = scan.clone().looked_at(said(Said::Found { name: "Eicar".into() }));
    assert_eq!(policy.judge(&found).level, Level::Malicious);
    let json = serde_json::to_string(&found).unwrap();
    assert!(
        json.contains(r#""antivirus":{"engine":"ClamAV 1.4.6","said":"found","name":"Eicar"}"#),
        "{json}"
    );
    assert_eq!(serde_json::from_str::<Scan>(&json).unwrap(), found);
    let clean = found.looked_at(said(Said::Clean));
    assert_eq!(policy.judge(&clean).level, Level::Clean);
    let before_there_were_any = serde_json::to_string(&scan).unwrap();
    assert_eq!(serde_json::from_str::<Scan>(&before_there_were_any).unwrap().antivirus, None);
}
