//! Stories of what goes, and when.

use limpide_blobs::Family;
use limpide_hub::{Change, Error, Hub, NewCommit, Reach, Settings, Sweeper};
use limpide_words::Kind;

use crate::kit::{DAY, content, regular, scene, sha256};

#[tokio::test(flavor = "multi_thread")]
async fn a_squash_frees_the_quota_at_once_and_the_bytes_after_the_graces() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/tiny").await;
    let first = scene.size(&id).await;
    scene.add(&id, "main", "model.bin", 1).await;
    scene.commit(&id, "main", vec![regular("notes.txt", vec![b'x'; 70_000])]).await.unwrap();
    scene.add(&id, "main", "model.bin", 2).await;
    scene.commit(&id, "main", vec![regular("notes.txt", "short")]).await.unwrap();
    assert_eq!(scene.size(&id).await, first + 300_000 + 70_000 + 5);

    scene.hub.super_squash(&scene.writable(&id).await, &"main".parse().unwrap(), "one").await.unwrap();
    assert_eq!(scene.size(&id).await, first + 150_000 + 5, "what the squash left behind counts no more");
    scene.is_sound(false).await;
    // Whoever had it a moment ago may commit it again without sending it.
    let back = Change::LfsFile { path: "old.bin".parse().unwrap(), sha256: sha256(&content(1)), size: None };
    scene.commit(&id, "main", vec![back]).await.unwrap();
    assert_eq!(scene.size(&id).await, first + 300_000 + 5);
    scene.commit(&id, "main", vec![Change::DeleteFile("old.bin".parse().unwrap())]).await.unwrap();
    scene.hub.super_squash(&scene.writable(&id).await, &"main".parse().unwrap(), "two").await.unwrap();

    assert_eq!(scene.collect().await.files, 0, "the graces are not over");
    scene.hub.clock.advance(3 * DAY);
    let collected = scene.collect().await;
    assert_eq!((collected.files, collected.file_bytes, collected.xorbs), (1, 150_000, 0));
    assert!(collected.git_objects > 0 && collected.git_bytes > 70_000, "{collected:?}");
    assert_eq!(scene.stored(Family::GitBlobs).await, 0);
    scene.hub.clock.advance(28 * DAY);
    let collected = scene.collect().await;
    assert_eq!((collected.files, collected.xorbs), (0, 1));
    assert_eq!(scene.stored(Family::Xorbs).await, 2, "links to it may be good for a while");
    scene.hub.clock.advance(DAY);
    assert_eq!(scene.collect().await.objects, 2, "its body and its chunk table");
    assert_eq!([scene.stored(Family::Xorbs).await, scene.stored(Family::Shards).await], [1, 1]);
    assert!(scene.bytes(&id, "main", "model.bin").await == content(2));
    scene.is_sound(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commits_of_a_deleted_branch_stay_for_two_weeks() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/tiny").await;
    let writable = scene.writable(&id).await;
    scene.hub.create_branch(&writable, "dev", None).await.unwrap();
    let before = scene.size(&id).await;
    let lost = scene.add(&id, "dev", "model.bin", 1).await.id;
    scene.hub.delete_branch(&writable, "dev").await.unwrap();
    let at = |id: &str| id.parse().unwrap();

    scene.hub.clock.advance(13 * DAY);
    assert_eq!(scene.collect().await.commits, 0);
    scene.hub.create_branch(&writable, "dev", Some(&at(&lost.to_string()))).await.unwrap();
    assert!(scene.bytes(&id, "dev", "model.bin").await == content(1), "it was deleted by mistake");
    scene.hub.delete_branch(&writable, "dev").await.unwrap();

    scene.hub.clock.advance(2 * DAY);
    let collected = scene.collect().await;
    assert_eq!((collected.repositories, collected.commits), (1, 1));
    assert_eq!(scene.size(&id).await, before);
    let readable = scene.hub.readable(&scene.ada, Kind::Model, &id).await.unwrap();
    let gone = scene.hub.commit_at(&readable, &at(&lost.to_string())).await;
    assert!(matches!(gone, Err(Error::NotFound(..))), "{gone:?}");
    assert_eq!(scene.collect().await.repositories, 0, "there is nothing more to look for");
    scene.settle().await;
    scene.is_sound(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_loose_counts_again_when_it_is_committed_again() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/tiny").await;
    let text = vec![b'x'; 70_000];
    scene.commit(&id, "main", vec![regular("a/notes.txt", text.clone())]).await.unwrap();
    let size = scene.size(&id).await;
    scene.commit(&id, "main", vec![Change::DeleteFolder("a".parse().unwrap())]).await.unwrap();
    scene.hub.super_squash(&scene.writable(&id).await, &"main".parse().unwrap(), "one").await.unwrap();
    assert_eq!(scene.size(&id).await, size - 70_000);
    scene.commit(&id, "main", vec![regular("a/notes.txt", text.clone())]).await.unwrap();
    assert_eq!(scene.size(&id).await, size);
    scene.settle().await;
    assert!(scene.bytes(&id, "main", "a/notes.txt").await == text);
    scene.is_sound(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_whose_files_were_collected_under_it_is_refused_and_loses_nothing() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/tiny").await;
    let writable = scene.writable(&id).await;
    let text = vec![b'x'; 70_000];
    scene.commit(&id, "main", vec![regular("notes.txt", text.clone())]).await.unwrap();
    // It finds the bytes there, and goes on without keeping them once more.
    let new = NewCommit { title: "copy".into(), ..NewCommit::default() };
    let mut draft = scene.hub.begin_commit(&writable, &"main".parse().unwrap(), new).await.unwrap();
    draft.add(regular("copy.txt", text.clone())).await.unwrap();
    scene.commit(&id, "main", vec![Change::DeleteFile("notes.txt".parse().unwrap())]).await.unwrap();
    scene.hub.super_squash(&writable, &"main".parse().unwrap(), "one").await.unwrap();
    scene.hub.collect(Reach::Everything).await.unwrap();

    let refused = draft.finish().await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    scene.is_sound(false).await;
    scene.commit(&id, "main", vec![regular("copy.txt", text.clone())]).await.unwrap();
    assert!(scene.bytes(&id, "main", "copy.txt").await == text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_under_way_keeps_what_it_has_sent() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/tiny").await;
    let new = NewCommit { title: "many".into(), ..NewCommit::default() };
    let writable = scene.writable(&id).await;
    let mut draft = scene.hub.begin_commit(&writable, &"main".parse().unwrap(), new.clone()).await.unwrap();
    let mut left = scene.hub.begin_commit(&writable, &"main".parse().unwrap(), new).await.unwrap();
    // More than waits in memory: some are rows already, and no commit leads to them.
    for at in 0..220 {
        draft.add(regular(&format!("{at}.txt"), format!("kept {at} ").repeat(5000))).await.unwrap();
        left.add(regular(&format!("{at}.txt"), format!("left {at} ").repeat(5000))).await.unwrap();
    }
    drop(left);
    scene.hub.clock.advance(DAY);
    assert_eq!(scene.collect().await.git_objects, 0);
    draft.finish().await.unwrap();
    scene.hub.clock.advance(3 * DAY);
    assert!(scene.collect().await.git_objects > 100, "what was never committed goes");
    let text = scene.bytes(&id, "main", "7.txt").await;
    assert!(text == b"kept 7 ".repeat(5000));
    scene.is_sound(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_tells_and_takes_nothing() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/gone").await;
    scene.add(&id, "main", "model.bin", 1).await;
    scene.hub.delete_repo(&scene.ada, Kind::Model, &id).await.unwrap();
    scene.hub.clock.advance(30 * DAY);
    let told = scene.hub.collect(Reach::Nothing).await.unwrap();
    assert_eq!((told.files, told.file_bytes, told.xorbs), (1, 150_000, 1));
    let again = scene.hub.collect(Reach::Nothing).await.unwrap();
    assert_eq!(told, again);
    let done = scene.collect().await;
    assert_eq!((done.files, done.xorbs, done.xorb_bytes), (told.files, told.xorbs, told.xorb_bytes));
    scene.settle().await;
    assert_eq!(scene.stored(Family::Xorbs).await, 0);
    scene.is_sound(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purge_takes_all_at_once_and_clients_are_told_to_forget() {
    let scene = scene().await;
    let [kept, gone] = ["ada/kept", "ada/gone"].map(|id| scene.hub.model(&scene.ada, id));
    let (kept, gone) = (kept.await, gone.await);
    scene.add(&kept, "main", "model.bin", 1).await;
    scene.add(&gone, "main", "model.bin", 2).await;
    let old = scene.hub.content_token_to_write(&scene.writable(&kept).await).await.unwrap();
    scene.hub.delete_repo(&scene.ada, Kind::Model, &gone).await.unwrap();

    let collected = scene.hub.collect(Reach::Everything).await.unwrap();
    assert_eq!((collected.files, collected.xorbs), (1, 1));
    let left = [Family::Xorbs, Family::ChunkTables, Family::Shards].map(|family| scene.stored(family));
    assert_eq!(futures::future::join_all(left).await, [1, 1, 1]);
    let new = scene.hub.content_token_to_write(&scene.writable(&kept).await).await.unwrap();
    assert_ne!(old.store, new.store);
    for token in [&old, &new] {
        assert!(scene.hub.has_store(&token.store));
        scene.hub.write_pass(&token.store, &token.token).unwrap();
    }
    // Another replica hears of it with the next token.
    let (db, blobs) = (scene.hub.db.db.clone(), scene.hub.blobs.blobs.clone());
    let other = Hub::open(db, blobs, scene.hub.mirrors(), Settings::default(), scene.hub.clock.clone()).await;
    let other = other.unwrap();
    scene.hub.collect(Reach::Everything).await.unwrap();
    let heard = other.content_token_to_write(&scene.writable(&kept).await).await.unwrap();
    assert_eq!(heard.store, format!("{}.2", scene.hub.instance()));
    assert!(scene.bytes(&kept, "main", "model.bin").await == content(1));
    scene.is_sound(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_is_sent_again_while_it_goes_is_there() {
    let scene = scene().await;
    let [one, two] = ["ada/one", "ada/two"].map(|id| scene.hub.model(&scene.ada, id));
    let (one, two) = (one.await, two.await);
    scene.add(&one, "main", "model.bin", 1).await;
    scene.hub.delete_repo(&scene.ada, Kind::Model, &one).await.unwrap();
    scene.hub.clock.advance(30 * DAY);
    scene.collect().await;
    scene.add(&two, "main", "model.bin", 1).await;
    assert_eq!(
        scene.stored(Family::Xorbs).await,
        2,
        "the old object waits for its links, and the new one is another"
    );
    scene.settle().await;
    assert_eq!(scene.stored(Family::Xorbs).await, 1);
    assert!(scene.bytes(&two, "main", "model.bin").await == content(1));
    scene.is_sound(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shard_stays_while_a_file_needs_it() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/tiny").await;
    scene.add(&id, "main", "model.bin", 1).await;
    scene.send(&id, content(1)).await.unwrap();
    assert_eq!(scene.stored(Family::Shards).await, 2);
    scene.settle().await;
    assert_eq!(scene.stored(Family::Shards).await, 1, "the newer one says the same");
    scene.is_sound(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sweep_leaves_what_links_may_lead_to() {
    let scene = scene().await;
    // The store tells real time, the test's clock stands in January of its year: to the sweeper all is old.
    scene.hub.clock.advance(36_500 * DAY);
    let id = scene.hub.model(&scene.ada, "ada/gone").await;
    scene.add(&id, "main", "model.bin", 1).await;
    scene.hub.delete_repo(&scene.ada, Kind::Model, &id).await.unwrap();
    scene.hub.clock.advance(30 * DAY);
    assert_eq!(scene.collect().await.xorbs, 1);
    let mut sweeper = Sweeper::new(scene.hub.hub.clone());
    for _ in 0..3 {
        sweeper.sweep().await.unwrap();
    }
    assert_eq!(scene.stored(Family::Xorbs).await, 1);
    scene.hub.clock.advance(DAY);
    sweeper.sweep().await.unwrap();
    assert_eq!(scene.stored(Family::Xorbs).await, 0);
}

#[tokio::test]
async fn of_several_replicas_one_collects_each_day() {
    let scene = scene().await;
    let both = || futures::future::join(scene.hub.collect_if_due(), scene.hub.collect_if_due());
    for _ in 0..3 {
        let (one, other) = both().await;
        assert_eq!([one, other].into_iter().filter(|done| done.as_ref().unwrap().is_some()).count(), 1);
        assert!(scene.hub.collect_if_due().await.unwrap().is_none());
        scene.hub.clock.advance(DAY);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_that_no_row_names_are_swept_from_every_family() {
    let scene = scene().await;
    let id = scene.hub.model(&scene.ada, "ada/tiny").await;
    scene.add(&id, "main", "model.bin", 1).await;
    let lost = uuid::Uuid::now_v7();
    for family in Family::ALL {
        scene.hub.blobs.blobs.put(&family.key(lost), "as after a crash".into()).await.unwrap();
    }
    let mut sweeper = Sweeper::new(scene.hub.hub.clone());
    // The store tells real time, the test's clock stands in January of its year.
    scene.hub.clock.advance(36_500 * DAY);
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    assert_eq!(sweeper.sweep().await.unwrap(), 5);
    scene.is_sound(true).await;
}
