//! What lies where, page by page.

use futures::TryStreamExt;
use limpide_hub::{Change, CommitsQuery, Entry, Error, Listing, Thing, What};

use crate::support::*;

fn paths(entries: &[Entry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.path.as_str()).collect()
}

#[tokio::test]
async fn a_listing_shows_one_folder_or_all_of_them() {
    let story = story().await;
    story.commit("main", "add", vec![file("a/b/c", "1"), file("a.txt", "2"), file("z", "33")]).await.unwrap();
    let flat = story.list("main", Listing::default()).await;
    assert_eq!(paths(&flat), [".gitattributes", "a.txt", "a", "z"]);
    assert_eq!(flat[2].what, What::Folder);
    assert_eq!(flat[3].what, What::Regular { size: 2 });
    assert!(flat.iter().all(|entry| entry.last_commit.is_none()));

    let all = story.list("main", Listing { recursive: true, ..Listing::default() }).await;
    assert_eq!(paths(&all), [".gitattributes", "a.txt", "a", "a/b", "a/b/c", "z"]);
    let inside = Listing { folder: Some(path("a")), recursive: true, ..Listing::default() };
    assert_eq!(paths(&story.list("main", inside).await), ["a/b", "a/b/c"]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_no_entry() {
    let story = story().await;
    let readable = story.readable().await;
    for folder in ["no", ".gitattributes", ".gitattributes/x"] {
        let listing = Listing { folder: Some(path(folder)), ..Listing::default() };
        let refusal = story.hub.list_tree(&readable, &revision("main"), &listing).await.unwrap_err();
        assert!(matches!(refusal, Error::NotFound(Thing::Entry, _)), "{folder}: {refusal:?}");
    }
    let refusal = story.hub.list_tree(&readable, &revision("gone"), &Listing::default()).await.unwrap_err();
    assert_eq!(refusal.to_string(), "Invalid rev id: gone");
}

#[tokio::test]
async fn pages_join_to_the_whole_and_keep_to_their_commit() {
    let story = story().await;
    let files: Vec<Change> =
        (0..2500).map(|number| file(&format!("d{}/{number}", number % 7), "x")).collect();
    story.commit("main", "many", files).await.unwrap();
    let whole: Vec<Entry> = story.list("main", Listing { recursive: true, ..Listing::default() }).await;
    assert_eq!(whole.len(), 2500 + 7 + 1);

    let readable = story.readable().await;
    let mut listing = Listing { recursive: true, limit: Some(700), ..Listing::default() };
    let mut joined = Vec::new();
    loop {
        let page = story.hub.list_tree(&readable, &revision("main"), &listing).await.unwrap();
        assert!(page.entries.len() <= 700);
        joined.extend(page.entries);
        // Somebody commits between any two pages.
        story.commit("main", "meanwhile", vec![file(&format!("d0/new{}", joined.len()), "y")]).await.unwrap();
        listing.cursor = page.next;
        if listing.cursor.is_none() {
            break;
        }
    }
    assert_eq!(joined, whole);
}

#[tokio::test]
async fn a_cursor_that_was_made_up_is_refused() {
    let story = story().await;
    let readable = story.readable().await;
    let head = story.head("main").await;
    for cursor in [
        "",
        "x",
        ":",
        "main:a",
        &format!("{head}:no"),
        &format!("{head}:../x"),
        &format!("{head}:.gitattributes/x"),
    ] {
        let listing = Listing { cursor: Some(cursor.into()), ..Listing::default() };
        let refusal = story.hub.list_tree(&readable, &revision("main"), &listing).await.unwrap_err();
        assert!(matches!(refusal, Error::Invalid(_)), "{cursor}: {refusal:?}");
    }
}

#[tokio::test]
async fn each_entry_knows_the_commit_that_last_changed_it() {
    let story = story().await;
    story.commit("main", "one", vec![file("a/b/c", "1"), file("a/d", "1"), file("e/f", "1")]).await.unwrap();
    story.commit("main", "two", vec![file("a/b/c", "2")]).await.unwrap();
    story.commit("main", "three", vec![file("e/g", "1")]).await.unwrap();
    let all = story.list("main", Listing { recursive: true, expand: true, ..Listing::default() }).await;
    let told: Vec<_> = all.iter().map(|entry| (entry.path.as_str(), last(entry))).collect();
    assert_eq!(
        told,
        [
            (".gitattributes", "initial commit"),
            ("a", "two"),
            ("a/b", "two"),
            ("a/b/c", "two"),
            ("a/d", "one"),
            ("e", "three"),
            ("e/f", "one"),
            ("e/g", "three"),
        ]
    );
}

fn last(entry: &Entry) -> &str {
    entry.last_commit.as_ref().map_or("nothing", |last| last.title.as_str())
}

#[tokio::test]
async fn many_paths_are_asked_about_at_once() {
    let story = story().await;
    let weights = story.upload("weights").await;
    story.commit("main", "add", vec![file("a/b", "1"), lfs("a/w.bin", weights)]).await.unwrap();
    let asked: Vec<String> =
        ["a/w.bin", "no", "a", "../x", "", "a/b/c", "a/b"].iter().map(|path| (*path).to_owned()).collect();
    let readable = story.readable().await;
    let found = story.hub.paths_info(&readable, &revision("main"), &asked, true).await.unwrap();
    assert_eq!(paths(&found), ["a/w.bin", "a", "a/b"]);
    assert!(matches!(found[0].what, What::Lfs { size: 7, .. }));
    assert!(found.iter().all(|entry| last(entry) == "add"));
    let many = vec!["a".to_owned(); 1001];
    let refusal = story.hub.paths_info(&readable, &revision("main"), &many, false).await;
    assert!(words(refusal).starts_with("too many parameters"));
}

#[tokio::test]
async fn siblings_are_all_files_and_no_folders() {
    let story = story().await;
    let files: Vec<Change> = (0..1500).map(|number| file(&format!("d/{number:04}/x"), "x")).collect();
    story.commit("main", "add", files).await.unwrap();
    let readable = story.readable().await;
    let commit = story.hub.commit_at(&readable, &revision("main")).await.unwrap();
    for details in [false, true] {
        let pages: Vec<Vec<Entry>> =
            story.hub.siblings(&readable, &commit, details).try_collect().await.unwrap();
        let all: Vec<Entry> = pages.into_iter().flatten().collect();
        assert_eq!(paths(&all), story.files("main").await);
        assert_eq!(all.last().unwrap().what, What::Regular { size: u64::from(details) });
    }
}

#[tokio::test]
async fn a_file_is_found_where_it_is() {
    let story = story().await;
    story.commit("main", "add", vec![file("a/b", "1")]).await.unwrap();
    let readable = story.readable().await;
    let commit = story.hub.commit_at(&readable, &revision("main")).await.unwrap();
    let found = story.hub.entry(&readable, &commit, &path("a/b")).await.unwrap();
    assert_eq!(found.id.to_string(), "56a6051ca2b02b04ef92d5150c9ef600403cb1de");
    assert_eq!(story.hub.entry(&readable, &commit, &path("a")).await.unwrap().what, What::Folder);
    for missing in ["a/c", "a/b/c", "x"] {
        let refusal = story.hub.entry(&readable, &commit, &path(missing)).await.unwrap_err();
        assert!(matches!(refusal, Error::NotFound(Thing::Entry, _)), "{missing}");
    }
}

#[tokio::test]
async fn commits_are_listed_page_by_page() {
    let story = story().await;
    let repo = story.writable().await;
    story.hub.create_branch(&repo, "dev", None).await.unwrap();
    for number in 0..12 {
        let branch = if number % 3 == 0 { "dev" } else { "main" };
        story
            .commit(branch, &format!("{branch} {number}"), vec![file("a", &number.to_string())])
            .await
            .unwrap();
    }
    let readable = story.readable().await;
    let expected =
        ["main 11", "main 10", "main 8", "main 7", "main 5", "main 4", "main 2", "main 1", "initial commit"];
    assert_eq!(story.titles("main").await, expected);
    assert_eq!(story.titles("dev").await, ["dev 9", "dev 6", "dev 3", "dev 0", "initial commit"]);

    let mut query = CommitsQuery { limit: Some(4), ..CommitsQuery::default() };
    let mut titles = Vec::new();
    loop {
        let list = story.hub.list_commits(&readable, &revision("main"), &query).await.unwrap();
        titles.extend(list.commits.into_iter().map(|commit| commit.title));
        query.cursor = list.next;
        if query.cursor.is_none() {
            break;
        }
    }
    assert_eq!(titles, expected);
    let query = CommitsQuery { skip: 7, limit: Some(4), cursor: None };
    let list = story.hub.list_commits(&readable, &revision("main"), &query).await.unwrap();
    assert_eq!(list.commits.len(), 2);
    let query = CommitsQuery { cursor: Some("main".into()), ..CommitsQuery::default() };
    assert!(words(story.hub.list_commits(&readable, &revision("main"), &query).await).contains("cursor"));
}
