//! The content store: large files as chunks in xorbs, checked on the way in and put together on the way out.
//!
//! | to | file |
//! |---|---|
//! | say who may read and write | [`token`] |
//! | take in a xorb | `xorbs` |
//! | take in a shard: the files made of xorbs | `shards` |
//! | take in a plain stream of bytes | `ingest` |
//! | make new files and xorbs visible, all at once | `register` |
//! | give the bytes of a file | `read` |
//! | tell a client which bytes to fetch | `reconstruct`, `links` |
//! | tell a client what is already there | `dedup` |
//!
//! Bytes are durable before the row that names them; until then they are nobody's, and a sweep removes them.

mod dedup;
mod ingest;
mod links;
mod read;
mod reconstruct;
mod register;
mod shards;
mod tables;
pub mod token;
mod xorbs;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use futures::TryStreamExt;
use futures::stream::BoxStream;
use limpide_xet::Hash;
use tokio::sync::Semaphore;

pub use ingest::Declared;
pub use links::{Link, LinkedBytes, LinksFor};
pub use read::{ContentStream, StoredFile};
pub use reconstruct::{BatchPlan, FilePlan, XorbLinks};
pub use shards::{Progress, Registered};
pub use token::{ContentToken, ReadPass, WritePass};

use crate::error::{Error, Result};

/// The bytes of a request, as they arrive.
pub type Body<'a> = BoxStream<'a, io::Result<Bytes>>;

/// What the content store keeps in memory: caches of what never changes, and what holds back its appetite.
#[derive(Debug)]
pub(crate) struct State {
    tables: tables::Cache,
    /// How many files are hashed at the same time: as many as there are cores.
    hashing: Arc<Semaphore>,
    /// How many bytes of shards are looked at, at the same time.
    shards: Arc<Semaphore>,
}

impl State {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            tables: tables::Cache::new(),
            hashing: Arc::new(Semaphore::new(cores)),
            shards: Arc::new(Semaphore::new(shards::ALLOWANCE)),
        }
    }
}

/// How much of a body is worked on at once: a thread is woken for each batch, and an upload holds about eight.
const BATCH: usize = 256 << 10;

/// The next batch of a body, in the pieces in which it came; empty at the end.
pub(crate) async fn gather(body: &mut Body<'_>) -> Result<Vec<Bytes>> {
    let (mut pieces, mut length) = (Vec::new(), 0);
    while length < BATCH {
        let Some(piece) = body.try_next().await.map_err(broken_off)? else { break };
        length += piece.len();
        if !piece.is_empty() {
            pieces.push(piece);
        }
    }
    Ok(pieces)
}

/// Reads a body to its end and keeps nothing: a client that is not listened to would see a broken connection.
pub(crate) async fn drain(body: &mut Body<'_>, limit: u64) -> Result<()> {
    let mut left = limit;
    while let Some(piece) = body.try_next().await.map_err(broken_off)? {
        left = left.checked_sub(piece.len() as u64).ok_or_else(|| {
            Error::TooLarge(format!("The body is longer than the {limit} bytes it may have."))
        })?;
    }
    Ok(())
}

/// What ended a body too early: the client, or what read it for us.
fn broken_off(error: io::Error) -> Error {
    match error.downcast::<Error>() {
        Ok(own) => own,
        Err(error) => Error::Invalid(format!("The upload broke off: {error}. Send it again.")),
    }
}

/// Does what takes the processor for a while on a thread that may be busy.
pub(crate) async fn aside<T: Send + 'static>(act: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(act).await.map_err(|error| Error::Internal(error.into()))?
}

/// A length, as the database counts.
fn signed(length: u64) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// The refusal of a file that names a xorb which is not there, or not for this caller.
fn not_stored(xorb: &Hash) -> Error {
    Error::Invalid(format!("The xorb {xorb} is not stored here, or is about to be removed: upload it first."))
}

/// What is stored does not fit together: for the log.
fn damaged(what: impl std::fmt::Display) -> Error {
    Error::Internal(anyhow::anyhow!("stored content is damaged: {what}"))
}
