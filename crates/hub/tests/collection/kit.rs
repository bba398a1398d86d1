//! A hub to which real content is sent, and what is left in its database and its store.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use limpide_blobs::Family;
use limpide_hub::check::Severity;
use limpide_hub::content::Progress;
use limpide_hub::{Caller, Change, Collected, Committed, NewCommit, Reach, Result, Sweeper, Writable};
use limpide_testkit::hub::TestHub;
use limpide_testkit::xet::{noise, pack, shard};
use limpide_words::{Kind, RepoId, Sha256};
use sha2::{Digest, Sha256 as Hasher};
use tokio::sync::watch;

pub(crate) const DAY: Duration = Duration::from_secs(24 * 3600);

/// A hub and its only user.
pub(crate) struct Scene {
    pub(crate) hub: TestHub,
    pub(crate) ada: Caller,
}

pub(crate) async fn scene() -> Scene {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    Scene { hub, ada }
}

/// The bytes of the content of a number.
pub(crate) fn content(number: u64) -> Vec<u8> {
    noise(number, 150_000)
}

pub(crate) fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(Hasher::digest(bytes).into())
}

pub(crate) fn regular(path: &str, bytes: impl Into<Vec<u8>>) -> Change {
    Change::File { path: path.parse().unwrap(), bytes: bytes.into().into() }
}

impl Scene {
    pub(crate) async fn writable(&self, id: &RepoId) -> Writable {
        self.hub.writable(&self.ada, Kind::Model, id).await.unwrap()
    }

    /// Sends content as a Xet client does, for a repository.
    pub(crate) async fn send(&self, id: &RepoId, data: Vec<u8>) -> Result<Sha256> {
        let pass = self.hub.write_pass_for(&self.writable(id).await);
        let (sha256, sent) = (sha256(&data), pack(data, 1000));
        for xorb in &sent.xorbs {
            let body = futures::stream::iter([Ok(Bytes::copy_from_slice(&xorb.body))]).boxed();
            self.hub.put_xorb(&pass, xorb.hash, body).await?;
        }
        let (progress, _) = watch::channel(Progress::Validating { verified: 0, total: 0 });
        self.hub.register_shard(&pass, shard(&[&sent.file]).into(), &progress).await?;
        Ok(sha256)
    }

    pub(crate) async fn commit(&self, id: &RepoId, branch: &str, changes: Vec<Change>) -> Result<Committed> {
        let new = NewCommit { title: "change".into(), ..NewCommit::default() };
        self.hub.commit(&self.writable(id).await, &branch.parse().unwrap(), new, changes).await
    }

    /// Sends content and commits it.
    pub(crate) async fn add(&self, id: &RepoId, branch: &str, path: &str, number: u64) -> Committed {
        let sha256 = self.send(id, content(number)).await.unwrap();
        let change = Change::LfsFile { path: path.parse().unwrap(), sha256, size: None };
        self.commit(id, branch, vec![change]).await.unwrap()
    }

    /// The bytes of a file of a branch.
    pub(crate) async fn bytes(&self, id: &RepoId, branch: &str, path: &str) -> Vec<u8> {
        let content = self.hub.content(&self.ada, Kind::Model, id).await.unwrap();
        let commit = self.hub.commit_at(content.readable(), &branch.parse().unwrap()).await.unwrap();
        let file = self.hub.resolve(&content, &commit, &path.parse().unwrap()).await.unwrap();
        let size = file.size;
        self.hub.look(&content, &file, move |bytes| bytes.bytes_at(0, size as usize)).await.unwrap()
    }

    /// How many bytes a repository counts for.
    pub(crate) async fn size(&self, id: &RepoId) -> i64 {
        self.hub.readable(&self.ada, Kind::Model, id).await.unwrap().repo().size
    }

    pub(crate) async fn collect(&self) -> Collected {
        self.hub.collect(Reach::Old).await.unwrap()
    }

    /// Lets so much time pass that every grace is over, collects twice, and sweeps what is left.
    pub(crate) async fn settle(&self) {
        for _ in 0..2 {
            self.hub.clock.advance(60 * DAY);
            self.collect().await;
        }
        // The store tells real time, the test's clock stands in January of its year.
        self.hub.clock.advance(36_500 * DAY);
        let mut sweeper = Sweeper::new(self.hub.hub.clone());
        for _ in 0..2 {
            sweeper.sweep().await.unwrap();
        }
    }

    /// How many objects of a family there are.
    pub(crate) async fn stored(&self, family: Family) -> usize {
        self.hub.blobs.blobs.list(family).try_collect::<Vec<_>>().await.unwrap().len()
    }

    /// Nothing is damaged; and nothing is left over, where nothing should be.
    pub(crate) async fn is_sound(&self, and_tidy: bool) {
        let found = self.hub.findings().await;
        let wrong: Vec<_> =
            found.iter().filter(|finding| and_tidy || finding.severity == Severity::Damage).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
