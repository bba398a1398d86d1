//! What programs are told of scans, and what they may do about them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::io::Write;

use limpide_hub::Settings;
use limpide_testkit::clamd::{Clamd, ENGINE, received};
use limpide_testkit::site::{Actor, TestSite};
use serde_json::{Value, json};

const MALICIOUS: &str = "cos\nsystem\n(S'echo limpide-test'\ntR.";

/// Ada's model, with a malicious file that was scanned.
async fn scene() -> (TestSite, Actor) {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let new = json!({ "name": "tiny" });
    assert_eq!(ada.post("/api/repos/create", &new).send().await.unwrap().status(), 200);
    ada.commit("ada/tiny", "bad.pkl", MALICIOUS).await;
    while site.hub.do_next_job().await.unwrap().is_some() {}
    (site, ada)
}

async fn get(actor: &Actor, path: &str) -> Value {
    let answer = actor.get(path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_scan_is_pending_and_then_told() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    ada.post("/api/repos/create", &json!({ "name": "tiny" })).send().await.unwrap();
    ada.commit("ada/tiny", "bad.pkl", MALICIOUS).await;
    let pending = ada.get("/api/models/ada/tiny/security").send().await.unwrap();
    assert_eq!(pending.status(), 202);
    assert!(pending.headers().contains_key("retry-after"));
    let status = get(&ada, "/api/models/ada/tiny?securityStatus=true").await;
    assert_eq!(status["securityRepoStatus"], json!({ "scansDone": false, "filesWithIssues": [] }));
    let queued = get(&ada, "/api/models/ada/tiny/tree/main?expand=true").await;
    assert!(queued.as_array().unwrap().iter().all(|file| file["securityFileStatus"]["status"] == "queued"));
    while site.hub.do_next_job().await.unwrap().is_some() {}
    let said = get(&ada, "/api/models/ada/tiny/security/main").await;
    assert_eq!(said["flagged"][0]["path"], "bad.pkl");
    assert_eq!(said["flagged"][0]["level"], "malicious");
    let file = get(&ada, "/api/models/ada/tiny/security-file/main/bad.pkl").await;
    assert_eq!(file["verdict"]["level"], "malicious");
    assert_eq!(file["scan"]["account"]["accounted"], MALICIOUS.len());
}

#[tokio::test]
async fn a_listing_without_expand_tells_no_status() {
    let (_site, ada) = scene().await;
    let listed = get(&ada, "/api/models/ada/tiny/tree/main").await;
    assert!(listed.as_array().unwrap().iter().all(|file| file.get("securityFileStatus").is_none()));
}

#[tokio::test]
async fn a_download_warns_and_is_refused_where_the_owner_says_so() {
    let (site, ada) = scene().await;
    let anyone = site.anyone();
    let warned = anyone.get("/ada/tiny/resolve/main/bad.pkl").send().await.unwrap();
    assert_eq!(warned.status(), 200);
    assert!(warned.headers()["x-security-warning"].to_str().unwrap().contains("malicious"));
    let word = json!({ "malicious": "quarantine" });
    let set = ada.call("PUT", "/api/owners/ada/safety").json(&word).send().await.unwrap();
    assert_eq!(set.status(), 200);
    assert_eq!(get(&anyone, "/api/owners/ada/safety").await, word);
    for path in ["resolve", "raw"] {
        let refused = anyone.get(&format!("/ada/tiny/{path}/main/bad.pkl")).send().await.unwrap();
        assert_eq!(refused.status(), 403, "{path}");
        assert_eq!(refused.headers()["x-error-code"], "Quarantined");
    }
    let nonsense = json!({ "malicious": "eat" });
    let refused = ada.call("PUT", "/api/owners/ada/safety").json(&nonsense).send().await.unwrap();
    assert_eq!(refused.status(), 400);
    let eve = site.user("eve").await;
    let refused = eve.call("PUT", "/api/owners/ada/safety").json(&word).send().await.unwrap();
    assert_eq!(refused.status(), 403);
}

#[tokio::test]
async fn what_is_acknowledged_says_by_whom_and_may_be_taken_back() {
    let (site, ada) = scene().await;
    let path = "/api/models/ada/tiny/acknowledgements";
    let asked = json!({ "path": "bad.pkl", "reason": "a sample for a course" });
    let eve = site.user("eve").await;
    assert_eq!(eve.post(path, &asked).send().await.unwrap().status(), 403);
    assert_eq!(ada.post(path, &asked).send().await.unwrap().status(), 201);
    let given = get(&eve, path).await;
    assert_eq!(given[0]["user"], "ada");
    let content = given[0]["content"].as_str().unwrap();
    let gone = ada.call("DELETE", &format!("{path}/{content}")).send().await.unwrap();
    assert_eq!(gone.status(), 200);
    assert_eq!(get(&eve, path).await, json!([]));
}

#[tokio::test]
async fn owners_are_told_and_others_are_not() {
    let (site, ada) = scene().await;
    let told = get(&ada, "/api/notices").await;
    assert_eq!((&told[0]["repository"], &told[0]["path"]), (&json!("ada/tiny"), &json!("bad.pkl")));
    let eve = site.user("eve").await;
    assert_eq!(get(&eve, "/api/notices").await, json!([]));
    assert_eq!(site.anyone().get("/api/notices").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn strangers_learn_nothing_of_private_repositories() {
    let (site, ada) = scene().await;
    let private = json!({ "private": true });
    ada.call("PUT", "/api/models/ada/tiny/settings").json(&private).send().await.unwrap();
    let eve = site.user("eve").await;
    for path in ["security", "security/main", "security-file/main/bad.pkl", "acknowledgements"] {
        let refused = eve.get(&format!("/api/models/ada/tiny/{path}")).send().await.unwrap();
        assert_eq!(refused.status(), 404, "{path}");
    }
}

/// What `avScan` says of a file on a hub whose virus scanner answers this, or that has none.
async fn av_scan(answer: Option<&'static [u8]>) -> Value {
    let clamd = Clamd::new();
    let mut settings = Settings::default();
    if let Some(answer) = answer {
        settings.safety.clamav = Some(clamd.address().parse().unwrap());
        if !answer.is_empty() {
            clamd.listen(move |mut connection| {
                received(&mut connection);
                _ = connection.write_all(answer);
            });
        }
    }
    let site = TestSite::with(settings).await;
    let ada = site.user("ada").await;
    ada.post("/api/repos/create", &json!({ "name": "tiny" })).send().await.unwrap();
    ada.commit("ada/tiny", "notes.txt", "words").await;
    while site.hub.do_next_job().await.unwrap().is_some() {}
    let listed = get(&ada, "/api/models/ada/tiny/tree/main?expand=true").await;
    let file = listed.as_array().unwrap().iter().find(|file| file["path"] == "notes.txt").unwrap();
    file["securityFileStatus"]["avScan"].clone()
}

#[tokio::test]
async fn a_file_is_safe_to_a_virus_scanner_only_when_it_says_so() {
    let safe = json!({ "status": "safe", "message": null, "version": ENGINE });
    assert_eq!(av_scan(Some(b"stream: OK\0")).await, safe);
    let found = json!({ "status": "unsafe", "message": "Eicar", "version": ENGINE });
    assert_eq!(av_scan(Some(b"stream: Eicar FOUND\0")).await, found);
    for (answer, status, part) in [
        (Some(&b"INSTREAM size limit exceeded. ERROR\0"[..]), "unscanned", "larger than"),
        (Some(b"stream: out of memory ERROR\0"), "error", "out of memory"),
        (Some(b""), "queued", "cannot be reached"),
        (None, "unscanned", "asks no virus scanner"),
    ] {
        let said = av_scan(answer).await;
        assert_eq!(said["status"], status, "{said}");
        assert!(said["message"].as_str().unwrap().contains(part), "{said}");
        assert!(!said.to_string().contains("clamd.ctl"), "where the daemon listens is nobody's business");
    }
}
