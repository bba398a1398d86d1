//! What nothing names any more leaves the store.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use futures::StreamExt;
use limpide_blobs::Family;
use limpide_hub::{Change, NewCommit};
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
    assert_eq!(hub.sweep().await.unwrap(), 1);
    assert_eq!(objects(&hub).await, 1);
    assert_eq!(hub.sweep().await.unwrap(), 0);
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

    assert_eq!(hub.sweep().await.unwrap(), 0, "the commit may still be on its way");
    // The store tells real time, the test's clock stands in January.
    hub.clock.advance(std::time::Duration::from_secs(100 * 365 * 24 * 3600));
    assert_eq!(hub.sweep().await.unwrap(), 1);
    assert_eq!(objects(&hub).await, 1);
}

async fn objects(hub: &TestHub) -> usize {
    hub.blobs.blobs.list(Family::GitBlobs).count().await
}
