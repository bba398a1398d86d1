//! A check beside people who work.

use std::sync::atomic::{AtomicBool, Ordering};

use limpide_hub::check::Depth;
use limpide_hub::{Change, NewTag, Sweeper};
use limpide_testkit::xet::noise;
use limpide_words::Kind;

use crate::kit::{file, scene};

#[tokio::test(flavor = "multi_thread")]
async fn work_in_progress_is_no_damage() {
    let scene = scene().await;
    let done = AtomicBool::new(false);
    let mut sweeper = Sweeper::new(scene.hub.hub.clone());
    let work = async {
        for round in 0..12 {
            let name = format!("ada/passing{round}");
            let passing = scene.hub.model(&scene.ada, &name).await;
            let sha256 = scene.ingest(&noise(1000 + round, 150_000)).await;
            let path = format!("{round}.bin").parse().unwrap();
            let card = format!("---\ntags: [t{round}]\n---\n").into_bytes();
            let large = file("large.txt", noise(2000 + round, 90_000));
            let change = Change::LfsFile { path, sha256, size: None };
            scene.commit("main", "work", vec![change, file("README.md", card), large]).await;
            let repo = scene.writable().await;
            let tag = NewTag { name: format!("t{round}"), message: Some("now".into()) };
            scene.hub.create_tag(&repo, &"main".parse().unwrap(), tag).await.unwrap();
            if round % 3 == 0 {
                scene.hub.super_squash(&repo, &"main".parse().unwrap(), "one").await.unwrap();
            }
            scene.hub.delete_repo(&scene.ada, Kind::Model, &passing).await.unwrap();
            sweeper.sweep().await.unwrap();
        }
        done.store(true, Ordering::Relaxed);
    };
    let watch = async {
        while !done.load(Ordering::Relaxed) {
            assert_eq!(scene.damage(Depth::Whole).await, []);
        }
    };
    tokio::join!(work, watch);
    assert_eq!(scene.damage(Depth::Whole).await, []);
}
