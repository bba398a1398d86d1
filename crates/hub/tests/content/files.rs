//! What comes out is what went in.

use limpide_hub::Error;
use limpide_xet::{Hash, ShardFile};

use crate::kit::{noise, pack, read, reading, scene, shard, words, writing};

#[tokio::test]
async fn a_file_sent_as_clients_do_is_read_back_in_any_range() {
    let scene = scene().await;
    let data = [noise(1, 3_000_000), words(2, 2_000_000), noise(3, 700_001)].concat();
    let size = data.len() as u64;
    let sent = pack(data, 7);
    assert!(sent.xorbs.len() > 8, "the file should need several xorbs");
    let file = scene.send(&sent).await;
    assert_eq!(file.size, size);

    let ranges = [
        0..size,
        0..1,
        size - 1..size,
        0..0,
        5..5,
        1_000_000..1_000_001,
        2_999_999..3_000_001,
        123_456..4_567_890,
        size - 10..size + 10,
        size..size + 1,
        700_000..700_000 + 131_072,
    ];
    for range in ranges {
        let expected = &sent.data[range.start.min(size) as usize..range.end.min(size) as usize];
        assert!(read(&scene.hub, &file, range.clone()).await == expected, "{range:?}");
    }
}

#[tokio::test]
async fn the_empty_file_is_a_file() {
    let scene = scene().await;
    let empty = pack(Vec::new(), 8);
    assert_eq!(empty.file.hash, Hash::ZERO);
    let file = scene.send(&empty).await;
    assert_eq!(file.size, 0);
    assert!(read(&scene.hub, &file, 0..10).await.is_empty());
}

#[tokio::test]
async fn a_file_is_read_only_through_the_repository_that_has_it() {
    let scene = scene().await;
    let sent = pack(noise(4, 400_000), 100);
    scene.send(&sent).await;
    let hash = sent.file.hash;

    let eve = scene.hub.user("eve").await;
    let other = scene.hub.model(&eve, "eve/other").await;
    let stranger = reading(&scene.hub, &eve, &scene.model).await;
    let elsewhere = writing(&scene.hub, &eve, &other).await;
    for pass in [&stranger, &*elsewhere] {
        // Neither what waits for ada's commit, nor what another repository has.
        assert!(matches!(scene.hub.file(pass, hash).await, Err(Error::NotFound(..))));
        assert!(scene.hub.reconstruct_batch(pass, &[hash]).await.unwrap().files.is_empty());
    }
    let missing = scene.hub.file(&scene.pass, Hash::from_bytes([7; 32])).await;
    assert!(matches!(missing, Err(Error::NotFound(..))));
}

#[tokio::test]
async fn an_upload_that_is_never_committed_is_forgotten_in_time() {
    let scene = scene().await;
    let sent = pack(noise(5, 100_000), 100);
    scene.send(&sent).await;
    scene.hub.clock.advance(scene.hub.settings().limits.claim);
    assert!(matches!(scene.hub.file(&scene.pass, sent.file.hash).await, Err(Error::NotFound(..))));
}

#[tokio::test]
async fn bytes_that_went_missing_end_the_stream_with_an_error() {
    use futures::TryStreamExt;
    use limpide_blobs::Family;

    let scene = scene().await;
    let sent = pack(noise(6, 900_000), 4);
    let file = scene.send(&sent).await;
    let objects: Vec<_> = scene.hub.blobs.blobs.list(Family::Xorbs).try_collect().await.unwrap();
    scene.hub.blobs.blobs.forget(&objects[objects.len() / 2].key).await.unwrap();

    let outcome: Result<Vec<_>, _> = scene.hub.read(&file, 0..file.size).try_collect().await;
    assert!(matches!(outcome, Err(Error::Internal(_))));
}

#[tokio::test]
async fn two_files_of_one_shard_share_their_xorbs() {
    let scene = scene().await;
    let sent = pack(noise(7, 1_000_000), 4);
    scene.put_all(&sent).await;
    let terms = sent.file.terms[..2].to_vec();
    let chunks = sent.xorbs[..2].iter().flat_map(|xorb| xorb.table.chunks());
    let head = ShardFile {
        hash: limpide_xet::file_hash(chunks.map(|(hash, length)| (hash, u64::from(length)))),
        verification: sent.file.verification.as_ref().map(|proofs| proofs[..2].to_vec()),
        terms,
        sha256: None,
    };
    assert!(scene.register(&shard(&[&sent.file, &head])).await.unwrap().new);
    let file = scene.hub.file(&scene.pass, head.hash).await.unwrap();
    assert!(read(&scene.hub, &file, 0..u64::MAX).await == sent.data[..file.size as usize]);
    // The SHA-256 that the client left out was computed.
    let expected: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&sent.data[..file.size as usize]).into();
    assert_eq!(file.sha256.0, expected);
    assert!(!scene.register(&shard(&[&head])).await.unwrap().new);
}
