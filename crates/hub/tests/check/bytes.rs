//! Stored bytes, damaged bit by bit.

use limpide_blobs::Family;
use limpide_hub::check::Depth;

use crate::kit::scene;

const FAMILIES: [(Family, &str); 5] = [
    (Family::Xorbs, "xorb"),
    (Family::ChunkTables, "xorb"),
    (Family::Shards, "shard"),
    (Family::GitBlobs, "git-object"),
    (Family::LfsParts, "lfs-part"),
];

#[tokio::test]
async fn one_flipped_bit_anywhere_is_found_and_named() {
    let scene = scene().await;
    for (family, kind) in FAMILIES {
        for key in scene.keys(family).await {
            let whole = scene.get(&key).await;
            // First, last, and some in between that share no factor with any length of a record.
            let bits = whole.len() * 8;
            for bit in [0, bits / 3 + 1, bits * 2 / 3 + 5, bits - 1] {
                let mut bytes = whole.clone();
                bytes[bit / 8] ^= 1 << (bit % 8);
                scene.put(&key, bytes).await;
                let damage = scene.damage(Depth::Whole).await;
                let name = key.to_string();
                let named = |(found, said): &(&str, String)| *found == kind && said.contains(&name);
                assert!(damage.iter().any(named), "bit {bit} of {key}: {damage:#?}");
            }
            scene.put(&key, whole).await;
        }
    }
    assert_eq!(scene.damage(Depth::Whole).await, []);
}

#[tokio::test]
async fn what_is_cut_lengthened_removed_or_exchanged_is_found_without_reading_content() {
    let scene = scene().await;
    for (family, kind) in FAMILIES {
        let keys = scene.keys(family).await;
        let key = keys[0];
        let whole = scene.get(&key).await;
        let cut = whole[..whole.len() - 1].to_vec();
        let longer = [&whole[..], b"x"].concat();
        for bytes in [Some(cut), Some(longer), Some(Vec::new()), None] {
            match bytes {
                Some(bytes) => scene.put(&key, bytes).await,
                None => scene.hub.blobs.blobs.forget(&key).await.unwrap(),
            }
            let damage = scene.damage(Depth::WithoutContent).await;
            // A shard that is gone is missed by the files it described.
            let named = |(found, _): &(&str, String)| found.starts_with(kind);
            assert!(damage.iter().any(named), "{key}: {damage:#?}");
        }
        scene.put(&key, whole.clone()).await;
        let Some(other) = keys.get(1) else { continue };
        let second = scene.get(other).await;
        scene.put(&key, second.clone()).await;
        scene.put(other, whole.clone()).await;
        let damage = scene.damage(Depth::Whole).await;
        for key in [&key, other] {
            let name = key.to_string();
            assert!(damage.iter().any(|(_, said)| said.contains(&name)), "{key}: {damage:#?}");
        }
        scene.put(&key, whole).await;
        scene.put(other, second).await;
    }
    assert_eq!(scene.damage(Depth::Whole).await, []);
}

#[tokio::test]
async fn damage_names_the_repository_and_the_path_that_lose_bytes() {
    let scene = scene().await;
    for key in scene.keys(Family::Xorbs).await {
        scene.hub.blobs.blobs.forget(&key).await.unwrap();
    }
    let damage = scene.damage(Depth::Whole).await;
    for path in ["model ada/tiny: model.bin", "model ada/tiny: words.bin"] {
        for kind in ["xorb", "file"] {
            let named = |(found, said): &(&str, String)| *found == kind && said.contains(path);
            assert!(damage.iter().any(named), "{path}: {damage:#?}");
        }
    }
}
