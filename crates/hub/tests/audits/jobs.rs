//! Jobs: when they are done, by whom, and what becomes of those that fail.

use std::time::Duration;

use limpide_db::jobs;
use limpide_hub::{RepoSettings, Settings, Workers};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

use crate::kit::{ask, commit, pending, replica, report, work};

const AUDIT: &[&str] = &["audit"];
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn the_job_of_a_killed_server_is_taken_up_again_when_its_lease_ends() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    // What a server does before it is killed: it takes the job, and is not heard of again.
    let now = hub.clock.now();
    let mut tx = hub.db.db.begin().await.unwrap();
    let taken = jobs::take(&mut tx, AUDIT, "killed", now, now + MINUTE).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(pending(&hub, &ada, &id).await.state, "running");
    assert_eq!(work(&hub).await, 0, "somebody may be at it");

    hub.clock.advance(MINUTE);
    assert_eq!(work(&hub).await, 1);
    assert_eq!(report(&hub, &ada, &id, "main").await.report.facts.files, 1);
    let mut tx = hub.db.db.begin().await.unwrap();
    let now = hub.clock.now();
    assert!(!jobs::extend(&mut tx, &taken, now + MINUTE, "").await.unwrap());
    assert!(!jobs::finish(&mut tx, &taken, now).await.unwrap(), "whoever comes back has lost it");
}

#[tokio::test]
async fn a_job_that_kills_the_server_each_time_is_given_up() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    for _ in 0..5 {
        let now = hub.clock.now();
        let mut tx = hub.db.db.begin().await.unwrap();
        assert!(jobs::take(&mut tx, AUDIT, "killed", now, now + MINUTE).await.unwrap().is_some());
        tx.commit().await.unwrap();
        hub.clock.advance(MINUTE);
    }
    assert_eq!(work(&hub).await, 1);
    let given_up = pending(&hub, &ada, &id).await;
    assert!(given_up.is_given_up(), "{given_up:?}");
    assert!(given_up.error.unwrap().contains("begun 5 times"));
    assert_eq!(work(&hub).await, 0);
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_says_why_and_is_given_up_in_the_end() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    work(&hub).await;
    commit(&hub, &ada, &id, "a.txt", "a").await;
    hub.db.damage("DELETE FROM git_objects WHERE kind = 'tree'").await;
    // The server that made the tree has it at hand.
    let other = replica(&hub).await;
    for (attempt, rest) in [(1, 5), (2, 20), (3, 80), (4, 320)] {
        assert_eq!(work(&other).await, 1, "attempt {attempt}");
        let waiting = pending(&other, &ada, &id).await;
        assert_eq!((waiting.state.as_str(), waiting.attempts), ("waiting", attempt));
        assert!(waiting.error.is_some());
        hub.clock.advance(Duration::from_secs(rest - 1));
        assert_eq!(work(&other).await, 0, "it rests");
        hub.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(work(&other).await, 1);
    assert!(pending(&other, &ada, &id).await.is_given_up());
    hub.clock.advance(Duration::from_secs(1_000_000));
    assert_eq!(work(&other).await, 0);

    // Asked for once more, it begins anew; this server can still read the tree.
    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    let anew = hub.audit_anew(&writable, &"main".parse().unwrap()).await.unwrap();
    assert_eq!((anew.state.as_str(), anew.attempts, anew.error), ("waiting", 0, None));
    assert_eq!(work(&hub).await, 1);
    report(&hub, &ada, &id, "main").await;
}

#[tokio::test]
async fn what_changes_while_it_is_audited_is_audited_again() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let now = hub.clock.now();
    let mut tx = hub.db.db.begin().await.unwrap();
    let taken = jobs::take(&mut tx, AUDIT, "first", now, now + MINUTE).await.unwrap().unwrap();
    tx.commit().await.unwrap();

    let gated = RepoSettings { gated: Some("manual".into()), ..RepoSettings::default() };
    hub.set_repo_settings(&ada, Kind::Model, &id, gated).await.unwrap();
    assert_eq!(work(&hub).await, 0, "not two at once");
    let mut tx = hub.db.db.begin().await.unwrap();
    assert!(jobs::finish(&mut tx, &taken, now).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(work(&hub).await, 1);
    assert_eq!(work(&hub).await, 0);
}

#[tokio::test]
async fn commits_of_one_repository_are_audited_in_their_order_and_one_at_a_time() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let second = commit(&hub, &ada, &id, "a.txt", "a").await;
    let other = hub.model(&ada, "ada/other").await;
    let other = hub.readable(&ada, Kind::Model, &other).await.unwrap();
    let mut order = Vec::new();
    let now = hub.clock.now();
    for lease in ["one", "two", "three"] {
        let mut tx = hub.db.db.begin().await.unwrap();
        let taken = jobs::take(&mut tx, AUDIT, lease, now, now + MINUTE).await.unwrap();
        tx.commit().await.unwrap();
        order.push(taken);
    }
    assert_ne!(order[0].as_ref().unwrap().subject, second.to_string());
    assert_eq!(order[1].as_ref().unwrap().repository_id, other.repo().id);
    assert!(order[2].is_none(), "the commit before is still under way");

    let mut tx = hub.db.db.begin().await.unwrap();
    assert!(jobs::finish(&mut tx, order[0].as_ref().unwrap(), now).await.unwrap());
    tx.commit().await.unwrap();
    assert_eq!(work(&hub).await, 1);
    assert_eq!(report(&hub, &ada, &id, "main").await.report.subject.commit, Some(second.to_string()));
}

#[tokio::test]
async fn workers_hear_at_once_of_what_is_asked_for_and_stop_in_order() {
    let mut settings = Settings::default();
    settings.jobs.looked_every = 60 * MINUTE;
    let hub = TestHub::with(settings).await;
    let ada = hub.user("ada").await;
    let workers = Workers::begin(&hub, 2);
    // They have looked, found nothing, and rest.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let id = hub.model(&ada, "ada/tiny").await;
    let audited = async {
        while !matches!(ask(&hub, &ada, &id, "main").await, limpide_hub::Audited::Report(_)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(MINUTE, audited).await.expect("they are told, and do not only look again");
    workers.stop().await;
    commit(&hub, &ada, &id, "a.txt", "a").await;
    assert_eq!(pending(&hub, &ada, &id).await.state, "waiting");
    assert_eq!(work(&replica(&hub).await).await, 1, "after a restart it goes on");
}
