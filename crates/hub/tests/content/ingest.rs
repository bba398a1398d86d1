//! Plain streams of bytes on their way in.

use std::time::Duration;

use futures::StreamExt;
use limpide_blobs::Family;
use limpide_hub::content::{Declared, StoredFile};
use limpide_hub::{Change, Error, Limits, NewCommit, Settings};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, Sha256};
use sha2::Digest;

use crate::kit::{Scene, body, noise, on, pack, read, scene, stored, words, writing};

fn declared(data: &[u8]) -> Declared {
    Declared { sha256: Sha256(sha2::Sha256::digest(data).into()), size: data.len() as u64 }
}

async fn take(scene: &Scene, data: &[u8]) -> StoredFile {
    scene.hub.ingest(&scene.pass, Some(declared(data)), body(data)).await.unwrap()
}

#[tokio::test]
async fn a_plain_upload_is_the_same_file_as_one_by_xet() {
    let scene = scene().await;
    for (seed, length) in [(1, 0), (2, 1), (3, 8192), (4, 500_000), (5, 5_000_000)] {
        let data = if seed % 2 == 0 { noise(seed, length) } else { words(seed, length) };
        let file = take(&scene, &data).await;
        assert_eq!(file.hash, pack(data.clone(), 8192).file.hash, "{length} bytes");
        assert!(read(&scene.hub, &file, 0..u64::MAX).await == data, "{length} bytes");
        let found = scene.hub.file(&scene.pass, file.hash).await.unwrap();
        assert!(read(&scene.hub, &found, 0..u64::MAX).await == data, "{length} bytes");
    }
}

#[tokio::test]
async fn what_is_not_what_was_announced_leaves_nothing_behind() {
    let scene = scene().await;
    let data = noise(6, 70_000_000);
    let right = declared(&data);
    for wrong in [
        Declared { sha256: Sha256([1; 32]), ..right },
        Declared { size: right.size - 1, ..right },
        Declared { size: right.size + 1, ..right },
    ] {
        let refusal = scene.hub.ingest(&scene.pass, Some(wrong), body(&data)).await;
        assert!(matches!(refusal, Err(Error::Unprocessable(_))), "{refusal:?}");
    }
    let broken =
        body(&data).take(1000).chain(futures::stream::iter([Err(std::io::ErrorKind::BrokenPipe.into())]));
    let refusal = scene.hub.ingest(&scene.pass, Some(right), broken.boxed()).await;
    assert!(matches!(refusal, Err(Error::Invalid(_))), "{refusal:?}");
    for family in [Family::Xorbs, Family::ChunkTables, Family::Shards] {
        assert_eq!(stored(&scene.hub, family).await, (0, 0));
    }
}

#[tokio::test]
async fn a_file_larger_than_the_hub_takes_is_refused() {
    let limits = Limits { file: 100_000, ..Limits::default() };
    let scene = on(TestHub::with(Settings { limits, ..Settings::default() }).await).await;
    let data = noise(7, 100_001);
    for declared in [Some(declared(&data)), None] {
        let refusal = scene.hub.ingest(&scene.pass, declared, body(&data)).await;
        assert!(matches!(refusal, Err(Error::TooLarge(_))), "{refusal:?}");
    }
}

#[tokio::test]
async fn a_megabyte_put_into_the_middle_costs_two_at_most() {
    let scene = scene().await;
    let mut data = noise(8, 160 << 20);
    take(&scene, &data).await;
    let (_, before) = stored(&scene.hub, Family::Xorbs).await;
    assert!(before > 160 << 20);

    let middle = data.len() / 2 + 12_345;
    data.splice(middle..middle, noise(9, 1 << 20));
    let file = take(&scene, &data).await;
    let (_, after) = stored(&scene.hub, Family::Xorbs).await;
    assert!(after - before <= 2 << 20, "{} bytes were stored again", after - before);
    let range = middle as u64 - 1_000_000..middle as u64 + 3_000_000;
    let expected = &data[range.start as usize..range.end as usize];
    assert!(read(&scene.hub, &file, range).await == expected);
}

#[tokio::test]
async fn what_came_by_xet_is_recognised_when_it_comes_plain() {
    let scene = scene().await;
    let sent = pack(noise(10, 4_000_000), 8192);
    scene.send(&sent).await;
    let (objects, _) = stored(&scene.hub, Family::Xorbs).await;
    let file = take(&scene, &sent.data).await;
    assert_eq!(file.hash, sent.file.hash);
    assert_eq!(stored(&scene.hub, Family::Xorbs).await.0, objects);
}

#[tokio::test]
async fn a_file_that_repeats_itself_is_stored_once() {
    let scene = scene().await;
    let part = noise(11, 3_000_000);
    let data = [&part[..], &part, &part, &vec![0; 90 << 20]].concat();
    let file = take(&scene, &data).await;
    let (_, bytes) = stored(&scene.hub, Family::Xorbs).await;
    assert!(bytes < 5_000_000, "{bytes} bytes were stored");
    assert!(read(&scene.hub, &file, 0..u64::MAX).await == data);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_sent_by_several_at_once_is_stored_once() {
    let scene = scene().await;
    let data = noise(12, 3_000_000);
    futures::future::join_all((0..4).map(|_| take(&scene, &data))).await;
    assert_eq!(stored(&scene.hub, Family::Xorbs).await.0, 1);
    assert_eq!(stored(&scene.hub, Family::ChunkTables).await.0, 1);
}

#[tokio::test]
async fn an_upload_to_one_repository_is_not_seen_from_another() {
    let scene = scene().await;
    let data = noise(13, 200_000);
    let file = take(&scene, &data).await;
    let eve = scene.hub.user("eve").await;
    let other = scene.hub.model(&eve, "eve/other").await;
    let pass = writing(&scene.hub, &eve, &other).await;
    assert!(matches!(scene.hub.file(&pass, file.hash).await, Err(Error::NotFound(..))));
}

#[tokio::test]
async fn an_upload_waits_two_days_for_its_commit_and_no_longer() {
    let scene = scene().await;
    let data = noise(12, 300_000);
    take(&scene, &data).await;
    let commit = async |title: &str| {
        let writable = scene.hub.writable(&scene.ada, Kind::Model, &scene.model).await.unwrap();
        let new = NewCommit { title: title.into(), ..NewCommit::default() };
        let path = format!("{title}.bin").parse().unwrap();
        let file = Change::LfsFile { path, sha256: declared(&data).sha256, size: None };
        scene.hub.commit(&writable, &"main".parse().unwrap(), new, vec![file]).await
    };
    scene.hub.clock.advance(Duration::from_secs(48 * 3600));
    assert!(matches!(commit("late").await, Err(Error::Invalid(_))));
    take(&scene, &data).await;
    assert!(commit("again").await.unwrap().created);
    scene.hub.clock.advance(Duration::from_secs(100 * 3600));
    assert!(commit("committed").await.unwrap().created, "what is committed stays");
}
