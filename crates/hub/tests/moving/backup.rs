//! Backups: of one moment, beside whatever happens, only what is new; and back.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use limpide_db::moving::{TABLES, backups};
use limpide_db::secrets::find;
use limpide_hub::moving::{Error, Progress, Prune};
use limpide_hub::{Change, Sweeper};
use limpide_testkit::hub::START;
use limpide_testkit::xet::noise;
use limpide_words::Kind;

use crate::kit::{Room, cut_off, expect_same, files, objects, restore, rows};
use crate::scene::{Scene, file, scene};

#[tokio::test]
async fn a_backup_becomes_the_same_hub_in_a_place_of_any_kind() {
    let scene = scene().await;
    let folder = tempfile::tempdir().unwrap();
    let done = scene.backup(folder.path()).await.unwrap();
    let full: HashSet<&str> = rows(&scene.hub.db.db)
        .await
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(table, _)| table)
        .collect();
    assert!(full.len() >= 20, "a scene with little in it: {full:?}");
    assert_eq!(done.tables, TABLES.len() as u64);
    assert_eq!(done.objects.copied, done.objects.objects);

    for room in [Room::asked_for().await, Room::local().await] {
        let restored = restore(folder.path(), &room).await.unwrap();
        assert_eq!((restored.moment, restored.rows), (START, done.rows));
        assert_eq!(restored.objects.objects, done.objects.objects);
        expect_same(&scene.place(), &room.place).await;
        assert_eq!(room.damage().await, [""; 0]);
        let hub = room.hub().await;
        assert_eq!(hub.instance(), scene.hub.instance());
        // Clients remember what they sent there since the backup: to them it must be another store.
        let epoch = find(&room.place.db, "epoch").await.unwrap().unwrap();
        assert_eq!(epoch, START.seconds().to_string());
    }
}

#[tokio::test]
async fn a_second_backup_takes_only_what_it_lacks_and_removes_what_is_not_needed_when_told() {
    let scene = scene().await;
    let folder = tempfile::tempdir().unwrap();
    let first = scene.backup(folder.path()).await.unwrap();
    let passing = scene.hub.model(&scene.ada, "ada/passing").await;
    scene.commit("main", "new", vec![file("new.txt", noise(7, 90_000))]).await;
    let second = scene.backup(folder.path()).await.unwrap();
    assert_eq!(second.objects.copied, 1);
    assert_eq!(second.objects.objects, first.objects.objects + 1);
    assert_eq!(std::fs::read_dir(folder.path().join("rows")).unwrap().count(), 1);

    scene.hub.delete_repo(&scene.ada, Kind::Model, &passing).await.unwrap();
    scene.hub.delete_repo(&scene.ada, Kind::Model, &scene.id).await.unwrap();
    let kept = scene.backup(folder.path()).await.unwrap();
    assert_eq!((kept.objects.copied, kept.pruned), (0, 0));
    assert!(kept.objects.objects < second.objects.objects);
    let store = folder.path().join("objects");
    assert_eq!(files(&store).len() as u64, second.objects.objects);
    let pruned = scene.hub.backup(folder.path(), Prune::Unneeded, &Progress::default()).await.unwrap();
    assert_eq!(pruned.pruned, second.objects.objects - kept.objects.objects);
    assert_eq!(files(&store).len() as u64, kept.objects.objects);
    let room = Room::local().await;
    restore(folder.path(), &room).await.unwrap();
    assert!(rows(&room.place.db).await == rows(&scene.hub.db.db).await);
}

/// Commits, deletes and sweeps, until told to stop.
async fn work(scene: &Scene, done: &AtomicBool) {
    let mut sweeper = Sweeper::new(scene.hub.hub.clone());
    let mut round = 0;
    while !done.load(Ordering::Relaxed) {
        round += 1;
        let passing = scene.hub.model(&scene.ada, &format!("ada/passing{round}")).await;
        let repo = scene.hub.writable(&scene.ada, Kind::Model, &passing).await.unwrap();
        let new = limpide_hub::NewCommit { title: "large".into(), ..Default::default() };
        let large = vec![file("large.txt", noise(2000 + round, 90_000))];
        scene.hub.commit(&repo, &"main".parse().unwrap(), new, large).await.unwrap();
        let sha256 = scene.ingest(&noise(1000 + round, 150_000)).await;
        let path = format!("{}.bin", round % 20).parse().unwrap();
        scene.commit("main", "work", vec![Change::LfsFile { path, sha256, size: None }]).await;
        scene.hub.delete_repo(&scene.ada, Kind::Model, &passing).await.unwrap();
        sweeper.sweep().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_meanwhile_a_backup_is_of_one_moment() {
    let scene = scene().await;
    let (folder, done) = (tempfile::tempdir().unwrap(), AtomicBool::new(false));
    let watch = async {
        for _ in 0..4 {
            scene.backup(folder.path()).await.unwrap();
            let room = Room::local().await;
            restore(folder.path(), &room).await.unwrap();
            assert_eq!(room.damage().await, [""; 0]);
        }
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(work(&scene, &done), watch);
}

#[tokio::test]
async fn nothing_is_removed_while_a_backup_is_under_way_or_until_it_is_heard_of_no_more() {
    let scene = scene().await;
    let mut tx = scene.hub.db.db.begin().await.unwrap();
    backups::hold(&mut tx, "cut off", START + Duration::from_secs(600)).await.unwrap();
    tx.commit().await.unwrap();
    let before = objects(&scene.hub.blobs.blobs).await.len();
    scene.hub.delete_repo(&scene.ada, Kind::Model, &scene.id).await.unwrap();
    let mut sweeper = Sweeper::new(scene.hub.hub.clone());
    assert_eq!(sweeper.sweep().await.unwrap(), 0);
    assert_eq!(objects(&scene.hub.blobs.blobs).await.len(), before);

    scene.hub.clock.advance(Duration::from_secs(601));
    assert_eq!(sweeper.sweep().await.unwrap(), 2);
    assert_eq!(objects(&scene.hub.blobs.blobs).await.len(), before - 2);
}

/// What a run that was cut off was just opening is closed a moment later.
fn expect_busy(error: &Error) {
    assert!(error.to_string().contains("another limpide is at work in it"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_cut_off_leaves_the_former_one_as_it_was() {
    let scene = scene().await;
    scene.add_many_rows().await;
    let folder = tempfile::tempdir().unwrap();
    scene.backup(folder.path()).await.unwrap();
    let former = rows(&scene.hub.db.db).await;
    scene.commit("main", "new", vec![file("new.txt", noise(7, 90_000))]).await;
    let new = rows(&scene.hub.db.db).await;
    let (mut cut, mut waits) = (0, 2);
    loop {
        match cut_off(scene.backup(folder.path()), waits).await {
            Some(Ok(_)) => break,
            Some(Err(error)) => expect_busy(&error),
            None => (cut, waits) = (cut + 1, waits + waits / 2),
        }
        if cut % 4 != 0 {
            continue;
        }
        let room = Room::local().await;
        match restore(folder.path(), &room).await {
            Ok(_) => {
                let restored = rows(&room.place.db).await;
                // In its last steps it has taken the former's place.
                assert!(restored == former || restored == new, "after {waits} waits it is neither of both");
            }
            Err(error) => expect_busy(&error),
        }
    }
    assert!(cut > 3, "it was cut off {cut} times only");
    let room = Room::local().await;
    restore(folder.path(), &room).await.unwrap();
    expect_same(&scene.place(), &room.place).await;
    assert_eq!(std::fs::read_dir(folder.path().join("rows")).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_is_cut_off_goes_on() {
    let scene = scene().await;
    scene.add_many_rows().await;
    let (folder, room) = (tempfile::tempdir().unwrap(), Room::asked_for().await);
    scene.backup(folder.path()).await.unwrap();
    let (mut cut, mut waits) = (0, 2);
    let done = loop {
        match cut_off(restore(folder.path(), &room), waits).await {
            Some(done) => break done.unwrap(),
            None => (cut, waits) = (cut + 1, waits + waits / 2),
        }
    };
    assert!(cut > 3, "it was cut off {cut} times only");
    assert!(done.rows > 5000, "{done:?}");
    expect_same(&scene.place(), &room.place).await;
    assert_eq!(room.damage().await, [""; 0]);
}
