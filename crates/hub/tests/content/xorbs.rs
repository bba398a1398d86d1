//! Xorbs on their way in.

use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use limpide_blobs::{Family, Key};
use limpide_hub::content::Body;
use limpide_hub::{Deduplication, Error, Reach, Settings};
use limpide_testkit::hub::TestHub;
use limpide_xet::{Hash, chunk_hash};
use uuid::Uuid;

use crate::kit::{Scene, body, noise, on, pack, read, register, scene, shard, stored, words, writing};

/// A chunk as it stands in a xorb: header and payload, which may say anything of each other.
fn chunk(scheme: u8, packed: u32, unpacked: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0];
    bytes.extend_from_slice(&packed.to_le_bytes()[..3]);
    bytes.push(scheme);
    bytes.extend_from_slice(&unpacked.to_le_bytes()[..3]);
    bytes.extend_from_slice(payload);
    bytes
}

async fn is_refused(scene: &Scene, hash: Hash, bytes: &[u8], why: &str) {
    let refusal = scene.hub.put_xorb(&scene.pass, hash, body(bytes)).await;
    assert!(matches!(refusal, Err(Error::Invalid(_))), "{why}: {refusal:?}");
    assert!(!scene.hub.has_xorb(&scene.pass, hash).await.unwrap(), "{why}");
}

#[tokio::test]
async fn a_body_that_is_not_the_xorb_it_claims_leaves_nothing_behind() {
    let scene = scene().await;
    let good = pack(noise(1, 300_000), 100).xorbs.remove(0);
    let hello = chunk_hash(b"hello");

    let mut flipped = good.body.clone();
    flipped[100_000] ^= 1;
    is_refused(&scene, good.hash, &flipped, "one bit was changed").await;
    is_refused(&scene, hello, &good.body, "another name").await;
    is_refused(&scene, good.hash, &good.body[..good.body.len() - 1], "cut off").await;
    is_refused(&scene, good.hash, &[&good.body[..], b"more"].concat(), "trailing bytes").await;
    is_refused(&scene, good.hash, &[&good.body[..], b"XETBLOB", &[1; 60]].concat(), "a footer").await;
    is_refused(&scene, good.hash, b"", "empty").await;
    is_refused(&scene, Hash::ZERO, b"", "empty, by the name of nothing").await;
    is_refused(&scene, hello, &chunk(0, 5, 6, b"hello"), "a false length").await;
    is_refused(&scene, hello, &chunk(99, 5, 5, b"hello"), "an unknown scheme").await;
    is_refused(&scene, Hash::ZERO, &chunk(0, 0, 0, b""), "a chunk of nothing").await;
    is_refused(&scene, chunk_hash(&[0; 200_000]), &chunk(0, 200_000, 200_000, &[0; 200_000]), "a huge chunk")
        .await;

    for family in [Family::Xorbs, Family::ChunkTables] {
        assert_eq!(stored(&scene.hub, family).await, (0, 0));
    }
}

#[tokio::test]
async fn a_chunk_that_swells_beyond_its_announced_length_is_refused() {
    let scene = scene().await;
    // An LZ4 frame of zeros, packed by the builder, then given another announced length.
    let zeros = pack(vec![0; 131_072], 1).xorbs.remove(0);
    assert!(zeros.body.len() < 2000, "zeros should pack well");
    for announced in [1_u32, 8192, 131_071] {
        let mut bomb = zeros.body.clone();
        bomb[5..8].copy_from_slice(&announced.to_le_bytes()[..3]);
        is_refused(&scene, zeros.hash, &bomb, "swells").await;
    }
    assert!(scene.put(&zeros).await.unwrap());
}

#[tokio::test]
async fn a_body_without_end_is_refused_early() {
    let scene = scene().await;
    let piece = Bytes::from(chunk(0, 65_536, 65_536, &noise(1, 65_536)));
    let mut sent = 0;
    let endless: Body<'_> = futures::stream::repeat_with(|| {
        sent += 1;
        Ok(piece.clone())
    })
    .boxed();
    let refusal = scene.hub.put_xorb(&scene.pass, chunk_hash(b"endless"), endless).await;
    assert!(matches!(refusal, Err(Error::Invalid(_))), "{refusal:?}");
    assert!(sent < 1200, "{sent} pieces of 64 KiB were read");
    assert_eq!(stored(&scene.hub, Family::Xorbs).await, (0, 0));
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing_behind() {
    let scene = scene().await;
    let xorb = pack(noise(2, 2_000_000), 100).xorbs.remove(0);
    let broken = body(&xorb.body[..1_500_000])
        .chain(futures::stream::iter([Err(std::io::ErrorKind::ConnectionReset.into())]))
        .boxed();
    let refusal = scene.hub.put_xorb(&scene.pass, xorb.hash, broken).await;
    assert!(matches!(refusal, Err(Error::Invalid(_))), "{refusal:?}");
    assert_eq!(stored(&scene.hub, Family::Xorbs).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_xorb_sent_eight_times_at_once_is_stored_once() {
    let scene = scene().await;
    let xorb = pack(words(3, 3_000_000), 1000).xorbs.remove(0);
    let sending = (0..8).map(|_| scene.put(&xorb));
    let answers: Vec<bool> = futures::future::try_join_all(sending).await.unwrap();
    assert_eq!(answers.iter().filter(|new| **new).count(), 1);
    assert_eq!(stored(&scene.hub, Family::Xorbs).await, (1, xorb.body.len() as u64));
    assert_eq!(stored(&scene.hub, Family::ChunkTables).await.0, 1);
    assert!(!scene.put(&xorb).await.unwrap());
}

#[tokio::test]
async fn the_encoding_that_came_first_is_kept() {
    let scene = scene().await;
    let data = words(4, 60_000);
    let packed = pack(data.clone(), 100);
    let plain: Vec<u8> = crate::kit::cut(&data)
        .iter()
        .flat_map(|piece| chunk(0, piece.len() as u32, piece.len() as u32, piece))
        .collect();
    assert!(plain.len() > packed.xorbs[0].body.len());
    assert!(scene.hub.put_xorb(&scene.pass, packed.xorbs[0].hash, body(&plain)).await.unwrap());
    let file = scene.send(&packed).await;
    assert_eq!(stored(&scene.hub, Family::Xorbs).await, (1, plain.len() as u64));
    assert!(read(&scene.hub, &file, 0..u64::MAX).await == data);
}

#[tokio::test]
async fn bytes_that_no_row_names_do_not_exist() {
    let scene = scene().await;
    let sent = pack(noise(5, 200_000), 100);
    let xorb = &sent.xorbs[0];
    // As after a crash between the store and the database.
    let object = Uuid::now_v7();
    scene.hub.blobs.blobs.put(&Key::Xorb(object), xorb.body.clone().into()).await.unwrap();
    scene.hub.blobs.blobs.put(&Key::ChunkTable(object), xorb.table.to_bytes()).await.unwrap();

    assert!(!scene.hub.has_xorb(&scene.pass, xorb.hash).await.unwrap());
    assert!(matches!(scene.register(&shard(&[&sent.file])).await, Err(Error::Invalid(_))));
    assert!(scene.put(xorb).await.unwrap());
}

#[tokio::test]
async fn a_collected_xorb_is_missing_until_it_is_sent_again() {
    let scene = scene().await;
    let sent = pack(noise(6, 200_000), 100);
    let xorb = &sent.xorbs[0];
    scene.put(xorb).await.unwrap();
    scene.hub.clock.advance(Duration::from_secs(29 * 24 * 3600));
    assert_eq!(scene.hub.collect(Reach::Old).await.unwrap().xorbs, 1);

    assert!(!scene.hub.has_xorb(&scene.pass, xorb.hash).await.unwrap());
    assert!(matches!(scene.register(&shard(&[&sent.file])).await, Err(Error::Invalid(_))));

    // The old object goes as planned, the new one has another name.
    assert!(scene.put(xorb).await.unwrap());
    assert_eq!(stored(&scene.hub, Family::Xorbs).await.0, 2);
    let file = scene.send(&sent).await;
    assert!(read(&scene.hub, &file, 0..u64::MAX).await == sent.data);

    // A file that is waited for keeps it from being collected again.
    scene.hub.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(scene.hub.collect(Reach::Everything).await.unwrap().xorbs, 0);
}

#[tokio::test]
async fn owners_who_keep_to_themselves_learn_nothing_of_each_other() {
    let settings = Settings { deduplication: Deduplication::Owner, ..Settings::default() };
    let scene = on(TestHub::with(settings).await).await;
    let sent = pack(noise(7, 200_000), 100);
    let xorb = &sent.xorbs[0];
    scene.send(&sent).await;

    let eve = scene.hub.user("eve").await;
    let other = scene.hub.model(&eve, "eve/other").await;
    let pass = writing(&scene.hub, &eve, &other).await;
    assert!(!scene.hub.has_xorb(&pass, xorb.hash).await.unwrap());
    assert!(matches!(scene.hub.xorb_length(&pass, xorb.hash).await, Err(Error::NotFound(..))));
    assert!(matches!(
        scene.hub.dedup_answer(&pass, xorb.table.hash(0).unwrap()).await,
        Err(Error::NotFound(..))
    ));
    // She cannot register a file over chunks that she only knows by name.
    assert!(matches!(register(&scene.hub, &pass, &shard(&[&sent.file])).await, Err(Error::Invalid(_))));

    // To her it is new; it is stored once all the same.
    assert!(scene.hub.put_xorb(&pass, xorb.hash, body(&xorb.body)).await.unwrap());
    assert!(!scene.hub.put_xorb(&pass, xorb.hash, body(&xorb.body)).await.unwrap());
    assert_eq!(stored(&scene.hub, Family::Xorbs).await.0, 1);
    assert!(register(&scene.hub, &pass, &shard(&[&sent.file])).await.is_ok());
    assert_ne!(pass.store(), scene.pass.store());
}
