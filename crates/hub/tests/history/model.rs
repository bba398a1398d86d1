//! Random histories on several branches, compared with the simplest thing that could be right: maps from
//! path to content, and a walk back through all of them.

use std::collections::{BTreeMap, BTreeSet};

use limpide_hub::{Change, Entry, Listing, What};
use proptest::prelude::*;

use crate::support::*;

/// Paths that stand in each other's way now and then.
const PATHS: [&str; 9] = ["a", "b", "a/x", "d/a", "d/e/a", "d/e/b", "d/f", "d.txt", "d0"];
const FOLDERS: [&str; 3] = ["a", "d", "d/e"];
const BRANCHES: [&str; 3] = ["main", "dev", "feature/x"];

#[derive(Debug, Clone)]
enum Act {
    Commit {
        branch: usize,
        changes: Vec<Step>,
    },
    Squash {
        branch: usize,
    },
    /// Moves a branch to where another one is: deletes it and creates it there.
    Restart {
        branch: usize,
        at: usize,
    },
}

#[derive(Debug, Clone)]
enum Step {
    Put(usize, u8),
    Delete(usize),
    DeleteFolder(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let step = prop_oneof![
        6 => (0..PATHS.len(), 0..4_u8).prop_map(|(path, content)| Step::Put(path, content)),
        2 => (0..PATHS.len()).prop_map(Step::Delete),
        1 => (0..FOLDERS.len()).prop_map(Step::DeleteFolder),
    ];
    let branch = 0..BRANCHES.len();
    prop_oneof![
        10 => (branch.clone(), prop::collection::vec(step, 1..4))
            .prop_map(|(branch, changes)| Act::Commit { branch, changes }),
        1 => branch.clone().prop_map(|branch| Act::Squash { branch }),
        1 => (1..BRANCHES.len(), branch).prop_map(|(branch, at)| Act::Restart { branch, at }),
    ]
}

type Files = BTreeMap<String, String>;

/// A commit of the model.
struct Past {
    title: String,
    files: Files,
    parent: Option<usize>,
}

struct Model {
    past: Vec<Past>,
    heads: [usize; BRANCHES.len()],
}

impl Model {
    fn files(&self, branch: usize) -> &Files {
        &self.past[self.heads[branch]].files
    }

    fn add(&mut self, branch: usize, title: String, files: Files, parent: Option<usize>) {
        self.past.push(Past { title, files, parent });
        self.heads[branch] = self.past.len() - 1;
    }

    /// The title of the commit that last changed a path, by walking back.
    fn last(&self, branch: usize, path: &str) -> &str {
        let mut at = self.heads[branch];
        while let Some(parent) = self.past[at].parent {
            if below(&self.past[at].files, path) != below(&self.past[parent].files, path) {
                break;
            }
            at = parent;
        }
        &self.past[at].title
    }
}

/// All that lies at a path or below it.
fn below<'a>(files: &'a Files, path: &str) -> Vec<(&'a String, &'a String)> {
    files.iter().filter(|(at, _)| within(at, path)).collect()
}

/// What the changes make of the files; none when they cannot be made. A folder that is emptied on the way is
/// there until the end of the commit.
fn applied(files: &Files, changes: &[Step]) -> Option<Files> {
    let mut files = files.clone();
    let mut folders: BTreeSet<String> = files.keys().flat_map(|path| above(path)).collect();
    for change in changes {
        match change {
            Step::Put(path, content) => {
                let path = PATHS[*path];
                let in_the_way = above(path).iter().any(|folder| files.contains_key(folder));
                if in_the_way || below(&files, path).iter().any(|(at, _)| *at != path) {
                    return None;
                }
                folders.retain(|folder| !within(folder, path));
                folders.extend(above(path));
                files.insert(path.to_owned(), content.to_string());
            }
            Step::Delete(path) => remove(&mut files, &mut folders, PATHS[*path])?,
            Step::DeleteFolder(path) => remove(&mut files, &mut folders, FOLDERS[*path])?,
        }
    }
    Some(files)
}

fn remove(files: &mut Files, folders: &mut BTreeSet<String>, path: &str) -> Option<()> {
    let there = folders.contains(path) || files.contains_key(path);
    files.retain(|at, _| !within(at, path));
    folders.retain(|at| !within(at, path));
    there.then_some(())
}

/// The folders that a path lies in.
fn above(path: &str) -> Vec<String> {
    path.match_indices('/').map(|(at, _)| path[..at].to_owned()).collect()
}

fn within(at: &str, path: &str) -> bool {
    at == path || at.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
}

fn change(step: &Step) -> Change {
    match step {
        Step::Put(path, content) => file(PATHS[*path], &content.to_string()),
        Step::Delete(path) => delete(PATHS[*path]),
        Step::DeleteFolder(path) => delete_folder(FOLDERS[*path]),
    }
}

async fn play(acts: Vec<Act>) {
    let story = story().await;
    let repo = story.writable().await;
    let first = Files::from([(".gitattributes".to_owned(), story.text("main", ".gitattributes").await)]);
    let past = vec![Past { title: "initial commit".into(), files: first, parent: None }];
    let mut model = Model { past, heads: [0; BRANCHES.len()] };
    for branch in &BRANCHES[1..] {
        story.hub.create_branch(&repo, branch, None).await.unwrap();
    }
    for (number, act) in acts.into_iter().enumerate() {
        let title = format!("act {number}");
        match act {
            Act::Commit { branch, changes } => {
                let outcome =
                    story.commit(BRANCHES[branch], &title, changes.iter().map(change).collect()).await;
                match applied(model.files(branch), &changes) {
                    Some(files) => {
                        assert_eq!(outcome.unwrap().created, files != *model.files(branch));
                        if files != *model.files(branch) {
                            let parent = Some(model.heads[branch]);
                            model.add(branch, title, files, parent);
                        }
                    }
                    None => assert!(outcome.is_err(), "{changes:?} cannot be made"),
                }
            }
            Act::Squash { branch } => {
                story.hub.super_squash(&repo, &revision(BRANCHES[branch]), &title).await.unwrap();
                let files = model.files(branch).clone();
                model.add(branch, title, files, None);
            }
            Act::Restart { branch, at } => {
                if branch != at {
                    story.hub.delete_branch(&repo, BRANCHES[branch]).await.unwrap();
                    story
                        .hub
                        .create_branch(&repo, BRANCHES[branch], Some(&revision(BRANCHES[at])))
                        .await
                        .unwrap();
                    model.heads[branch] = model.heads[at];
                }
            }
        }
    }
    for branch in 0..BRANCHES.len() {
        check(&story, &model, branch).await;
    }
}

/// The files of a branch with their contents, as the hub tells them.
async fn told(story: &Story, branch: usize) -> Files {
    let mut files = Files::new();
    for path in story.files(BRANCHES[branch]).await {
        let text = story.text(BRANCHES[branch], &path).await;
        files.insert(path, text);
    }
    files
}

async fn check(story: &Story, model: &Model, branch: usize) {
    let files = model.files(branch);
    assert_eq!(told(story, branch).await, *files);
    let folders: BTreeSet<String> = files.keys().flat_map(|path| above(path)).collect();
    // All at once, in pages of three, and folder by folder: every way tells the same.
    let name = BRANCHES[branch];
    let expand = Listing { recursive: true, expand: true, ..Listing::default() };
    let all = story.list(name, expand.clone()).await;
    let paged = story.list(name, Listing { limit: Some(3), ..expand }).await;
    assert_eq!(all, paged);
    let mut one_by_one =
        story.list(name, Listing { expand: true, limit: Some(2), ..Listing::default() }).await;
    for folder in &folders {
        let listing = Listing { folder: Some(path(folder)), expand: true, ..Listing::default() };
        one_by_one.extend(story.list(name, listing).await);
    }
    assert_eq!(sorted(&all), sorted(&one_by_one));
    let paths: Vec<String> = all.iter().map(|entry| entry.path.clone()).collect();
    let readable = story.readable().await;
    assert_eq!(story.hub.paths_info(&readable, &revision(name), &paths, true).await.unwrap(), all);

    let expected: BTreeSet<&String> = files.keys().chain(&folders).collect();
    assert_eq!(paths.iter().collect::<BTreeSet<_>>(), expected);
    for entry in &all {
        assert_eq!(entry.what == What::Folder, folders.contains(&entry.path), "{}", entry.path);
        let last = entry.last_commit.as_ref().map(|last| last.title.as_str());
        assert_eq!(last, Some(model.last(branch, &entry.path)), "{name} {}", entry.path);
    }
}

fn sorted(entries: &[Entry]) -> Vec<Entry> {
    let mut entries = entries.to_vec();
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    entries
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_is_told_as_it_was(acts in prop::collection::vec(act(), 1..30)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(play(acts));
    }
}
