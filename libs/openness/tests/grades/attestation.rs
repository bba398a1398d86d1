//! What is signed counts while it is valid, and never against the bytes.

use limpide_openness::{
    Attestation, AttestationStanding as Standing, Degree, HEADLINE, Key, PublicKey, Refused, Report, Role,
    SigningKey, Statement, Status, canonical,
};
use limpide_words::{Kind, Moment};
use serde_json::{Value, json};

use crate::made::{Making, criterion, whole};

/// The example key of RFC 8410.
const SECRET: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
";
const PUBLIC: &str = "-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PUBLIC KEY-----
";

fn signing() -> SigningKey {
    SigningKey::from_pem(SECRET).unwrap()
}

fn keys() -> Vec<Key> {
    vec![Key { owner: "ada".to_owned(), key: signing().public() }]
}

fn day(day: i64) -> Moment {
    Moment::from_seconds(1_795_000_000 + day * 86_400)
}

fn statement(code: &str) -> Statement {
    Statement {
        schema: Statement::SCHEMA.to_owned(),
        kind: Kind::Model,
        repository: "ada/tiny".to_owned(),
        commit: "a".repeat(40),
        criterion: criterion(code),
        degree: Degree::Full,
        statement: "All sources of training data are listed in DATA.md.".to_owned(),
        evidence: vec!["e0123456789abcdef".to_owned(), "b".repeat(64)],
        answers: None,
        signer: "ada".to_owned(),
        role: Role::Owner,
        issued: day(0),
        expires: day(365),
    }
}

fn signed(change: impl FnOnce(&mut Statement)) -> Attestation {
    let mut statement = statement("D2");
    change(&mut statement);
    signing().sign(statement).unwrap()
}

fn report() -> Making {
    whole(Kind::Model).claiming("D2")
}

fn standing(attestation: Attestation, report: &Report, now: Moment) -> Standing {
    report.with_attestations(&[attestation], &keys(), now).attestations[0].standing
}

#[test]
fn a_valid_attestation_raises_a_claim_and_the_grade_of_those_who_believe_it() {
    let report = report().0.with_attestations(&[signed(|_| ())], &keys(), day(1));
    let finding = report.finding(criterion("D2")).unwrap();
    assert_eq!(finding.status, Status::Attested);
    let extent = finding.extent;
    assert_eq!(
        (extent.verified, extent.attested, extent.claimed),
        (Degree::None, Degree::Full, Degree::Full)
    );
    assert_eq!(finding.remarks.last().unwrap().text, "ada signed for it until 2027-11-18T11:06:40.000Z");
    let headline = report.grade(HEADLINE).unwrap();
    assert_eq!([&headline.verified, &headline.attested].map(|grade| grade.name.as_str()), ["B", "A"]);
    assert_eq!(report.grade("osaid-1.0").unwrap().attested.name, "meets it");
}

#[test]
fn what_is_verified_stays_verified() {
    let signed = signing().sign(statement("D2")).unwrap();
    let partly = whole(Kind::Model).partly("D2").0.with_attestations(&[signed], &keys(), day(1));
    let finding = partly.finding(criterion("D2")).unwrap();
    assert_eq!(finding.status, Status::Verified);
    assert_eq!((finding.extent.verified, finding.extent.attested), (Degree::Partial, Degree::Full));
}

#[test]
fn what_the_bytes_contradict_is_shown_beside_and_not_raised() {
    let attestation = signed(|statement| statement.answers = Some("X1".to_owned()));
    let contradicted = whole(Kind::Model).contradicting("D2");
    let before = contradicted.by(HEADLINE);
    let report = contradicted.0.with_attestations(&[attestation], &keys(), day(1));
    assert_eq!(report.attestations[0].standing, Standing::Beside);
    assert_eq!(report.finding(criterion("D2")), contradicted.0.finding(criterion("D2")));
    assert_eq!(report.grade(HEADLINE), Some(&before));
    // A suggestion is enough: nothing may speak against what is attested.
    let mut suggested = report_with_suggestion();
    suggested = suggested.with_attestations(&[signed(|_| ())], &keys(), day(1));
    assert_eq!(suggested.attestations[0].standing, Standing::Beside);
    assert_eq!(suggested.finding(criterion("D2")).unwrap().status, Status::Claimed);
}

fn report_with_suggestion() -> Report {
    let mut report = report().0;
    let suggests = limpide_openness::Severity::Suggests;
    report.contradictions.push(crate::made::contradiction(criterion("D2"), suggests));
    report
}

#[test]
fn it_counts_from_the_day_it_is_issued_until_it_expires() {
    let report = report().0;
    assert_eq!(standing(signed(|_| ()), &report, day(-1)), Standing::Early);
    assert_eq!(standing(signed(|_| ()), &report, day(0)), Standing::Valid);
    assert_eq!(standing(signed(|_| ()), &report, day(364)), Standing::Valid);
    assert_eq!(standing(signed(|_| ()), &report, day(365)), Standing::Expired);
    let expired = report.with_attestations(&[signed(|_| ())], &keys(), day(365));
    assert_eq!(expired.finding(criterion("D2")), report.finding(criterion("D2")));
}

#[test]
fn it_counts_for_one_commit_of_one_repository() {
    let report = report().0;
    for change in [
        (|statement| statement.commit = "b".repeat(40)) as fn(&mut Statement),
        |statement| statement.repository = "ada/other".to_owned(),
        |statement| statement.kind = Kind::Dataset,
    ] {
        assert_eq!(standing(signed(change), &report, day(1)), Standing::Elsewhere);
    }
    let mut folder = report.clone();
    (folder.subject.repository, folder.subject.commit) = (None, None);
    assert_eq!(standing(signed(|_| ()), &folder, day(1)), Standing::Elsewhere);
}

#[test]
fn it_counts_with_a_key_that_is_known_to_be_the_signers() {
    let report = report().0;
    let others = vec![Key { owner: "bob".to_owned(), key: signing().public() }];
    for keys in [vec![], others] {
        let shown = report.with_attestations(&[signed(|_| ())], &keys, day(1)).attestations;
        assert_eq!(shown[0].standing, Standing::UnknownKey);
    }
}

#[test]
fn whoever_is_not_the_owner_signs_as_a_third_party() {
    let report = report().0;
    let keys = vec![Key { owner: "bob".to_owned(), key: signing().public() }];
    let by_bob = |role| {
        let attestation = signed(|statement| (statement.signer, statement.role) = ("bob".to_owned(), role));
        report.with_attestations(&[attestation], &keys, day(1)).attestations[0].standing
    };
    assert_eq!(by_bob(Role::Owner), Standing::NotOwner);
    assert_eq!(by_bob(Role::ThirdParty), Standing::Valid);
}

#[test]
fn any_change_after_signing_is_seen() {
    let report = report().0;
    let attestation = signed(|_| ());
    assert_eq!(attestation.verify(), Ok(()));
    let json = serde_json::to_value(&attestation).unwrap();
    for (pointer, value) in [
        ("/statement/degree", json!("partial")),
        ("/statement/criterion", json!("D1")),
        ("/statement/commit", json!("b".repeat(40))),
        ("/statement/statement", json!("Nearly all.")),
        ("/statement/expires", json!("2036-11-23T00:00:00.000Z")),
        ("/statement/role", json!("third-party")),
        ("/statement/evidence", json!([])),
        ("/statement/schema", json!("limpide-attestation/2")),
        ("/signature", json!("00".repeat(64))),
        ("/signature", json!("")),
        ("/key", json!("00".repeat(32))),
        ("/key", json!("ff".repeat(32))),
    ] {
        let mut changed = json.clone();
        *changed.pointer_mut(pointer).unwrap() = value;
        let changed: Attestation = serde_json::from_value(changed).unwrap();
        assert!(changed.verify().is_err(), "{pointer}");
        assert_eq!(standing(changed, &report, day(1)), Standing::Unsound, "{pointer}");
    }
}

#[test]
fn statements_out_of_bounds_are_not_signed() {
    for (part, change) in [
        ("schema", (|statement| statement.schema.push('0')) as fn(&mut Statement)),
        ("statement", |statement| statement.statement = " ".to_owned()),
        ("statement", |statement| statement.statement = "x".repeat(4001)),
        ("evidence", |statement| statement.evidence = vec!["DATA.md".to_owned()]),
        ("evidence", |statement| statement.evidence = vec!["e0".to_owned()]),
        ("evidence", |statement| statement.evidence = vec!["b".repeat(64); 257]),
        ("repository, commit or signer", |statement| statement.commit.clear()),
        ("repository, commit or signer", |statement| statement.signer = "a".repeat(257)),
        ("answers", |statement| statement.answers = Some("everything".to_owned())),
        ("expires", |statement| statement.expires = statement.issued),
    ] {
        let mut statement = statement("D2");
        change(&mut statement);
        let refused = signing().sign(statement).unwrap_err();
        assert!(matches!(refused, Refused::Statement { part: told, .. } if told == part), "{refused}");
    }
}

#[test]
fn saying_that_something_is_not_met_and_what_does_not_apply_changes_nothing() {
    let report = report().0;
    let denied =
        report.with_attestations(&[signed(|statement| statement.degree = Degree::None)], &keys(), day(1));
    assert_eq!(denied.findings, report.findings);
    let absent = whole(Kind::Model).with("D2", limpide_openness::Finding::not_applicable).0;
    assert_eq!(absent.with_attestations(&[signed(|_| ())], &keys(), day(1)).findings, absent.findings);
}

#[test]
fn keys_are_those_that_openssl_writes() {
    let public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1";
    assert_eq!(signing().public().to_string(), public);
    assert_eq!(PublicKey::from_pem(PUBLIC), Ok(signing().public()));
    assert_eq!(public.parse(), Ok(signing().public()));
    assert!(!format!("{:?}", signing()).contains("d4ee72db"), "the secret is not printed");
    for wrong in ["", SECRET, "ed25519"] {
        assert!(PublicKey::from_pem(wrong).is_err());
        assert!(wrong.parse::<PublicKey>().is_err());
    }
    assert!(SigningKey::from_pem(PUBLIC).is_err());
}

#[test]
fn what_is_written_is_read_again_and_nothing_unsigned_comes_along() {
    let attestation = signed(|_| ());
    let json = canonical(&attestation).unwrap();
    assert_eq!(Attestation::read(&json), Ok(attestation));
    let mut extended: Value = serde_json::from_slice(&json).unwrap();
    extended["statement"]["note"] = json!("not signed");
    assert!(Attestation::read(extended.to_string().as_bytes()).is_err());
    assert!(Attestation::read(&vec![b' '; 65 << 10]).is_err());
}

#[test]
fn a_report_keeps_its_attestations_and_one_without_reads_as_before() {
    let plain = report().0;
    let json = serde_json::to_value(&plain).unwrap();
    assert!(json.get("attestations").is_none());
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), plain);
    let report = plain.with_attestations(&[signed(|_| ())], &keys(), day(1));
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["attestations"][0]["standing"], "valid");
    assert_eq!(serde_json::from_value::<Report>(json).unwrap(), report);
}

proptest::proptest! {
    #[test]
    fn an_attestation_with_other_bytes_is_refused(at in 0..2000_usize, byte in proptest::num::u8::ANY) {
        let original = signed(|_| ());
        let mut bytes = canonical(&original).unwrap();
        let at = at % bytes.len();
        bytes[at] = byte;
        // The same time may be written in other ways: what is accepted says the same.
        let accepted = crate::properties::attestation(&bytes);
        proptest::prop_assert!(!accepted || Attestation::read(&bytes).unwrap().statement == original.statement);
    }

    #[test]
    fn an_attestation_lowers_nothing(code in proptest::sample::select(limpide_openness::Criterion::ALL), claimed in proptest::bool::ANY) {
        let making = if claimed { whole(Kind::Model).claiming(code.code()) } else { whole(Kind::Model).without(code.code()) };
        let before = making.grades();
        let after = making.0.with_attestations(&[signing().sign(statement(code.code())).unwrap()], &keys(), day(1)).grades;
        for (before, after) in before.iter().zip(&after) {
            proptest::prop_assert_eq!(&before.verified, &after.verified);
            proptest::prop_assert!(before.attested.score <= after.attested.score);
            proptest::prop_assert!(before.claimed.score <= after.claimed.score);
        }
    }
}
