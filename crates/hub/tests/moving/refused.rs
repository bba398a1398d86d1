//! What is in the way, or not as it should be: named, with the way out.

use std::fs;
use std::path::Path;

use limpide_blobs::{Family, Key};
use limpide_hub::moving::{self, Moves, Progress};
use limpide_hub::{Clock, Hub, Settings};
use limpide_testkit::hub::START;
use uuid::Uuid;

use crate::kit::{Room, files, restore, rows};
use crate::scene::{Scene, file, scene};

async fn migrate(scene: &Scene, room: &Room) -> String {
    let moves = Moves { rows: true, bytes: true };
    match moving::migrate(&scene.place(), &room.place, moves, &Progress::default()).await {
        Ok(done) => format!("{done:?}"),
        Err(error) => error.to_string(),
    }
}

async fn refusal(folder: &Path, room: &Room) -> String {
    restore(folder, room).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_place_that_is_not_empty_is_refused_and_stays_as_it_is() {
    let (scene, folder) = (scene().await, tempfile::tempdir().unwrap());
    scene.backup(folder.path()).await.unwrap();
    let taken = Room::asked_for().await;
    taken.hub().await;
    let before = rows(&taken.place.db).await;
    for said in [migrate(&scene, &taken).await, refusal(folder.path(), &taken).await] {
        assert!(said.starts_with("the database is not empty: there is a hub in it"), "{said}");
    }
    assert!(rows(&taken.place.db).await == before);

    let taken = Room::asked_for().await;
    let other = Key::Xorb(Uuid::now_v7());
    taken.place.blobs.put(&other, "bytes".into()).await.unwrap();
    for said in [migrate(&scene, &taken).await, refusal(folder.path(), &taken).await] {
        assert!(said.contains("the store is not empty") && said.contains(&other.to_string()), "{said}");
    }
}

/// A place in which a copy of a scene was cut off: an object was missing.
async fn cut_off(scene: &Scene) -> Room {
    let room = Room::asked_for().await;
    let key = scene.keys(Family::GitBlobs).await[0];
    let bytes = scene.get(&key).await;
    scene.hub.blobs.blobs.forget(&key).await.unwrap();
    let said = migrate(scene, &room).await;
    assert!(
        said.starts_with("1 objects that rows name are missing: ") && said.contains(&key.to_string()),
        "{said}"
    );
    assert!(said.ends_with("`limpide check` tells whom that affects"), "{said}");
    scene.put(&key, bytes).await;
    room
}

#[tokio::test]
async fn a_part_of_a_hub_is_not_served_and_takes_nothing_but_the_rest_of_it() {
    let scene = scene().await;
    let room = cut_off(&scene).await;
    let (db, blobs) = (room.place.db.clone(), room.place.blobs.clone());
    let opened = Hub::open(db, blobs, scene.hub.mirrors(), Settings::default(), Clock::fixed(START)).await;
    let said = opened.unwrap_err().to_string();
    assert!(said.contains("holds a part of a hub") && said.contains("Run the same command again"), "{said}");

    let other = self::scene().await;
    let folder = tempfile::tempdir().unwrap();
    scene.backup(folder.path()).await.unwrap();
    for said in [migrate(&other, &room).await, refusal(folder.path(), &room).await] {
        // The store is looked at first: it holds what the other hub does not.
        assert!(said.contains("not empty") || said.contains("a part of something else"), "{said}");
    }
    let said = migrate(&scene, &room).await;
    // Nothing but the object that was missing is copied.
    assert!(said.starts_with("Migrated") && said.contains(" copied: 1 }"), "{said}");
    room.hub().await;
}

#[tokio::test]
async fn a_source_that_changed_since_it_was_cut_off_is_refused() {
    let scene = scene().await;
    let room = cut_off(&scene).await;
    scene.commit("main", "later", vec![file("later2.txt", b"l".to_vec())]).await;
    let said = migrate(&scene, &room).await;
    assert!(said.contains("an earlier state of the same hub. Empty it"), "{said}");
}

#[tokio::test]
async fn a_file_of_a_backup_that_is_damaged_or_missing_is_named() {
    let (scene, folder) = (scene().await, tempfile::tempdir().unwrap());
    scene.backup(folder.path()).await.unwrap();
    let mut looked_at = 0;
    for path in files(folder.path()) {
        if path.ends_with("lock") || path.ends_with("manifest.json") {
            continue;
        }
        looked_at += 1;
        let room = Room::local().await;
        let (bytes, shown) = (fs::read(&path).unwrap(), path.display().to_string());
        let mut damaged = bytes.clone();
        let at = damaged.len() / 2;
        damaged[at] ^= 1;
        fs::write(&path, damaged).unwrap();
        let said = refusal(folder.path(), &room).await;
        assert!(said.starts_with(&format!("{shown} is damaged")), "{shown}: {said}");
        fs::remove_file(&path).unwrap();
        let said = refusal(folder.path(), &room).await;
        assert!(said.contains(&shown) && said.contains("missing"), "{shown}: {said}");
        fs::write(&path, bytes).unwrap();
    }
    restore(folder.path(), &Room::local().await).await.unwrap();
    assert!(looked_at > 45, "{looked_at}");
}

#[tokio::test]
async fn a_manifest_that_is_none_or_of_another_program_says_so() {
    let (scene, folder) = (scene().await, tempfile::tempdir().unwrap());
    let room = Room::asked_for().await;
    let said = refusal(folder.path(), &room).await;
    assert!(said.contains("is no backup: it has no manifest"), "{said}");
    scene.backup(folder.path()).await.unwrap();
    let manifest = folder.path().join("manifest.json");
    let sound = fs::read_to_string(&manifest).unwrap();
    for (from, to, why) in [
        ("\"schema\": 1", "\"schema\": 2", "with schema 2; this program reads version 1 with schema 1"),
        ("\"version\": 1", "\"version\": 7", "in version 7 with schema 1"),
        ("limpide-backup", "other", "is not the manifest of a backup of limpide"),
        ("\"full_name\"", "\"long_name\"", "other columns than those of this program"),
        ("\"rows\": \"0", "\"rows\": \"../0", "it names one folder"),
        ("{", "[", "is damaged"),
        ("\"moment\"", "\"when\"", "is damaged: missing field `moment`"),
    ] {
        assert!(sound.contains(from), "{from}");
        fs::write(&manifest, sound.replacen(from, to, 1)).unwrap();
        let said = refusal(folder.path(), &room).await;
        assert!(said.contains(why) && said.contains("manifest.json"), "{from}: {said}");
    }
    fs::write(&manifest, vec![b' '; (1 << 20) + 1]).unwrap();
    let said = refusal(folder.path(), &room).await;
    assert!(said.contains("longer than 1048576 bytes"), "{said}");
}

#[tokio::test]
async fn a_backup_goes_into_no_folder_but_its_own() {
    let (scene, other) = (scene().await, scene().await);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("letter.txt"), "dear").unwrap();
    let said = scene.backup(folder.path()).await.unwrap_err().to_string();
    assert!(said.contains("is no backup: it holds `letter.txt`. Choose an empty folder"), "{said}");
    fs::remove_file(folder.path().join("letter.txt")).unwrap();
    scene.backup(folder.path()).await.unwrap();
    let said = other.backup(folder.path()).await.unwrap_err().to_string();
    assert!(said.contains("is the backup of another hub"), "{said}");
}

#[tokio::test]
async fn an_object_that_is_missing_is_named_and_the_former_backup_stays() {
    let (scene, folder) = (scene().await, tempfile::tempdir().unwrap());
    scene.backup(folder.path()).await.unwrap();
    let former = rows(&scene.hub.db.db).await;
    scene.commit("main", "new", vec![file("new.txt", vec![b'n'; 90_000])]).await;
    let all = scene.keys(Family::GitBlobs).await;
    let listed = folder.path().join("objects");
    let fresh = all.into_iter().find(|key| !listed.join(key.to_string()).exists()).unwrap();
    scene.hub.blobs.blobs.forget(&fresh).await.unwrap();
    let said = scene.backup(folder.path()).await.unwrap_err().to_string();
    assert!(
        said.contains("1 objects that rows name are missing") && said.contains(&fresh.to_string()),
        "{said}"
    );
    let room = Room::local().await;
    restore(folder.path(), &room).await.unwrap();
    assert!(rows(&room.place.db).await == former);
}
