//! What is stored is read once more, a share each hour.

use std::time::Duration;

use limpide_blobs::Family;
use limpide_db::events::{self, Filter};
use limpide_testkit::xet::{noise, pack};

use crate::kit::scene;

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_round_reads_everything_and_finds_what_a_disk_forgot() {
    let scene = scene().await;
    for seed in 10..14 {
        scene.send(&pack(noise(seed, 200_000), 10)).await;
    }
    let keys = scene.keys(Family::Xorbs).await;
    let mut bytes = scene.get(&keys[0]).await;
    bytes[1000] ^= 1;
    scene.put(&keys[0], bytes).await;

    let (mut read, mut found, mut hours) = (0, Vec::new(), 0);
    while read < keys.len() as u64 {
        let scrubbed = scene.hub.scrub_if_due().await.unwrap().expect("an hour has passed");
        assert!(scene.hub.scrub_if_due().await.unwrap().is_none(), "once an hour is enough");
        read += scrubbed.xorbs;
        found.extend(scrubbed.findings);
        hours += 1;
        scene.hub.clock.advance(HOUR);
    }
    assert!(hours > 1, "thirty days are for all, and each hour reads one xorb at least");
    assert_eq!(read, keys.len() as u64);
    let [finding] = &found[..] else { panic!("{found:#?}") };
    assert!(finding.place.contains(&keys[0].to_string()), "{finding:#?}");

    let filter = Filter { action: Some("content.damaged"), repositories: None, before: None };
    assert_eq!(events::page(&scene.hub.db.db, &filter, 10).await.unwrap().len(), 1);
    // The next round begins at the first xorb again.
    scene.hub.scrub_if_due().await.unwrap();
    scene.hub.clock.advance(HOUR);
    assert!(scene.hub.scrub_if_due().await.unwrap().unwrap().xorbs > 0);
}
