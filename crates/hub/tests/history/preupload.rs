//! How clients are told to send their files.

use limpide_hub::{Announced, FilePlan, UploadMode};
use limpide_testkit::hub::TestHub;
use limpide_words::Kind;

use crate::support::*;

fn announced(at: &str, size: u64) -> Announced {
    Announced { path: path(at), size, sample: b"text".to_vec() }
}

async fn plan(story: &Story, files: &[Announced], ignore: Option<&str>) -> Vec<FilePlan> {
    story.hub.preupload(&story.writable().await, &revision("main"), files, ignore).await.unwrap().files
}

#[tokio::test]
async fn attributes_decide_then_size_then_what_it_looks_like() {
    let story = story().await;
    let mut binary = announced("picture.png", 100);
    binary.sample = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    let files = [
        announced("lfs.bin", 4),
        announced("a/model.safetensors", 4),
        announced("config.json", 4),
        announced("large.text", 9_000_000),
        announced("huge.text", 11_000_000),
        announced("empty.pkl", 0),
        announced("picture-of-text.png", 100),
        binary,
    ];
    let modes: Vec<_> = plan(&story, &files, None).await.into_iter().map(|plan| plan.mode).collect();
    use UploadMode::{Lfs, Regular};
    assert_eq!(modes, [Lfs, Lfs, Regular, Regular, Lfs, Regular, Regular, Lfs]);
}

#[tokio::test]
async fn pictures_are_lfs_in_datasets() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = dataset(&hub, &ada, "ada/pictures").await;
    let repo = hub.writable(&ada, Kind::Dataset, &id).await.unwrap();
    let told = hub.preupload(&repo, &revision("main"), &[announced("a.png", 10)], None).await.unwrap();
    assert_eq!(told.files[0].mode, UploadMode::Lfs);
}

#[tokio::test]
async fn new_attributes_count_from_the_next_commit_on_and_on_their_branch() {
    let story = story().await;
    story.hub.create_branch(&story.writable().await, "dev", None).await.unwrap();
    let text = story.text("main", ".gitattributes").await
        + "*.png filter=lfs diff=lfs merge=lfs -text\n*.bin -filter\n";
    story.commit("dev", "attributes", vec![file(".gitattributes", &text)]).await.unwrap();
    let files = [announced("a.png", 10), announced("a.bin", 10)];
    let modes = |plans: Vec<FilePlan>| plans.into_iter().map(|plan| plan.mode).collect::<Vec<_>>();
    assert_eq!(modes(plan(&story, &files, None).await), [UploadMode::Regular, UploadMode::Lfs]);
    let repo = story.writable().await;
    let told = story.hub.preupload(&repo, &revision("dev"), &files, None).await.unwrap();
    assert_eq!(modes(told.files), [UploadMode::Lfs, UploadMode::Regular]);
}

#[tokio::test]
async fn what_is_stored_is_told_as_the_client_would_name_it() {
    let story = story().await;
    let weights = story.upload("weights").await;
    let done =
        story.commit("main", "add", vec![file("a/b.txt", "hello\n"), lfs("w.bin", weights)]).await.unwrap();
    let files = [announced("a/b.txt", 6), announced("w.bin", 7), announced("new", 1), announced("a", 1)];
    let told = story.hub.preupload(&story.writable().await, &revision("main"), &files, None).await.unwrap();
    assert_eq!(told.commit, done.id);
    let stored: Vec<_> = told.files.into_iter().map(|plan| plan.stored).collect();
    let blob = "ce013625030ba8dba906f756967f9e9ca394464a".to_owned();
    assert_eq!(stored, [Some(blob), Some(weights.to_string()), None, None]);
}

#[tokio::test]
async fn ignored_files_are_those_of_the_request_or_else_of_the_repo() {
    let story = story().await;
    story.commit("main", "ignore", vec![file(".gitignore", "*.log\n!keep.log\nbuild/\n")]).await.unwrap();
    let files = ["a.log", "keep.log", "build/x/y", "a.txt"].map(|path| announced(path, 1));
    let ignored = |plans: Vec<FilePlan>| plans.into_iter().map(|plan| plan.ignored).collect::<Vec<_>>();
    assert_eq!(ignored(plan(&story, &files, None).await), [true, false, true, false]);
    assert_eq!(ignored(plan(&story, &files, Some("*.txt")).await), [false, false, false, true]);
    assert_eq!(ignored(plan(&story, &files, Some("")).await), [false; 4]);
}

#[tokio::test]
async fn a_revision_that_is_not_there_is_refused() {
    let story = story().await;
    let told = story.hub.preupload(&story.writable().await, &revision("gone"), &[], None).await;
    assert_eq!(words(told), "Invalid rev id: gone");
}
