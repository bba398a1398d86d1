//! Takes in xorbs, and says which are there.

use std::time::Duration;

use bytes::Bytes;
use limpide_blobs::{Key, Upload};
use limpide_db::xorbs::{self, Xorb};
use limpide_xet::{ChunkTable, Hash, MAX_XORB_BODY, XorbValidator};
use uuid::Uuid;

use super::register::{NewXorb, Stored};
use super::token::{ReadPass, WritePass};
use super::{Body, aside, drain, gather};
use crate::Hub;
use crate::error::{Error, Result};

/// How old the note may be that clients were told of a xorb.
const TOLD_AGAIN_AFTER: Duration = Duration::from_secs(24 * 3600);

impl Hub {
    /// Stores a xorb sent by a client; says whether it is new, as far as this client may know.
    ///
    /// The body is checked as it is written: at no time is more than a few megabytes of it in memory. Nothing
    /// is visible before all of it was checked and is durable.
    ///
    /// # Errors
    /// `Invalid` when the body is not the xorb of this name, whole and well-formed.
    pub async fn put_xorb(&self, pass: &WritePass, hash: Hash, mut body: Body<'_>) -> Result<bool> {
        if self.has_xorb(pass, hash).await? {
            drain(&mut body, MAX_XORB_BODY).await?;
            return Ok(false);
        }
        let xorb = self.receive(hash, body).await?;
        let mut tx = self.db().begin().await?;
        let stored = self.store_xorb(&mut tx, pass, &xorb).await?;
        tx.commit().await?;
        if matches!(stored, Stored::Before { .. }) {
            self.forget_object(xorb.object).await;
        }
        Ok(!matches!(stored, Stored::Before { known_here: true }))
    }

    /// Whether a xorb is stored, as far as the holder of the pass may know.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn has_xorb(&self, pass: &WritePass, hash: Hash) -> Result<bool> {
        let known = xorbs::known(self.db(), &pass.domain, &[hash]).await?;
        Ok(!self.tell_of(known).await?.is_empty())
    }

    /// Notes that a client is told of these xorbs, on which it may rely for weeks without asking again; gives
    /// those that are still there. Once a day is enough: they are kept for longer than that.
    pub(super) async fn tell_of(&self, xorbs: Vec<Xorb>) -> Result<Vec<Xorb>> {
        let now = self.clock().now();
        let stale = |xorb: &&Xorb| xorb.touched < now - TOLD_AGAIN_AFTER;
        let stale: Vec<Hash> = xorbs.iter().filter(stale).map(|xorb| xorb.hash).collect();
        if stale.is_empty() {
            return Ok(xorbs);
        }
        let mut tx = self.db().begin().await?;
        let live = xorbs::hold(&mut tx, &stale).await?;
        xorbs::touch(&mut tx, &live, now).await?;
        tx.commit().await?;
        Ok(xorbs
            .into_iter()
            .filter(|xorb| !stale.contains(&xorb.hash) || live.contains(&xorb.hash))
            .collect())
    }

    /// How long the body of a xorb is, as far as the holder of the pass may know.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn xorb_length(&self, pass: &ReadPass, hash: Hash) -> Result<u64> {
        let known = xorbs::known(self.db(), &pass.domain, &[hash]).await?;
        let xorb = known.first().ok_or_else(|| Error::missing(format!("There is no xorb {hash}.")))?;
        Ok(xorb.length.unsigned_abs())
    }

    /// Writes a body to a new object while checking it; the object belongs to nobody yet.
    async fn receive(&self, hash: Hash, body: Body<'_>) -> Result<NewXorb> {
        let object = Uuid::now_v7();
        let mut upload = self.blobs().writer(&Key::Xorb(object)).await?;
        match write_checked(hash, body, &mut upload).await {
            Ok(table) => self.publish(NewXorb { hash, object, table }, upload).await,
            Err(refusal) => {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "could not remove a refused upload; a sweep will");
                }
                Err(refusal)
            }
        }
    }

    /// Makes the bytes and the chunk table of a xorb durable. It is nobody's before a row names it.
    pub(super) async fn publish(&self, xorb: NewXorb, upload: Upload) -> Result<NewXorb> {
        let key = Key::ChunkTable(xorb.object);
        let (body, table) = tokio::join!(upload.finish(), self.blobs().put(&key, xorb.table.to_bytes()));
        if body.is_err() || table.is_err() {
            self.forget_object(xorb.object).await;
        }
        body?;
        table?;
        self.remember_table(xorb.object, xorb.table.clone()).await;
        Ok(xorb)
    }

    /// Removes an object that no row names. When that fails, a sweep will find it.
    pub(super) async fn forget_object(&self, object: Uuid) {
        for key in [Key::Xorb(object), Key::ChunkTable(object)] {
            if let Err(error) = self.blobs().forget(&key).await {
                tracing::warn!(%key, %error, "could not remove an object that nobody names; a sweep will");
            }
        }
    }
}

/// One batch is checked while the next one arrives.
async fn write_checked(hash: Hash, mut body: Body<'_>, upload: &mut Upload) -> Result<ChunkTable> {
    let mut validator = XorbValidator::new();
    let mut batch = gather(&mut body).await?;
    while !batch.is_empty() {
        let (checked, next) = tokio::join!(check(validator, batch), gather(&mut body));
        let pieces;
        (validator, pieces) = checked?;
        for piece in pieces {
            upload.write(piece).await?;
        }
        batch = next?;
    }
    validator.finish(hash).map_err(|error| Error::Invalid(format!("This is not the xorb {hash}: {error}.")))
}

async fn check(mut validator: XorbValidator, pieces: Vec<Bytes>) -> Result<(XorbValidator, Vec<Bytes>)> {
    aside(move || {
        for piece in &pieces {
            validator.push(piece).map_err(|error| Error::Invalid(format!("This is no xorb: {error}.")))?;
        }
        Ok((validator, pieces))
    })
    .await
}
