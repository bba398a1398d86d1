//! What a client is told of chunks that are already here.

use std::time::Duration;

use limpide_hub::Error;
use limpide_xet::{Hash, chunk_hash};

use crate::kit::{noise, pack, scene};

/// The key with which the names in an answer are hidden, and when it expires: both stand in the footer.
fn footer(answer: &[u8]) -> (Hash, u64) {
    let footer = &answer[answer.len() - 200..];
    let key: [u8; 32] = footer[72..104].try_into().unwrap();
    (Hash::from_bytes(key), u64::from_le_bytes(footer[112..120].try_into().unwrap()))
}

fn holds(answer: &[u8], name: &Hash) -> bool {
    answer.chunks_exact(48).any(|record| record.starts_with(name.as_bytes()))
}

#[tokio::test]
async fn the_first_chunk_of_a_file_leads_to_its_xorbs() {
    let scene = scene().await;
    let sent = pack(noise(1, 2_000_000), 6);
    scene.send(&sent).await;
    let first = sent.xorbs[0].table.hash(0).unwrap();
    let answer = scene.hub.dedup_answer(&scene.pass, first).await.unwrap();

    let (key, expires) = footer(&answer);
    assert_ne!(key, Hash::ZERO);
    let week = 7 * 24 * 3600;
    assert_eq!(expires, (scene.hub.clock.now().seconds() + week) as u64);
    for xorb in &sent.xorbs {
        assert!(holds(&answer, &xorb.hash));
        for (chunk, _) in xorb.table.chunks() {
            // Who has the chunk recognises it; who has not, learns nothing.
            assert!(holds(&answer, &chunk.hmac(&key)));
            assert!(!holds(&answer, &chunk) || chunk == xorb.hash);
        }
    }
}

#[tokio::test]
async fn the_key_changes_with_the_day() {
    let scene = scene().await;
    let sent = pack(noise(2, 100_000), 100);
    scene.send(&sent).await;
    let first = sent.xorbs[0].table.hash(0).unwrap();
    let today = footer(&scene.hub.dedup_answer(&scene.pass, first).await.unwrap()).0;
    scene.hub.clock.advance(Duration::from_secs(24 * 3600 + 1));
    let tomorrow = footer(&scene.hub.dedup_answer(&scene.pass, first).await.unwrap()).0;
    assert_ne!(today, tomorrow);
}

#[tokio::test]
async fn an_answer_keeps_its_xorbs_from_being_collected() {
    let scene = scene().await;
    let sent = pack(noise(3, 300_000), 100);
    scene.send(&sent).await;
    let told_at = scene.hub.clock.now() + Duration::from_secs(10 * 24 * 3600);
    scene.hub.clock.advance(Duration::from_secs(10 * 24 * 3600));
    scene.hub.dedup_answer(&scene.pass, sent.xorbs[0].table.hash(0).unwrap()).await.unwrap();
    let xorbs = limpide_db::xorbs::find(&scene.hub.db.db, &[sent.xorbs[0].hash]).await.unwrap();
    assert_eq!(xorbs[0].touched, told_at);
    // Once a day is enough.
    scene.hub.clock.advance(Duration::from_secs(3600));
    scene.hub.dedup_answer(&scene.pass, sent.xorbs[0].table.hash(0).unwrap()).await.unwrap();
    let xorbs = limpide_db::xorbs::find(&scene.hub.db.db, &[sent.xorbs[0].hash]).await.unwrap();
    assert_eq!(xorbs[0].touched, told_at);
}

#[tokio::test]
async fn a_chunk_that_nobody_asks_about_is_unknown() {
    let scene = scene().await;
    let sent = pack(noise(4, 300_000), 100);
    // A xorb without a file is no answer: it may never get one.
    scene.put_all(&sent).await;
    for chunk in [chunk_hash(b"never seen"), sent.xorbs[0].table.hash(0).unwrap()] {
        assert!(matches!(scene.hub.dedup_answer(&scene.pass, chunk).await, Err(Error::NotFound(..))));
    }
}
