//! A server with a model, and somebody who may write to it.

use limpide_testkit::site::{Actor, TestSite};
use limpide_testkit::xet::{Sent, shard};
use limpide_words::Sha256;
use reqwest::Response;
use serde_json::{Value, json};

pub(crate) struct Scene {
    pub(crate) site: TestSite,
    pub(crate) ada: Actor,
}

/// What opens the content store.
pub(crate) struct Door {
    /// The store's address, without the server's: `/cas/…`.
    pub(crate) base: String,
    pub(crate) actor: Actor,
}

pub(crate) async fn scene() -> Scene {
    on(TestSite::start().await).await
}

pub(crate) async fn on(site: TestSite) -> Scene {
    let ada = site.user("ada").await;
    let answer = ada.post("/api/repos/create", &json!({ "name": "tiny" })).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    Scene { site, ada }
}

impl Scene {
    /// The content store, as the holder of a token for `ada/tiny` sees it.
    pub(crate) async fn door(&self, actor: &Actor, mode: &str) -> Door {
        let answer = actor.get(&format!("/api/models/ada/tiny/xet-{mode}-token/main")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let token: Value = answer.json().await.unwrap();
        let base = token["casUrl"].as_str().unwrap().strip_prefix(&self.site.url).unwrap().to_owned();
        Door { base, actor: self.site.bearer(token["accessToken"].as_str().unwrap()) }
    }

    /// Sends a file by Xet, without committing it.
    pub(crate) async fn send(&self, sent: &Sent) {
        let door = self.door(&self.ada, "write").await;
        for xorb in &sent.xorbs {
            let path = format!("{}/v1/xorbs/default/{}", door.base, xorb.hash);
            let answer = door.actor.call("POST", &path).body(xorb.body.clone()).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
        }
        let path = format!("{}/v1/shards", door.base);
        let answer = door.actor.call("POST", &path).body(shard(&[&sent.file])).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    }

    /// Commits changes to `ada/tiny`; gives the commit's id.
    pub(crate) async fn commit(&self, changes: &[Value]) -> String {
        let mut body = json!({ "key": "header", "value": { "summary": "a commit" } }).to_string();
        for change in changes {
            body.push('\n');
            body.push_str(&change.to_string());
        }
        let answer =
            self.ada.call("POST", "/api/models/ada/tiny/commit/main").body(body).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{:?}", answer.headers().get("x-error-message"));
        let answer: Value = answer.json().await.unwrap();
        answer["commitOid"].as_str().unwrap().to_owned()
    }

    /// Sends a file by Xet and commits it.
    pub(crate) async fn upload(&self, path: &str, sent: &Sent) -> String {
        self.send(sent).await;
        self.commit(&[lfs_file(path, sent)]).await
    }
}

pub(crate) fn sha256(sent: &Sent) -> Sha256 {
    Sha256(sent.file.sha256.unwrap())
}

pub(crate) fn lfs_file(path: &str, sent: &Sent) -> Value {
    json!({ "key": "lfsFile", "value": { "path": path, "algo": "sha256", "oid": sha256(sent), "size": sent.data.len() } })
}

pub(crate) fn file(path: &str, content: &str) -> Value {
    json!({ "key": "file", "value": { "path": path, "content": content, "encoding": "utf-8" } })
}

/// A header of an answer; empty when it is not there.
pub(crate) fn header(answer: &Response, name: &str) -> String {
    answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}
