//! What the stock `git` thinks of our objects.

use limpide_hub::NewTag;
use limpide_testkit::git::{export, git as run};
use limpide_words::Kind;

use crate::support::*;

#[tokio::test]
async fn git_finds_no_fault_in_our_history() {
    let story = story().await;
    let weights = story.upload("weights").await;
    let repo = story.writable().await;
    story
        .commit("main", "add", vec![file("a.txt", "1"), file("a/b/c", "2"), lfs("w.bin", weights)])
        .await
        .unwrap();
    story.hub.create_branch(&repo, "feature/x", None).await.unwrap();
    let odd: Vec<_> =
        ["é ü", "a-b", "a0", "漢字/x", "folder/..\\y"].iter().map(|path| file(path, "odd")).collect();
    story.commit("feature/x", "odd names", odd).await.unwrap();
    story
        .commit("main", "large", vec![file("large.txt", &"large ".repeat(50_000)), delete("a")])
        .await
        .unwrap();
    let wide = (0..3000).map(|number| file(&format!("wide/{number:05}.txt"), "same")).collect();
    story.commit("main", "wide", wide).await.unwrap();
    story
        .commit(
            "main",
            "empty",
            vec![
                delete("wide"),
                delete(".gitattributes"),
                delete("a.txt"),
                delete("w.bin"),
                delete("large.txt"),
            ],
        )
        .await
        .unwrap();
    story.commit("main", "title", vec![file("x", "")]).await.unwrap();
    let tag = NewTag { name: "v1".into(), message: Some("first\n\nof many".into()) };
    story.hub.create_tag(&repo, &revision("main"), tag).await.unwrap();
    story.hub.super_squash(&repo, &revision("feature/x"), "squashed").await.unwrap();

    let folder = tempfile::tempdir().unwrap();
    let git = folder.path();
    let content = story.hub.content(&story.ada, Kind::Model, &story.id).await.unwrap();
    export(&story.hub, &content, git).await;

    assert_eq!(run(git, &["fsck", "--strict", "--full", "--no-dangling"]), "");
    assert_eq!(run(git, &["log", "--format=%s|%an|%ct", "main"]).lines().count(), 6);
    assert_eq!(
        run(git, &["log", "--format=%s|%an|%ae|%ct", "-1", "main"]),
        "title|ada|ada@users.noreply.limpide|1767225600\n"
    );
    assert_eq!(run(git, &["rev-list", "--count", "feature/x"]), "1\n");
    assert_eq!(run(git, &["rev-parse", "v1^{commit}"]).trim(), story.head("v1").await.to_string());
    assert!(run(git, &["show", "v1"]).contains("Tagger: ada <ada@users.noreply.limpide>"));
    let pointer = run(git, &["show", "feature/x:w.bin"]);
    assert_eq!(
        pointer,
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{weights}\nsize 7\n")
    );
    let listed = run(git, &["ls-tree", "-r", "-z", "--name-only", "feature/x"]);
    assert_eq!(listed.split_terminator('\0').collect::<Vec<_>>(), story.files("feature/x").await);
}
