//! Hubs that move to another database, another store, or both.

use limpide_db::secrets::find;
use limpide_hub::moving::{self, Migrated, Moves, Place, Progress};

use crate::kit::{Room, cut_off, expect_same, objects, rows};
use crate::scene::scene;

const BOTH: Moves = Moves { rows: true, bytes: true };

async fn migrate(from: &Place, to: &Place, moves: Moves) -> moving::Result<Migrated> {
    moving::migrate(from, to, moves, &Progress::default()).await
}

#[tokio::test]
async fn a_hub_moves_there_and_back_and_is_the_same() {
    let scene = scene().await;
    let (away, back) = (Room::local().await, Room::asked_for().await);
    let before = (rows(&scene.hub.db.db).await, objects(&scene.hub.blobs.blobs).await);
    let done = migrate(&scene.place(), &away.place, BOTH).await.unwrap();
    assert_eq!(done.rows, before.0.values().map(|rows| rows.len() as u64).sum::<u64>());
    assert_eq!(done.objects.objects, before.1.len() as u64);
    migrate(&away.place, &back.place, BOTH).await.unwrap();
    expect_same(&scene.place(), &back.place).await;
    assert!(before == (rows(&scene.hub.db.db).await, objects(&scene.hub.blobs.blobs).await));
    assert_eq!(back.damage().await, [""; 0]);
    // What clients remember to have sent is there: to them it is the same store.
    let epoch = |place: Place| async move { find(&place.db, "epoch").await.unwrap() };
    assert_eq!(epoch(back.place.clone()).await, epoch(scene.place()).await);
}

#[tokio::test]
async fn rows_and_bytes_also_move_one_without_the_other() {
    let scene = scene().await;
    let room = Room::local().await;
    let Place { db, blobs } = scene.place();
    let bytes = Place { db: db.clone(), blobs: room.place.blobs.clone() };
    let done = migrate(&scene.place(), &bytes, Moves { rows: false, bytes: true }).await.unwrap();
    assert_eq!((done.rows, done.tables), (0, 0));
    assert!(objects(&blobs).await == objects(&room.place.blobs).await);
    let rows = Place { db: room.place.db.clone(), blobs };
    let done = migrate(&scene.place(), &rows, Moves { rows: true, bytes: false }).await.unwrap();
    assert_eq!(done.objects.objects, 0);
    assert_eq!(room.damage().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_is_cut_off_goes_on_where_it_was() {
    let scene = scene().await;
    scene.add_many_rows().await;
    let room = Room::asked_for().await;
    let (mut cut, mut waits) = (0, 2);
    let done = loop {
        match cut_off(migrate(&scene.place(), &room.place, BOTH), waits).await {
            Some(done) => break done.unwrap(),
            None => (cut, waits) = (cut + 1, waits + waits / 2),
        }
    };
    assert!(cut > 3, "it was cut off {cut} times only");
    assert!(done.rows > 5000, "{done:?}");
    expect_same(&scene.place(), &room.place).await;
    assert_eq!(room.damage().await, [""; 0]);
}

#[tokio::test]
async fn a_damaged_object_that_a_former_run_left_is_copied_again() {
    let scene = scene().await;
    let room = Room::asked_for().await;
    let (key, bytes) = objects(&scene.hub.blobs.blobs).await.pop_first().unwrap();
    let damaged = vec![7; bytes.len()];
    room.place.blobs.put(&key.parse().unwrap(), damaged.into()).await.unwrap();
    let done = migrate(&scene.place(), &room.place, BOTH).await.unwrap();
    assert_eq!(done.objects.copied, done.objects.objects);
    expect_same(&scene.place(), &room.place).await;
}
