//! A hub with somebody who sends to it.

use std::ops::Range;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use limpide_blobs::Family;
use limpide_hub::content::{Body, Progress, ReadPass, Registered, StoredFile, WritePass};
use limpide_hub::{Caller, Result};
use limpide_testkit::hub::TestHub;
pub(crate) use limpide_testkit::xet::{Packed, Sent, cut, noise, pack, shard, words};
use limpide_words::{Kind, RepoId};
use tokio::sync::watch;

/// A body that arrives in pieces, as bodies do.
pub(crate) fn body(bytes: &[u8]) -> Body<'static> {
    let pieces: Vec<_> = bytes.chunks(60_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    futures::stream::iter(pieces).boxed()
}

/// A hub with a user and a model, and what they need.
pub(crate) struct Scene {
    pub(crate) hub: TestHub,
    pub(crate) ada: Caller,
    pub(crate) model: RepoId,
    pub(crate) pass: WritePass,
}

pub(crate) async fn scene() -> Scene {
    on(TestHub::start().await).await
}

pub(crate) async fn on(hub: TestHub) -> Scene {
    let ada = hub.user("ada").await;
    let model = hub.model(&ada, "ada/tiny").await;
    let pass = writing(&hub, &ada, &model).await;
    Scene { hub, ada, model, pass }
}

pub(crate) async fn writing(hub: &TestHub, caller: &Caller, model: &RepoId) -> WritePass {
    let writable = hub.writable(caller, Kind::Model, model).await.unwrap();
    hub.write_pass_for(&writable)
}

pub(crate) async fn reading(hub: &TestHub, caller: &Caller, model: &RepoId) -> ReadPass {
    let content = hub.content(caller, Kind::Model, model).await.unwrap();
    hub.read_pass_for(&content, caller)
}

impl Scene {
    pub(crate) async fn put(&self, xorb: &Packed) -> Result<bool> {
        self.hub.put_xorb(&self.pass, xorb.hash, body(&xorb.body)).await
    }

    pub(crate) async fn put_all(&self, sent: &Sent) {
        for xorb in &sent.xorbs {
            self.put(xorb).await.unwrap();
        }
    }

    pub(crate) async fn register(&self, shard: &[u8]) -> Result<Registered> {
        register(&self.hub, &self.pass, shard).await
    }

    /// Sends a file as a client does.
    pub(crate) async fn send(&self, sent: &Sent) -> StoredFile {
        self.put_all(sent).await;
        self.register(&shard(&[&sent.file])).await.unwrap();
        self.hub.file(&self.pass, sent.file.hash).await.unwrap()
    }
}

pub(crate) async fn register(hub: &TestHub, pass: &WritePass, shard: &[u8]) -> Result<Registered> {
    let (progress, _) = watch::channel(Progress::Validating { verified: 0, total: 0 });
    hub.register_shard(pass, Bytes::copy_from_slice(shard), &progress).await
}

pub(crate) async fn read(hub: &TestHub, file: &StoredFile, range: Range<u64>) -> Vec<u8> {
    let pieces: Vec<Bytes> = hub.read(file, range).try_collect().await.unwrap();
    pieces.concat()
}

/// How many objects of a family the store has, and how many bytes.
pub(crate) async fn stored(hub: &TestHub, family: Family) -> (usize, u64) {
    let found: Vec<_> = hub.blobs.blobs.list(family).try_collect().await.unwrap();
    (found.len(), found.iter().map(|object| object.size).sum())
}
