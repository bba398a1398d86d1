//! Uploads, commits, deletions, squashes, moves, crashes and collections in random order, beside a model: nothing that
//! somebody can reach is ever lost, and nothing that nobody can reach survives two collections.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use limpide_blobs::Family;
use limpide_hub::{Change, NewCommit, Result};
use limpide_words::{Kind, RepoId};
use proptest::prelude::*;

use crate::kit::{DAY, Scene, content, regular, scene};

const BRANCHES: [&str; 2] = ["main", "dev"];
const PATHS: [&str; 3] = ["a.bin", "b.bin", "d/c.bin"];

/// Something that somebody does to the repository of a number.
#[derive(Debug, Clone)]
enum Act {
    Create,
    Delete,
    Move,
    /// Commits content to a path; gives up after so many microseconds.
    Commit {
        branch: usize,
        path: usize,
        what: What,
        cut_after: Option<u64>,
    },
    /// Sends content and never commits it.
    Send {
        content: u64,
    },
    Remove {
        branch: usize,
        path: usize,
    },
    CreateBranch,
    DeleteBranch,
    Squash {
        branch: usize,
    },
    Collect,
    Wait {
        days: u32,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Large(u64),
    Regular(u8),
}

fn act() -> impl Strategy<Value = (usize, Act)> {
    let what = prop_oneof![3 => (0..4_u64).prop_map(What::Large), 1 => (0..3_u8).prop_map(What::Regular)];
    let cut_after = prop_oneof![3 => Just(None), 1 => (0..20_000_u64).prop_map(Some)];
    let commit = (0..2_usize, 0..PATHS.len(), what, cut_after);
    let act = prop_oneof![
        2 => Just(Act::Create),
        1 => Just(Act::Delete),
        1 => Just(Act::Move),
        8 => commit.prop_map(|(branch, path, what, cut_after)| Act::Commit { branch, path, what, cut_after }),
        2 => (0..4_u64).prop_map(|content| Act::Send { content }),
        2 => (0..2_usize, 0..PATHS.len()).prop_map(|(branch, path)| Act::Remove { branch, path }),
        2 => Just(Act::CreateBranch),
        2 => Just(Act::DeleteBranch),
        2 => (0..2_usize).prop_map(|branch| Act::Squash { branch }),
        5 => Just(Act::Collect),
        3 => (1..40_u32).prop_map(|days| Act::Wait { days }),
    ];
    (0..2_usize, act)
}

/// The files of each branch of each repository.
type Model = BTreeMap<usize, (RepoId, BTreeMap<&'static str, BTreeMap<&'static str, What>>)>;

fn bytes_of(what: &What) -> Vec<u8> {
    match what {
        What::Large(number) => content(*number),
        What::Regular(number) => vec![b'a' + number; 70_000],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_can_be_reached_stays_and_all_else_goes(acts in prop::collection::vec(act(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(play(acts));
    }
}

async fn play(acts: Vec<(usize, Act)>) {
    let scene = scene().await;
    let mut model = Model::new();
    let mut moved = 0;
    for (number, act) in acts {
        if matches!(act, Act::Create) && !model.contains_key(&number) {
            moved += 1;
            let id = scene.hub.model(&scene.ada, &format!("ada/m{number}-{moved}")).await;
            model.insert(number, (id, BTreeMap::from([("main", BTreeMap::new())])));
            continue;
        }
        match act {
            Act::Wait { days } => scene.hub.clock.advance(days * DAY),
            Act::Collect => {
                scene.collect().await;
                is_whole(&scene, &model).await;
            }
            Act::Move => {
                moved += 1;
                let Some((id, _)) = model.get_mut(&number) else { continue };
                let to: RepoId = format!("ada/m{number}-{moved}").parse().unwrap();
                scene.hub.move_repo(&scene.ada, Kind::Model, id, &to).await.unwrap();
                *id = to;
            }
            Act::Delete => {
                let Some((id, _)) = model.remove(&number) else { continue };
                scene.hub.delete_repo(&scene.ada, Kind::Model, &id).await.unwrap();
            }
            act => {
                let Some((id, branches)) = model.get_mut(&number) else { continue };
                change(&scene, id, branches, act).await;
            }
        }
    }
    is_whole(&scene, &model).await;
    scene.settle().await;
    is_whole(&scene, &model).await;
    is_tidy(&scene, &model).await;
}

/// Does an act to a repository, and to its model.
async fn change(
    scene: &Scene,
    id: &RepoId,
    branches: &mut BTreeMap<&'static str, BTreeMap<&'static str, What>>,
    act: Act,
) {
    let writable = scene.writable(id).await;
    match act {
        Act::Send { content: number } => _ = scene.send(id, content(number)).await.unwrap(),
        Act::CreateBranch => {
            let created = scene.hub.create_branch(&writable, "dev", None).await.is_ok();
            assert_eq!(created, !branches.contains_key("dev"));
            if created {
                branches.insert("dev", branches["main"].clone());
            }
        }
        Act::DeleteBranch => {
            assert_eq!(
                scene.hub.delete_branch(&writable, "dev").await.is_ok(),
                branches.remove("dev").is_some()
            );
        }
        Act::Squash { branch } if branches.contains_key(BRANCHES[branch]) => {
            scene.hub.super_squash(&writable, &BRANCHES[branch].parse().unwrap(), "one").await.unwrap();
        }
        Act::Remove { branch, path } => {
            let Some(files) = branches.get_mut(BRANCHES[branch]) else { return };
            if files.remove(PATHS[path]).is_some() {
                let change = Change::DeleteFile(PATHS[path].parse().unwrap());
                scene.commit(id, BRANCHES[branch], vec![change]).await.unwrap();
            }
        }
        Act::Commit { branch, path, what, cut_after } => {
            let Some(files) = branches.get_mut(BRANCHES[branch]) else { return };
            let commit = put(scene, id, BRANCHES[branch], PATHS[path], &what);
            let done = match cut_after {
                None => commit.await.map(|()| true).unwrap(),
                Some(after) => tokio::time::timeout(Duration::from_micros(after), commit).await.is_ok(),
            };
            // Who does not stay to hear it cannot know whether it was done.
            if done || scene.has(id, BRANCHES[branch], PATHS[path], &bytes_of(&what)).await {
                files.insert(PATHS[path], what);
            }
        }
        _ => {}
    }
}

async fn put(scene: &Scene, id: &RepoId, branch: &str, path: &str, what: &What) -> Result<()> {
    let bytes = bytes_of(what);
    let change = match what {
        What::Regular(_) => regular(path, bytes),
        What::Large(_) => {
            let sha256 = scene.send(id, bytes).await?;
            Change::LfsFile { path: path.parse().unwrap(), sha256, size: None }
        }
    };
    let writable = scene.writable(id).await;
    let new = NewCommit { title: "change".into(), ..NewCommit::default() };
    scene.hub.commit(&writable, &branch.parse().unwrap(), new, vec![change]).await.map(|_| ())
}

impl Scene {
    async fn has(&self, id: &RepoId, branch: &str, path: &str, bytes: &[u8]) -> bool {
        let content = self.hub.content(&self.ada, Kind::Model, id).await.unwrap();
        let commit = self.hub.commit_at(content.readable(), &branch.parse().unwrap()).await.unwrap();
        match self.hub.resolve(&content, &commit, &path.parse().unwrap()).await {
            Ok(_) => self.bytes(id, branch, path).await == bytes,
            Err(_) => false,
        }
    }
}

/// Everything that the model has can be read, byte for byte.
async fn is_whole(scene: &Scene, model: &Model) {
    for (id, branches) in model.values() {
        for (branch, files) in branches {
            for (path, what) in files {
                assert!(
                    scene.bytes(id, branch, path).await == bytes_of(what),
                    "{id} {branch} {path}: {what:?}"
                );
            }
        }
    }
    scene.is_sound(false).await;
}

/// The store holds the contents that histories lead to, and no others.
async fn is_tidy(scene: &Scene, model: &Model) {
    scene.is_sound(true).await;
    let mut contents = BTreeSet::new();
    for (id, _) in model.values() {
        let readable = scene.hub.readable(&scene.ada, Kind::Model, id).await.unwrap();
        for file in scene.hub.list_lfs_files(&readable, None).await.unwrap().files {
            contents.insert(file.sha256);
        }
    }
    let stored = [Family::Xorbs, Family::ChunkTables].map(|family| scene.stored(family));
    assert_eq!(futures::future::join_all(stored).await, [contents.len(); 2]);
}
