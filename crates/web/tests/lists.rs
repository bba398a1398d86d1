//! Finding repositories: search, filters, sorting, pages, and what strangers do not see.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::time::Duration;

use limpide_hub::{NewRepo, Scope};
use limpide_testkit::site::{Actor, TestSite};
use limpide_words::Kind;
use serde_json::{Value, json};

async fn get(actor: &Actor, path: &str) -> Value {
    let answer = actor.get(path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.unwrap()
}

fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|info| info["id"].as_str().unwrap()).collect()
}

async fn create(site: &TestSite, owner: &Actor, id: &str, private: bool) {
    let caller = site.caller(owner).await;
    let new = NewRepo { kind: Kind::Model, id: id.parse().unwrap(), private, sdk: None };
    site.hub.create_repo(&caller, new).await.unwrap();
    site.clock.advance(Duration::from_secs(60));
}

#[tokio::test]
async fn pages_follow_their_links_to_the_end_and_nothing_is_shown_twice() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    for number in 0..7 {
        create(&site, &ada, &format!("ada/model-{number}"), false).await;
    }
    let mut seen: Vec<String> = Vec::new();
    let mut next = Some("/api/models?sort=createdAt&limit=3&search=MODEL".to_owned());
    while let Some(path) = next {
        let answer = site.anyone().get(&path).send().await.unwrap();
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        next = link.map(|link| {
            let address = link.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
            assert!(link.ends_with("; rel=\"next\""), "{link}");
            address.strip_prefix(&site.url).expect("an absolute link to this very server").to_owned()
        });
        let list: Value = answer.json().await.unwrap();
        seen.extend(ids(&list).into_iter().map(str::to_owned));
    }
    let expected: Vec<String> = (0..7).rev().map(|number| format!("ada/model-{number}")).collect();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn private_repos_are_listed_for_their_members_only() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let eve = site.user("eve").await;
    create(&site, &ada, "ada/open", false).await;
    create(&site, &ada, "ada/secret", true).await;
    create(&site, &ada, "ada/other-secret", true).await;

    assert_eq!(ids(&get(&site.anyone(), "/api/models").await), ["ada/open"]);
    assert_eq!(ids(&get(&eve, "/api/models?author=ada").await), ["ada/open"]);
    assert_eq!(ids(&get(&ada, "/api/models?author=ADA").await).len(), 3);

    let one = Scope {
        on: "model".into(),
        name: "ada/secret".into(),
        permissions: vec!["repo.content.read".into()],
    };
    let fine = limpide_hub::NewToken {
        name: "one".into(),
        grant: limpide_hub::Grant::Fine(vec![one]),
        lifetime: None,
        value: None,
    };
    let fine = site.bearer(&site.hub.create_token(&"ada".parse().unwrap(), fine).await.unwrap());
    assert_eq!(ids(&get(&fine, "/api/models?sort=createdAt").await), ["ada/secret", "ada/open"]);
}

#[tokio::test]
async fn a_percent_sign_in_a_search_is_a_percent_sign() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&site, &ada, "ada/under_score", false).await;
    create(&site, &ada, "ada/underXscore", false).await;
    assert_eq!(ids(&get(&ada, "/api/models?search=under_").await), ["ada/under_score"]);
    assert_eq!(ids(&get(&ada, "/api/models?search=%25").await), Vec::<&str>::new());
}

#[tokio::test]
async fn likes_count_sort_and_are_taken_back() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let eve = site.user("eve").await;
    create(&site, &ada, "ada/loved", false).await;
    create(&site, &ada, "ada/newer", false).await;
    for _ in 0..2 {
        let answer = eve.post("/api/models/ada/loved/like", &json!({})).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    for sort in ["likes", "trendingScore"] {
        assert_eq!(ids(&get(&eve, &format!("/api/models?sort={sort}")).await), ["ada/loved", "ada/newer"]);
    }
    assert_eq!(get(&eve, "/api/models/ada/loved?expand=likes").await["likes"], 1);
    assert_eq!(get(&eve, "/api/models/ada/loved/likers").await[0]["user"], "eve");
    assert_eq!(get(&eve, "/api/users/eve/likes").await[0]["repo"]["name"], "ada/loved");

    // A week later the like is still there, and no longer a trend.
    site.clock.advance(Duration::from_secs(8 * 24 * 3600));
    assert_eq!(get(&eve, "/api/models/ada/loved?expand=trendingScore").await["trendingScore"], 0);
    assert_eq!(eve.call("DELETE", "/api/models/ada/loved/like").send().await.unwrap().status(), 200);
    assert_eq!(get(&eve, "/api/models/ada/loved?expand=likes").await["likes"], 0);
}

#[tokio::test]
async fn an_unknown_expand_names_the_ones_there_are() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&site, &ada, "ada/tiny", false).await;
    let answer = ada.get("/api/models/ada/tiny?expand=foo").send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let answer: Value = answer.json().await.unwrap();
    assert!(answer["error"].as_str().unwrap().starts_with("✖ Invalid option: expected one of \"author\"|"));

    let info = get(&ada, "/api/models/ada/tiny?expand[]=private&expand=tags").await;
    let keys: Vec<&String> = info.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["_id", "id", "modelId", "private", "tags"]);
}

#[tokio::test]
async fn a_filter_that_limpide_cannot_apply_is_refused_and_not_ignored() {
    let site = TestSite::start().await;
    let answer = site.anyone().get("/api/models?num_parameters=min:6B").send().await.unwrap();
    assert_eq!(answer.status(), 501);
}
