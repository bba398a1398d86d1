//! What a commit changed: files that came, changed and went, in folders too.

use limpide_hub::Change;

use crate::support::{file, path, revision, story};

#[tokio::test]
async fn a_commit_tells_what_came_changed_and_went() {
    let story = story().await;
    let changes =
        vec![file("a.txt", "1"), file("b/c.txt", "1"), file("b/d/e.txt", "1"), file("same.txt", "1")];
    story.commit("main", "first", changes).await.unwrap();
    let changes = vec![
        file("a.txt", "2"),
        Change::DeleteFolder(path("b/d")),
        file("new/f.txt", "1"),
        // A file takes the place of a folder, and of a file a folder.
        file("b/d", "now a file"),
    ];
    let done = story.commit("main", "second", changes).await.unwrap();
    let readable = story.readable().await;
    let commit = story.hub.commit_at(&readable, &revision(&done.id.to_string())).await.unwrap();
    let told = story.hub.changes(&readable, &commit).await.unwrap();
    let words: Vec<String> = told
        .files
        .iter()
        .map(|change| {
            let what = match (change.before, change.after) {
                (None, Some(_)) => "+",
                (Some(_), None) => "-",
                _ => "~",
            };
            format!("{what}{}", change.path)
        })
        .collect();
    assert_eq!(words, ["~a.txt", "+b/d", "-b/d/e.txt", "+new/f.txt"]);
    assert!(!told.is_cut && told.parent.is_some());
}

#[tokio::test]
async fn a_commit_of_very_many_files_is_told_in_part() {
    let story = story().await;
    let many = (0..400).map(|number| file(&format!("f/{number}.txt"), "x")).collect();
    let done = story.commit("main", "many", many).await.unwrap();
    let readable = story.readable().await;
    let commit = story.hub.commit_at(&readable, &revision(&done.id.to_string())).await.unwrap();
    let told = story.hub.changes(&readable, &commit).await.unwrap();
    assert_eq!((told.files.len(), told.is_cut), (300, true));
}

#[tokio::test]
async fn the_first_commit_has_no_parent() {
    let story = story().await;
    let readable = story.readable().await;
    let commit = story.hub.commit_at(&readable, &revision("main")).await.unwrap();
    let told = story.hub.changes(&readable, &commit).await.unwrap();
    assert!(told.parent.is_none() && told.files.iter().all(|change| change.before.is_none()));
}

#[tokio::test]
async fn each_line_is_of_the_commit_that_last_changed_it() {
    let story = story().await;
    for (title, text) in [("one", "a\nb\n"), ("two", "a\nB\n"), ("three", "a\nB\nc\n")] {
        story.commit("main", title, vec![file("notes.txt", text), file(title, title)]).await.unwrap();
    }
    story.commit("main", "elsewhere", vec![file("other.txt", "x")]).await.unwrap();
    let content = story.hub.content(&story.ada, limpide_words::Kind::Model, &story.id).await.unwrap();
    let commit = story.hub.commit_at(content.readable(), &revision("main")).await.unwrap();
    let blame = story.hub.blame(&content, &commit, &path("notes.txt")).await.unwrap();
    let titles: Vec<&str> = blame.lines.iter().map(|line| blame.commits[*line].title.as_str()).collect();
    assert_eq!(titles, ["one", "two", "three"]);
    assert!(!blame.is_cut);
    assert!(story.hub.blame(&content, &commit, &path("nothing.txt")).await.is_err());
}
