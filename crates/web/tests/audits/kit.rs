//! What the stories share.

use limpide_testkit::site::{Actor, TestSite};
use reqwest::Response;
use serde_json::{Value, json};

/// A commit of one file to `main`, as the stock client sends it; gives its id.
pub(crate) async fn commit(actor: &Actor, repo: &str, path: &str, text: &str) -> String {
    let lines = [
        json!({ "key": "header", "value": { "summary": format!("write {path}"), "description": "" } }),
        json!({ "key": "file", "value": { "path": path, "content": text, "encoding": "utf-8" } }),
    ];
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let request = actor.call("POST", &format!("/api/models/{repo}/commit/main"));
    let answer = request.header("content-type", "application/x-ndjson").body(body).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.unwrap();
    answer["commitOid"].as_str().unwrap().to_owned()
}

/// Does whatever waits to be done; gives how many audits.
pub(crate) async fn work(site: &TestSite) -> usize {
    let mut done = 0;
    while let Some(kind) = site.hub.do_next_job().await.unwrap() {
        done += usize::from(kind == "audit");
    }
    done
}

pub(crate) async fn get(actor: &Actor, path: &str) -> Response {
    actor.get(path).send().await.unwrap()
}

pub(crate) async fn get_json(actor: &Actor, path: &str) -> Value {
    let answer = get(actor, path).await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

pub(crate) async fn create(actor: &Actor, name: &str, private: bool) {
    let new = json!({ "name": name, "private": private });
    assert_eq!(actor.post("/api/repos/create", &new).send().await.unwrap().status(), 200);
}
