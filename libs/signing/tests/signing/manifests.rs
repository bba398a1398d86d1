//! What is signed of a model: its files, in their order, and nothing that leads out of it.

use limpide_signing::{Algorithm, IgnoredPath, Manifest, ManifestRefused, Order};
use proptest::prelude::*;

use crate::made::{TINY, hash, manifest, path, resources, serialization};

fn edited(change: impl FnOnce(&mut serde_json::Value)) -> Result<Manifest, ManifestRefused> {
    let mut payload = serde_json::from_slice(&manifest(TINY, &[".git"]).payload()).unwrap();
    change(&mut payload);
    Manifest::read(payload.to_string().as_bytes())
}

#[test]
fn a_manifest_reads_what_it_writes() {
    let written = manifest(TINY, &[".git", "notes"]);
    let read = Manifest::read(&written.payload()).unwrap();
    assert_eq!(read, written);
    assert_eq!((read.name(), read.order()), ("tiny", Order::Usual));
    assert_eq!(read.serialization().algorithm, Algorithm::Sha256);
}

#[test]
fn files_stand_in_the_order_of_the_parts_of_their_paths() {
    let model = &[("a.txt", "1"), ("a/b.txt", "2"), ("a-b/c", "3"), ("é", "4"), ("Z", "5")];
    let written = manifest(model, &[]);
    let names: Vec<&str> = written.resources().iter().map(|resource| resource.path.as_str()).collect();
    assert_eq!(names, ["Z", "a/b.txt", "a-b/c", "a.txt", "é"]);
}

#[test]
fn paths_that_lead_elsewhere_are_refused() {
    for wrong in ["", "/etc/passwd", "../a", "a/../../b", "a//b", "./a", "a/", "a\0b", &"a/".repeat(3000)] {
        let read = edited(|payload| payload["predicate"]["resources"][0]["name"] = wrong.into());
        assert!(matches!(read, Err(ManifestRefused::Path { .. })), "{wrong:?}");
    }
    let single = edited(|payload| payload["predicate"]["resources"][0]["name"] = ".".into()).unwrap_err();
    assert!(single.to_string().ends_with("it stands for a model that is a single file"));
}

#[test]
fn a_file_that_is_listed_twice_is_refused() {
    let twice = &[("a", "1"), ("a", "2")];
    let refused = Err(ManifestRefused::Duplicate("a".to_owned()));
    assert_eq!(Manifest::new("tiny", serialization(&[]), resources(twice)), refused);
    let read = edited(|payload| {
        let first = payload["predicate"]["resources"][0].clone();
        payload["predicate"]["resources"].as_array_mut().unwrap().push(first);
    });
    assert_eq!(read, Err(ManifestRefused::Duplicate("README.md".to_owned())));
}

#[test]
fn reordered_entries_are_told_from_changed_ones() {
    let reversed = edited(|payload| payload["predicate"]["resources"].as_array_mut().unwrap().reverse());
    assert_eq!(reversed, Err(ManifestRefused::Reordered));
    let changed = edited(|payload| {
        payload["predicate"]["resources"][0]["digest"] = hash("other").to_string().into();
    });
    assert!(matches!(changed, Err(ManifestRefused::RootDigest { .. })));
    // Whoever signs another order with its own root digest says nothing wrong.
    let root = {
        let mut all = Vec::new();
        for resource in manifest(TINY, &[]).resources().iter().rev() {
            all.extend(resource.digest.0);
        }
        hex::encode(<[u8; 32]>::from(<sha2::Sha256 as sha2::Digest>::digest(all)))
    };
    let other = edited(|payload| {
        payload["predicate"]["resources"].as_array_mut().unwrap().reverse();
        payload["subject"][0]["digest"]["sha256"] = root.into();
    });
    assert_eq!(other.unwrap().order(), Order::Other);
}

#[test]
fn what_is_not_known_is_named() {
    let method = edited(|payload| payload["predicate"]["serialization"]["method"] = "shards".into());
    assert_eq!(method, Err(ManifestRefused::Method { field: "method", found: "shards".to_owned() }));
    let hash = edited(|payload| payload["predicate"]["serialization"]["hash_type"] = "blake2b".into());
    assert_eq!(hash, Err(ManifestRefused::Method { field: "hash_type", found: "blake2b".to_owned() }));
    let mixed = edited(|payload| payload["predicate"]["resources"][1]["algorithm"] = "blake3".into());
    assert!(matches!(mixed, Err(ManifestRefused::Method { field: "algorithm of a file", .. })));
    let old = edited(|payload| payload["predicateType"] = "https://model_signing/Digests/v0.1".into());
    assert_eq!(old, Err(ManifestRefused::TooOld));
    let other = edited(|payload| payload["predicateType"] = "https://slsa.dev/provenance/v1".into());
    assert!(matches!(other, Err(ManifestRefused::NotAModel { field: "predicateType", .. })));
    let two = edited(|payload| {
        let first = payload["subject"][0].clone();
        payload["subject"].as_array_mut().unwrap().push(first);
    });
    assert!(matches!(two, Err(ManifestRefused::Unreadable(_))));
    // JSON that says a thing twice says nothing.
    let text = String::from_utf8(manifest(TINY, &[]).payload()).unwrap();
    let doubled = text.replacen("\"predicateType\"", "\"predicateType\":\"x\",\"predicateType\"", 1);
    assert!(matches!(Manifest::read(doubled.as_bytes()), Err(ManifestRefused::Unreadable(_))));
}

#[test]
fn an_ignored_path_covers_itself_and_what_is_below() {
    let rule = IgnoredPath::from(path("a/b"));
    assert!(rule.covers("a/b") && rule.covers("a/b/c"));
    assert!(!rule.covers("a") && !rule.covers("a/bc"));
    let read = edited(|payload| {
        payload["predicate"]["serialization"]["ignore_paths"] = serde_json::json!(["../x", "/y", "."]);
    });
    let covers = |at: usize, path| read.as_ref().unwrap().serialization().ignored[at].covers(path);
    assert!(!covers(0, "x") && !covers(1, "y") && covers(2, "anything/at/all"));
}

proptest! {
    #[test]
    fn whatever_files_there_are_a_manifest_reads_what_it_writes(
        files in prop::collection::btree_map("[a-c.é ]{1,3}(/[a-c.\\\\]{1,3}){0,2}", any::<[u8; 32]>(), 0..12)
    ) {
        let safe = |path: &&String| !path.split('/').any(|part| matches!(part, "." | ".."));
        let model: Vec<(&str, String)> =
            files.keys().filter(safe).map(|path| (path.as_str(), hex::encode(files[path]))).collect();
        let model: Vec<(&str, &str)> = model.iter().map(|(path, content)| (*path, content.as_str())).collect();
        let written = manifest(&model, &[]);
        let sorted = written.resources().is_sorted_by(|one, other| {
            std::path::Path::new(one.path.as_str()) < std::path::Path::new(other.path.as_str())
        });
        prop_assert!(sorted);
        prop_assert_eq!(Manifest::read(&written.payload()), Ok(written));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _refused = Manifest::read(text.as_bytes());
    }
}
