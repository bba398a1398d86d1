//! What is pushed lies apart from the mirror, sees it, and goes with whoever pushed it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use bytes::Bytes;
use futures::{StreamExt, stream};
use limpide_git::{Error, Incoming, Input, Mirror, Mirrors, ObjectKind, Ref};
use limpide_words::{ObjectId, RefName};
use tempfile::TempDir;

const MOST: u64 = 100 << 20;

/// A repository of somebody who pushes, and a mirror of what was there before.
struct Place {
    folder: TempDir,
    mirrors: Arc<Mirrors>,
    mirror: Arc<Mirror>,
}

impl Place {
    /// The first commit is in the mirror, the second is not.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mirrors = Arc::new(Mirrors::new(folder.path().join("git"), 1 << 30));
        let mirror = mirrors.mirror("one").await.unwrap();
        let place = Self { folder, mirrors, mirror };
        place.git(&["init", "--quiet", "--initial-branch=main", "mine"], place.folder.path());
        let text: String = (0..2000).map(|number| format!("{number}\n")).collect();
        place.commit(&text, "first");
        place.mirror_all().await;
        place.commit(&format!("{text}more\n"), "second");
        place
    }

    fn mine(&self) -> PathBuf {
        self.folder.path().join("mine")
    }

    fn git(&self, words: &[&str], folder: &Path) -> Vec<u8> {
        self.git_with(words, folder, b"")
    }

    fn git_with(&self, words: &[&str], folder: &Path, input: &[u8]) -> Vec<u8> {
        let mut command = Command::new("git");
        command
            .current_dir(folder)
            .args(["-c", "user.name=ada", "-c", "user.email=a@example.org"])
            .args(words);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "git {words:?}");
        output.stdout
    }

    fn commit(&self, text: &str, message: &str) {
        std::fs::write(self.mine().join("numbers.txt"), text).unwrap();
        self.git(&["add", "--all"], &self.mine());
        self.git(&["commit", "--quiet", "--message", message], &self.mine());
    }

    fn id(&self, revision: &str) -> ObjectId {
        String::from_utf8(self.git(&["rev-parse", revision], &self.mine())).unwrap().trim().parse().unwrap()
    }

    /// Brings the mirror to where the repository stands.
    async fn mirror_all(&self) {
        let mut update = self.mirror.update().await.unwrap();
        let ids = [self.id("HEAD^{tree}"), self.id("HEAD"), self.id("HEAD:numbers.txt")];
        let kinds = [ObjectKind::Tree, ObjectKind::Commit, ObjectKind::Blob];
        let object = |(id, kind): (ObjectId, ObjectKind)| {
            let word = format!("{kind:?}").to_lowercase();
            (kind, Bytes::from(self.git(&["cat-file", &word, &id.to_string()], &self.mine())))
        };
        let pack = update.pack(3).await.unwrap();
        let pack = pack.add(ids.into_iter().zip(kinds).map(object).collect()).await.unwrap();
        pack.finish(3).await.unwrap();
        update.set_refs(&[Ref { name: RefName::main(), target: ids[1] }]).await.unwrap();
    }

    /// What `git push` would send of the second commit: a thin pack.
    fn thin(&self) -> Vec<u8> {
        let asked = format!("{}\n^{}\n", self.id("HEAD"), self.id("HEAD~1"));
        self.git_with(&["pack-objects", "--revs", "--thin", "--stdout", "-q"], &self.mine(), asked.as_bytes())
    }

    async fn incoming(&self) -> Incoming {
        self.mirrors.incoming(Arc::clone(&self.mirror)).await.unwrap()
    }

    fn pushes(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("git/pushes")).unwrap().count()
    }

    fn in_mirror(&self, id: ObjectId) -> bool {
        let mirror = self.folder.path().join("git/one.git");
        let found = Command::new("git")
            .current_dir(mirror)
            .args(["cat-file", "-e", &id.to_string()])
            .output()
            .unwrap();
        found.status.success()
    }
}

fn input(bytes: &[u8]) -> Input {
    let pieces: Vec<_> = bytes.chunks(1000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    stream::iter(pieces).boxed()
}

#[tokio::test]
async fn a_thin_pack_is_taken_in_beside_the_mirror_and_goes_again() {
    let place = Place::new().await;
    let thin = place.thin();
    assert!(thin.len() < 1000, "{} bytes are no delta", thin.len());
    let incoming = place.incoming().await;
    incoming.take_in(input(&thin), MOST).await.unwrap();
    let sent = incoming.list().await.unwrap();
    let commit = place.id("HEAD");
    assert!(sent.iter().any(|sent| sent.id == commit && sent.kind == ObjectKind::Commit));
    assert!(!place.in_mirror(commit));

    let mut reader = incoming.reader().unwrap();
    let asked = [commit, ObjectId([9; 20]), place.id("HEAD~1"), place.id("HEAD:numbers.txt")];
    let read = reader.read(&asked).await.unwrap();
    let kinds: Vec<_> = read.iter().map(|object| object.as_ref().map(|(kind, _)| *kind)).collect();
    assert_eq!(kinds, [Some(ObjectKind::Commit), None, Some(ObjectKind::Commit), Some(ObjectKind::Blob)]);
    assert!(read[3].as_ref().unwrap().1.ends_with(b"1999\nmore\n"));
    // More than fit into a pipe at a time.
    let many = vec![commit; 3000];
    assert_eq!(reader.read(&many).await.unwrap().len(), 3000);

    assert_eq!(place.pushes(), 1);
    drop((incoming, reader));
    assert_eq!(place.pushes(), 0);
}

#[tokio::test]
async fn what_is_no_pack_or_not_whole_or_too_large_is_refused_and_read_to_its_end() {
    let place = Place::new().await;
    let thin = place.thin();
    let mut damaged = thin.clone();
    damaged[thin.len() / 2] ^= 0x55;
    // The mirror of another repository does not have what this rests on.
    let elsewhere = Place { mirror: place.mirrors.mirror("two").await.unwrap(), ..Place::new().await };
    drop(elsewhere.mirror.update().await.unwrap());
    let garbage = vec![b'x'; 5 << 20];
    for (at, bytes, most) in [
        (&place, &garbage[..], MOST),
        (&place, &thin[..thin.len() - 30], MOST),
        (&place, &damaged[..], MOST),
        (&place, &thin[..], 100),
        (&place, b"", MOST),
        (&elsewhere, &thin[..], MOST),
    ] {
        let incoming = place.mirrors.incoming(Arc::clone(&at.mirror)).await.unwrap();
        let refused = incoming.take_in(input(bytes), most).await;
        assert!(matches!(refused, Err(Error::BadPack(_))), "{refused:?}");
    }
    let cut =
        stream::iter([Ok(Bytes::copy_from_slice(&thin[..50])), Err(std::io::Error::other("gone"))]).boxed();
    let broken = place.incoming().await.take_in(cut, MOST).await;
    assert!(matches!(broken, Err(Error::Senseless(_))), "{broken:?}");
}

#[tokio::test]
async fn what_a_process_has_left_goes_with_the_next_push_and_what_is_held_stays() {
    let place = Place::new().await;
    let held = place.incoming().await;
    for left in ["left", "half"] {
        std::fs::create_dir(place.folder.path().join("git/pushes").join(left)).unwrap();
    }
    std::fs::write(place.folder.path().join("git/pushes/left/held"), b"").unwrap();
    assert_eq!(place.pushes(), 3);
    let next = place.incoming().await;
    assert_eq!(place.pushes(), 2);
    drop(next);
    held.take_in(input(&place.thin()), MOST).await.unwrap();
}

#[tokio::test]
async fn a_mirror_takes_over_what_was_pushed() {
    let place = Place::new().await;
    let incoming = place.incoming().await;
    incoming.take_in(input(&place.thin()), MOST).await.unwrap();
    let mut update = place.mirror.update().await.unwrap();
    update.take_over(&incoming, 6).await.unwrap();
    update.set_refs(&[Ref { name: RefName::main(), target: place.id("HEAD") }]).await.unwrap();
    drop((update, incoming));
    assert_eq!(place.mirror.update().await.unwrap().known(), 6);
    let mirror = place.folder.path().join("git/one.git");
    place.git(&["fsck", "--strict", "--no-dangling"], &mirror);
    assert_eq!(place.git(&["rev-list", "--count", "main"], &mirror), b"2\n");
}

#[tokio::test]
async fn a_mirror_is_small_and_becomes_one_pack_once_much_is_new_and_loses_nothing() {
    let place = Place::new().await;
    let text: String = (0..3000).map(|number| format!("line {number}\n")).collect();
    let blobs: Vec<_> =
        (0..1000).map(|number| (ObjectKind::Blob, Bytes::from(format!("{text}{number}\n{text}")))).collect();
    for (piece, known) in blobs.chunks(500).zip([503, 1003]) {
        let mut update = place.mirror.update().await.unwrap();
        let mut pack = update.pack(500).await.unwrap();
        for piece in piece.chunks(100) {
            pack = pack.add(piece.to_vec()).await.unwrap();
        }
        pack.finish(known).await.unwrap();
    }
    let packs = place.folder.path().join("git/one.git/objects/pack");
    let files = |end: &str| -> Vec<u64> {
        let files = std::fs::read_dir(&packs).unwrap().map(Result::unwrap);
        let files = files.filter(|file| file.path().extension().is_some_and(|extension| extension == end));
        files.map(|file| file.metadata().unwrap().len()).collect()
    };
    // A version is what is different from the one before.
    let size: u64 = files("pack").iter().sum();
    assert!(size < 1_000_000, "{size} bytes");
    place.mirror.pack_as_one().await.unwrap();
    assert_eq!((files("pack").len(), files("bitmap").len()), (1, 1));
    // No ref leads to them: they were sent before the commit that will name them.
    let all = place.git(&["cat-file", "--batch-all-objects", "--batch-check"], &packs.join("../.."));
    assert_eq!(String::from_utf8(all).unwrap().lines().count(), 1003);
    let before =
        std::fs::read_dir(&packs).unwrap().map(|file| file.unwrap().file_name()).collect::<BTreeSet<_>>();
    // Nothing new has come: there is nothing to do.
    place.mirror.pack_as_one().await.unwrap();
    let after =
        std::fs::read_dir(&packs).unwrap().map(|file| file.unwrap().file_name()).collect::<BTreeSet<_>>();
    assert_eq!(before, after);
}
