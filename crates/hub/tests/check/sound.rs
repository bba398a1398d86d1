//! A hub in which nothing is wrong.

use limpide_hub::check::Depth;
use limpide_hub::{Change, NewRepo, Sweeper};
use limpide_testkit::xet::{noise, pack};
use limpide_words::Kind;

use crate::kit::{file, scene};

#[tokio::test]
async fn a_hub_with_something_of_everything_is_sound() {
    let scene = scene().await;
    let (hub, repo) = (&scene.hub, scene.writable().await);
    // The same bytes once more, cut into other xorbs.
    scene.ingest(&[&noise(1, 200_000)[..], &noise(7, 50_000)].concat()).await;
    scene.send(&pack(noise(1, 400_000), 2)).await;
    // A commit that is begun, fills the buffer, and is never finished.
    let new = limpide_hub::NewCommit { title: "never".into(), ..Default::default() };
    let mut draft = hub.begin_commit(&repo, &"main".parse().unwrap(), new).await.unwrap();
    for number in 0..200 {
        draft.add(file(&format!("{number}"), noise(100 + number, 60_000))).await.unwrap();
    }
    drop(draft);
    let space = NewRepo {
        kind: Kind::Space,
        id: "ada/room".parse().unwrap(),
        private: true,
        sdk: Some("gradio".into()),
    };
    hub.create_repo(&scene.ada, space).await.unwrap();
    let content = hub.content(&scene.ada, Kind::Model, &scene.id).await.unwrap();
    for name in ["ada/copy", "ada/gone"] {
        let new = NewRepo { kind: Kind::Model, id: name.parse().unwrap(), private: false, sdk: None };
        hub.duplicate_repo(&content, &scene.ada, new).await.unwrap();
    }
    hub.delete_repo(&scene.ada, Kind::Model, &"ada/gone".parse().unwrap()).await.unwrap();
    hub.delete_branch(&repo, "side").await.unwrap();
    scene.commit("main", "delete", vec![Change::DeleteFolder("folder".parse().unwrap())]).await;
    hub.super_squash(&repo, &"main".parse().unwrap(), "one").await.unwrap();
    Sweeper::new(hub.hub.clone()).sweep().await.unwrap();
    for depth in [Depth::Whole, Depth::WithoutContent] {
        let (summary, found) = scene.check(depth).await;
        assert_eq!(summary.damage, 0, "{found:#?}");
        assert_eq!((summary.repositories, summary.files), (3, 3));
        assert!(summary.refs >= 7 && summary.git_objects > 40 && summary.shards >= 3, "{summary:?}");
    }
}
