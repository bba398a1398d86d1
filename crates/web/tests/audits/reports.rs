//! Reports: they appear after a push, are asked for, kept and forgotten.

use limpide_testkit::site::TestSite;
use serde_json::Value;

use crate::kit::{commit, create, get, get_json, work};

#[tokio::test]
async fn a_commit_is_audited_and_its_report_tells_what_the_commit_holds() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    create(&ada, "tiny", false).await;
    let head = commit(&ada, "ada/tiny", "README.md", "# Tiny\n").await;

    let waiting = get(&site.anyone(), "/api/models/ada/tiny/openness").await;
    assert_eq!(waiting.status(), 202);
    assert_eq!(waiting.headers()["retry-after"], "2");
    let waiting: Value = waiting.json().await.unwrap();
    assert_eq!((waiting["state"].as_str(), waiting["commit"].as_str()), (Some("waiting"), Some(&*head)));

    assert_eq!(work(&site).await, 2, "the first commit and this one");
    let report = get_json(&site.anyone(), "/api/models/ada/tiny/openness").await;
    assert_eq!(report["schema"], "limpide-openness-report/1");
    assert_eq!(report["subject"]["repository"], "ada/tiny");
    assert_eq!(report["subject"]["commit"], head);
    assert_eq!(report["facts"]["files"], 2);
    assert_eq!(work(&site).await, 0, "once is enough");
}
