//! Keeps objects that arrive one by one, in little memory: those that no commit names yet do no harm.

use std::collections::HashSet;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use limpide_db::git_objects::{self, NewObject};
use limpide_db::repos::Repo;
use limpide_words::ObjectId;

use crate::Hub;
use crate::changing;
use crate::error::{Error, Result};
use crate::git::objects::Object;
use crate::git::store::Store;

/// Bytes of objects that wait in memory before they are written.
const BUFFER: usize = 8 << 20;

/// Large objects that are on their way to the store at a time.
const AT_A_TIME: usize = 8;

/// Objects on their way into a repository.
#[derive(Debug)]
pub(crate) struct Keeper {
    hub: Hub,
    repo: Repo,
    /// Those that may be written before the commit.
    waiting: Vec<NewObject>,
    buffered: usize,
    /// Those that are written, and loose until the commit, or were there before.
    written: Vec<ObjectId>,
    /// Those that go with it.
    held: Vec<NewObject>,
    large: HashSet<ObjectId>,
}

impl Keeper {
    /// A keeper that has nothing yet.
    pub(crate) fn new(hub: Hub, repo: Repo) -> Self {
        Self {
            hub,
            repo,
            waiting: Vec::new(),
            buffered: 0,
            written: Vec::new(),
            held: Vec::new(),
            large: HashSet::new(),
        }
    }

    /// Those that are not written yet: they go with the commit.
    pub(crate) fn unwritten(&self) -> impl Iterator<Item = &NewObject> {
        self.waiting.iter().chain(&self.held)
    }

    /// Those that the commit finds there, or else it would lead to nothing.
    pub(crate) fn written(&self) -> &[ObjectId] {
        &self.written
    }

    /// Keeps files, but no pointers: what names nothing may be there before the commit, and stay without it.
    pub(crate) async fn keep(&mut self, files: impl IntoIterator<Item = Object>) -> Result<()> {
        let kept = self.make_durable(files).await?;
        self.buffered +=
            kept.iter().map(|object| object.data.as_ref().map_or(0, Bytes::len) + 100).sum::<usize>();
        self.waiting.extend(kept);
        if self.buffered > BUFFER { self.write().await } else { Ok(()) }
    }

    /// Keeps objects that name others, which must be there with them.
    pub(crate) async fn hold(&mut self, objects: impl IntoIterator<Item = Object>) -> Result<()> {
        let kept = self.make_durable(objects).await?;
        self.held.extend(kept);
        Ok(())
    }

    /// The rows of objects. The bytes of large ones are durable when this returns.
    async fn make_durable(&mut self, objects: impl IntoIterator<Item = Object>) -> Result<Vec<NewObject>> {
        // Once is enough: the bytes of a large object would go to the store again.
        let new: Vec<Object> =
            objects.into_iter().filter(|object| !object.is_large() || self.large.insert(object.id)).collect();
        let store = Store { hub: &self.hub, repository_id: &self.repo.id };
        let keep = |object: Object| async move { Ok::<_, Error>((object.id, store.keep(object).await?)) };
        let kept: Vec<_> = stream::iter(new).map(keep).buffered(AT_A_TIME).try_collect().await?;
        let is_there = |(id, kept): &(ObjectId, Option<NewObject>)| kept.is_none().then_some(*id);
        self.written.extend(kept.iter().filter_map(is_there));
        Ok(kept.into_iter().filter_map(|(_, kept)| kept).collect())
    }

    async fn write(&mut self) -> Result<()> {
        // The repository first, as every commit does: two that wait for each other would wait for ever.
        let mut tx = changing::begin(self.hub.db(), &self.repo.id).await?;
        // They count once the commit leads to them; when it is never finished, they are collected.
        let now = self.hub.clock().now();
        git_objects::insert(&mut tx, &self.repo.id, &self.waiting, Some(now)).await?;
        tx.commit().await?;
        self.written.extend(self.waiting.iter().map(|object| object.id));
        self.waiting.clear();
        self.buffered = 0;
        Ok(())
    }
}
