//! Creating, moving and deleting repositories, as the stock client asks for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_testkit::site::TestSite;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

#[tokio::test]
async fn a_repo_is_created_once_and_the_refusal_says_where_it_is() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let request = json!({ "name": "tiny", "organization": null, "type": "dataset", "visibility": "public" });

    let first = ada.post("/api/repos/create", &request).send().await.unwrap();
    assert_eq!(first.status(), 200);
    let first: Value = first.json().await.unwrap();
    assert_eq!(first["url"], format!("{}/datasets/ada/tiny", site.url));

    let upper = json!({ "name": "TINY", "organization": "ada", "type": "dataset" });
    let second = ada.post("/api/repos/create", &upper).send().await.unwrap();
    assert_eq!(second.status(), 409);
    let second: Value = second.json().await.unwrap();
    assert_eq!(second["url"], format!("{}/datasets/ada/tiny", site.url));
    assert_eq!(second["error"], "You already created this dataset repo");
}

#[tokio::test]
async fn a_wrong_token_is_told_so_and_the_request_id_comes_back() {
    let site = TestSite::start().await;
    let answer =
        site.bearer("hf_wrong").get("/api/whoami-v2").header("x-request-id", "abc-123").send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.headers()["x-request-id"], "abc-123");
    assert_eq!(answer.headers()["x-error-message"], "Invalid credentials in Authorization header");

    let ada = site.user("ada").await.get("/api/whoami-v2").send().await.unwrap();
    let ada: Value = ada.json().await.unwrap();
    assert_eq!((&ada["name"], &ada["type"], &ada["orgs"]), (&json!("ada"), &json!("user"), &json!([])));
}

#[tokio::test]
async fn a_moved_repo_answers_under_its_old_name_until_that_name_is_used_again() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let create = |name: &str| json!({ "name": name });
    ada.post("/api/repos/create", &create("old")).send().await.unwrap();
    let request = json!({ "fromRepo": "ada/old", "toRepo": "ada/fresh", "type": "model" });
    assert_eq!(ada.post("/api/repos/move", &request).send().await.unwrap().status(), 200);

    for (method, path) in [
        ("GET", "/api/models/ada/old?expand=private"),
        ("GET", "/api/models/Ada/Old/auth-check/write"),
        ("PUT", "/api/models/ada/old/settings"),
    ] {
        let answer = ada.call(method, path).send().await.unwrap();
        assert_eq!(answer.status(), 307, "{method} {path}");
        let location = answer.headers()["location"].to_str().unwrap();
        assert_eq!(location, path.replace("Ada/Old", "ada/old").replace("ada/old", "ada/fresh"));
    }
    let again = ada.post("/api/repos/create", &create("old")).send().await.unwrap();
    assert_eq!(again.status(), 200);
    assert_eq!(ada.get("/api/models/ada/old").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_private_moved_repo_does_not_tell_strangers_where_it_went() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let request = json!({ "name": "old", "visibility": "private" });
    ada.post("/api/repos/create", &request).send().await.unwrap();
    let request = json!({ "fromRepo": "ada/old", "toRepo": "ada/fresh" });
    ada.post("/api/repos/move", &request).send().await.unwrap();
    let answer = site.user("eve").await.get("/api/models/ada/old").send().await.unwrap();
    assert_eq!(answer.status(), 404);
    assert_eq!(answer.headers()["x-error-code"], "RepoNotFound");
}

#[tokio::test]
async fn a_move_onto_another_repo_is_refused_in_words_that_clients_know() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    for name in ["one", "two"] {
        ada.post("/api/repos/create", &json!({ "name": name })).send().await.unwrap();
    }
    let request = json!({ "fromRepo": "ada/one", "toRepo": "ada/TWO", "type": "model" });
    let answer = ada.post("/api/repos/move", &request).send().await.unwrap();
    assert_eq!(answer.status(), 409);
    assert_eq!(answer.headers()["x-error-message"], "A model repository called ada/TWO already exists");
    let back = json!({ "fromRepo": "ada/one", "toRepo": "ada/ONE", "type": "model" });
    assert_eq!(ada.post("/api/repos/move", &back).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_deleted_repo_is_gone_and_a_name_without_owner_never_was() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    ada.post("/api/repos/create", &json!({ "name": "tiny", "type": "space", "sdk": "static" }))
        .send()
        .await
        .unwrap();
    let request = json!({ "name": "tiny", "organization": null, "type": "space" });
    let deleted = ada.call("DELETE", "/api/repos/delete").json(&request).send().await.unwrap();
    assert_eq!(deleted.status(), 200);
    for path in ["/api/spaces/ada/tiny", "/api/models/gpt2", "/gpt2/resolve/main/config.json"] {
        let answer = ada.get(path).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["x-error-code"]),
            (404, &"RepoNotFound".parse().unwrap())
        );
        let answer = site.anyone().head(path).send().await.unwrap();
        assert_eq!(
            (answer.status().as_u16(), &answer.headers()["x-error-code"]),
            (401, &"RepoNotFound".parse().unwrap())
        );
    }
}

#[tokio::test]
async fn settings_change_what_strangers_see() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let eve = site.user("eve").await;
    ada.post("/api/repos/create", &json!({ "name": "tiny" })).send().await.unwrap();
    let settings = "/api/models/ada/tiny/settings";

    let gated = ada.call("PUT", settings).json(&json!({ "gated": "auto" })).send().await.unwrap();
    assert_eq!(gated.status(), 200);
    let check = eve.get("/api/models/ada/tiny/auth-check").send().await.unwrap();
    assert_eq!(
        (check.status().as_u16(), &check.headers()["x-error-code"]),
        (403, &"GatedRepo".parse().unwrap())
    );
    let words = check.headers()["x-error-message"].to_str().unwrap();
    assert!(
        words.contains("Access to model ada/tiny is restricted and you are not in the authorized list"),
        "{words}"
    );
    assert_eq!(site.anyone().get("/api/models/ada/tiny/auth-check").send().await.unwrap().status(), 401);
    assert_eq!(eve.get("/api/models/ada/tiny").send().await.unwrap().status(), 200);

    let wrong = ada.call("PUT", settings).json(&json!({ "gated": "perhaps" })).send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    ada.call("PUT", settings).json(&json!({ "gated": false, "visibility": "private" })).send().await.unwrap();
    assert_eq!(eve.get("/api/models/ada/tiny").send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn a_connection_goes_on_after_a_request_that_was_answered_before_its_end() {
    let site = TestSite::start().await;
    let mut socket = socket(&site).await;
    let head = "POST /api/models/ada/none/commit/main HTTP/1.1\r\nHost: hub\r\nContent-Length: 5\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    // The refusal needs no body; it comes a moment later all the same.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    socket.write_all(b"body\nGET /healthz HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answers = String::new();
    socket.read_to_string(&mut answers).await.unwrap();
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["401", "200"]);
}

#[tokio::test]
async fn a_long_rest_of_a_refused_request_is_not_read_and_the_answer_says_so() {
    let site = TestSite::start().await;
    let mut socket = socket(&site).await;
    let head =
        "POST /api/models/ada/none/commit/main HTTP/1.1\r\nHost: hub\r\nContent-Length: 8000000\r\n\r\n";
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(&[b'x'; 300_000]).await.unwrap();
    let mut answer = [0; 4096];
    let length = socket.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..length]).to_lowercase();
    assert!(answer.starts_with("http/1.1 401"), "{answer}");
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
}

async fn socket(site: &TestSite) -> TcpStream {
    TcpStream::connect(site.url.trim_start_matches("http://")).await.unwrap()
}
