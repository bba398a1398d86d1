//! Writes the xorbs of a new file while they are being built.

use limpide_blobs::{Key, Upload};
use limpide_xet::{BuiltXorb, Hash};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::packer::Step;
use crate::Hub;
use crate::content::damaged;
use crate::content::register::NewXorb;
use crate::error::{Error, Result};

/// How many finished xorbs may be on their way to the disk while the next one is filled.
const AT_ONCE: usize = 2;

/// The objects of a new file. They are nobody's until the file is registered.
pub(super) struct Writer<'h> {
    hub: &'h Hub,
    open: Option<(Uuid, Upload)>,
    publishing: JoinSet<Result<NewXorb>>,
    /// Every xorb, in the order in which they were built.
    built: Vec<(Hash, Uuid)>,
    published: Vec<NewXorb>,
}

impl<'h> Writer<'h> {
    pub(super) fn new(hub: &'h Hub) -> Self {
        Self { hub, open: None, publishing: JoinSet::new(), built: Vec::new(), published: Vec::new() }
    }

    /// Does what the packer asks for.
    pub(super) async fn write(&mut self, steps: Vec<Step>) -> Result<()> {
        for step in steps {
            match step {
                Step::Bytes(bytes) if bytes.is_empty() => {}
                Step::Bytes(bytes) => self.upload().await?.write(bytes.into()).await?,
                Step::End(xorb) => self.end(xorb).await?,
            }
        }
        Ok(())
    }

    /// All xorbs, durable, in the order in which they were built.
    pub(super) async fn published(&mut self) -> Result<Vec<NewXorb>> {
        while self.one_is_done().await? {}
        let order = |xorb: &NewXorb| self.built.iter().position(|(_, object)| *object == xorb.object);
        let mut published = std::mem::take(&mut self.published);
        published.sort_by_key(order);
        Ok(published)
    }

    /// Removes what was written.
    pub(super) async fn give_up(mut self) {
        if let Some((_, upload)) = self.open.take()
            && let Err(error) = upload.abort().await
        {
            tracing::warn!(%error, "could not remove a broken upload; a sweep will");
        }
        // Waited for, not broken off: what the disk has begun it ends, and would leave behind.
        while self.publishing.join_next().await.is_some() {}
        for (_, object) in &self.built {
            self.hub.forget_object(*object).await;
        }
    }

    async fn upload(&mut self) -> Result<&mut Upload> {
        let (_, upload) = match self.open.take() {
            Some(open) => self.open.insert(open),
            None => {
                let object = Uuid::now_v7();
                let upload = self.hub.blobs().writer(&Key::Xorb(object)).await?;
                self.open.insert((object, upload))
            }
        };
        Ok(upload)
    }

    async fn end(&mut self, xorb: BuiltXorb) -> Result<()> {
        let (object, upload) = self.open.take().ok_or_else(|| damaged("a xorb of no bytes"))?;
        self.built.push((xorb.hash, object));
        if self.publishing.len() == AT_ONCE {
            self.one_is_done().await?;
        }
        let hub = self.hub.clone();
        let xorb = NewXorb { hash: xorb.hash, object, table: xorb.table };
        self.publishing.spawn(async move { hub.publish(xorb, upload).await });
        Ok(())
    }

    /// Waits for one of those under way; false when there is none.
    async fn one_is_done(&mut self) -> Result<bool> {
        let Some(done) = self.publishing.join_next().await else { return Ok(false) };
        self.published.push(done.map_err(|error| Error::Internal(error.into()))??);
        Ok(true)
    }
}
