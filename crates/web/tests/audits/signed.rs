//! Keys and attestations: who may sign what, what it changes, and how it ends.

use std::time::Duration;

use limpide_hub::{Grant, Role as Membership};
use limpide_openness::{Attestation, Criterion, Degree, Role, SigningKey, Statement};
use limpide_testkit::hub::START;
use limpide_testkit::site::{Actor, TestSite};
use limpide_words::Kind;
use reqwest::Response;
use serde_json::{Value, json};

use crate::kit::{create, get, get_json, work};

/// The keys of the first two tests of RFC 8032, in PEM.
const ADAS_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";
const EVES_KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7
-----END PRIVATE KEY-----
";
const DAY: Duration = Duration::from_secs(24 * 3600);

struct Scene {
    site: TestSite,
    ada: Actor,
    eve: Actor,
    commit: String,
}

/// A public model of ada's, audited; ada and eve have each a key.
async fn scene() -> Scene {
    let site = TestSite::start().await;
    let (ada, eve) = (site.user("ada").await, site.user("eve").await);
    create(&ada, "tiny", false).await;
    work(&site).await;
    for (who, key) in [(&ada, ADAS_KEY), (&eve, EVES_KEY)] {
        let key = json!({ "name": "mine", "key": public(key) });
        assert_eq!(who.post("/api/keys", &key).send().await.unwrap().status(), 201);
    }
    let info = get_json(&ada, "/api/models/ada/tiny").await;
    Scene { site, ada, eve, commit: info["sha"].as_str().unwrap().to_owned() }
}

fn public(key: &str) -> String {
    SigningKey::from_pem(key).unwrap().public().to_string()
}

impl Scene {
    /// That training data is told of in full, for a day.
    fn statement(&self, signer: &str, role: Role) -> Statement {
        Statement {
            schema: Statement::SCHEMA.to_owned(),
            kind: Kind::Model,
            repository: "ada/tiny".to_owned(),
            commit: self.commit.clone(),
            criterion: Criterion::DataInformation,
            degree: Degree::Full,
            statement: "The list of all sources is complete.".to_owned(),
            evidence: Vec::new(),
            answers: None,
            signer: signer.to_owned(),
            role,
            issued: START,
            expires: START + DAY,
        }
    }

    async fn send(&self, who: &Actor, attestation: &Attestation) -> Response {
        who.post("/api/models/ada/tiny/attestations", &json!(attestation)).send().await.unwrap()
    }

    /// What the report says of data information, and how many attestations it shows.
    async fn told(&self) -> (Value, usize) {
        let report = get_json(&self.site.anyone(), "/api/models/ada/tiny/openness").await;
        let findings = report["findings"].as_array().unwrap();
        let finding = findings.iter().find(|finding| finding["criterion"] == "D2").unwrap();
        let shown = report["attestations"].as_array().map_or(0, Vec::len);
        (finding["status"].clone(), shown)
    }
}

fn sign(key: &str, statement: Statement) -> Attestation {
    SigningKey::from_pem(key).unwrap().sign(statement).unwrap()
}

#[tokio::test]
async fn what_the_owner_signs_counts_until_it_expires_and_is_shown_beyond() {
    let scene = scene().await;
    let before = get(&scene.ada, "/api/models/ada/tiny/openness").await.headers()["etag"].clone();
    let attestation = sign(ADAS_KEY, scene.statement("ada", Role::Owner));
    let kept = scene.send(&scene.ada, &attestation).await;
    assert_eq!(kept.status(), 201);
    let kept: Value = kept.json().await.unwrap();
    assert_eq!(kept["id"], limpide_openness::digest(&attestation).unwrap().to_string());
    assert_eq!(scene.told().await, (json!("attested"), 1));
    let after = get(&scene.ada, "/api/models/ada/tiny/openness").await.headers()["etag"].clone();
    assert_ne!(before, after, "another report has another digest");
    let list = get_json(&scene.site.anyone(), "/api/models/ada/tiny/attestations").await;
    assert_eq!(list, json!([kept]));
    let shown = async || get_json(&scene.ada, "/api/models/ada/tiny").await["openness"].clone();
    let openness = shown().await;
    assert!(openness["attested"].as_i64() > openness["verified"].as_i64(), "{openness}");

    assert_eq!(scene.send(&scene.ada, &attestation).await.status(), 409, "once is enough");
    scene.site.clock.advance(DAY);
    assert_eq!(scene.told().await, (json!("missing"), 1));
    let openness = shown().await;
    assert_eq!(openness["attested"], openness["verified"]);
}

#[tokio::test]
async fn third_parties_sign_in_their_own_name_and_only_with_their_own_key() {
    let scene = scene().await;
    let own = sign(EVES_KEY, scene.statement("eve", Role::ThirdParty));
    assert_eq!(scene.send(&scene.eve, &own).await.status(), 201);
    let refused = [
        (sign(EVES_KEY, scene.statement("eve", Role::Owner)), 403, "who may not write signs as no owner"),
        (sign(EVES_KEY, scene.statement("ada", Role::Owner)), 403, "nobody signs for others"),
        (sign(ADAS_KEY, scene.statement("eve", Role::ThirdParty)), 400, "nor with a key of others"),
    ];
    for (attestation, status, why) in refused {
        assert_eq!(scene.send(&scene.eve, &attestation).await.status(), status, "{why}");
    }
    let stranger = scene.site.anyone();
    assert_eq!(scene.send(&stranger, &own).await.status(), 401);
    assert_eq!(scene.told().await, (json!("attested"), 1));
}

#[tokio::test]
async fn what_is_not_as_it_was_signed_or_about_something_else_is_refused() {
    let scene = scene().await;
    let with = |change: fn(&mut Statement)| {
        let mut statement = scene.statement("ada", Role::Owner);
        change(&mut statement);
        sign(ADAS_KEY, statement)
    };
    let mut changed = with(|_| {});
    changed.statement.degree = Degree::Partial;
    let elsewhere = with(|statement| statement.repository = "ada/other".into());
    let unknown = with(|statement| statement.commit = "f".repeat(40));
    let old = with(|statement| {
        statement.issued = START - DAY;
        statement.expires = START;
    });
    let early = with(|statement| statement.issued = START + DAY / 2);
    for (attestation, status) in [(changed, 400), (elsewhere, 400), (unknown, 404), (old, 400), (early, 400)]
    {
        let answer = scene.send(&scene.ada, &attestation).await;
        assert_eq!(answer.status(), status, "{:?}", attestation.statement);
    }
    let long = scene.ada.call("POST", "/api/models/ada/tiny/attestations").body("x".repeat(100_000));
    assert_eq!(long.send().await.unwrap().status(), 413);
    let senseless = scene.ada.call("POST", "/api/models/ada/tiny/attestations").body("{}");
    assert_eq!(senseless.send().await.unwrap().status(), 400);
    assert_eq!(scene.told().await, (json!("missing"), 0));
}

#[tokio::test]
async fn a_signer_withdraws_and_nobody_else() {
    let scene = scene().await;
    let attestation = sign(EVES_KEY, scene.statement("eve", Role::ThirdParty));
    let kept: Value = scene.send(&scene.eve, &attestation).await.json().await.unwrap();
    let path = format!("/api/models/ada/tiny/attestations/{}", kept["id"].as_str().unwrap());
    assert_eq!(scene.ada.call("DELETE", &path).send().await.unwrap().status(), 403);
    assert_eq!(scene.told().await, (json!("attested"), 1));
    assert_eq!(scene.eve.call("DELETE", &path).send().await.unwrap().status(), 200);
    assert_eq!(scene.told().await, (json!("missing"), 0));
    assert_eq!(scene.eve.call("DELETE", &path).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn what_was_signed_with_a_removed_key_counts_no_more_until_it_is_added_again() {
    let scene = scene().await;
    let attestation = sign(ADAS_KEY, scene.statement("ada", Role::Owner));
    assert_eq!(scene.send(&scene.ada, &attestation).await.status(), 201);
    let attested =
        async || get_json(&scene.ada, "/api/models/ada/tiny").await["openness"]["attested"].clone();
    let with_key = attested().await;
    assert_eq!(scene.ada.call("DELETE", "/api/keys/mine").send().await.unwrap().status(), 200);
    assert_eq!(scene.told().await, (json!("missing"), 1));
    assert_ne!(attested().await, with_key);
    let again = json!({ "name": "again", "key": public(ADAS_KEY) });
    assert_eq!(scene.ada.post("/api/keys", &again).send().await.unwrap().status(), 201);
    assert_eq!(scene.told().await, (json!("attested"), 1));
    assert_eq!(attested().await, with_key);
}

#[tokio::test]
async fn members_who_write_for_an_organisation_sign_for_it() {
    let scene = scene().await;
    let lab = "lab".parse().unwrap();
    scene.site.hub.create_organization("lab".parse().unwrap(), "A laboratory".into()).await.unwrap();
    let attestation = sign(EVES_KEY, scene.statement("lab", Role::ThirdParty));
    for (role, status) in [(Some(Membership::Read), 403), (Some(Membership::Write), 201)] {
        scene.site.hub.set_member(&lab, &"eve".parse().unwrap(), role).await.unwrap();
        assert_eq!(scene.send(&scene.eve, &attestation).await.status(), status, "{role:?}");
    }
    assert_eq!(scene.told().await, (json!("attested"), 1));
}

#[tokio::test]
async fn keys_are_public_are_given_as_hexadecimal_or_pem_and_have_each_a_name() {
    let scene = scene().await;
    let keys = get_json(&scene.site.anyone(), "/api/users/ada/keys").await;
    assert_eq!((&keys[0]["name"], &keys[0]["key"]), (&json!("mine"), &json!(public(ADAS_KEY))));
    assert_eq!(get_json(&scene.ada, "/api/keys").await, keys);
    let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=\n-----END PUBLIC KEY-----\n";
    let add =
        |name: &str, key: &str| scene.ada.post("/api/keys", &json!({ "name": name, "key": key })).send();
    let added: Value = add("laptop", pem).await.unwrap().json().await.unwrap();
    assert_eq!(added["key"], "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
    for (name, key, status) in [
        ("laptop", EVES_KEY, 400),
        ("other", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", 409),
        ("mine", public(EVES_KEY).as_str(), 409),
        ("", public(EVES_KEY).as_str(), 400),
        ("short", "d75a", 400),
    ] {
        assert_eq!(add(name, key).await.unwrap().status(), status, "{name}: {key}");
    }
    let reader = scene.site.bearer(&scene.site.hub.user_token("reader", Grant::Read).await);
    let key = json!({ "name": "mine", "key": public(EVES_KEY) });
    assert_eq!(reader.post("/api/keys", &key).send().await.unwrap().status(), 403);
    assert_eq!(get(&scene.site.anyone(), "/api/users/nobody/keys").await.status(), 404);
}
