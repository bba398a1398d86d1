//! `limpide check`: what it prints, and its exit status.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::{Room, text};

async fn with_a_large_file(room: &Room) {
    let mut server = room.serve("");
    let token = server.first_token();
    let client = reqwest::Client::new();
    let post = |path: &str| client.post(format!("{}{path}", server.url)).bearer_auth(&token);
    let made = post("/api/repos/create").json(&json!({ "name": "tiny" })).send().await.unwrap();
    assert!(made.status().is_success());
    let lines = [
        json!({ "key": "header", "value": { "summary": "large" } }),
        json!({ "key": "file", "value": { "path": "large.txt", "content": "a".repeat(200_000) } }),
    ];
    let body = lines.map(|line| line.to_string()).join("\n");
    let commit = post("/api/models/admin/tiny/commit/main").header("content-type", "application/x-ndjson");
    let answer = commit.body(body).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    // Beside a running server, too.
    assert_eq!(room.limpide("check").output().unwrap().status.code(), Some(0));
    server.stop();
}

/// The only file somewhere below a folder.
fn only_file(folder: &Path) -> PathBuf {
    let entry = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if entry.is_dir() { only_file(&entry) } else { entry }
}

#[tokio::test]
async fn damage_is_named_with_its_file_and_told_by_the_exit_status() {
    let room = Room::new();
    with_a_large_file(&room).await;
    let sound = room.says("check");
    assert!(sound.starts_with("sound: 1 repositories, 1 refs,"), "{sound}");

    let file = only_file(&room.path().join("data/blobs/g"));
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[100_000] ^= 4;
    std::fs::write(&file, &bytes).unwrap();
    let run = |words: &str| room.limpide(words).output().unwrap();
    assert_eq!(run("check --fast").status.code(), Some(0));
    let found = run("check");
    assert_eq!(found.status.code(), Some(1));
    let said = text(&found.stdout);
    for word in ["damage: its bytes have the SHA-1", file.to_str().unwrap(), "model admin/tiny", "help:"] {
        assert!(said.contains(word), "{word}: {said}");
    }

    std::fs::remove_file(&file).unwrap();
    let found = run("check --fast --format json");
    assert_eq!(found.status.code(), Some(1));
    let lines: Vec<Value> =
        text(&found.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["severity"], &lines[0]["kind"]), (&json!("damage"), &json!("git-object")));
    assert_eq!(lines[1]["summary"]["damage"], 1);
}

#[test]
fn an_object_that_cannot_be_read_is_a_finding_and_the_check_goes_on() {
    let room = Room::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(with_a_large_file(&room));
    // A folder cannot be read as a file, not even by root.
    let file = only_file(&room.path().join("data/blobs/g"));
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    let found = room.limpide("check").output().unwrap();
    assert_eq!(found.status.code(), Some(1));
    assert!(text(&found.stdout).contains("1 repositories, 1 refs"), "{}", text(&found.stdout));
}

#[test]
fn what_cannot_be_checked_is_neither_sound_nor_damaged() {
    let room = Room::new();
    let none = room.limpide("check").output().unwrap();
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("there is no hub in `data` yet"));

    let (room, _) = Room::with_hub();
    std::fs::write(
        room.path().join("data/limpide.db"),
        "no database at all, and long enough to be looked at",
    )
    .unwrap();
    assert_eq!(room.limpide("check").output().unwrap().status.code(), Some(2));
}
