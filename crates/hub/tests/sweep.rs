//! What nothing names any more leaves the store.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::time::Duration;

use futures::StreamExt;
use limpide_blobs::Family;
use limpide_hub::{Change, NewCommit, Sweeper};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

#[tokio::test]
async fn the_large_files_of_a_deleted_repo_leave_the_store_and_those_of_others_stay() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    for name in ["ada/kept", "ada/gone"] {
        let id = hub.model(&ada, name).await;
        let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
        let new = NewCommit { title: "large".into(), ..NewCommit::default() };
        let file = Change::File { path: "large.txt".parse().unwrap(), bytes: vec![b'x'; 200_000].into() };
        hub.commit(&writable, &"main".parse().unwrap(), new, vec![file]).await.unwrap();
    }
    assert_eq!(objects(&hub).await, 2);

    hub.delete_repo(&ada, Kind::Model, &"ada/gone".parse().unwrap()).await.unwrap();
    let mut sweeper = Sweeper::new(hub.hub.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert_eq!(objects(&hub).await, 1);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
}

#[tokio::test]
async fn what_an_abandoned_commit_stored_leaves_in_time() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    let new = NewCommit { title: "large".into(), ..NewCommit::default() };
    let mut kept = hub.begin_commit(&writable, &"main".parse().unwrap(), new.clone()).await.unwrap();
    let mut lost = hub.begin_commit(&writable, &"main".parse().unwrap(), new).await.unwrap();
    let file =
        |byte: u8| Change::File { path: "large.txt".parse().unwrap(), bytes: vec![byte; 200_000].into() };
    kept.add(file(b'k')).await.unwrap();
    kept.finish().await.unwrap();
    lost.add(file(b'l')).await.unwrap();
    drop(lost);

    let mut sweeper = Sweeper::new(hub.hub.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0, "the commit may still be on its way");
    hub.clock.advance(YEARS);
    assert_eq!(sweeper.sweep().await.unwrap(), 0, "it may be the clock that jumped");
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert_eq!(objects(&hub).await, 1);
}

#[tokio::test]
async fn a_commit_under_way_keeps_what_it_stored_however_the_clock_jumps() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let writable = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    let mut sweeper = Sweeper::new(hub.hub.clone());
    let new = NewCommit { title: "large".into(), ..NewCommit::default() };
    let mut draft = hub.begin_commit(&writable, &"main".parse().unwrap(), new).await.unwrap();
    let file = Change::File { path: "large.txt".parse().unwrap(), bytes: vec![b'x'; 200_000].into() };
    draft.add(file).await.unwrap();
    hub.clock.advance(YEARS);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    draft.finish().await.unwrap();
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    assert_eq!(objects(&hub).await, 1);
}

/// The store tells real time, the test's clock stands in January of its year.
const YEARS: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

async fn objects(hub: &TestHub) -> usize {
    hub.blobs.blobs.list(Family::GitBlobs).count().await
}
