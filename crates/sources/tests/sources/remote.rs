//! Repositories on a hub: a real one, and one that misbehaves.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use limpide_openness::{Content, Gate, Reach, Source, Standing, Trouble, World};
use limpide_sources::{Hub, Outside, Remote};
use limpide_testkit::site::{Actor, TestSite};
use limpide_words::{Kind, RepoId};
use serde_json::{Value, json};

use crate::scripted::Scripted;

fn id(text: &str) -> RepoId {
    text.parse().unwrap()
}

async fn create(actor: &Actor, name: &str, kind: &str) {
    let made = actor.post("/api/repos/create", &json!({ "name": name, "type": kind })).send().await.unwrap();
    assert!(made.status().is_success());
}

/// Commits files, and gives the commit.
async fn commit(actor: &Actor, repo: &str, files: &[(&str, &str)]) -> String {
    let mut lines = vec![json!({ "key": "header", "value": { "summary": "files" } })];
    lines.extend(
        files.iter().map(|(path, text)| json!({ "key": "file", "value": { "path": path, "content": text, "encoding": "utf-8" } })),
    );
    let body: Vec<String> = lines.iter().map(Value::to_string).collect();
    let request = actor.call("POST", &format!("/api/{repo}/commit/main")).body(body.join("\n"));
    let answer: Value =
        request.header("content-type", "application/x-ndjson").send().await.unwrap().json().await.unwrap();
    answer["commitOid"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn open(hub: &Arc<Hub>, kind: Kind, repo: &str) -> Reach<Remote> {
    Remote::open(hub, kind, &id(repo), None)
}

#[tokio::test]
async fn a_repository_on_a_hub_is_read_at_a_commit() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", "model").await;
    let large = "0123456789".repeat(300_000);
    let first =
        commit(&ada, "models/ada/tiny", &[("README.md", "# Tiny\n"), ("data/ü 1?.txt", "text")]).await;
    let second = commit(&ada, "models/ada/tiny", &[("large.txt", &large), ("empty", "")]).await;
    ada.post("/api/models/ada/tiny/tag/main", &json!({ "tag": "v1" })).send().await.unwrap();
    let hub = Arc::new(Hub::new(&format!("{}/", site.url), None).unwrap());
    blocking(move || {
        let remote = open(&hub, Kind::Model, "Ada/Tiny").found().unwrap();
        let subject = remote.subject();
        assert_eq!((subject.repository.as_deref(), subject.commit), (Some("ada/tiny"), Some(second.clone())));
        assert_eq!(subject.hub.as_deref(), Some(hub.endpoint()));
        assert_eq!(remote.standing(), Standing { gate: Some(Gate::Open), private: Some(false) });
        let sizes: Vec<_> = remote.files().unwrap().into_iter().map(|file| (file.path, file.size)).collect();
        for expected in [("README.md", 7), ("data/ü 1?.txt", 4), ("empty", 0), ("large.txt", 3_000_000)] {
            assert!(sizes.contains(&(expected.0.to_owned(), expected.1)), "{sizes:?}");
        }
        remote.expect(&[("README.md".into(), 0..5), ("none".into(), 0..5), ("large.txt".into(), 5..9)]);
        for (path, range, expected) in [
            ("README.md", 2..u64::MAX, "Tiny\n"),
            ("data/ü 1?.txt", 0..2, "te"),
            ("empty", 0..9, ""),
            ("large.txt", 10..14, "0123"),
            ("large.txt", 2_999_998..3_000_009, "89"),
            ("large.txt", 131_070..131_074, "0123"),
        ] {
            assert_eq!(remote.read(path, range.clone()).unwrap(), expected, "{path} {range:?}");
        }
        assert_eq!(remote.read("none", 0..1), Err(Trouble::NoFile("none".into())));
        let refs = remote.refs().found().unwrap();
        let names: Vec<_> = refs.iter().map(|found| (found.name.as_str(), found.commit == second)).collect();
        assert_eq!(names, [("main", true), ("v1", true)]);
        let at = remote.files_at(&first).found().unwrap();
        assert!(at.iter().any(|file| file.path == "data/ü 1?.txt" && file.content == Content::Here));
        assert!(!at.iter().any(|file| file.path == "large.txt" || file.path == "data"));
        assert_eq!(remote.files_at("none").as_str(), "absent");
        let revision = Some(first.parse().unwrap());
        let earlier = Remote::open(&hub, Kind::Model, &id("ada/tiny"), revision.as_ref()).found().unwrap();
        assert_eq!(earlier.subject().commit, Some(first));
    })
    .await;
}

#[tokio::test]
async fn what_is_gated_private_or_not_there_is_told_apart_as_far_as_a_stranger_can() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    for name in ["open", "gated", "private"] {
        create(&ada, name, "dataset").await;
        commit(&ada, &format!("datasets/ada/{name}"), &[("a.txt", name)]).await;
    }
    let set = |name: &str, settings: Value| {
        ada.call("PUT", &format!("/api/datasets/ada/{name}/settings")).json(&settings).send()
    };
    assert!(set("gated", json!({ "gated": "auto" })).await.unwrap().status().is_success());
    assert!(set("private", json!({ "private": true })).await.unwrap().status().is_success());
    let token = site.hub.user_token("bob", limpide_hub::Grant::Read).await;
    let anyone = Arc::new(Hub::new(&site.url, None).unwrap());
    let bob = Arc::new(Hub::new(&site.url, Some(token)).unwrap());
    blocking(move || {
        let gated = open(&anyone, Kind::Dataset, "ada/gated").found().unwrap();
        assert_eq!(gated.standing().gate, Some(Gate::Auto));
        let said = gated.read("a.txt", 0..9).unwrap_err().to_string();
        assert!(said.contains("401") && said.contains("restricted"), "{said}");
        for (name, stranger, user) in [("private", "closed", "absent"), ("none", "closed", "absent")] {
            let of = |hub| open(hub, Kind::Dataset, &format!("ada/{name}")).as_str();
            assert_eq!((of(&anyone), of(&bob)), (stranger, user), "{name}");
        }
        let world = Outside::nothing().hub(anyone);
        for (name, expected) in [("open", "found"), ("gated", "closed"), ("private", "closed")] {
            assert_eq!(
                world.repository(Kind::Dataset, &id(&format!("ada/{name}"))).as_str(),
                expected,
                "{name}"
            );
        }
    })
    .await;
}

/// A description of a repository with one file.
fn described(file: &Value) -> String {
    json!({ "id": "ada/tiny", "sha": "1".repeat(40), "gated": false, "siblings": [file] }).to_string()
}

#[tokio::test]
async fn a_hub_that_is_busy_is_asked_again() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let hub = Scripted::start(move |_, _| match count.fetch_add(1, Ordering::Relaxed) {
        0 => "429 Too Many Requests\r\nRetry-After: 1\r\n\r\n".into(),
        1 => "503 Service Unavailable\r\n\r\n".into(),
        _ => format!("200 OK\r\n\r\n{}", described(&json!({ "rfilename": "a", "size": 1 }))),
    })
    .await;
    let begun = std::time::Instant::now();
    let client = Arc::new(Hub::new(&hub.url, None).unwrap());
    let reach = blocking(move || open(&client, Kind::Model, "ada/tiny").as_str()).await;
    assert_eq!((reach, asked.load(Ordering::Relaxed)), ("found", 3));
    assert!(begun.elapsed() >= std::time::Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_hub_that_does_not_answer_is_waited_for_once() {
    let hub = Scripted::start(|_, _| "501 Not Implemented\r\n\r\n".into()).await;
    let client = Arc::new(Hub::new(&hub.url, None).unwrap());
    let reach = blocking(move || open(&client, Kind::Model, "ada/tiny").as_str()).await;
    assert_eq!(reach, "unreachable");
    // Nobody listens where a server has been.
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let client = Arc::new(Hub::new(&format!("http://{gone}"), None).unwrap());
    blocking(move || {
        assert_eq!(open(&client, Kind::Model, "ada/tiny").as_str(), "unreachable");
        // Now somebody listens, and hears nothing.
        let back = std::net::TcpListener::bind(gone).unwrap();
        back.set_nonblocking(true).unwrap();
        for number in 0..100 {
            assert_eq!(open(&client, Kind::Model, &format!("ada/tiny{number}")).as_str(), "unreachable");
        }
        assert!(back.accept().is_err(), "nobody knocks twice");
    })
    .await;
}

#[tokio::test]
async fn a_hub_that_says_other_hashes_or_sizes_than_its_bytes_have_is_not_believed() {
    let zeros = "0".repeat(64);
    for (sibling, body) in [
        (
            json!({ "rfilename": "a", "size": 130, "lfs": { "sha256": zeros, "size": 3, "pointerSize": 130 } }),
            "abc",
        ),
        (json!({ "rfilename": "a", "size": 4 }), "abc"),
        (json!({ "rfilename": "a", "size": 2 }), "abc"),
    ] {
        let description = described(&sibling);
        let hub = Scripted::start(move |path, _| match path.contains("/resolve/") {
            true => format!("200 OK\r\n\r\n{body}"),
            false => format!("200 OK\r\n\r\n{description}"),
        })
        .await;
        let client = Arc::new(Hub::new(&hub.url, None).unwrap());
        let read =
            blocking(move || open(&client, Kind::Model, "ada/tiny").found().unwrap().read("a", 0..3)).await;
        assert!(matches!(read, Err(Trouble::Unreachable(_))), "{sibling}");
    }
}

#[tokio::test]
async fn what_is_not_the_api_of_a_hub_is_unreachable_and_not_absent() {
    for answer in
        ["200 OK\r\n\r\n<html>hello</html>", "302 Found\r\nLocation: /login\r\n\r\n", "200 OK\r\n\r\n{}"]
    {
        let hub = Scripted::start(move |_, _| answer.to_owned()).await;
        let client = Arc::new(Hub::new(&hub.url, None).unwrap());
        let reach = blocking(move || open(&client, Kind::Model, "ada/tiny").as_str()).await;
        assert_eq!(reach, "unreachable", "{answer}");
    }
    assert!(Hub::new("huggingface.co", None).is_err());
    assert!(Hub::new("file:///etc", None).is_err());
}

#[tokio::test]
async fn a_token_goes_to_the_hub_and_nowhere_else() {
    let elsewhere = Scripted::start(|_, _| "200 OK\r\n\r\nabc".into()).await;
    let there = elsewhere.url.clone();
    let hub = Scripted::start(move |path, _| match path.contains("/resolve/") {
        true => format!("302 Found\r\nLocation: {there}/a\r\n\r\n"),
        false => format!("200 OK\r\n\r\n{}", described(&json!({ "rfilename": "a", "size": 3 }))),
    })
    .await;
    let client = Arc::new(Hub::new(&hub.url, Some("hf_secret".into())).unwrap());
    let read =
        blocking(move || open(&client, Kind::Model, "ada/tiny").found().unwrap().read("a", 0..3)).await;
    assert_eq!(read.unwrap(), "abc");
    let with = |heads: Vec<String>| heads.iter().filter(|head| head.contains("hf_secret")).count();
    assert_eq!((with(hub.heard()), with(elsewhere.heard())), (2, 0));
}
