//! The world of an audit: folders beside, pages, and repositories of code.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use limpide_formats::pointer;
use limpide_git::{Elsewhere, Place};
use limpide_openness::{Content, Reach, World};
use limpide_sources::{Hub, Outside, Web};
use limpide_testkit::site::TestSite;
use limpide_words::{Kind, RepoId, Sha256};
use serde_json::{Value, json};
use sha2::Digest;

use crate::scripted::Scripted;

fn id(text: &str) -> RepoId {
    text.parse().unwrap()
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[test]
fn offline_nothing_can_be_reached_and_nothing_is_called_absent() {
    let world = Outside::nothing();
    assert!(matches!(world.repository(Kind::Model, &id("ada/tiny")), Reach::Unreachable(_)));
    assert!(matches!(world.page("https://example.org"), Reach::Unreachable(_)));
    assert!(matches!(world.code("https://github.com/ada/tiny"), Reach::Unreachable(_)));
}

#[test]
fn folders_beside_stand_for_all_there_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("datasets/ada/data")).unwrap();
    fs::write(folder.path().join("datasets/ada/data/a.csv"), "1,2\n").unwrap();
    let world = Outside::nothing().beside(folder.path().to_path_buf());
    let found = world.repository(Kind::Dataset, &id("ada/data")).found().unwrap();
    assert_eq!(found.read("a.csv", 0..3).unwrap(), "1,2");
    assert_eq!(found.subject().repository.as_deref(), Some("ada/data"));
    assert!(matches!(world.repository(Kind::Model, &id("ada/data")), Reach::Absent(_)));
    assert!(matches!(world.page("https://example.org"), Reach::Unreachable(_)));
}

#[tokio::test]
async fn what_is_not_beside_is_asked_of_the_hub_once() {
    let folder = tempfile::tempdir().unwrap();
    let description = json!({ "id": "ada/tiny", "sha": "1".repeat(40), "siblings": [] }).to_string();
    let server = Scripted::start(move |_, _| format!("200 OK\r\n\r\n{description}")).await;
    let hub = Arc::new(Hub::new(&server.url, None).unwrap());
    let world = Outside::nothing().beside(folder.path().to_path_buf()).hub(hub);
    blocking(move || {
        for name in ["ada/tiny", "Ada/Tiny"] {
            assert!(matches!(world.repository(Kind::Model, &id(name)), Reach::Found(_)));
        }
    })
    .await;
    assert_eq!(server.heard().len(), 1);
}

fn web(allow_private: bool) -> Outside {
    Outside::nothing().web(Web::new(None, allow_private).unwrap())
}

#[tokio::test]
async fn a_page_is_what_anybody_is_answered() {
    let server = Scripted::start(|path, _| match path {
        "/moved" => "301 Moved\r\nLocation: /there\r\n\r\n".into(),
        "/there" => "200 OK\r\n\r\nabc".into(),
        "/long" => format!("200 OK\r\n\r\n{}", "x".repeat(300 << 10)),
        "/huge" => "200 OK\r\nContent-Length: 99999999999\r\n\r\n".into(),
        "/loop" => "302 Found\r\nLocation: /loop\r\n\r\n".into(),
        "/sign-in" => "401 Unauthorized\r\n\r\n".into(),
        "/robots" => "403 Forbidden\r\n\r\n".into(),
        _ => "404 Not Found\r\n\r\n".into(),
    })
    .await;
    let (url, world) = (server.url.clone(), web(true));
    blocking(move || {
        let page = |path: &str| world.page(&format!("{url}{path}"));
        let found = page("/moved").found().unwrap();
        assert_eq!((found.status, found.text.as_str()), (200, "abc"));
        assert_eq!(found.address, format!("{url}/there"));
        assert_eq!(
            found.sha256.to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(page("/long").found().unwrap().text.len(), 256 << 10);
        assert_eq!(page("/none"), Reach::Absent("404 Not Found".into()));
        assert_eq!(page("/sign-in"), Reach::Closed("401 Unauthorized".into()));
        for path in ["/robots", "/huge", "/loop"] {
            assert!(matches!(page(path), Reach::Unreachable(_)), "{path}");
        }
        assert_eq!(page("/none"), page("/none"));
    })
    .await;
    let asked = |path: &str| server.heard().iter().filter(|head| head.contains(&format!(" {path} "))).count();
    assert_eq!((asked("/none"), asked("/loop")), (1, 11));
}

#[tokio::test]
async fn machines_of_a_private_network_are_not_asked() {
    let server = Scripted::start(|_, _| "200 OK\r\n\r\nsecret".into()).await;
    let (address, world) = (server.url.clone(), web(false));
    let port = address.rsplit(':').next().unwrap().to_owned();
    blocking(move || {
        for address in [
            address.clone(),
            format!("http://localhost:{port}/"),
            format!("http://[::ffff:127.0.0.1]:{port}/"),
        ] {
            let Reach::Unreachable(why) = world.page(&address) else { panic!("{address} was asked") };
            assert!(why.contains("private network") && why.contains("--allow-private"), "{why}");
            assert!(matches!(world.code(&address), Reach::Unreachable(_)));
        }
        assert!(matches!(world.page("file:///etc/passwd"), Reach::Unreachable(_)));
    })
    .await;
    assert_eq!(server.heard(), Vec::<String>::new());
}

#[tokio::test]
async fn a_redirect_does_not_lead_into_a_private_network_either() {
    let inside = Scripted::start(|_, _| "200 OK\r\n\r\nsecret".into()).await;
    // The hub may be asked though it is on this machine; what it points to may not.
    let target = inside.url.replace("127.0.0.1", "127.0.0.2");
    let names = ["localhost", "127.0.0.2"].map(|host| inside.url.replace("127.0.0.1", host));
    let hub = Scripted::start(move |path, _| match path {
        "/name" => format!("302 Found\r\nLocation: {}/x\r\n\r\n", names[0]),
        _ => format!("302 Found\r\nLocation: {target}/x\r\n\r\n"),
    })
    .await;
    let world = Outside::nothing().web(Web::new(Some(&hub.url), false).unwrap());
    let url = hub.url.clone();
    blocking(move || {
        for path in ["/number", "/name"] {
            let Reach::Unreachable(why) = world.page(&format!("{url}{path}")) else {
                panic!("{path} was followed")
            };
            assert!(why.contains("private network"), "{why}");
        }
    })
    .await;
    assert_eq!((hub.heard().len(), inside.heard().len()), (2, 0));
}

#[tokio::test]
async fn a_host_that_does_not_answer_is_waited_for_once() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let world = web(true);
    blocking(move || {
        assert!(matches!(world.page(&format!("http://{gone}/a")), Reach::Unreachable(_)));
        // Now somebody listens, and hears nothing.
        let back = TcpListener::bind(gone).unwrap();
        back.set_nonblocking(true).unwrap();
        for number in 0..100 {
            assert!(matches!(world.page(&format!("http://{gone}/{number}")), Reach::Unreachable(_)));
        }
        assert!(back.accept().is_err(), "nobody knocks twice");
    })
    .await;
}

fn git(folder: &Path, words: &[&str]) {
    let settings = [("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_NOSYSTEM", "1")];
    let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "protocol.version=2"];
    let output =
        Command::new("git").args(identity).args(words).current_dir(folder).envs(settings).output().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Uploads content as git-lfs does.
async fn upload(site: &TestSite, token: &str, bytes: &'static [u8]) -> Sha256 {
    let sha256 = Sha256(sha2::Sha256::digest(bytes).into());
    let object = json!({ "oid": sha256, "size": bytes.len() });
    let asked = json!({ "operation": "upload", "transfers": ["basic"], "objects": [object] });
    let batch = site.bearer(token).post("/ada/code.git/info/lfs/objects/batch", &asked).send().await.unwrap();
    let answer: Value = batch.json().await.unwrap();
    let address =
        answer["objects"][0]["actions"]["upload"]["href"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let path = address.strip_prefix(&site.url).unwrap();
    let put = site.anyone().call("PUT", path).body(bytes).send().await.unwrap();
    assert!(put.status().is_success());
    sha256
}

/// A repository of code on a hub, with what must not do anything on the machine of an audit.
async fn pushed(site: &TestSite) -> String {
    let token = site.hub.user_token("ada", limpide_hub::Grant::Write).await;
    let made = site.bearer(&token).post("/api/repos/create", &json!({ "name": "code" })).send().await;
    assert!(made.unwrap().status().is_success());
    let content = upload(site, &token, b"lies elsewhere").await;
    let remote = format!("{}/ada/code", site.url.replace("http://", &format!("http://ada:{token}@")));
    let url = format!("{}/ada/code", site.url);
    tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        git(folder.path(), &["clone", "--quiet", &remote, "."]);
        fs::create_dir(at("src")).unwrap();
        fs::write(at("src/train.py"), "optimizer.step()\n").unwrap();
        fs::write(at("large.txt"), "x".repeat(3 << 20)).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", at("link")).unwrap();
        fs::write(at("data.txt"), pointer::write(content, 14)).unwrap();
        git(folder.path(), &["add", "."]);
        git(folder.path(), &["commit", "--quiet", "--message", "code"]);
        git(folder.path(), &["push", "--quiet", "origin", "HEAD:main"]);
    })
    .await
    .unwrap();
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn code_is_read_as_git_holds_it_and_large_files_stay_where_they_are() {
    let site = TestSite::start().await;
    let address = pushed(&site).await;
    let world = web(true);
    blocking(move || {
        let code = world.code(&format!("{address}/")).found().unwrap();
        let file = |path: &str| code.files().unwrap().into_iter().find(|file| file.path == path).unwrap();
        assert_eq!(code.read("src/train.py", 0..14).unwrap(), "optimizer.step");
        assert_eq!(code.read("src/train.py", 14..99).unwrap(), "()\n");
        assert_eq!((file("data.txt").content, file("data.txt").size), (Content::NotFetched, 14));
        for path in ["link", "large.txt"] {
            assert_eq!(file(path).content, Content::Skipped, "{path}");
            assert!(code.read(path, 0..1).is_err(), "{path}");
        }
        assert_eq!(code.subject().commit.map(|commit| commit.len()), Some(40));
        // Private, or not there: whoever answers for the address does not tell.
        assert!(matches!(world.code(&format!("{address}-none")), Reach::Closed(_)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn code_that_is_too_large_or_too_slow_is_left() {
    let site = TestSite::start().await;
    let place = Place {
        address: pushed(&site).await,
        machine: None,
        most: 1 << 20,
        patience: Duration::from_secs(60),
    };
    assert!(Elsewhere::fetch(&place).await.is_ok());
    let small = Place { most: 1000, ..place.clone() };
    let said = Elsewhere::fetch(&small).await.unwrap_err().to_string();
    assert!(said.contains("it is larger than"), "{said}");
    // Somebody who takes the call and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", silent.local_addr().unwrap());
    let slow = Place { address, patience: Duration::from_secs(1), ..place };
    let said = Elsewhere::fetch(&slow).await.unwrap_err().to_string();
    assert!(said.contains("longer than 1 s"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn git_asks_the_machine_that_was_asked_before_and_follows_no_redirect() {
    let site = TestSite::start().await;
    let address = pushed(&site).await;
    let there = address.clone();
    let moved = Scripted::start(move |path, _| {
        format!("301 Moved\r\nLocation: {there}{}\r\n\r\n", path.trim_start_matches("/ada/code"))
    })
    .await;
    let place = |address: String, machine: Option<String>| Place {
        address,
        machine,
        most: 1 << 20,
        patience: Duration::from_secs(60),
    };
    let redirected = place(format!("{}/ada/code", moved.url), None);
    assert!(Elsewhere::fetch(&redirected).await.is_err());
    // A name that means nothing is asked where it was found before.
    let port = address.split(':').nth(2).unwrap().split('/').next().unwrap().to_owned();
    let named = address.replace("127.0.0.1", "code.invalid");
    let pinned = place(named, Some(format!("code.invalid:{port}:127.0.0.1")));
    assert!(Elsewhere::fetch(&pinned).await.is_ok());
    // Redirects were followed and checked before, and git is given their end.
    let world = web(true);
    let reach = blocking(move || world.code(&redirected.address).as_str()).await;
    assert_eq!(reach, "found");
}

#[tokio::test]
async fn a_page_is_no_repository_of_code() {
    let server = Scripted::start(|_, _| "200 OK\r\nContent-Type: text/html\r\n\r\nhello".into()).await;
    let (address, world) = (format!("{}/ada/tiny", server.url), web(true));
    let reach = blocking(move || world.code(&address).and_then(|_| Reach::Found(()))).await;
    assert_eq!(reach, Reach::Absent("what answers there is no git repository".into()));
}
