//! Pushes as they are written on the wire, also as no stock client writes them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use limpide_hub::Grant;
use limpide_testkit::site::{Actor, TestSite};
use reqwest::Response;
use serde_json::json;

const NONE: &str = "0000000000000000000000000000000000000000";
const REQUEST: &str = "application/x-git-receive-pack-request";

/// A hub with the model `ada/tiny`, which has the branch `dev`.
async fn scene() -> (TestSite, Actor, String) {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    for (path, body) in
        [("/api/repos/create", json!({ "name": "tiny" })), ("/api/models/ada/tiny/branch/dev", json!({}))]
    {
        let answer = ada.post(path, &body).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }
    let advertised = advertised(&ada).await.text().await.unwrap();
    let (before, _) = advertised.split_once(" refs/heads/dev").unwrap();
    let dev = before[before.len() - 40..].to_owned();
    (site, ada, dev)
}

async fn advertised(actor: &Actor) -> Response {
    actor.get("/ada/tiny.git/info/refs?service=git-receive-pack").send().await.unwrap()
}

async fn push(actor: &Actor, body: Vec<u8>, encoding: &str) -> Response {
    let request = actor.call("POST", "/ada/tiny.git/git-receive-pack").header("content-type", REQUEST);
    request.header("content-encoding", encoding).body(body).send().await.unwrap()
}

fn line(text: &str) -> String {
    format!("{:04x}{text}", text.len() + 4)
}

fn deletion(of: &str, capabilities: &str) -> Vec<u8> {
    format!("{}0000", line(&format!("{of} {NONE} refs/heads/dev\0{capabilities}"))).into_bytes()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn refs_are_told_to_who_may_push_and_nobody_keeps_the_answer() {
    let (site, ada, dev) = scene().await;
    let answer = advertised(&ada).await;
    assert_eq!(answer.headers()["content-type"], "application/x-git-receive-pack-advertisement");
    assert!(answer.headers()["cache-control"].to_str().unwrap().contains("no-cache"));
    let told = answer.text().await.unwrap();
    assert!(told.contains(&format!("{dev} refs/heads/dev\0report-status ")), "{told}");
    assert!(told.contains(" refs/heads/main\n"), "{told}");

    let reader = site.bearer(&site.hub.user_token("eve", Grant::Write).await);
    for (who, status) in [(site.anyone(), 401), (site.bearer("hf_wrong"), 401), (reader, 403)] {
        let refused = advertised(&who).await;
        assert_eq!(refused.status(), status);
        assert_eq!(refused.headers().contains_key("www-authenticate"), status == 401);
        let refused = push(&who, deletion(&dev, ""), "identity").await;
        assert_eq!(refused.status(), status);
    }
    assert!(advertised(&ada).await.text().await.unwrap().contains("refs/heads/dev"));
}

#[tokio::test]
async fn a_request_may_be_packed_with_gzip() {
    let (_site, ada, dev) = scene().await;
    let answer = push(&ada, packed(&deletion(&dev, " report-status")), "gzip").await;
    assert_eq!(answer.headers()["content-type"], "application/x-git-receive-pack-result");
    assert_eq!(answer.text().await.unwrap(), "000eunpack ok\n0016ok refs/heads/dev\n0000");
    assert!(!advertised(&ada).await.text().await.unwrap().contains("refs/heads/dev"));
}

#[tokio::test]
async fn who_wants_no_report_gets_none_and_who_asks_nothing_changes_nothing() {
    let (_site, ada, dev) = scene().await;
    for body in [&b"0000"[..], b""] {
        let answer = push(&ada, body.to_vec(), "identity").await;
        assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, ""));
    }
    let answer = push(&ada, deletion(&dev, ""), "identity").await;
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap().as_str()), (200, ""));
    assert!(!advertised(&ada).await.text().await.unwrap().contains("refs/heads/dev"));
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_in_words() {
    let (_site, ada, dev) = scene().await;
    let announced = line(&format!("{dev} {} refs/heads/dev\0 report-status", "1".repeat(40)));
    for (body, encoding, status, words) in [
        (b"this is no push".to_vec(), "identity", 400, "cannot be read"),
        (announced.clone().into_bytes(), "identity", 400, "ended before its commands did"),
        (deletion(&dev, ""), "gzip", 400, "broke off"),
        (deletion(&dev, ""), "br", 400, "gzip or not at all"),
        (
            format!("{announced}0000not a pack").into_bytes(),
            "identity",
            200,
            "ng refs/heads/dev unpacker error",
        ),
    ] {
        let answer = push(&ada, body, encoding).await;
        assert_eq!(answer.status(), status);
        let said = answer.text().await.unwrap();
        assert!(said.contains(words), "{said}");
    }
    let of_no_type = ada.call("POST", "/ada/tiny/git-receive-pack").body("0000").send().await.unwrap();
    assert_eq!(of_no_type.status(), 400);
    assert!(advertised(&ada).await.text().await.unwrap().contains(&format!("{dev} refs/heads/dev")));
}

#[tokio::test]
async fn who_saw_another_state_is_told_to_fetch_first() {
    let (_site, ada, dev) = scene().await;
    let other = dev.replace(|digit: char| digit.is_ascii_digit(), "a");
    let answer = push(&ada, deletion(&other, " report-status side-band-64k"), "identity").await;
    let told = answer.text().await.unwrap();
    assert!(told.contains("ng refs/heads/dev fetch first"), "{told}");
    assert!(told.ends_with("00000000"), "{told}");
}
