//! The folder of a backup: its owner's alone, one writer at a time, files whole or not at all.

#![allow(clippy::unwrap_used, reason = "so a test fails")]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;

use limpide_blobs::{Folder, Key};
use uuid::Uuid;

#[tokio::test]
async fn a_file_is_seen_when_it_is_finished_and_replaces_the_former() {
    let room = tempfile::tempdir().unwrap();
    let folder = Folder::create(&room.path().join("backup")).await.unwrap();
    for words in ["one", "two"] {
        let mut file = folder.writer("rows/a/file").await.unwrap();
        file.write_all(words.as_bytes()).unwrap();
        if words == "one" {
            assert_eq!(folder.get("rows/a/file", 3).await.unwrap(), None);
        }
        file.finish().await.unwrap();
        assert_eq!(folder.get("rows/a/file", 3).await.unwrap().unwrap(), words);
    }
    let mut read = String::new();
    folder.reader("rows/a/file").await.unwrap().unwrap().read_to_string(&mut read).unwrap();
    assert_eq!(read, "two");
    assert!(folder.get("rows/a/file", 2).await.unwrap_err().to_string().contains("longer than 2 bytes"));
    assert_eq!(folder.names("rows").await.unwrap(), ["a"]);
    folder.remove_folder("rows/a").await.unwrap();
    assert!(folder.names("rows/a").await.unwrap().is_empty());
    assert!(folder.reader("rows/a/file").await.unwrap().is_none());
}

#[tokio::test]
async fn nobody_but_the_owner_reads_it() {
    let room = tempfile::tempdir().unwrap();
    let root = room.path().join("backup");
    let folder = Folder::create(&root).await.unwrap();
    let mut file = folder.writer("rows/a/file").await.unwrap();
    file.write_all(b"secret").unwrap();
    file.finish().await.unwrap();
    folder.objects().await.unwrap().put(&Key::Xorb(Uuid::now_v7()), "bytes".into()).await.unwrap();
    let mode = |path: &str| fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!([mode(""), mode("rows"), mode("objects"), mode("rows/a/file")], [0o700, 0o700, 0o700, 0o600]);
}

#[tokio::test]
async fn one_writes_it_or_several_read_it() {
    let room = tempfile::tempdir().unwrap();
    assert!(Folder::open(&room.path().join("none")).await.is_err());
    let writer = Folder::create(room.path()).await.unwrap();
    for refused in [Folder::create(room.path()).await, Folder::open(room.path()).await] {
        assert!(refused.unwrap_err().to_string().contains("another limpide is at work in it"));
    }
    drop(writer);
    let _one = Folder::open(room.path()).await.unwrap();
    let _other = Folder::open(room.path()).await.unwrap();
    assert!(Folder::create(room.path()).await.is_err());
}
