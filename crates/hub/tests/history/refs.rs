//! Branches, tags, revisions, and squashing.

use limpide_hub::{Error, Listing, NewTag, Thing};

use crate::support::*;

fn tag(name: &str) -> NewTag {
    NewTag { name: name.into(), message: None }
}

#[tokio::test]
async fn a_revision_is_a_branch_a_tag_a_full_ref_or_a_commit_id() {
    let story = story().await;
    let repo = story.writable().await;
    story.hub.create_branch(&repo, "feature/x", None).await.unwrap();
    let first = story.head("main").await;
    let second = story.commit("main", "second", vec![file("a", "1")]).await.unwrap().id;
    story.hub.create_tag(&repo, &revision(&first.to_string()[..7]), tag("v1")).await.unwrap();
    let annotated = NewTag { name: "v2".into(), message: Some("two".into()) };
    story.hub.create_tag(&repo, &revision("main"), annotated).await.unwrap();

    let long = second.to_string();
    for (text, id) in [
        ("main", second),
        ("feature/x", first),
        ("v1", first),
        ("v2", second),
        ("refs/heads/main", second),
        // As git says for the branch that a repository starts with; `@huggingface/hub` asks so.
        ("HEAD", second),
        ("refs/tags/v1", first),
        ("refs/tags/v2", second),
        (&long, second),
        (&long[..7], second),
        (&long.to_uppercase(), second),
    ] {
        assert_eq!(story.head(text).await, id, "{text}");
    }
    // A branch goes before a tag of the same name.
    story.hub.create_branch(&repo, "v1", Some(&revision("main"))).await.unwrap();
    assert_eq!(story.head("v1").await, second);
    assert_eq!(story.head("refs/tags/v1").await, first);

    let readable = story.readable().await;
    let tree = story.hub.commit_at(&readable, &revision("main")).await.unwrap().tree.to_string();
    for text in ["no", &long[..6], "0000000", "refs/pr/1", "refs", &tree] {
        let refusal = story.hub.commit_at(&readable, &revision(text)).await.unwrap_err();
        assert!(matches!(refusal, Error::NotFound(Thing::Revision, _)), "{text}");
        assert_eq!(refusal.to_string(), format!("Invalid rev id: {text}"));
    }
}

#[tokio::test]
async fn commits_of_one_repo_are_unknown_to_another() {
    let story = story().await;
    let secret = story.commit("main", "secret", vec![file("a", "1")]).await.unwrap().id;
    let other = story.hub.model(&story.ada, "ada/other").await;
    let other = story.hub.readable(&story.ada, limpide_words::Kind::Model, &other).await.unwrap();
    assert!(story.hub.commit_at(&other, &revision(&secret.to_string())).await.is_err());
    let blob = "56a6051ca2b02b04ef92d5150c9ef600403cb1de".parse().unwrap();
    assert!(story.hub.read_blob(&story.readable().await.content().unwrap(), blob).await.is_ok());
    assert!(matches!(
        story.hub.read_blob(&other.content().unwrap(), blob).await,
        Err(Error::NotFound(Thing::Entry, _))
    ));
}

#[tokio::test]
async fn refs_are_listed_by_family_and_tags_by_their_commit() {
    let story = story().await;
    let repo = story.writable().await;
    let annotated = NewTag { name: "v1".into(), message: Some("one".into()) };
    story.hub.create_tag(&repo, &revision("main"), annotated).await.unwrap();
    story.hub.create_branch(&repo, "feature/x", None).await.unwrap();
    let head = story.head("main").await;
    let list = story.hub.list_refs(&story.readable().await).await.unwrap();
    let names: Vec<_> =
        list.branches.iter().map(|found| (found.name.as_str(), found.full.as_str())).collect();
    assert_eq!(names, [("feature/x", "refs/heads/feature/x"), ("main", "refs/heads/main")]);
    assert_eq!(list.tags.len(), 1);
    assert_eq!((list.tags[0].name.as_str(), list.tags[0].commit), ("v1", head));
    assert!(list.converts.is_empty() && list.pull_requests.is_empty());
}

#[tokio::test]
async fn branches_are_created_and_deleted_with_the_hub_s_refusals() {
    let story = story().await;
    let repo = story.writable().await;
    let hub = &story.hub;
    let tag_name = tag("v1");
    hub.create_tag(&repo, &revision("main"), tag_name).await.unwrap();
    hub.create_branch(&repo, "v1", None).await.unwrap();
    let refusal = hub.create_branch(&repo, "v1", None).await.unwrap_err();
    assert!(matches!(refusal, Error::Conflict(_)));
    assert_eq!(refusal.to_string(), "Reference refs/heads/v1 already exists");

    let refusal = hub.create_branch(&repo, "refs/pr/1", None).await.unwrap_err();
    assert!(matches!(refusal, Error::Invalid(_)));
    assert!(refusal.to_string().contains("Invalid reference for a branch"), "{refusal}");
    assert!(matches!(hub.create_branch(&repo, "a..b", None).await, Err(Error::Invalid(_))));
    let refusal = hub.create_branch(&repo, "x", Some(&revision("gone"))).await.unwrap_err();
    assert_eq!(refusal.to_string(), "Invalid rev id: gone");

    let refusal = hub.delete_branch(&repo, "main").await.unwrap_err();
    assert!(matches!(refusal, Error::Forbidden(_)));
    assert_eq!(refusal.to_string(), "Cannot delete refs/heads/main");
    hub.delete_branch(&repo, "v1").await.unwrap();
    // Now only the tag is left, which is no branch.
    for gone in ["v1", "gone", "refs/heads/main"] {
        let refusal = hub.delete_branch(&repo, gone).await.unwrap_err();
        assert!(matches!(refusal, Error::NotFound(Thing::Revision, _)));
        assert_eq!(refusal.to_string(), format!("Invalid rev id: {gone}"));
    }
    assert!(hub.commit_at(&story.readable().await, &revision("v1")).await.is_ok());
}

#[tokio::test]
async fn tags_are_created_and_deleted_with_the_hub_s_refusals() {
    let story = story().await;
    let repo = story.writable().await;
    let hub = &story.hub;
    // The revision is looked at before the name.
    let refusal = hub.create_tag(&repo, &revision("gone"), tag("bad..name")).await.unwrap_err();
    assert!(matches!(refusal, Error::NotFound(Thing::Revision, _)));
    assert!(matches!(
        hub.create_tag(&repo, &revision("main"), tag("bad..name")).await,
        Err(Error::Invalid(_))
    ));
    hub.create_tag(&repo, &revision("main"), tag("v1")).await.unwrap();
    let refusal = hub.create_tag(&repo, &revision("main"), tag("v1")).await.unwrap_err();
    assert_eq!(refusal.to_string(), "Reference refs/tags/v1 already exists");
    hub.delete_tag(&repo, "v1").await.unwrap();
    for gone in ["v1", "main"] {
        let refusal = hub.delete_tag(&repo, gone).await.unwrap_err();
        assert_eq!(refusal.to_string(), format!("Invalid rev id: {gone}"));
    }
}

#[tokio::test]
async fn squashing_leaves_one_commit_with_the_same_files_and_other_branches_alone() {
    let story = story().await;
    let repo = story.writable().await;
    story.commit("main", "one", vec![file("a/b", "1"), file("c", "1")]).await.unwrap();
    story.hub.create_branch(&repo, "dev", None).await.unwrap();
    let one = story.head("dev").await;
    let two = story.commit("main", "two", vec![file("a/b", "2")]).await.unwrap().id;
    let before = story.files("main").await;

    let done = story.hub.super_squash(&repo, &revision("main"), "all in one\n\nand why").await.unwrap();
    assert_eq!(story.head("main").await, done.id);
    assert_eq!(story.files("main").await, before);
    assert_eq!(story.titles("main").await, ["all in one"]);
    assert_eq!(story.titles("dev").await, ["one", "initial commit"]);
    assert_eq!(story.text("main", "a/b").await, "2");
    assert_eq!(story.text("dev", "a/b").await, "1");

    // What only the squashed history led to is gone; what another branch leads to is not.
    assert_eq!(story.head(&one.to_string()).await, one);
    let gone = story.hub.commit_at(&story.readable().await, &revision(&two.to_string())).await;
    assert_eq!(words(gone), format!("Invalid rev id: {two}"));
    let told = story.list("dev", Listing { recursive: true, expand: true, ..Listing::default() }).await;
    assert_eq!(told.last().unwrap().last_commit.as_ref().unwrap().id, one);

    // The index knows of the squash, and goes on from there.
    story.commit("main", "three", vec![file("a/d", "3")]).await.unwrap();
    let all = story.list("main", Listing { recursive: true, expand: true, ..Listing::default() }).await;
    let told: Vec<_> = all.into_iter().map(|entry| (entry.path, entry.last_commit.unwrap().title)).collect();
    let expected = [
        (".gitattributes", "all in one"),
        ("a", "three"),
        ("a/b", "all in one"),
        ("a/d", "three"),
        ("c", "all in one"),
    ];
    assert_eq!(told, expected.map(|(path, title)| (path.to_owned(), title.to_owned())));
    assert!(story.hub.super_squash(&repo, &revision("gone"), "x").await.is_err());
}
