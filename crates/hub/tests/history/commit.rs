//! What a commit does, and what it refuses.

use limpide_hub::{Change, Clock, Error, Hub, Listing, NewCommit, Settings, Thing, What};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, Sha256};

use crate::support::*;

#[tokio::test]
async fn a_new_repo_has_one_commit_that_holds_its_attributes() {
    let story = story().await;
    assert_eq!(story.files("main").await, [".gitattributes"]);
    assert_eq!(story.titles("main").await, ["initial commit"]);
    assert!(
        story
            .text("main", ".gitattributes")
            .await
            .contains("*.safetensors filter=lfs diff=lfs merge=lfs -text\n")
    );
}

#[tokio::test]
async fn a_new_space_also_has_a_card() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = "ada/demo".parse().unwrap();
    let new = limpide_hub::NewRepo { kind: Kind::Space, id, private: false, sdk: Some("gradio".into()) };
    let repo = hub.create_repo(&ada, new).await.unwrap();
    let readable = hub.readable(&ada, Kind::Space, &repo.id()).await.unwrap();
    assert_eq!(readable.repo().card, r#"{"pinned":false,"sdk":"gradio","title":"demo"}"#);
}

#[tokio::test]
async fn files_come_and_go() {
    let story = story().await;
    let weights = story.upload("weights").await;
    let done = story
        .commit("main", "add", vec![file("a/b.txt", "b"), file("c.txt", "c"), lfs("w.bin", weights)])
        .await;
    assert!(done.unwrap().created);
    assert_eq!(story.files("main").await, [".gitattributes", "a/b.txt", "c.txt", "w.bin"]);
    assert_eq!(story.text("main", "a/b.txt").await, "b");

    story.commit("main", "remove", vec![delete("a/b.txt"), delete("w.bin")]).await.unwrap();
    assert_eq!(story.files("main").await, [".gitattributes", "c.txt"]);
    assert_eq!(story.titles("main").await, ["remove", "add", "initial commit"]);
    // What was before is still to be read where it was.
    assert_eq!(story.text(&done_id(&story, 1).await, "a/b.txt").await, "b");
}

async fn done_id(story: &Story, back: usize) -> String {
    let readable = story.readable().await;
    let list =
        story.hub.list_commits(&readable, &revision("main"), &limpide_hub::CommitsQuery::default()).await;
    list.unwrap().commits[back].id.to_string()
}

#[tokio::test]
async fn a_file_larger_than_a_row_reads_back() {
    let story = story().await;
    let text = "0123456789abcdef".repeat(20_000);
    story.commit("main", "large", vec![file("large.txt", &text), file("again.txt", &text)]).await.unwrap();
    assert_eq!(story.text("main", "large.txt").await, text);
    assert_eq!(story.readable().await.repo().size, first_size(&story).await + text.len() as i64);
}

async fn first_size(story: &Story) -> i64 {
    story.text("main", ".gitattributes").await.len() as i64
}

#[tokio::test]
async fn deleting_a_folder_takes_all_that_is_in_it_however_it_is_said() {
    let story = story().await;
    let files = || vec![file("x/1", "1"), file("x/y/2", "2"), file("z/3", "3")];
    story.commit("main", "add", files()).await.unwrap();
    story.commit("main", "one way", vec![delete("x"), delete_folder("z")]).await.unwrap();
    assert_eq!(story.files("main").await, [".gitattributes"]);

    story.commit("main", "add", files()).await.unwrap();
    story.commit("main", "file as folder", vec![delete_folder("z/3")]).await.unwrap();
    assert_eq!(story.files("main").await, [".gitattributes", "x/1", "x/y/2"]);
}

#[tokio::test]
async fn deleting_what_is_not_there_is_refused_in_the_words_clients_know() {
    let story = story().await;
    for change in [delete("no.txt"), delete_folder("no/way"), delete(".gitattributes/x")] {
        let refusal = story.commit("main", "remove", vec![change]).await.unwrap_err();
        assert!(matches!(refusal, Error::NotFound(Thing::Entry, _)), "{refusal:?}");
        assert!(refusal.to_string().contains("A file with this name doesn't exist"));
    }
    assert_eq!(story.titles("main").await, ["initial commit"]);
}

#[tokio::test]
async fn changes_are_applied_in_their_order() {
    let story = story().await;
    story.commit("main", "add", vec![file("a", "1")]).await.unwrap();
    story.commit("main", "replace", vec![delete("a"), file("a", "2")]).await.unwrap();
    assert_eq!(story.text("main", "a").await, "2");
    story
        .commit("main", "add and take back", vec![file("b", "1"), file("a", "3"), delete("b")])
        .await
        .unwrap();
    assert_eq!(story.files("main").await, [".gitattributes", "a"]);
    // The client warns of this, and sends it: the last one stays.
    story.commit("main", "twice", vec![file("a", "4"), file("a", "5")]).await.unwrap();
    assert_eq!(story.text("main", "a").await, "5");
}

#[tokio::test]
async fn a_file_does_not_silently_take_a_folder_s_place() {
    let story = story().await;
    story.commit("main", "add", vec![file("a", "1"), file("d/e", "2")]).await.unwrap();
    let refusal = words(story.commit("main", "below", vec![file("a/b", "x")]).await);
    assert!(refusal.contains("`a` on its way is a file"), "{refusal}");
    let refusal = words(story.commit("main", "above", vec![file("d", "x")]).await);
    assert!(refusal.contains("it is a folder"), "{refusal}");

    story
        .commit("main", "said so", vec![delete("a"), file("a/b", "x"), delete("d/e"), file("d", "y")])
        .await
        .unwrap();
    assert_eq!(story.files("main").await, [".gitattributes", "a/b", "d"]);
}

#[tokio::test]
async fn a_commit_that_changes_nothing_is_no_commit() {
    let story = story().await;
    let first = story.commit("main", "add", vec![file("a", "1")]).await.unwrap();
    let again = story.commit("main", "again", vec![delete("a"), file("a", "1")]).await.unwrap();
    assert_eq!((again.id, again.created), (first.id, false));
    assert_eq!(story.titles("main").await, ["add", "initial commit"]);
}

#[tokio::test]
async fn a_large_file_must_not_come_through_git() {
    let mut settings = Settings::default();
    settings.limits.regular_file = 1000;
    let hub = TestHub::with(settings).await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let repo = hub.writable(&ada, Kind::Model, &id).await.unwrap();
    let fits = commit(&hub, &repo, "main", "fits", vec![file("a", &"x".repeat(1000))]).await;
    assert!(fits.is_ok());
    let refusal =
        commit(&hub, &repo, "main", "too large", vec![file("b", &"x".repeat(1001))]).await.unwrap_err();
    assert!(matches!(refusal, Error::Invalid(_)));
    let expected = "Your push was rejected because it contains files larger than ";
    assert!(refusal.to_string().starts_with(expected), "{refusal}");
}

#[tokio::test]
async fn content_that_was_not_uploaded_here_cannot_be_committed() {
    let story = story().await;
    let other = story.hub.model(&story.ada, "ada/other").await;
    let other = story.hub.readable(&story.ada, Kind::Model, &other).await.unwrap();
    let elsewhere = story.hub.claim(&other.repo().id, "secret").await;
    for sha256 in [elsewhere, Sha256([7; 32])] {
        let refusal = words(story.commit("main", "steal", vec![lfs("a.bin", sha256)]).await);
        assert!(refusal.contains("was not uploaded to this repository"), "{refusal}");
        // A pointer that comes as text is no way around it.
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize 6\n");
        let refusal = words(story.commit("main", "steal", vec![file("a.bin", &text)]).await);
        assert!(refusal.contains("was not uploaded to this repository"), "{refusal}");
    }
    assert_eq!(story.files("main").await, [".gitattributes"]);
}

#[tokio::test]
async fn content_must_have_the_size_it_is_said_to_have() {
    let story = story().await;
    let sha256 = story.upload("weights").await;
    let change = |size| Change::LfsFile { path: path("w.bin"), sha256, size };
    let refusal = words(story.commit("main", "wrong", vec![change(Some(8))]).await);
    assert!(refusal.contains("is said to have 8 bytes"), "{refusal}");
    story.commit("main", "right", vec![change(Some(7))]).await.unwrap();
    // Copied within the repository: content that is committed needs no claim any more, nor a size.
    story.commit("main", "copy", vec![lfs("copy.bin", sha256)]).await.unwrap();
    let entries = story.list("main", Listing::default()).await;
    for entry in entries.iter().filter(|entry| entry.path.ends_with(".bin")) {
        let file = Some(format!("f{sha256}"));
        assert_eq!(entry.what, What::Lfs { size: 7, sha256, pointer_size: 126, file }, "{}", entry.path);
    }
    assert_eq!(entries.len(), 3);
    assert_eq!(story.readable().await.repo().size, 7 + first_size(&story).await);
}

#[tokio::test]
async fn a_branch_that_moved_on_refuses_a_commit_made_for_what_was() {
    let story = story().await;
    let first = story.head("main").await.to_string();
    let with_parent = |parent: &str, text: &str| {
        let new = NewCommit { title: "t".into(), parent: Some(parent.into()), ..NewCommit::default() };
        (new, vec![file("a", text)])
    };
    let repo = story.writable().await;
    let (new, changes) = with_parent(&first[..7].to_uppercase(), "1");
    story.hub.commit(&repo, &revision("main"), new, changes).await.unwrap();
    let (new, changes) = with_parent(&first, "2");
    let outcome = story.hub.commit(&repo, &revision("main"), new, changes).await;
    assert!(is_outdated(&outcome));
    assert_eq!(
        words(outcome),
        "The branch was updated since you opened this page. Please refresh and try again."
    );

    // Also when it moves while the files are still arriving.
    let (new, changes) = with_parent(&story.head("main").await.to_string(), "3");
    let mut draft = story.hub.begin_commit(&repo, &revision("main"), new).await.unwrap();
    for change in changes {
        draft.add(change).await.unwrap();
    }
    story.commit("main", "meanwhile", vec![file("b", "b")]).await.unwrap();
    assert!(is_outdated(&draft.finish().await));
}

#[tokio::test]
async fn only_branches_are_committed_to() {
    let story = story().await;
    let repo = story.writable().await;
    let tag = limpide_hub::NewTag { name: "v1".into(), message: None };
    story.hub.create_tag(&repo, &revision("main"), tag).await.unwrap();
    let head = story.head("main").await.to_string();
    for place in ["no-such-branch", "v1", "refs/tags/v1", &head, "refs/pr/1", "a b"] {
        let refusal = story.commit(place, "t", vec![file("a", "1")]).await.unwrap_err();
        assert!(matches!(refusal, Error::NotFound(Thing::Revision, _)), "{place}: {refusal:?}");
        assert_eq!(refusal.to_string(), format!("Invalid rev id: {place}"));
    }
    story.commit("refs/heads/main", "full name", vec![file("a", "1")]).await.unwrap();
}

#[tokio::test]
async fn a_message_is_kept_as_git_keeps_it() {
    let story = story().await;
    let new = NewCommit { title: "title\nmore\0".into(), description: "why\r\nso\n".into(), parent: None };
    let repo = story.writable().await;
    let done = story.hub.commit(&repo, &revision("main"), new, vec![file("a", "1")]).await.unwrap();
    let commit = story.hub.commit_at(&story.readable().await, &revision(&done.id.to_string())).await.unwrap();
    assert_eq!((commit.title.as_str(), commit.message.as_str()), ("title", "more\n\nwhy\nso"));
    assert_eq!((commit.author.as_str(), commit.number), ("ada", 2));
    let refusal = words(story.commit("main", "  ", vec![file("a", "2")]).await);
    assert!(refusal.contains("needs a title"), "{refusal}");
}

#[tokio::test]
async fn paths_of_every_kind_are_kept_byte_for_byte() {
    let story = story().await;
    let odd = ["a b.txt", "é ü?.bin", "50%,#.md", "folder/..\\..\\..\\file", "漢字/x:y", "e\u{301}"];
    story.commit("main", "odd", odd.iter().map(|path| file(path, path)).collect()).await.unwrap();
    let files = story.files("main").await;
    for path in odd {
        assert!(files.contains(&path.to_owned()), "{path}");
        assert_eq!(story.text("main", path).await, path);
    }
}

#[tokio::test]
async fn the_same_change_on_two_branches_is_the_same_commit() {
    let story = story().await;
    story.hub.create_branch(&story.writable().await, "twin", None).await.unwrap();
    let main = story.commit("main", "same", vec![file("a", "1")]).await.unwrap();
    let twin = story.commit("twin", "same", vec![file("a", "1")]).await.unwrap();
    assert_eq!(main.id, twin.id);
    assert_eq!(story.text("twin", "a").await, "1");
    assert_eq!(story.readable().await.repo().commits, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_commits_at_once_none_is_lost() {
    let story = std::sync::Arc::new(story().await);
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let story = story.clone();
            tokio::spawn(async move {
                for turn in 0..2 {
                    let at = format!("d{}/{number}-{turn}.txt", number % 3);
                    story.commit("main", &format!("{number} {turn}"), vec![file(&at, &at)]).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(story.files("main").await.len(), 33);
    assert_eq!(story.titles("main").await.len(), 33);
    assert_eq!(story.readable().await.repo().commits, 33);
    let query = limpide_hub::CommitsQuery { limit: Some(100), ..Default::default() };
    let list = story.hub.list_commits(&story.readable().await, &revision("main"), &query).await.unwrap();
    let numbers: Vec<i64> = list.commits.iter().map(|commit| commit.number).collect();
    assert_eq!(numbers, (1..=33).rev().collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_replicas_that_commit_to_one_branch_lose_nothing() {
    let story = story().await;
    // A second hub over the same database and store takes no turns with the first.
    let settings = Settings::default();
    let (db, blobs) = (story.hub.db.db.clone(), story.hub.blobs.blobs.clone());
    let other = Hub::open(db, blobs, story.hub.mirrors(), settings, Clock::system()).await.unwrap();
    let repo = story.writable().await;
    let many = |hub: Hub, name: &'static str| {
        let repo = repo.clone();
        tokio::spawn(async move {
            for turn in 0..8 {
                commit(&hub, &repo, "main", name, vec![file(&format!("{name}/{turn}"), "x")]).await.unwrap();
            }
        })
    };
    let tasks = [many(story.hub.hub.clone(), "one"), many(other, "two")];
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(story.files("main").await.len(), 17);
    assert_eq!(story.titles("main").await.len(), 17);
}

#[tokio::test]
async fn the_card_and_its_tags_follow_main() {
    let story = story().await;
    story.clock_advance();
    let before = story.readable().await.repo().modified;
    let card = "---\nlicense: mit\nlanguage: fr\n---\n# Tiny\n";
    story.commit("main", "card", vec![file("README.md", card)]).await.unwrap();
    let repo = story.readable().await.repo().clone();
    assert_eq!(repo.card, r#"{"language":"fr","license":"mit"}"#);
    assert!(repo.modified > before);

    // Other branches do not speak for the repository.
    story.hub.create_branch(&story.writable().await, "dev", None).await.unwrap();
    story.commit("dev", "card", vec![file("README.md", "---\nlicense: other\n---\n")]).await.unwrap();
    assert_eq!(story.readable().await.repo().card, repo.card);
    story.commit("main", "no card", vec![delete("README.md")]).await.unwrap();
    assert_eq!(story.readable().await.repo().card, "{}");
}

impl Story {
    fn clock_advance(&self) {
        self.hub.clock.advance(std::time::Duration::from_secs(1));
    }
}

#[tokio::test]
async fn a_commit_of_many_small_files_is_written_as_it_arrives() {
    let story = story().await;
    let text = "x".repeat(60_000);
    // 18 MB of small files: more than waits in memory.
    let changes = (0..300).map(|number| file(&format!("f{number}"), &format!("{number}{text}"))).collect();
    story.commit("main", "many", changes).await.unwrap();
    assert_eq!(story.files("main").await.len(), 301);
    let expected: i64 = (0..300).map(|number: i64| number.to_string().len() as i64 + 60_000).sum();
    assert_eq!(story.readable().await.repo().size, expected + first_size(&story).await);
}
