//! Puts the parts of an object together, in order, each as soon as it is there.
//!
//! One task for each upload reads parts from the store and takes them in as one stream, as a plain upload is: cut into the
//! same chunks, and believed only when the SHA-256 of the whole is right. It begins with the first part that this
//! process takes. What it could not do (the process ended, or another replica took the parts) is done at the end,
//! from the parts that are stored.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use limpide_blobs::Key;
use limpide_db::lfs_parts::{self, Part, Parted};
use tokio::sync::watch;
use tokio::time::timeout;

use super::{LfsPartsTicket, part_length};
use crate::Hub;
use crate::content::{Body, Declared, WritePass};
use crate::error::{Error, Result};

/// How many uploads are put together while their parts arrive; those of the others wait for the end.
const AT_ONCE: usize = 32;

/// How long the next part is waited for.
const PATIENCE: Duration = Duration::from_secs(3600);

/// The uploads that this process is putting together.
#[derive(Debug, Default)]
pub(crate) struct Assemblies(Mutex<HashMap<Parted, watch::Sender<News>>>);

/// What whoever puts parts together is told. That something is told at all means: look which parts are there.
#[derive(Debug, Clone, Copy, Default)]
struct News {
    /// All parts are there: one that is not will not come.
    all_there: bool,
    /// The process is about to end.
    stop: bool,
}

/// An upload being put together by the holder of this.
pub(super) struct Assembly {
    hub: Hub,
    upload: Parted,
    news: watch::Receiver<News>,
}

impl Hub {
    /// Has the parts put together that are there and that will come: a new one has just arrived.
    pub(super) fn put_together(&self, pass: &WritePass, ticket: &LfsPartsTicket) {
        let upload = ticket.upload();
        if let Some(news) = self.assemblies().of(&upload) {
            news.send_modify(|_| ());
            return;
        }
        let room = self.assemblies().list().len() < AT_ONCE;
        let Some(assembly) = self.turn_to_put_together(upload).filter(|_| room) else { return };
        let (pass, declared) = (pass.clone(), ticket.declared());
        tokio::spawn(async move {
            let parts = assembly.as_they_come();
            if let Err(error) = assembly.run(&pass, declared, parts).await {
                // The sender is told when it completes the object, and tries in vain.
                tracing::debug!(%error, "parts were not put together: {error}");
            }
        });
    }

    /// Waits until nobody is putting an upload together, of which no more parts will come.
    pub(super) async fn wait_for_assembly(&self, upload: &Parted) {
        if let Some(news) = self.assemblies().of(upload) {
            news.send_modify(|news| news.all_there = true);
            news.closed().await;
        }
    }

    /// The right to put an upload together, which one at a time has.
    pub(super) fn turn_to_put_together(&self, upload: Parted) -> Option<Assembly> {
        let mut list = self.assemblies().list();
        if list.contains_key(&upload) {
            return None;
        }
        let (sender, news) = watch::channel(News::default());
        list.insert(upload.clone(), sender);
        Some(Assembly { hub: self.clone(), upload, news })
    }
}

impl Assemblies {
    /// Ends what is under way, and waits until nothing is left of it.
    pub(crate) async fn stop(&self) {
        let all: Vec<_> = self.list().values().cloned().collect();
        for one in &all {
            one.send_modify(|news| news.stop = true);
        }
        for one in &all {
            one.closed().await;
        }
    }

    fn of(&self, upload: &Parted) -> Option<watch::Sender<News>> {
        self.list().get(upload).cloned()
    }

    fn list(&self) -> MutexGuard<'_, HashMap<Parted, watch::Sender<News>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Assembly {
    /// Puts these parts together, and goes on when nobody waits for it any more.
    pub(super) async fn finish(
        self,
        pass: &WritePass,
        ticket: &LfsPartsTicket,
        parts: Vec<Part>,
    ) -> Result<()> {
        let (pass, declared) = (pass.clone(), ticket.declared());
        let work = tokio::spawn(async move {
            let made = self.run(&pass, declared, self.of(parts)).await;
            if matches!(made, Err(Error::Unprocessable(_))) {
                self.forget_parts().await;
            }
            made
        });
        work.await.map_err(|error| Error::Internal(error.into()))?
    }

    /// Takes the parts in as one stream, and removes them when all went well.
    async fn run(&self, pass: &WritePass, declared: Declared, parts: Body<'static>) -> Result<()> {
        self.hub.ingest(pass, Some(declared), parts).await?;
        self.forget_parts().await;
        Ok(())
    }

    /// Removes the parts; a sweep does so later when this cannot.
    async fn forget_parts(&self) {
        if let Err(error) = self.hub.forget_parts(&self.upload).await {
            tracing::warn!(%error, "could not remove the parts of an upload; a sweep will");
        }
    }

    /// These parts, one after the other.
    fn of(&self, parts: Vec<Part>) -> Body<'static> {
        let (hub, upload, news) = (self.hub.clone(), self.upload.clone(), self.news.clone());
        let opened = stream::iter(parts).then(move |part| {
            let (hub, upload, stop) = (hub.clone(), upload.clone(), news.borrow().stop);
            async move {
                if stop {
                    return Err(io::Error::other(stopped()));
                }
                open(&hub, &upload, &part).await.map_err(io::Error::other)
            }
        });
        opened.try_flatten().boxed()
    }

    /// The parts of the upload, each as soon as it is there.
    fn as_they_come(&self) -> Body<'static> {
        let (hub, upload, news) = (self.hub.clone(), self.upload.clone(), self.news.clone());
        let count = upload.size.unsigned_abs().div_ceil(upload.part_size.unsigned_abs());
        let opened = stream::iter(1..=count).then(move |number| {
            let (hub, upload, news) = (hub.clone(), upload.clone(), news.clone());
            async move {
                let part =
                    wait_for(&hub, &upload, number.cast_signed(), news).await.map_err(io::Error::other)?;
                open(&hub, &upload, &part).await.map_err(io::Error::other)
            }
        });
        opened.try_flatten().boxed()
    }
}

/// Leaves the list before anybody learns, from the receiver, that it has ended.
impl Drop for Assembly {
    fn drop(&mut self) {
        self.hub.assemblies().list().remove(&self.upload);
    }
}

/// A part, once it has arrived.
async fn wait_for(hub: &Hub, upload: &Parted, number: i64, mut news: watch::Receiver<News>) -> Result<Part> {
    loop {
        let now = *news.borrow_and_update();
        if now.stop {
            return Err(stopped());
        }
        if let Some(part) = lfs_parts::newest(hub.db(), upload, number).await? {
            return Ok(part);
        }
        if now.all_there || !matches!(timeout(PATIENCE, news.changed()).await, Ok(Ok(()))) {
            return Err(Error::missing(format!("Part {number} did not come.")));
        }
    }
}

/// The bytes of a part.
async fn open(hub: &Hub, upload: &Parted, part: &Part) -> Result<Body<'static>> {
    let length = part_length(upload.size, upload.part_size, part.number);
    let bytes = hub.blobs().stream(&Key::LfsPart(part.object), 0..length).await?;
    Ok(bytes.map_err(|error| io::Error::other(Error::from(error))).boxed())
}

fn stopped() -> Error {
    Error::Conflict("The hub is about to stop: complete the object again in a moment.".into())
}

impl LfsPartsTicket {
    fn declared(&self) -> Declared {
        Declared { sha256: self.object.oid, size: self.object.size }
    }
}
