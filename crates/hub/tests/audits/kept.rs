//! What is kept of audits, for how long, and what lists show of it.

use limpide_db::audits;
use limpide_hub::{NewRepo, RepoSettings};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

use crate::kit::{commit, report, work};

#[tokio::test]
async fn the_report_before_is_that_of_the_nearest_commit_that_was_audited() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let repo = hub.readable(&ada, Kind::Model, &id).await.unwrap();
    let before = async |commit| {
        let row = audits::before(&hub.db.db, &repo.repo().id, commit).await.unwrap();
        row.map(|row| row.commit_id)
    };
    let first = hub.commit_at(&repo, &"main".parse().unwrap()).await.unwrap().id;
    assert_eq!(before(first).await, None);
    work(&hub).await;
    let second = commit(&hub, &ada, &id, "a.txt", "a").await;
    let third = commit(&hub, &ada, &id, "b.txt", "b").await;
    assert_eq!(before(second).await, Some(first));
    assert_eq!(before(third).await, Some(first));
    work(&hub).await;
    assert_eq!(before(third).await, Some(second));
    assert_eq!(before(first).await, None);
}

#[tokio::test]
async fn lists_show_the_newest_audit_of_main_and_none_once_its_commit_is_forgotten() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let shown = async || {
        let repo = hub.readable(&ada, Kind::Model, &id).await.unwrap();
        hub.listed(&repo).await.unwrap().openness.map(|openness| openness.commit)
    };
    assert_eq!(shown().await, None);
    work(&hub).await;
    let repo = hub.readable(&ada, Kind::Model, &id).await.unwrap();
    let main = "main".parse().unwrap();
    let first = hub.commit_at(&repo, &main).await.unwrap().id;
    assert_eq!(shown().await, Some(first));

    let second = commit(&hub, &ada, &id, "a.txt", "a").await;
    assert_eq!(shown().await, Some(first), "it is known which commit that was of");
    work(&hub).await;
    assert_eq!(shown().await, Some(second));

    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    let squashed = hub.super_squash(&writable, &main, "all at once").await.unwrap().id;
    assert_eq!(shown().await, None);
    work(&hub).await;
    assert_eq!(shown().await, Some(squashed));
    let (past, next) = hub.openness_history(&repo, None).await.unwrap();
    assert_eq!(past.iter().map(|past| past.commit_id).collect::<Vec<_>>(), [squashed]);
    assert_eq!(next, None);
}

#[tokio::test]
async fn a_branch_that_comes_back_to_an_audited_commit_is_not_audited_again() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    assert_eq!(work(&hub).await, 1);
    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    hub.create_branch(&writable, "dev", None).await.unwrap();
    assert_eq!(work(&hub).await, 0);
}

#[tokio::test]
async fn whatever_a_report_tells_of_a_repository_is_looked_at_again_when_it_changes() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    work(&hub).await;
    let gated = RepoSettings { gated: Some("auto".into()), ..RepoSettings::default() };
    hub.set_repo_settings(&ada, Kind::Model, &id, gated).await.unwrap();
    assert_eq!(work(&hub).await, 1);
    let renamed = "ada/small".parse().unwrap();
    hub.move_repo(&ada, Kind::Model, &id, &renamed).await.unwrap();
    assert_eq!(work(&hub).await, 1);
    let subject = report(&hub, &ada, &renamed, "main").await.report.subject;
    assert_eq!(subject.repository.as_deref(), Some("ada/small"));
}

#[tokio::test]
async fn a_copy_is_audited_by_itself_and_a_deleted_repository_leaves_nothing_to_do() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    work(&hub).await;
    let source = hub.content(&ada, Kind::Model, &id).await.unwrap();
    let copy = NewRepo { kind: Kind::Model, id: "ada/copy".parse().unwrap(), private: false, sdk: None };
    hub.duplicate_repo(&source, &ada, copy.clone()).await.unwrap();
    assert_eq!(work(&hub).await, 1);
    let (one, other) = (report(&hub, &ada, &id, "main").await, report(&hub, &ada, &copy.id, "main").await);
    assert_eq!(one.report.subject.commit, other.report.subject.commit);
    assert_eq!(other.report.subject.repository.as_deref(), Some("ada/copy"));

    commit(&hub, &ada, &id, "a.txt", "a").await;
    hub.delete_repo(&ada, Kind::Model, &id).await.unwrap();
    assert_eq!(work(&hub).await, 0);
    assert!(hub.job_figures().await.unwrap().is_empty());
    assert_eq!(hub.findings().await, []);
}

#[tokio::test]
async fn equal_commits_have_equal_reports_and_a_digest_that_anybody_can_compute() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    work(&hub).await;
    let first = report(&hub, &ada, &id, "main").await;
    assert_eq!(limpide_openness::digest(&first.report).unwrap(), first.digest);
    assert!(!first.is_stale);
    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    hub.audit_anew(&writable, &"main".parse().unwrap()).await.unwrap();
    assert_eq!(work(&hub).await, 1);
    assert_eq!(report(&hub, &ada, &id, "main").await.json, first.json);
}
