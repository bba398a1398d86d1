//! Accounts without the site: joining where that is open, and a token for a name and a password.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::Settings;
use limpide_testkit::site::TestSite;
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

#[tokio::test]
async fn whoever_joins_an_open_hub_signs_in_with_their_password() {
    let site = TestSite::with(Settings { open_registration: true, ..Settings::default() }).await;
    let anyone = site.anyone();
    let account = json!({ "username": "ada", "password": PASSWORD, "email": "ada@example.org" });
    assert_eq!(anyone.post("/api/join", &account).send().await.unwrap().status(), 201);
    assert_eq!(anyone.post("/api/join", &account).send().await.unwrap().status(), 409, "the name is taken");

    let login = json!({ "username": "ADA", "password": PASSWORD, "token_name": "laptop" });
    let answer = anyone.post("/api/login", &login).send().await.unwrap();
    assert_eq!(answer.status(), 201);
    let answer: Value = answer.json().await.unwrap();
    let whoami = site.bearer(answer["token"].as_str().unwrap()).get("/api/whoami-v2").send().await.unwrap();
    let whoami: Value = whoami.json().await.unwrap();
    assert_eq!(
        (&whoami["name"], &whoami["auth"]["accessToken"]["displayName"]),
        (&json!("ada"), &json!("laptop"))
    );
}

#[tokio::test]
async fn a_closed_hub_takes_nobody_in() {
    let site = TestSite::start().await;
    let account = json!({ "username": "eve", "password": PASSWORD });
    assert_eq!(site.anyone().post("/api/join", &account).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn a_wrong_password_and_a_wrong_name_are_refused_in_the_same_words() {
    let site = TestSite::with(Settings { open_registration: true, ..Settings::default() }).await;
    let anyone = site.anyone();
    for (password, status) in [("short", 400), (PASSWORD, 201)] {
        let account = json!({ "username": "ada", "password": password });
        assert_eq!(anyone.post("/api/join", &account).send().await.unwrap().status(), status);
    }
    let mut refusals = Vec::new();
    for (name, password) in [("ada", "wrong"), ("nobody", "wrong"), ("nobody", PASSWORD)] {
        let login = json!({ "username": name, "password": password, "token_name": "x" });
        let answer = anyone.post("/api/login", &login).send().await.unwrap();
        refusals.push((answer.status().as_u16(), answer.text().await.unwrap()));
    }
    assert_eq!(refusals[0].0, 401);
    assert!(refusals.iter().all(|refusal| *refusal == refusals[0]), "{refusals:?}");
}
