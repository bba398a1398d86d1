//! Copies within the hub.

use limpide_hub::{Error, FileToCopy, Listing, NewRepo, NewTag};
use limpide_words::{Kind, Sha256};

use crate::support::*;

#[tokio::test]
async fn a_large_file_of_one_repo_is_committed_to_another() {
    let story = story().await;
    let weights = story.upload("weights").await;
    let pending = story.upload("never committed").await;
    story.commit("main", "add", vec![lfs("w.bin", weights)]).await.unwrap();
    let target = story.hub.model(&story.ada, "ada/other").await;
    let target = story.hub.writable(&story.ada, Kind::Model, &target).await.unwrap();
    let source = story.hub.content(&story.ada, Kind::Model, &story.id).await.unwrap();

    let unknown = Sha256([7; 32]);
    let ask = |sha256: Sha256, file: Option<&str>| FileToCopy { sha256, file: file.map(str::to_owned) };
    let hash = format!("f{weights}");
    let asked = [ask(weights, Some(&hash)), ask(unknown, None), ask(pending, None)];
    let failed = story.hub.duplicate_lfs_files(&source, &target, &asked).await.unwrap();
    let failed: Vec<_> = failed.into_iter().map(|failed| failed.sha256).collect();
    assert_eq!(failed, [unknown, pending]);
    let failed =
        story.hub.duplicate_lfs_files(&source, &target, &[ask(weights, Some("wrong"))]).await.unwrap();
    assert_eq!(failed.len(), 1);

    commit(&story.hub, &target, "main", "copy", vec![lfs("copy.bin", weights)]).await.unwrap();
    let list = story.hub.list_lfs_files(&story.readable().await, None).await.unwrap();
    let told: Vec<_> = list.files.iter().map(|file| (file.sha256, file.path.as_str(), file.size)).collect();
    assert_eq!(told, [(weights, "w.bin", 7)]);
    assert!(list.next.is_none());
    assert!(matches!(story.hub.delete_lfs_files(&target, &[weights]), Err(Error::Unsupported(_))));
}

#[tokio::test]
async fn a_copy_of_a_repo_has_all_of_its_history_and_a_life_of_its_own() {
    let story = story().await;
    let repo = story.writable().await;
    let weights = story.upload("weights").await;
    let large = "large ".repeat(20_000);
    let card = "---\nlicense: mit\n---\n";
    let files =
        vec![lfs("w.bin", weights), file("large.txt", &large), file("README.md", card), file("a/b", "1")];
    story.commit("main", "add", files).await.unwrap();
    story.hub.create_branch(&repo, "dev", None).await.unwrap();
    story
        .hub
        .create_tag(&repo, &revision("main"), NewTag { name: "v1".into(), message: None })
        .await
        .unwrap();
    story.commit("dev", "dev", vec![file("a/c", "2")]).await.unwrap();

    let source = story.hub.content(&story.ada, Kind::Model, &story.id).await.unwrap();
    let new = |id: &str| NewRepo { kind: Kind::Model, id: id.parse().unwrap(), private: true, sdk: None };
    let copied = story.hub.duplicate_repo(&source, &story.ada, new("ada/copy")).await.unwrap();
    let refusal = story.hub.duplicate_repo(&source, &story.ada, new("ada/tiny")).await;
    assert!(matches!(refusal, Err(Error::RepoExists(..))));

    let copy = Story { id: copied.id(), ..story };
    let original = copy.hub.readable(&copy.ada, Kind::Model, &"ada/tiny".parse().unwrap()).await.unwrap();
    let repo = copy.readable().await.repo().clone();
    assert_eq!((repo.size, repo.commits, repo.private), (original.repo().size, 3, true));
    assert_eq!(repo.card, r#"{"license":"mit"}"#);
    assert_eq!(copy.titles("dev").await, ["dev", "add", "initial commit"]);
    assert_eq!(copy.text("v1", "large.txt").await, large);
    copy.commit("dev", "more", vec![file("a/d", "3"), lfs("again.bin", weights)]).await.unwrap();
    let inside = Listing { folder: Some(path("a")), expand: true, ..Listing::default() };
    let told: Vec<_> =
        copy.list("dev", inside).await.into_iter().map(|entry| entry.last_commit.unwrap().title).collect();
    assert_eq!(told, ["add", "dev", "more"]);

    // Deleting the original takes nothing from the copy.
    copy.hub.delete_repo(&copy.ada, Kind::Model, &"ada/tiny".parse().unwrap()).await.unwrap();
    assert_eq!(copy.text("main", "large.txt").await, large);
}
