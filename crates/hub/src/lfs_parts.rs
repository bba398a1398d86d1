//! Takes LFS objects in part by part, as `hf lfs-enable-largefiles` and `huggingface_hub` send large ones.
//!
//! A part is durable before it is acknowledged, and kept until the sender says that all have been sent. While later
//! parts arrive, those before are put together already (`assembly`): then little is left to do at the end, for which
//! clients do not wait long.

mod assembly;

use std::collections::HashSet;

use limpide_blobs::{Key, Upload};
use limpide_db::dead_objects;
use limpide_db::lfs_parts::{self, Part, Parted};
use limpide_formats::lfs::{LfsCompletion, LfsObject};
use limpide_words::Sha256;
use serde::{Deserialize, Serialize};
use sha2::Digest;
use uuid::Uuid;

use crate::Hub;
use crate::changing;
use crate::content::{Body, ReadPass, WritePass, aside, gather};
use crate::error::{Error, Result};
use crate::lfs::bad_ticket;

pub(crate) use assembly::Assemblies;

const PART: &str = "lfs part";
const PARTS: &str = "lfs parts";

/// The most parts of an object, and of all objects of an answer: each part has an address of its own.
const MOST_PARTS: u64 = 1000;
const MOST_ADDRESSES: u64 = 10_000;

/// How an object is sent part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LfsInParts {
    /// The length of each part but the last.
    pub part_size: u64,
    /// The tickets of the parts, in order.
    pub parts: Vec<String>,
    /// The ticket to complete the object with.
    pub complete: String,
    /// The ticket of the object itself.
    pub whole: String,
}

/// Lets its holder complete one object of one repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LfsPartsTicket {
    pass: ReadPass,
    object: LfsObject,
    part_size: u64,
}

/// Lets its holder send one part of one object of one repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LfsPartTicket {
    #[serde(flatten)]
    of: LfsPartsTicket,
    number: u64,
}

impl Hub {
    /// How an object is sent part by part, when so many objects are. Its tickets are good for as long as its parts are
    /// kept: the objects sent this way are those that take long.
    pub(crate) fn lfs_in_parts(&self, pass: &ReadPass, object: LfsObject, count: u64) -> Result<LfsInParts> {
        let span = self.settings().limits.claim;
        let most = (MOST_ADDRESSES / count.max(1)).clamp(1, MOST_PARTS);
        let part_size = self.settings().limits.lfs_part.max(object.size.div_ceil(most)).max(1);
        let ticket = LfsPartsTicket { pass: self.pass_lasting(pass, span), object, part_size };
        let part = |number| self.seal(PART, &LfsPartTicket { of: ticket.clone(), number });
        Ok(LfsInParts {
            part_size,
            parts: (1..=ticket.count()).map(part).collect::<Result<_>>()?,
            complete: self.seal(PARTS, &ticket)?,
            whole: self.lfs_ticket_lasting(pass, object, span)?,
        })
    }

    /// The ticket that an address to complete this object holds.
    ///
    /// # Errors
    /// `Expired` when it is not for this object, or not good any more.
    pub fn lfs_parts_ticket(&self, store: &str, oid: &str, ticket: &str) -> Result<LfsPartsTicket> {
        let ticket: LfsPartsTicket = self.unseal(PARTS, ticket)?.ok_or_else(bad_ticket)?;
        if ticket.fits(self, store, oid) { Ok(ticket) } else { Err(bad_ticket()) }
    }

    /// The ticket that an address of this part of this object holds.
    ///
    /// # Errors
    /// `Expired` when it is not for this part, or not good any more.
    pub fn lfs_part_ticket(
        &self,
        store: &str,
        oid: &str,
        number: &str,
        ticket: &str,
    ) -> Result<LfsPartTicket> {
        let ticket: LfsPartTicket = self.unseal(PART, ticket)?.ok_or_else(bad_ticket)?;
        let fits = ticket.of.fits(self, store, oid) && ticket.number.to_string() == number;
        if fits { Ok(ticket) } else { Err(bad_ticket()) }
    }

    /// Takes a part in; gives the SHA-256 of its bytes, which is its `ETag`.
    ///
    /// # Errors
    /// `Unprocessable` when it has another length.
    pub async fn lfs_put_part(&self, ticket: &LfsPartTicket, body: Body<'_>) -> Result<Sha256> {
        let pass = ticket.of.pass.to_write().ok_or_else(bad_ticket)?;
        if self.lfs_has(&pass, ticket.of.object).await? {
            // Sent again because an answer was lost.
            return ticket.take(body, None).await;
        }
        let object = Uuid::now_v7();
        let mut upload = self.blobs().writer(&Key::LfsPart(object)).await?;
        let digest = match ticket.take(body, Some(&mut upload)).await {
            Ok(digest) => digest,
            Err(refusal) => {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "could not remove a refused part; a sweep will");
                }
                return Err(refusal);
            }
        };
        upload.finish().await?;
        self.add_part(&pass, ticket, Part { number: signed(ticket.number), digest, object }).await?;
        match self.lfs_has(&pass, ticket.of.object).await? {
            // Another upload of the same bytes has ended meanwhile: nobody will ask for this part.
            true => self.forget_parts(&ticket.of.upload()).await?,
            false => self.put_together(&pass, &ticket.of),
        }
        Ok(digest)
    }

    /// Names a part whose bytes are durable.
    async fn add_part(&self, pass: &WritePass, ticket: &LfsPartTicket, part: Part) -> Result<()> {
        let expires = self.clock().now() + self.settings().limits.claim;
        let mut tx = self.db().begin().await?;
        changing::keep(&mut tx, pass.repository_id()).await?;
        let holds = lfs_parts::insert(&mut tx, &ticket.of.upload(), &part, expires).await?;
        tx.commit().await?;
        if holds != part.object
            && let Err(error) = self.blobs().forget(&Key::LfsPart(part.object)).await
        {
            tracing::warn!(%error, "could not remove a part that was there before; a sweep will");
        }
        Ok(())
    }

    /// Makes an object of its parts, all of which have been sent. Whoever stops waiting may ask again: the work goes on.
    ///
    /// # Errors
    /// `Unprocessable` when parts are missing or are others, or when the whole is not what was announced.
    pub async fn lfs_complete(&self, ticket: &LfsPartsTicket, sent: &LfsCompletion) -> Result<()> {
        let pass = ticket.pass.to_write().ok_or_else(bad_ticket)?;
        if sent.oid != ticket.object.oid {
            let words = format!("The object {} was announced, not {}.", ticket.object.oid, sent.oid);
            return Err(Error::Unprocessable(words));
        }
        let upload = ticket.upload();
        loop {
            self.wait_for_assembly(&upload).await;
            if self.lfs_has(&pass, ticket.object).await? {
                return Ok(());
            }
            let parts = ticket.chosen(&lfs_parts::all(self.db(), &upload).await?, sent)?;
            let Some(assembly) = self.turn_to_put_together(upload.clone()) else { continue };
            let made = assembly.finish(&pass, ticket, parts).await;
            // Another replica may have made it of the same parts, and removed them.
            let held = self.lfs_has(&pass, ticket.object).await?;
            return if held { Ok(()) } else { made };
        }
    }

    /// Removes the parts of an upload that has ended.
    async fn forget_parts(&self, upload: &Parted) -> Result<()> {
        let mut tx = self.db().begin().await?;
        changing::keep(&mut tx, &upload.repository_id).await?;
        let paths = paths_of(lfs_parts::delete(&mut tx, upload).await?);
        dead_objects::insert_all(&mut tx, &paths, self.clock().now()).await?;
        tx.commit().await?;
        self.remove_dead(&paths).await.map(|_| ())
    }
}

impl LfsPartsTicket {
    fn fits(&self, hub: &Hub, store: &str, oid: &str) -> bool {
        self.pass.opens(store, hub.clock().now()) && self.object.oid.to_string() == oid
    }

    /// How many parts there are.
    fn count(&self) -> u64 {
        self.object.size.div_ceil(self.part_size)
    }

    fn upload(&self) -> Parted {
        Parted {
            repository_id: self.pass.repository_id().to_owned(),
            sha256: self.object.oid,
            size: signed(self.object.size),
            part_size: signed(self.part_size),
        }
    }

    /// Those of the parts that arrived which the sender means, in order.
    fn chosen(&self, arrived: &[Part], sent: &LfsCompletion) -> Result<Vec<Part>> {
        let count = self.count();
        let numbers: HashSet<u64> = arrived.iter().map(|part| part.number.unsigned_abs()).collect();
        let missing: Vec<u64> = (1..=count).filter(|number| !numbers.contains(number)).collect();
        if !missing.is_empty() {
            return Err(Error::Unprocessable(format!(
                "Of the {count} parts these have not arrived: {}. Send them, then complete the object again.",
                listed(&missing)
            )));
        }
        let mut named: Vec<_> = sent.parts.iter().collect();
        named.sort_by_key(|part| part.part_number);
        if !named.iter().map(|part| part.part_number).eq(1..=count) {
            let words = format!("Name each of the {count} parts once, with the ETag of its answer.");
            return Err(Error::Unprocessable(words));
        }
        let chosen = named.into_iter().map(|named| {
            let is_meant = |part: &&Part| {
                part.number.unsigned_abs() == named.part_number && part.digest.to_string() == named.tag()
            };
            arrived.iter().find(is_meant).cloned().ok_or_else(|| {
                Error::Unprocessable(format!(
                    "Part {} has not arrived with the ETag {}: send it, then complete the object again.",
                    named.part_number, named.etag
                ))
            })
        });
        chosen.collect()
    }
}

impl LfsPartTicket {
    /// Hashes a part as it comes, and writes it down.
    async fn take(&self, mut body: Body<'_>, mut to: Option<&mut Upload>) -> Result<Sha256> {
        let expected =
            part_length(signed(self.of.object.size), signed(self.of.part_size), signed(self.number));
        let (mut sha256, mut length) = (sha2::Sha256::new(), 0);
        loop {
            let pieces = gather(&mut body).await?;
            if pieces.is_empty() {
                break;
            }
            length += pieces.iter().map(|piece| piece.len() as u64).sum::<u64>();
            if length > expected {
                return Err(self.wrong_length(expected, "more came"));
            }
            let hash = move || {
                pieces.iter().for_each(|piece| sha256.update(piece));
                Ok((sha256, pieces))
            };
            let hashed = aside(hash).await?;
            sha256 = hashed.0;
            if let Some(upload) = &mut to {
                for piece in hashed.1 {
                    upload.write(piece).await?;
                }
            }
        }
        if length < expected {
            return Err(self.wrong_length(expected, &format!("only {length} came")));
        }
        Ok(Sha256(sha256.finalize().into()))
    }

    fn wrong_length(&self, expected: u64, what: &str) -> Error {
        let (number, count) = (self.number, self.of.count());
        Error::Unprocessable(format!(
            "Part {number} of {count} has {expected} bytes, but {what}: send it again."
        ))
    }
}

/// How long a part is.
pub(crate) fn part_length(size: i64, part_size: i64, number: i64) -> u64 {
    let before = part_size.saturating_mul(number - 1);
    part_size.min(size - before).unsigned_abs()
}

/// The paths of objects that hold parts.
pub(crate) fn paths_of(objects: Vec<Uuid>) -> Vec<String> {
    objects.into_iter().map(|object| Key::LfsPart(object).to_string()).collect()
}

/// A few numbers of many.
fn listed(numbers: &[u64]) -> String {
    const FEW: usize = 10;
    let few: Vec<String> = numbers.iter().take(FEW).map(u64::to_string).collect();
    match numbers.len().saturating_sub(FEW) {
        0 => few.join(", "),
        more => format!("{} and {more} more", few.join(", ")),
    }
}

/// A number, as the database counts.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_part_has_what_is_left() {
        let lengths = |size: i64| (1..=(size + 9) / 10).map(|n| part_length(size, 10, n)).collect::<Vec<_>>();
        assert_eq!(lengths(25), [10, 10, 5]);
        assert_eq!(lengths(20), [10, 10]);
        assert_eq!(lengths(3), [3]);
    }

    #[test]
    fn of_many_numbers_a_few_are_told() {
        assert_eq!(listed(&[2, 5]), "2, 5");
        let many: Vec<u64> = (1..=13).collect();
        assert_eq!(listed(&many), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more");
    }
}
