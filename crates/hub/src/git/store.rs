//! Reads and keeps the objects of one repository: few bytes in the database, many in the store.

use std::collections::HashMap;

use bytes::Bytes;
use gix_object::Kind;
use limpide_blobs::Key;
use limpide_db::git_objects::{self, BlobFacts, NewObject, StoredObject};
use limpide_db::repos;
use limpide_formats::pointer;
use limpide_words::ObjectId;
use moka::future::Cache;
use uuid::Uuid;

use crate::Hub;
use crate::error::{Error, Result};
use crate::git::objects::Object;
use crate::git::tree::Tree;

/// Bytes of memory for trees that are kept at hand.
const CACHE: u64 = 64 << 20;

/// Sizes of blobs that are kept at hand, of some 100 bytes of memory each.
const SIZES: u64 = 100_000;

/// Trees at hand. An id stands for the same bytes in every repository, for ever.
pub(crate) type TreeCache = Cache<ObjectId, Tree>;

/// An empty cache.
pub(crate) fn tree_cache() -> TreeCache {
    let weight = |_: &ObjectId, tree: &Tree| u32::try_from(tree.weight() + 100).unwrap_or(u32::MAX);
    Cache::builder().weigher(weight).max_capacity(CACHE).build()
}

/// Sizes of blobs at hand, but of no LFS pointers: what these stand for may change.
pub(crate) type SizeCache = Cache<ObjectId, i64>;

/// An empty cache.
pub(crate) fn size_cache() -> SizeCache {
    Cache::new(SIZES)
}

/// The objects of one repository.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Store<'a> {
    pub(crate) hub: &'a Hub,
    pub(crate) repository_id: &'a str,
}

impl Hub {
    /// Keeps trees at hand that were just stored.
    pub(crate) async fn remember(&self, trees: HashMap<ObjectId, Tree>) {
        for (id, tree) in trees {
            self.trees().insert(id, tree).await;
        }
    }
}

/// Trees of one repository, together with some that are not stored yet.
#[derive(Debug)]
pub(crate) struct Trees<'a> {
    pub(crate) store: Store<'a>,
    pub(crate) fresh: HashMap<ObjectId, Tree>,
}

impl Store<'_> {
    /// The bytes of an object.
    pub(crate) async fn bytes(&self, id: ObjectId) -> Result<Bytes> {
        let stored = git_objects::find(self.hub.db(), self.repository_id, [id]).await?.pop();
        match stored {
            Some(stored) => self.content(stored).await,
            None => {
                Err(self.cause_of(anyhow::anyhow!("object {id} of {} is missing", self.repository_id)).await)
            }
        }
    }

    /// Why something is missing: everything is, once the repository is deleted.
    pub(crate) async fn cause_of(&self, missing: anyhow::Error) -> Error {
        match repos::exists(self.hub.db(), self.repository_id).await {
            Ok(false) => Error::deleted(),
            _ => Error::Internal(missing),
        }
    }

    /// The bytes of an object whose row is at hand.
    pub(crate) async fn content(&self, stored: StoredObject) -> Result<Bytes> {
        match (stored.data, stored.object) {
            (Some(data), _) => Ok(data.into()),
            (None, Some(object)) => {
                match self.hub.blobs().get(&key(&object)?, stored.size.unsigned_abs()).await {
                    Err(error @ limpide_blobs::Error::Missing(_)) => Err(self.cause_of(error.into()).await),
                    other => Ok(other?),
                }
            }
            (None, None) => Err(Error::Internal(anyhow::anyhow!("object {} has no bytes", stored.id))),
        }
    }

    /// A tree.
    pub(crate) async fn tree(&self, id: ObjectId) -> Result<Tree> {
        if let Some(tree) = self.hub.trees().get(&id).await {
            return Ok(tree);
        }
        let tree = Tree::read(self.bytes(id).await?)?;
        self.hub.trees().insert(id, tree.clone()).await;
        Ok(tree)
    }

    /// Brings trees to hand with one question instead of many.
    pub(crate) async fn warm(&self, ids: impl IntoIterator<Item = ObjectId>) -> Result<()> {
        let missing: Vec<_> = ids.into_iter().filter(|id| !self.hub.trees().contains_key(id)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        for stored in git_objects::find(self.hub.db(), self.repository_id, missing).await? {
            let id = stored.id;
            let tree = Tree::read(self.content(stored).await?)?;
            self.hub.trees().insert(id, tree).await;
        }
        Ok(())
    }

    /// What listings tell of blobs that stand in trees of this repository, as far as they are there.
    pub(crate) async fn facts(&self, ids: Vec<ObjectId>) -> Result<HashMap<ObjectId, BlobFacts>> {
        let (mut facts, mut unknown) = (HashMap::new(), Vec::new());
        for id in ids {
            match self.hub.sizes().get(&id).await {
                Some(size) => {
                    facts.insert(id, BlobFacts { id, size, lfs_sha256: None, lfs_size: None, file: None });
                }
                None => unknown.push(id),
            }
        }
        if !unknown.is_empty() {
            for fact in git_objects::blob_facts(self.hub.db(), self.repository_id, unknown).await? {
                if fact.lfs_sha256.is_none() {
                    self.hub.sizes().insert(fact.id, fact.size).await;
                }
                facts.insert(fact.id, fact);
            }
        }
        Ok(facts)
    }

    /// Makes the bytes of an object durable where they are too many for its row, and gives the row; none when
    /// a large object is stored already.
    pub(crate) async fn keep(&self, object: Object) -> Result<Option<NewObject>> {
        let size = i64::try_from(object.bytes.len()).unwrap_or(i64::MAX);
        let mut new =
            NewObject { id: object.id, kind: word(object.kind), size, data: None, object: None, lfs: None };
        if object.is_large() {
            if self.has(object.id).await? {
                return Ok(None);
            }
            let id = Uuid::now_v7();
            self.hub.blobs().put(&Key::GitBlob(id), object.bytes).await?;
            new.object = Some(id.to_string());
            return Ok(Some(new));
        }
        if object.kind == Kind::Blob {
            new.lfs = pointer::read(&object.bytes).map(|(sha256, size)| (sha256, size.cast_signed()));
        }
        new.data = Some(object.bytes);
        Ok(Some(new))
    }

    /// Whether an object is stored already.
    async fn has(&self, id: ObjectId) -> Result<bool> {
        Ok(!git_objects::firm_facts(self.hub.db(), self.repository_id, [id]).await?.is_empty())
    }
}

impl Trees<'_> {
    /// A tree, stored or not yet.
    pub(crate) async fn get(&self, id: ObjectId) -> Result<Tree> {
        match self.fresh.get(&id) {
            Some(tree) => Ok(tree.clone()),
            None => self.store.tree(id).await,
        }
    }
}

/// The key under which a large object lies.
pub(crate) fn key(object: &str) -> Result<Key> {
    let id =
        object.parse().map_err(|error| Error::Internal(anyhow::anyhow!("`{object}` is no id: {error}")))?;
    Ok(Key::GitBlob(id))
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Commit => "commit",
        Kind::Tree => "tree",
        Kind::Blob => "blob",
        Kind::Tag => "tag",
    }
}
