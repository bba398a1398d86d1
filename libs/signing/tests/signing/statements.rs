//! What a hub says of a commit, and signs.

use limpide_signing::{
    Bundle, OpennessResult, Predicate, Refused, ScanResult, Statement, StatementRefused, Subject, Trust,
    sign, verify,
};
use limpide_words::{Moment, Sha256};

use crate::made::{TINY, hub_key, key, manifest};

fn scan() -> Statement {
    Statement {
        subjects: vec![
            Subject::Commit {
                repository: "models/ada/tiny".to_owned(),
                commit: "1a".repeat(20).parse().unwrap(),
            },
            Subject::File { path: "model.bin".to_owned(), sha256: Sha256([7; 32]) },
        ],
        predicate: Predicate::Scan(ScanResult {
            scanner: "limpide 0.1.0".to_owned(),
            rules: Sha256([1; 32]),
            verdict: "clean".to_owned(),
            bytes: 100,
            accounted: 100,
            result: Sha256([2; 32]),
            issued: Moment::from_seconds(1_800_000_000),
        }),
    }
}

fn openness() -> Statement {
    Statement {
        subjects: scan().subjects,
        predicate: Predicate::Openness(OpennessResult {
            auditor: "limpide 0.1.0".to_owned(),
            grades: vec![("limpide".to_owned(), "B".to_owned())],
            report: Sha256([3; 32]),
            issued: Moment::from_seconds(1_800_000_000),
        }),
    }
}

#[test]
fn a_statement_is_read_as_it_was_signed_with_either_kind_of_key() {
    for key in [hub_key(), key()] {
        for statement in [scan(), openness()] {
            let bundle = Bundle::read(&statement.sign(&key).unwrap().to_json().unwrap()).unwrap();
            let (read, _) = Statement::verify(bundle, Trust::Key(&key.public())).unwrap();
            assert_eq!(read, statement);
        }
    }
}

#[test]
fn its_form_is_that_of_in_toto() {
    let bundle = scan().sign(&hub_key()).unwrap();
    let payload: serde_json::Value = serde_json::from_slice(bundle.unverified_payload()).unwrap();
    assert_eq!(payload["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(payload["predicateType"], "https://limpide/scan-result/v1");
    assert_eq!(payload["subject"][0]["digest"]["gitCommit"], "1a".repeat(20));
    assert_eq!(payload["subject"][1]["digest"]["sha256"], "07".repeat(32));
    assert_eq!(payload["predicate"]["verdict"], "clean");
}

#[test]
fn another_key_is_not_believed_and_a_statement_is_no_signature_of_a_model() {
    let refused =
        Statement::verify(scan().sign(&key()).unwrap(), Trust::Key(&hub_key().public())).unwrap_err();
    assert!(matches!(refused, StatementRefused::Bundle(Refused::WrongKey { .. })));
    let model = verify(&scan().sign(&key()).unwrap(), Trust::Key(&key().public())).unwrap_err();
    assert!(matches!(model, Refused::Manifest(_)), "{model}");
    let bundle = sign(&manifest(TINY, &[]), &key(), None).unwrap();
    let other = Statement::verify(bundle, Trust::Key(&key().public())).unwrap_err();
    assert_eq!(other, StatementRefused::Predicate("https://model_signing/signature/v1.0".to_owned()));
}

#[test]
fn a_statement_about_nothing_or_without_words_is_not_signed() {
    let nothing = Statement { subjects: Vec::new(), ..scan() };
    assert!(matches!(nothing.sign(&hub_key()), Err(StatementRefused::Unreadable(_))));
    let mut wordless = scan();
    if let Predicate::Scan(result) = &mut wordless.predicate {
        result.verdict.clear();
    }
    assert!(wordless.sign(&hub_key()).is_err());
}

#[test]
fn a_field_that_is_not_known_is_refused_though_it_was_signed() {
    let payload: serde_json::Value =
        serde_json::from_slice(scan().sign(&key()).unwrap().unverified_payload()).unwrap();
    for place in ["", "/predicate", "/subject/0", "/subject/0/digest"] {
        let mut other = payload.clone();
        other.pointer_mut(place).unwrap()["note"] = "fine".into();
        let bundle = Bundle::sign(other.to_string().into_bytes(), &key(), None).unwrap();
        let refused = Statement::verify(bundle, Trust::Key(&key().public())).unwrap_err();
        assert!(matches!(refused, StatementRefused::Unreadable(_)), "{place}");
    }
}
