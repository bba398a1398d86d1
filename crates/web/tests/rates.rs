//! How often somebody may ask, and how they are told.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::{Limits, Settings};
use limpide_testkit::site::{Actor, TestSite};
use reqwest::Response;

async fn ask(actor: &Actor, path: &str) -> Response {
    actor.get(path).send().await.unwrap()
}

fn header<'a>(answer: &'a Response, name: &str) -> &'a str {
    answer.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn whoever_asks_too_often_is_told_how_long_to_wait_and_others_are_not_kept_waiting() {
    let limits = Limits { requests: Some(3), ..Limits::default() };
    let site = TestSite::with(Settings { limits, ..Settings::default() }).await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    for left in [2, 1, 0] {
        let answer = ask(&ada, "/api/models").await;
        assert_eq!(answer.status(), 200);
        assert!(header(&answer, "ratelimit").starts_with(&format!("\"api\";r={left};t=")));
        assert_eq!(header(&answer, "ratelimit-policy"), "\"fixed window\";\"api\";q=3;w=300");
    }
    let refused = ask(&ada, "/api/models").await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=300).contains(&wait), "{wait}");
    assert!(header(&refused, "ratelimit").starts_with("\"api\";r=0;t="));
    assert!(refused.text().await.unwrap().contains("`limits.requests`"));

    assert_eq!(ask(&bob, "/api/models").await.status(), 200);
    assert_eq!(ask(&site.anyone(), "/api/models").await.status(), 200);
    // Pages and files are counted by themselves.
    assert_eq!(ask(&ada, "/models").await.status(), 200);
    let file = ask(&ada, "/ada/none/resolve/main/file").await;
    assert_eq!(file.status(), 404);
    assert!(header(&file, "ratelimit").starts_with("\"resolvers\";r=2;t="));
}

#[tokio::test]
async fn without_a_limit_nothing_is_said() {
    let site = TestSite::start().await;
    let answer = ask(&site.anyone(), "/api/models").await;
    assert!(!answer.headers().contains_key("ratelimit"));
}
