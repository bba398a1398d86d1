//! A whole server for one test: a hub behind its real router, on a socket of its own, and people who call it.

use std::ops::Deref;

use limpide_hub::{Caller, Grant, Hub, Settings};
use limpide_web::Site;
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::hub::TestHub;

/// A server that answers on the loopback address for as long as the test runs.
pub struct TestSite {
    /// The hub behind it.
    pub hub: TestHub,
    /// `http://127.0.0.1:port`
    pub url: String,
    client: reqwest::Client,
    server: JoinHandle<()>,
}

/// Somebody who calls the server.
#[derive(Clone)]
pub struct Actor {
    url: String,
    client: reqwest::Client,
    token: Option<String>,
}

impl TestSite {
    /// A server over an empty hub with the default settings.
    pub async fn start() -> Self {
        Self::with(Settings::default()).await
    }

    /// A server over an empty hub with these settings.
    pub async fn with(settings: Settings) -> Self {
        let hub = TestHub::with(settings).await;
        let (url, server) = serve(hub.hub.clone()).await;
        // Clients of the Hub look at redirects themselves, and so do tests.
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        Self { hub, url, client: client.expect("a client"), server }
    }

    /// The address of another server of the same hub, which knows nothing of this one.
    pub async fn replica(&self) -> String {
        let (db, blobs) = (self.hub.db.db.clone(), self.hub.blobs.blobs.clone());
        let (settings, clock) = (self.hub.settings().clone(), self.hub.clock.clone());
        let hub = Hub::open(db, blobs, self.hub.mirrors(), settings, clock).await;
        serve(hub.expect("the replica opens")).await.0
    }

    /// Somebody without a token.
    pub fn anyone(&self) -> Actor {
        Actor { url: self.url.clone(), client: self.client.clone(), token: None }
    }

    /// Somebody with this token.
    pub fn bearer(&self, token: &str) -> Actor {
        Actor { token: Some(token.to_owned()), ..self.anyone() }
    }

    /// A new user, with a token that may write.
    pub async fn user(&self, name: &str) -> Actor {
        self.bearer(&self.hub.user_token(name, Grant::Write).await)
    }

    /// The caller that the hub sees behind an actor.
    pub async fn caller(&self, actor: &Actor) -> Caller {
        match &actor.token {
            Some(token) => self.hub.caller_by_token(token).await.expect("the token works"),
            None => Caller::Anyone,
        }
    }
}

/// Serves a hub; gives its address.
async fn serve(hub: Hub) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let router = limpide_web::router(Site::new(hub, None));
    let serve = async { axum::serve(listener, router).await.expect("the server runs") };
    (url, tokio::spawn(serve))
}

impl Deref for TestSite {
    type Target = TestHub;

    fn deref(&self) -> &TestHub {
        &self.hub
    }
}

impl Drop for TestSite {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Actor {
    /// A request as this actor: `actor.call("PUT", "/api/…")`.
    pub fn call(&self, method: &str, path: &str) -> RequestBuilder {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// `GET path`
    pub fn get(&self, path: &str) -> RequestBuilder {
        self.call("GET", path)
    }

    /// `HEAD path`
    pub fn head(&self, path: &str) -> RequestBuilder {
        self.call("HEAD", path)
    }

    /// `POST path` with a JSON body.
    pub fn post(&self, path: &str, body: &serde_json::Value) -> RequestBuilder {
        self.call("POST", path).json(body)
    }

    /// Commits a text to `main` of a model, as the stock client sends it; gives the commit's id.
    pub async fn commit(&self, repo: &str, path: &str, text: &str) -> String {
        let lines = [
            json!({ "key": "header", "value": { "summary": format!("write {path}"), "description": "" } }),
            json!({ "key": "file", "value": { "path": path, "content": text, "encoding": "utf-8" } }),
        ];
        let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let request = self.call("POST", &format!("/api/models/{repo}/commit/main"));
        let request = request.header("content-type", "application/x-ndjson").body(body);
        let answer = request.send().await.expect("the server answers");
        assert_eq!(answer.status(), 200, "{path}");
        let answer: serde_json::Value = answer.json().await.expect("JSON");
        answer["commitOid"].as_str().expect("the commit's id").to_owned()
    }
}
