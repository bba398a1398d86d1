//! What goes into a mirror is what the stock `git` finds there; and mirrors that do not fit go.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use limpide_git::{Error, Mirrors, ObjectKind, Protocol, Ref};
use limpide_words::ObjectId;
use proptest::prelude::*;
use tempfile::TempDir;

struct Place {
    folder: TempDir,
    mirrors: Arc<Mirrors>,
}

impl Place {
    fn new(most: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mirrors = Arc::new(Mirrors::new(folder.path().join("git"), most));
        Self { folder, mirrors }
    }

    fn of(&self, id: &str) -> PathBuf {
        self.folder.path().join("git").join(format!("{id}.git"))
    }

    /// Adds blobs to a mirror, in pieces of three.
    async fn add(&self, id: &str, blobs: &[Vec<u8>], known: i64) {
        let mirror = self.mirrors.mirror(id).await.unwrap();
        let mut update = mirror.update().await.unwrap();
        let mut pack = update.pack(u32::try_from(blobs.len()).unwrap()).await.unwrap();
        for piece in blobs.chunks(3) {
            let piece = piece.iter().map(|blob| (ObjectKind::Blob, Bytes::copy_from_slice(blob)));
            pack = pack.add(piece.collect()).await.unwrap();
        }
        pack.finish(known).await.unwrap();
    }
}

fn git(folder: &Path, words: &[&str]) -> Vec<u8> {
    let output = Command::new("git").arg("--git-dir").arg(folder).args(words).output().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn blob_id(blob: &[u8]) -> ObjectId {
    let mut hasher = gix_hash::hasher(gix_hash::Kind::Sha1);
    hasher.update(format!("blob {}\0", blob.len()).as_bytes());
    hasher.update(blob);
    hasher.try_finalize().unwrap().to_string().parse().unwrap()
}

/// 100 000 bytes that do not compress.
fn noise(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let xorshift = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..100_000).map(xorshift).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_object_comes_out_as_it_went_in(
        blobs in prop::collection::btree_set(prop::collection::vec(any::<u8>(), 0..5000), 1..40),
        versions in prop::collection::vec((0..3000_usize, prop::collection::vec(any::<u8>(), 0..300), 0..2000_usize), 0..70),
        long in 0..3_000_000_usize,
    ) {
        let mut blobs: Vec<Vec<u8>> = blobs.into_iter().collect();
        // Each is the one before, with something cut out and something put in.
        let mut version = noise(3)[..4000].to_vec();
        for (place, put_in, cut_out) in versions {
            let (start, end) = (place.min(version.len()), (place + cut_out).min(version.len()));
            version.splice(start..end, put_in);
            blobs.push(version.clone());
        }
        blobs.push(vec![7; 6000 + long]);
        let place = Place::new(1 << 30);
        runtime().block_on(place.add("one", &blobs, 5));
        for blob in blobs {
            assert_eq!(git(&place.of("one"), &["cat-file", "blob", &blob_id(&blob).to_string()]), blob);
        }
    }
}

#[tokio::test]
async fn a_mirror_knows_how_far_it_has_come_and_which_refs_there_are() {
    let place = Place::new(1 << 30);
    place.add("one", &[b"first".to_vec()], 1).await;
    place.add("one", &[b"second".to_vec()], 7).await;
    let mirror = place.mirrors.mirror("one").await.unwrap();
    let update = mirror.update().await.unwrap();
    assert_eq!(update.known(), 7);
    let of = |name: &str, blob: &[u8]| Ref { name: name.parse().unwrap(), target: blob_id(blob) };
    for refs in [
        vec![of("refs/tags/v1", b"first"), of("refs/heads/b-c", b"first"), of("refs/heads/b", b"second")],
        vec![of("refs/heads/main", b"second")],
        vec![],
    ] {
        update.set_refs(&refs).await.unwrap();
        let told = git(&place.of("one"), &["for-each-ref", "--format=%(objectname) %(refname)"]);
        let mut expected: Vec<String> =
            refs.iter().map(|it| format!("{} {}\n", it.target, it.name)).collect();
        expected.sort_by(|one, other| one[41..].cmp(&other[41..]));
        assert_eq!(String::from_utf8(told).unwrap(), expected.concat());
    }
}

#[tokio::test]
async fn many_packs_become_few() {
    let place = Place::new(1 << 30);
    for number in 0..40_i64 {
        place.add("one", &[number.to_string().into_bytes()], number).await;
    }
    let mirror = place.mirrors.mirror("one").await.unwrap();
    let update = mirror.update().await.unwrap();
    update.tidy().await.unwrap();
    let packs = std::fs::read_dir(place.of("one").join("objects/pack")).unwrap();
    let packs =
        packs.filter(|file| file.as_ref().unwrap().path().extension().is_some_and(|end| end == "pack"));
    assert_eq!(packs.count(), 1);
    for number in 0..40 {
        let blob = number.to_string().into_bytes();
        assert_eq!(git(&place.of("one"), &["cat-file", "blob", &blob_id(&blob).to_string()]), blob);
    }
}

#[tokio::test]
async fn what_does_not_fit_goes_but_not_what_is_held_or_was_used_last() {
    let place = Place::new(250_000);
    let mut held = None;
    for (seed, id) in ["held", "old", "new", "last"].into_iter().enumerate() {
        place.add(id, &[noise(seed as u64 + 1)], 1).await;
        if id == "held" {
            held = Some(place.mirrors.mirror(id).await.unwrap());
        }
        // Times of files are told in ticks of some milliseconds.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    place.mirrors.fit().await.unwrap();
    let mut left: Vec<String> = std::fs::read_dir(place.folder.path().join("git"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(left, ["held.git", "last.git"]);
    drop(held);
    // What was removed is made again.
    let mirror = place.mirrors.mirror("old").await.unwrap();
    assert_eq!(mirror.update().await.unwrap().known(), 0);
}

#[tokio::test]
async fn a_pack_that_is_not_finished_leaves_nothing_behind() {
    let place = Place::new(1 << 30);
    let mirror = place.mirrors.mirror("one").await.unwrap();
    let mut update = mirror.update().await.unwrap();
    let pack = update.pack(2).await.unwrap();
    let pack = pack.add(vec![(ObjectKind::Blob, Bytes::from(vec![1; 300_000]))]).await.unwrap();
    // Two were announced.
    let refusal = pack.finish(3).await.unwrap_err();
    assert!(matches!(refusal, Error::Failed { .. }), "{refusal:?}");
    assert_eq!(update.known(), 0);
    drop(update);
    place.add("one", &[b"whole".to_vec()], 1).await;
    let left = std::fs::read_dir(place.of("one").join("objects/pack")).unwrap();
    let left = left.filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with("tmp_"));
    assert_eq!(left.count(), 0);
}

#[tokio::test]
async fn a_client_is_told_what_there_is() {
    let place = Place::new(1 << 30);
    place.add("one", &[b"first".to_vec()], 1).await;
    let mirror = place.mirrors.mirror("one").await.unwrap();
    let all = Ref { name: "refs/tags/v1".parse().unwrap(), target: blob_id(b"first") };
    mirror.update().await.unwrap().set_refs(&[all]).await.unwrap();
    for (protocol, expected) in [
        (Protocol::V0, format!("{} refs/tags/v1\0", blob_id(b"first"))),
        (Protocol::V1, "000eversion 1\n".to_owned()),
        (Protocol::V2, "000eversion 2\n".to_owned()),
    ] {
        let told: Vec<_> = mirror.advertise(protocol).await.unwrap().collect().await;
        let told = told.into_iter().map(Result::unwrap).collect::<Vec<Bytes>>().concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert!(told.contains(&expected), "{told}");
    }
}

#[tokio::test]
async fn what_makes_no_sense_to_git_is_the_fault_of_whoever_sent_it() {
    let place = Place::new(1 << 30);
    place.add("one", &[b"first".to_vec()], 1).await;
    let mirror = place.mirrors.mirror("one").await.unwrap();
    let all = Ref { name: "refs/tags/v1".parse().unwrap(), target: blob_id(b"first") };
    mirror.update().await.unwrap().set_refs(&[all]).await.unwrap();
    for (protocol, sent) in [
        (Protocol::V2, "zzzz"),
        (Protocol::V2, "0014command=nonsense0000"),
        (Protocol::V2, "000bnothing0000"),
        (Protocol::V2, "0014command=fe"),
        (Protocol::V0, "000bwant it0000"),
    ] {
        let sent = futures::stream::iter([Ok(Bytes::from_static(sent.as_bytes()))]).boxed();
        match mirror.upload_pack(protocol, sent).await {
            Err(Error::Senseless(_)) => {}
            Err(other) => panic!("{other:?}"),
            // Git says so itself, or nothing at all.
            Ok(answer) => {
                let told: Vec<_> = answer.collect().await;
                let told = told.into_iter().map(Result::unwrap).collect::<Vec<Bytes>>().concat();
                let told = String::from_utf8_lossy(&told);
                assert!(told.is_empty() || told.contains("ERR "), "{told}");
            }
        }
    }
    let nothing = futures::stream::iter([Ok(Bytes::from_static(b"0000"))]).boxed();
    let told: Vec<_> = mirror.upload_pack(Protocol::V0, nothing).await.unwrap().collect().await;
    assert!(told.is_empty());
}

#[test]
fn a_protocol_is_the_best_that_a_client_names() {
    for (header, expected) in [
        ("", Protocol::V0),
        ("version=1", Protocol::V1),
        ("version=2", Protocol::V2),
        ("version=1:version=2", Protocol::V2),
        ("version=9:agent=x", Protocol::V0),
    ] {
        assert_eq!(Protocol::read(header), expected, "{header}");
    }
}
