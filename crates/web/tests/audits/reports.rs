//! Reports: they appear after a push, are asked for, kept and forgotten.

use std::io::Write;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use limpide_testkit::git;
use limpide_testkit::site::TestSite;
use serde_json::{Value, json};

use crate::kit::{create, get, get_json, work};

#[tokio::test]
async fn a_commit_is_audited_and_its_report_tells_what_the_commit_holds() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    let head = ada.commit("ada/tiny", "README.md", "# Tiny\n").await;

    let waiting = get(&site.anyone(), "/api/models/ada/tiny/openness").await;
    assert_eq!(waiting.status(), 202);
    assert_eq!(waiting.headers()["retry-after"], "2");
    let waiting: Value = waiting.json().await.unwrap();
    assert_eq!((waiting["state"].as_str(), waiting["commit"].as_str()), (Some("waiting"), Some(&*head)));

    assert_eq!(work(&site).await, 2, "the first commit and this one");
    let report = get_json(&site.anyone(), "/api/models/ada/tiny/openness").await;
    assert_eq!(report["schema"], "limpide-openness-report/1");
    assert_eq!(report["subject"]["repository"], "ada/tiny");
    assert_eq!(report["subject"]["commit"], head);
    assert_eq!(report["facts"]["files"], 2);
    assert_eq!(work(&site).await, 0, "once is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_push_by_git_is_audited_too_branch_by_branch() {
    let site = TestSite::start().await;
    let token = site.hub.user_token("ada", limpide_hub::Grant::Write).await;
    let ada = site.bearer(&token);
    create(&ada, "tiny", false).await;
    work(&site).await;
    let folder = tempfile::tempdir().unwrap();
    let address = site.url.replace("http://", &format!("http://ada:{token}@"));
    git::git(folder.path(), &["clone", "--quiet", &format!("{address}/ada/tiny"), "."]);
    let who = ["-c", "user.name=ada", "-c", "user.email=ada@example.org"];
    let commit = |words: &[&str]| git::git(folder.path(), &[&who, words].concat());
    commit(&["commit", "--quiet", "--allow-empty", "-m", "one"]);
    commit(&["commit", "--quiet", "--allow-empty", "-m", "two"]);
    git::git(
        folder.path(),
        &["push", "--quiet", "origin", "main", "main~1:refs/heads/before", "main:refs/tags/v1"],
    );
    let head = git::git(folder.path(), &["rev-parse", "main"]);

    assert_eq!(work(&site).await, 2, "what branches stand on, once each, and no tag by itself");
    for revision in ["", "/main", "/v1", &format!("/{}", &head[..12])] {
        let report = get_json(&ada, &format!("/api/models/ada/tiny/openness{revision}")).await;
        assert_eq!(report["subject"]["commit"], head.trim(), "{revision}");
    }
}

#[tokio::test]
async fn strangers_learn_nothing_of_a_private_repository_from_its_report() {
    let site = TestSite::start().await;
    let (ada, eve) = (site.user("ada").await, site.user("eve").await);
    create(&ada, "secret", true).await;
    work(&site).await;
    assert_eq!(get(&ada, "/api/models/ada/secret/openness").await.status(), 200);
    for rest in ["openness", "openness/main", "openness-history", "openness-badge.svg", "attestations"] {
        let told = async |name: &str| {
            let answer = get(&eve, &format!("/api/models/ada/{name}/{rest}")).await;
            (answer.status().as_u16(), answer.text().await.unwrap().replace(name, "NAME"))
        };
        let (secret, absent) = (told("secret").await, told("absent").await);
        assert_eq!(secret.0, 404, "{rest}");
        assert_eq!(secret, absent, "{rest}");
    }
}

#[tokio::test]
async fn who_has_the_report_is_told_so_and_nobody_is_given_another_under_the_same_tag() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    work(&site).await;
    let first = get(&ada, "/api/models/ada/tiny/openness").await;
    let etag = first.headers()["etag"].to_str().unwrap().to_owned();
    assert!(!first.headers().contains_key("x-openness-stale"));
    let report: Value = first.json().await.unwrap();
    assert_eq!(etag.trim_matches('"'), limpide_openness::digest(&report).unwrap().to_string());
    let known = |etag: &str| ada.get("/api/models/ada/tiny/openness").header("if-none-match", etag).send();
    assert_eq!(known(&etag).await.unwrap().status(), 304);
    ada.commit("ada/tiny", "README.md", "# Tiny\n").await;
    work(&site).await;
    assert_eq!(known(&etag).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_report_is_written_in_the_form_that_is_asked_for_and_runs_nothing() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    work(&site).await;
    let forms = [
        ("openness?format=json", "application/json", "\"schema\":"),
        ("openness?format=html", "text/html; charset=utf-8", "<!doctype html>"),
        ("openness/main?format=markdown", "text/markdown; charset=utf-8", "ada/tiny"),
        ("openness?format=sarif", "application/sarif+json", "2.1.0"),
        ("openness?format=mot-yaml", "application/yaml", "framework"),
        ("openness?format=osai-yaml", "application/yaml", "ada/tiny"),
        ("openness-badge.svg", "image/svg+xml", "<svg"),
        ("openness-badge.json", "application/json", "\"schemaVersion\":1"),
    ];
    for (path, media, words) in forms {
        let answer = get(&site.anyone(), &format!("/api/models/ada/tiny/{path}")).await;
        assert_eq!(answer.status(), 200, "{path}");
        assert_eq!(answer.headers()["content-type"], media, "{path}");
        assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
        let text = answer.text().await.unwrap();
        assert!(text.to_lowercase().contains(&words.to_lowercase()), "{path}: {text}");
    }
    let unknown = get(&site.anyone(), "/api/models/ada/tiny/openness?format=pdf").await;
    assert_eq!(unknown.status(), 400);
}

#[tokio::test]
async fn what_was_never_audited_is_audited_when_somebody_asks() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    work(&site).await;
    site.hub.db.damage("DELETE FROM audits;").await;
    let path = "/api/models/ada/tiny/openness";
    for _ in 0..2 {
        assert_eq!(get(&site.anyone(), path).await.status(), 202);
    }
    assert_eq!(work(&site).await, 1);
    assert_eq!(get(&site.anyone(), path).await.status(), 200);
}

#[tokio::test]
async fn a_report_by_older_rules_is_shown_as_such_and_made_anew() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    work(&site).await;
    let path = "/api/models/ada/tiny/openness";
    let mut report = get_json(&ada, path).await;
    report["made"]["checkers"] = json!("0.0.1");
    let packed = packed(&report);
    site.hub.db.change_bytes("audits", "report", "TRUE", |_| packed).await;

    let old = get(&ada, path).await;
    assert_eq!((old.status().as_u16(), &old.headers()["x-openness-stale"]), (200, &"true".parse().unwrap()));
    assert_eq!(work(&site).await, 1);
    let new = get(&ada, path).await;
    assert!(!new.headers().contains_key("x-openness-stale"));
    assert_ne!(new.json::<Value>().await.unwrap(), report);
}

#[tokio::test]
async fn writers_have_a_revision_audited_once_more_and_readers_do_not() {
    let site = TestSite::start().await;
    let (ada, eve) = (site.user("ada").await, site.user("eve").await);
    create(&ada, "tiny", false).await;
    work(&site).await;
    let path = "/api/models/ada/tiny/openness/main";
    assert_eq!(eve.post(path, &json!({})).send().await.unwrap().status(), 403);
    assert_eq!(ada.post(path, &json!({})).send().await.unwrap().status(), 202);
    assert_eq!(get(&eve, path).await.status(), 200, "meanwhile the report is there");
    assert_eq!(work(&site).await, 1);
}

#[tokio::test]
async fn an_audit_that_was_given_up_says_so_and_why() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    site.hub.db.damage("UPDATE jobs SET attempts = 5;").await;
    assert_eq!(work(&site).await, 1);
    let answer = get(&site.anyone(), "/api/models/ada/tiny/openness").await;
    assert_eq!(answer.status(), 409);
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["state"], "failed");
    assert!(answer["error"].as_str().unwrap().contains("begun 5 times"), "{answer}");
    let metrics = get(&site.anyone(), "/metrics").await.text().await.unwrap();
    assert!(metrics.contains("limpide_jobs{kind=\"audit\",state=\"failed\"} 1"), "{metrics}");
}

#[tokio::test]
async fn the_history_tells_each_audit_of_each_commit_newest_first() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    let mut commits = Vec::new();
    for number in 0..3 {
        commits.push(ada.commit("ada/tiny", "README.md", &format!("# Tiny {number}\n")).await);
    }
    work(&site).await;
    let history = get_json(&site.anyone(), "/api/models/ada/tiny/openness-history").await;
    let told: Vec<&str> =
        history.as_array().unwrap().iter().map(|one| one["commit"].as_str().unwrap()).collect();
    commits.reverse();
    assert_eq!(told[..3], commits);
    assert_eq!(told.len(), 4);
    for field in ["date", "digest", "verified", "claimed", "licences", "contradictions"] {
        assert!(!history[0][field].is_null(), "{field}: {}", history[0]);
    }
}

/// A report as its row holds it.
fn packed(report: &Value) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    packer.write_all(report.to_string().as_bytes()).unwrap();
    packer.finish().unwrap()
}
