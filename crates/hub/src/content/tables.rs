//! Chunk tables in memory: a cache of those used last, and an allowance for those held at once.

use std::collections::HashMap;
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt};
use limpide_blobs::Key;
use limpide_db::xorbs::Xorb;
use limpide_xet::{ChunkTable, Hash, MAX_XORB_CHUNKS};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::damaged;
use crate::Hub;
use crate::error::{Error, Result};

/// How many bytes of tables are kept: those of about 50 GB of content.
const CACHED: u64 = 32 << 20;

/// How many KiB of tables may be held at the same time, by all requests together. The largest file that
/// [`Limits`](crate::Limits) allows by default needs about two thirds of it.
const HELD: u32 = 512 << 10;

/// The longest table: 40 bytes a chunk, some more around them.
const LONGEST: u64 = MAX_XORB_CHUNKS as u64 * 40 + 1024;

/// How many tables are fetched at once, where many are needed.
const FETCHED_AT_ONCE: usize = 8;

/// The tables used last, by the object that they describe: objects never change.
#[derive(Debug)]
pub(super) struct Cache {
    tables: moka::future::Cache<Uuid, ChunkTable>,
    room: Arc<Semaphore>,
}

/// Tables held for one act. Others wait while too many are held.
pub(super) struct Held {
    tables: HashMap<Hash, ChunkTable>,
    _room: OwnedSemaphorePermit,
}

impl Cache {
    pub(super) fn new() -> Self {
        let weight = |_: &Uuid, table: &ChunkTable| u32::try_from(table.to_bytes().len()).unwrap_or(u32::MAX);
        let tables = moka::future::Cache::builder().max_capacity(CACHED).weigher(weight).build();
        Self { tables, room: Arc::new(Semaphore::new(HELD as usize)) }
    }
}

impl Held {
    pub(super) fn get(&self, xorb: &Hash) -> Option<&ChunkTable> {
        self.tables.get(xorb)
    }
}

impl Hub {
    /// The chunk table of a stored object.
    pub(crate) async fn table(&self, object: Uuid) -> Result<ChunkTable> {
        let read = async {
            let key = Key::ChunkTable(object);
            let bytes = self.blobs().get(&key, LONGEST).await?;
            ChunkTable::parse(bytes).map_err(|error| damaged(format!("{key}: {error}")))
        };
        let found = self.content_state().tables.tables.try_get_with(object, read).await;
        found.map_err(|error: Arc<Error>| Error::Internal(anyhow::Error::new(error)))
    }

    /// Remembers the table of an object that was just stored: it will be asked for next.
    pub(super) async fn remember_table(&self, object: Uuid, table: ChunkTable) {
        self.content_state().tables.tables.insert(object, table).await;
    }

    /// The tables of all these xorbs, together.
    pub(super) async fn hold_tables<'a>(&self, xorbs: impl IntoIterator<Item = &'a Xorb>) -> Result<Held> {
        let xorbs: Vec<(Hash, Uuid, i64)> =
            xorbs.into_iter().map(|xorb| (xorb.hash, xorb.object, xorb.chunks)).collect();
        let kilobytes =
            xorbs.iter().map(|(_, _, chunks)| u32::try_from(chunks * 40 / 1024 + 1).unwrap_or(HELD));
        let needed = kilobytes.fold(0, u32::saturating_add);
        if needed > HELD {
            return Err(Error::TooLarge(format!(
                "This needs the tables of {} xorbs at once, more than the hub holds in memory: ask for less.",
                xorbs.len()
            )));
        }
        let room = self.content_state().tables.room.clone().acquire_many_owned(needed).await;
        let room = room.map_err(|error| Error::Internal(error.into()))?;
        let fetched = futures::stream::iter(xorbs)
            .map(|(hash, object, _)| async move { Ok::<_, Error>((hash, self.table(object).await?)) })
            .buffer_unordered(FETCHED_AT_ONCE);
        Ok(Held { tables: fetched.try_collect().await?, _room: room })
    }
}
