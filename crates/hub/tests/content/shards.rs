//! Shards on their way in: each statement is compared with what is stored.

use limpide_blobs::Family;
use limpide_hub::content::Progress;
use limpide_hub::{Error, Limits, Reach, Settings};
use limpide_testkit::hub::TestHub;
use limpide_xet::{ShardBuilder, ShardFile, chunk_hash, term_hash};
use tokio::sync::watch;

use crate::kit::{Scene, noise, on, pack, scene, shard, stored};

async fn is_refused(scene: &Scene, shard: &[u8], why: &str) {
    let refusal = scene.register(shard).await;
    assert!(matches!(refusal, Err(Error::Invalid(_))), "{why}: {refusal:?}");
}

#[tokio::test]
async fn a_file_that_is_not_what_its_chunks_make_is_refused() {
    let scene = scene().await;
    let sent = pack(noise(1, 1_000_000), 4);
    scene.put_all(&sent).await;
    let changed = |change: &dyn Fn(&mut ShardFile)| {
        let mut file = sent.file.clone();
        change(&mut file);
        shard(&[&file])
    };
    let cases: [(&str, Vec<u8>); 13] = [
        ("another file hash", changed(&|file| file.hash = chunk_hash(b"x"))),
        ("no verification", changed(&|file| file.verification = None)),
        ("a false verification", changed(&|file| file.verification.as_mut().unwrap()[1] = chunk_hash(b"x"))),
        ("another SHA-256", changed(&|file| file.sha256 = Some([1; 32]))),
        ("a false length", changed(&|file| file.terms[0].unpacked += 1)),
        ("a length of zero", changed(&|file| file.terms[0].unpacked = 0)),
        ("an empty range of chunks", changed(&|file| file.terms[0].end = 0)),
        ("chunks in reverse", changed(&|file| (file.terms[0].start, file.terms[0].end) = (3, 1))),
        ("more chunks than there are", changed(&|file| file.terms[0].end += 1)),
        (
            "chunks far beyond",
            changed(&|file| (file.terms[0].start, file.terms[0].end) = (u32::MAX - 1, u32::MAX)),
        ),
        ("a xorb that is not there", changed(&|file| file.terms[0].xorb = chunk_hash(b"x"))),
        (
            "a term left out",
            changed(&|file| {
                file.terms.pop();
                file.verification.as_mut().unwrap().pop();
            }),
        ),
        (
            "no terms for a file of some bytes",
            changed(&|file| {
                file.terms.clear();
                file.verification = Some(Vec::new());
            }),
        ),
    ];
    for (why, shard) in cases {
        is_refused(&scene, &shard, why).await;
    }
    assert!(matches!(scene.hub.file(&scene.pass, sent.file.hash).await, Err(Error::NotFound(..))));
    assert_eq!(stored(&scene.hub, Family::Shards).await.0, 0);
    scene.register(&shard(&[&sent.file])).await.unwrap();
}

#[tokio::test]
async fn who_knows_only_the_name_of_a_xorb_cannot_claim_its_chunks() {
    let scene = scene().await;
    let secret = pack(noise(2, 200_000), 100);
    scene.put_all(&secret).await;
    // A forger who knows the names of xorb and file, but not the chunks' own, cannot prove the term.
    let mut forged = secret.file.clone();
    forged.verification = Some(vec![term_hash(&[secret.xorbs[0].hash])]);
    is_refused(&scene, &shard(&[&forged]), "forged proof").await;
}

#[tokio::test]
async fn a_foreign_chunk_list_is_refused_even_when_the_file_is_right() {
    let scene = scene().await;
    let (sent, other) = (pack(noise(3, 300_000), 100), pack(noise(4, 300_000), 100));
    scene.put_all(&sent).await;
    let with_list = |table| {
        let mut builder = ShardBuilder::new();
        builder.file(sent.file.clone()).unwrap();
        builder.xorb(sent.xorbs[0].hash, table);
        builder.to_upload()
    };
    is_refused(&scene, &with_list(other.xorbs[0].table.clone()), "another xorb's chunks").await;
    let mut unknown = ShardBuilder::new();
    unknown.xorb(other.xorbs[0].hash, other.xorbs[0].table.clone());
    is_refused(&scene, &unknown.to_upload(), "a list of chunks of a xorb that was never sent").await;
    scene.register(&with_list(sent.xorbs[0].table.clone())).await.unwrap();
}

#[tokio::test]
async fn bytes_that_are_no_shard_are_refused() {
    let scene = scene().await;
    let good = shard(&[&pack(noise(5, 100_000), 100).file]);
    for (why, bytes) in [
        ("empty", vec![]),
        ("noise", noise(6, 500)),
        ("cut off", good[..good.len() - 48].to_vec()),
        ("cut within a record", good[..100].to_vec()),
        ("trailing bytes", [&good[..], &[0; 48]].concat()),
    ] {
        is_refused(&scene, &bytes, why).await;
    }
    let mut huge = good.clone();
    // The number of terms: more than there are bytes in the world.
    huge[48 + 36..48 + 40].copy_from_slice(&u32::MAX.to_le_bytes());
    is_refused(&scene, &huge, "an immense count").await;
    let refusal = scene.register(&vec![0; limpide_xet::MAX_SHARD_LEN + 1]).await;
    assert!(matches!(refusal, Err(Error::Invalid(_))), "{refusal:?}");
}

#[tokio::test]
async fn one_false_file_keeps_its_whole_shard_out() {
    let scene = scene().await;
    let (good, bad) = (pack(noise(7, 100_000), 100), pack(noise(8, 100_000), 100));
    scene.put_all(&good).await;
    scene.put_all(&bad).await;
    let lie = ShardFile { sha256: Some([9; 32]), ..bad.file };
    is_refused(&scene, &shard(&[&good.file, &lie]), "one lie").await;
    assert!(matches!(scene.hub.file(&scene.pass, good.file.hash).await, Err(Error::NotFound(..))));
}

#[tokio::test]
async fn a_known_file_cannot_be_given_another_sha256() {
    let scene = scene().await;
    let sent = pack(noise(9, 100_000), 100);
    scene.send(&sent).await;
    let lie = ShardFile { sha256: Some([9; 32]), ..sent.file.clone() };
    is_refused(&scene, &shard(&[&lie]), "a lie about a known file").await;
}

#[tokio::test]
async fn a_file_larger_than_the_hub_takes_is_refused() {
    let limits = Limits { file: 150_000, ..Limits::default() };
    let scene = on(TestHub::with(Settings { limits, ..Settings::default() }).await).await;
    let sent = pack(noise(10, 150_001), 100);
    scene.put_all(&sent).await;
    assert!(matches!(scene.register(&shard(&[&sent.file])).await, Err(Error::TooLarge(_))));
}

#[tokio::test]
async fn the_same_shard_twice_is_one_registration() {
    let scene = scene().await;
    let sent = pack(noise(11, 400_000), 3);
    scene.put_all(&sent).await;
    let bytes = shard(&[&sent.file]);
    let (first, second) = (scene.register(&bytes).await.unwrap(), scene.register(&bytes).await.unwrap());
    assert!(first.new && !second.new);
    assert_eq!(first.shard, second.shard);
    scene.hub.collect(Reach::Old).await.unwrap();
    assert_eq!(stored(&scene.hub, Family::Shards).await.0, 1, "one of the two describes the file");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_who_register_the_same_xorbs_do_not_stand_in_each_other_s_way() {
    let scene = scene().await;
    let sent = pack(noise(12, 2_000_000), 2);
    scene.put_all(&sent).await;
    let bytes = shard(&[&sent.file]);
    let registered = futures::future::try_join_all((0..8).map(|_| scene.register(&bytes))).await.unwrap();
    assert!(registered.iter().any(|registered| registered.new));
}

#[tokio::test]
async fn progress_is_told_file_by_file() {
    let scene = scene().await;
    let files: Vec<_> = (20..25).map(|seed| pack(noise(seed, 50_000), 100)).collect();
    for file in &files {
        scene.put_all(file).await;
    }
    let bytes = shard(&files.iter().map(|sent| &sent.file).collect::<Vec<_>>());
    let (sender, mut receiver) = watch::channel(Progress::Validating { verified: 0, total: 0 });
    let told = tokio::spawn(async move {
        let mut told = Vec::new();
        while receiver.changed().await.is_ok() {
            told.push(*receiver.borrow_and_update());
        }
        told
    });
    scene.hub.register_shard(&scene.pass, bytes.into(), &sender).await.unwrap();
    drop(sender);
    let told = told.await.unwrap();
    // Whoever watches may come too late for the first one.
    assert!(matches!(told.first(), Some(Progress::Validating { total: 5, .. })), "{told:?}");
    assert_eq!(told.last(), Some(&Progress::Committing));
    let verified: Vec<u64> =
        told.iter()
            .filter_map(|progress| {
                if let Progress::Validating { verified, .. } = progress { Some(*verified) } else { None }
            })
            .collect();
    assert!(verified.is_sorted());
}
