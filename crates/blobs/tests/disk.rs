//! What only a disk promises: where files lie, and what a killed process leaves behind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use futures::TryStreamExt;
use limpide_blobs::{Blobs, Error, Family, Key, Location};
use limpide_words::Moment;
use uuid::Uuid;

const FOLDER: &str = "LIMPIDE_TEST_KILLED_WRITER";
const MIB: usize = 1 << 20;

#[tokio::test]
async fn an_object_lies_where_its_key_says() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(folder.path()).await;
    let key = Key::Xorb(Uuid::now_v7());
    blobs.put(&key, "plain bytes".into()).await.unwrap();
    assert_eq!(std::fs::read(folder.path().join(key.to_string())).unwrap(), b"plain bytes");
    assert_eq!(blobs.sign(&key, std::time::Duration::from_secs(60)).await.unwrap(), None);
}

#[tokio::test]
async fn what_a_killed_process_leaves_is_unseen_and_swept() {
    let folder = tempfile::tempdir().unwrap();
    let test = std::env::current_exe().unwrap();
    let story = ["--exact", "a_writer_that_kills_itself", "--ignored"];
    let status = Command::new(test).args(story).env(FOLDER, folder.path()).output().unwrap().status;
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(6), "{status}");

    let blobs = open(folder.path()).await;
    let found: Vec<_> = blobs.list(Family::Xorbs).try_collect().await.unwrap();
    assert_eq!(found, []);
    assert_eq!(leftovers(folder.path()).len(), 1);

    assert_eq!(blobs.sweep_unfinished(Moment(0)).await.unwrap(), 0);
    assert_eq!(leftovers(folder.path()).len(), 1);
    assert_eq!(blobs.sweep_unfinished(Moment(i64::MAX)).await.unwrap(), 1);
    assert_eq!(leftovers(folder.path()).len(), 0);
}

#[tokio::test]
#[ignore = "the other test runs it, in a process of its own"]
async fn a_writer_that_kills_itself() {
    let folder = PathBuf::from(std::env::var_os(FOLDER).expect("the folder to write in"));
    let blobs = open(&folder).await;
    let mut upload = blobs.writer(&Key::Xorb(Uuid::now_v7())).await.unwrap();
    for _ in 0..5 {
        upload.write(vec![7; MIB].into()).await.unwrap();
    }
    std::process::abort();
}

#[tokio::test]
async fn an_upload_under_way_is_not_swept_however_the_clock_jumps() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(folder.path()).await;
    let key = Key::Xorb(Uuid::now_v7());
    let mut upload = blobs.writer(&key).await.unwrap();
    upload.write(vec![7; 3 * MIB].into()).await.unwrap();
    upload.write(vec![7; MIB].into()).await.unwrap();
    assert_eq!(blobs.sweep_unfinished(Moment(i64::MAX)).await.unwrap(), 0);
    upload.finish().await.unwrap();
    assert_eq!(blobs.size(&key).await.unwrap(), Some(4 * MIB as u64));
}

#[tokio::test]
async fn a_reader_keeps_what_is_forgotten_under_it() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(folder.path()).await;
    let key = Key::Xorb(Uuid::now_v7());
    blobs.put(&key, vec![7; 8 * MIB].into()).await.unwrap();
    let mut pieces = blobs.stream(&key, 0..8 << 20).await.unwrap();
    let mut length = pieces.try_next().await.unwrap().unwrap().len();
    blobs.forget(&key).await.unwrap();
    while let Some(piece) = pieces.try_next().await.unwrap() {
        length += piece.len();
    }
    assert_eq!(length, 8 * MIB);
}

#[tokio::test]
async fn a_file_that_was_cut_under_a_reader_is_an_error_and_no_shorter_answer() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(folder.path()).await;
    let key = Key::Xorb(Uuid::now_v7());
    blobs.put(&key, vec![7; 8 * MIB].into()).await.unwrap();
    let pieces = blobs.stream(&key, 0..8 << 20).await.unwrap();
    let file = std::fs::File::options().write(true).open(folder.path().join(key.to_string())).unwrap();
    file.set_len(5 << 20).unwrap();
    let read: Result<Vec<_>, _> = pieces.try_collect().await;
    assert!(matches!(read, Err(Error::Unavailable { .. })));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_told_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let refused = Blobs::open(&Location::Disk(file.join("below"))).await;
    let message = refused.err().unwrap().to_string();
    assert!(message.contains("opening the folder"), "{message}");
}

async fn open(folder: &Path) -> Blobs {
    Blobs::open(&Location::Disk(folder.into())).await.unwrap()
}

fn leftovers(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder.join("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect()
}
