//! Objects of a store, copied to another and read back from there.

use futures::{StreamExt, TryStreamExt};
use limpide_blobs::{Blobs, Family, Key};
use limpide_words::Sha256;
use serde::{Deserialize, Serialize};
use sha2::Digest;

use super::progress::Progress;
use super::{Error, Result};
use crate::content::aside;

/// How many objects travel at once. On its way to S3 each takes up to 40 MiB of memory.
pub(super) const AT_ONCE: usize = 4;

/// An object, as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Object {
    /// Its path in the store.
    pub(super) path: String,
    /// How long it is.
    pub(super) size: u64,
    /// The SHA-256 of its bytes.
    pub(super) sha256: Sha256,
}

/// What carrying objects came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Carried {
    /// How many there are in the target now.
    pub objects: u64,
    /// How long they are together.
    pub bytes: u64,
    /// How many of them were copied; the others were there.
    pub copied: u64,
}

impl Carried {
    pub(super) fn add(&mut self, object: &Object, copied: bool) {
        self.objects += 1;
        self.bytes += object.size;
        self.copied += u64::from(copied);
    }
}

/// From where to where objects travel.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    pub(super) from: &'a Blobs,
    pub(super) to: &'a Blobs,
    pub(super) progress: &'a Progress,
}

/// Refuses a store that holds anything but these (sorted) objects.
pub(super) async fn expect_none_but(needed: &[Key], blobs: &Blobs) -> Result<()> {
    for family in Family::ALL {
        let mut all = blobs.list(family);
        while let Some(stored) = all.try_next().await? {
            if needed.binary_search(&stored.key).is_err() {
                return Err(Error::Refused(format!(
                    "the store is not empty: {} is not part of what is to be copied. Choose an empty folder, or \
                     another bucket or `s3.prefix`",
                    blobs.place(&stored.key)
                )));
            }
        }
    }
    Ok(())
}

/// Removes all objects but these (sorted) ones; gives how many.
pub(super) async fn prune(kept: &[Key], blobs: &Blobs) -> Result<u64> {
    let mut removed = 0;
    for family in Family::ALL {
        let mut all = blobs.list(family);
        while let Some(stored) = all.try_next().await? {
            if kept.binary_search(&stored.key).is_err() {
                blobs.forget(&stored.key).await?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}

/// Copies all of them.
pub(super) async fn carry_all(keys: Vec<Key>, way: Way<'_>) -> Result<Carried> {
    way.progress.expect(keys.len());
    let carried = futures::stream::iter(keys).map(|key| way.carry(key, None)).buffer_unordered(AT_ONCE);
    let mut carried = std::pin::pin!(carried);
    let (mut sum, mut missing) = (Carried::default(), Missing::default());
    while let Some(outcome) = carried.next().await {
        match outcome {
            Ok((object, copied)) => sum.add(&object, copied),
            Err(error) => missing.note(error)?,
        }
    }
    missing.none(way.from, IN_A_HUB).map(|()| sum)
}

impl Way<'_> {
    /// Copies an object unless it is there already, and reads it back: its hash is that of the bytes that were read
    /// here, and of those that are `listed` where they are.
    pub(super) async fn carry(self, key: Key, listed: Option<&Object>) -> Result<(Object, bool)> {
        let Some(size) = self.from.size(&key).await? else {
            return Err(limpide_blobs::Error::Missing(key).into());
        };
        let is_there = self.to.size(&key).await? == Some(size);
        let sha256 = match is_there {
            true => self.hash(self.from, key, size).await?,
            false => self.copy(key, size).await?,
        };
        let object = Object { path: key.to_string(), size, sha256 };
        if listed.is_some_and(|listed| *listed != object) {
            return Err(Error::Damaged(format!(
                "{} is damaged: its bytes are not those that were copied into the backup. Take another backup",
                self.from.place(&key)
            )));
        }
        if self.hash(self.to, key, size).await? == sha256 {
            self.progress.object();
            return Ok((object, !is_there));
        }
        // What a former run left there may have been damaged since.
        if !is_there
            || self.copy(key, size).await? != sha256
            || self.hash(self.to, key, size).await? != sha256
        {
            let place = self.to.place(&key);
            return Err(Error::Damaged(format!("{place} reads back with other bytes than were written")));
        }
        self.progress.object();
        Ok((object, true))
    }

    async fn copy(self, key: Key, size: u64) -> Result<Sha256> {
        let mut pieces = self.from.stream(&key, 0..size).await?;
        let mut upload = self.to.writer(&key).await?;
        let mut hasher = sha2::Sha256::new();
        while let Some(piece) = pieces.try_next().await? {
            self.progress.read(piece.len());
            upload.write(piece.clone()).await?;
            hasher = hashed(hasher, piece).await?;
        }
        upload.finish().await?;
        Ok(Sha256(hasher.finalize().into()))
    }

    async fn hash(self, blobs: &Blobs, key: Key, size: u64) -> Result<Sha256> {
        let mut pieces = blobs.stream(&key, 0..size).await?;
        let mut hasher = sha2::Sha256::new();
        while let Some(piece) = pieces.try_next().await? {
            self.progress.read(piece.len());
            hasher = hashed(hasher, piece).await?;
        }
        Ok(Sha256(hasher.finalize().into()))
    }
}

async fn hashed(mut hasher: sha2::Sha256, piece: bytes::Bytes) -> Result<sha2::Sha256> {
    Ok(aside(move || {
        hasher.update(&piece);
        Ok(hasher)
    })
    .await?)
}

/// Objects that are not there: all of them are told, not only the first.
#[derive(Debug, Default)]
pub(super) struct Missing {
    first: Vec<Key>,
    count: usize,
}

/// What helps when objects are missing in the store of a hub.
pub(super) const IN_A_HUB: &str = "`limpide check` tells whom that affects";

/// How many missing objects are told by name.
const TOLD: usize = 20;

impl Missing {
    /// Notes that an object is missing; any other error is one.
    pub(super) fn note(&mut self, error: Error) -> Result<()> {
        let Error::Blobs(limpide_blobs::Error::Missing(key)) = error else { return Err(error) };
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(key);
        }
        Ok(())
    }

    /// Refuses when any is.
    pub(super) fn none(self, blobs: &Blobs, help: &str) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let places: Vec<String> = self.first.iter().map(|key| blobs.place(key)).collect();
        let more = if self.count > TOLD { ", and more" } else { "" };
        Err(Error::Damaged(format!(
            "{} objects that rows name are missing: {}{more}. {help}",
            self.count,
            places.join(", ")
        )))
    }
}
