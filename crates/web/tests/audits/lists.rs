//! How lists and descriptions show openness, and find and sort by it.

use limpide_testkit::site::TestSite;
use serde_json::Value;

use crate::kit::{create, get, get_json, work};

/// Three models that were audited with these letters and thousandths, and one that was not.
async fn scene() -> TestSite {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let audited = [("best", "A", 900), ("good", "B", 700), ("also-good", "B", 700), ("poor", "E", 0)];
    for (name, grade, verified) in audited {
        create(&ada, name, false).await;
        work(&site).await;
        let which = format!("WHERE repository_id = (SELECT id FROM repositories WHERE name = '{name}')");
        site.hub
            .db
            .damage(&format!("UPDATE audits SET grade = '{grade}', verified = {verified} {which};"))
            .await;
        let row = format!("openness_grade = '{grade}', openness = {verified} WHERE name = '{name}'");
        site.hub.db.damage(&format!("UPDATE repositories SET {row};")).await;
    }
    create(&ada, "unaudited", false).await;
    site
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|info| info["id"].as_str().unwrap().trim_start_matches("ada/"))
        .collect()
}

#[tokio::test]
async fn lists_find_what_is_verified_to_be_at_least_so_open() {
    let site = scene().await;
    for (letter, expected) in [("A", 1), ("B", 3), ("b", 3), ("D", 3), ("E", 4)] {
        let list = get_json(&site.anyone(), &format!("/api/models?openness={letter}")).await;
        assert_eq!(names(&list).len(), expected, "{letter}: {list}");
    }
    assert_eq!(get(&site.anyone(), "/api/models?openness=F").await.status(), 400);
}

#[tokio::test]
async fn lists_sort_by_openness_a_page_at_a_time() {
    let site = scene().await;
    let mut seen = Vec::new();
    let mut next = Some("/api/models?sort=openness&limit=2".to_owned());
    while let Some(path) = next {
        let answer = get(&site.anyone(), &path).await;
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        next = link.map(|link| {
            let address = link.strip_prefix('<').unwrap().split('>').next().unwrap();
            address.strip_prefix(&site.url).unwrap().to_owned()
        });
        let list: Value = answer.json().await.unwrap();
        seen.extend(names(&list).into_iter().map(str::to_owned));
    }
    assert_eq!(seen, ["best", "also-good", "good", "poor", "unaudited"]);
}

#[tokio::test]
async fn a_description_holds_the_headline_once_there_is_one() {
    let site = scene().await;
    let best = get_json(&site.anyone(), "/api/models/ada/best").await;
    assert_eq!(best["openness"]["grade"], "A");
    assert_eq!(best["openness"]["verified"], 900);
    assert_eq!(best["openness"]["commit"], best["sha"]);
    for field in ["attested", "claimed", "gap", "digest", "label"] {
        assert!(!best["openness"][field].is_null(), "{field}: {best}");
    }
    let expanded = get_json(&site.anyone(), "/api/models/ada/best?expand=openness").await;
    assert_eq!(expanded["openness"], best["openness"]);
    let unaudited = get_json(&site.anyone(), "/api/models/ada/unaudited").await;
    assert!(unaudited.get("openness").is_none(), "{unaudited}");
    let list = get_json(&site.anyone(), "/api/models?search=best").await;
    assert_eq!(list[0]["openness"], best["openness"]);
}
