//! What the stories share.

use limpide_testkit::site::{Actor, TestSite};
use reqwest::Response;
use serde_json::{Value, json};

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
