//! Xorbs: that body, chunk table and row say the same, and every chunk has its hash.

use futures::{StreamExt, TryStreamExt};
use limpide_blobs::Key;
use limpide_db::check::content::{self, XorbRow};
use limpide_xet::{ChunkTable, Hash, MAX_XORB_CHUNKS, XorbValidator};
use uuid::Uuid;

use super::database::RESTORE_ROW;
use super::files::Proven;
use super::finding::Finding;
use super::progress::Count;
use super::{Check, Depth, PAGE, Sound};
use crate::content::aside;
use crate::error::Result;

/// The longest chunk table.
const LONGEST: u64 = MAX_XORB_CHUNKS as u64 * 40 + 1024;

/// How many places are named that lose bytes.
const PLACES: i64 = 20;

impl Check<'_> {
    pub(super) async fn xorbs(&self, proven: &Proven) -> Result<()> {
        self.progress.enter("xorbs");
        let mut after = String::new();
        loop {
            let page = content::xorb_names(self.hub.db(), &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.clone();
            self.progress.add(Count::Xorbs, page.len() as u64);
            let all = futures::stream::iter(page)
                .map(|hash| async move { self.look(|| self.xorb(&hash, proven)).await });
            all.buffer_unordered(self.at_once).try_collect::<Vec<()>>().await?;
        }
    }

    pub(super) async fn xorb(&self, hash: &str, proven: &Proven) -> Result<Vec<Finding>> {
        let Some(row) = content::xorb(self.hub.db(), hash).await? else { return Ok(Vec::new()) };
        let mut wrong = Vec::new();
        if row.domains == 0 {
            wrong.push(("its row".to_owned(), "no deduplication domain knows of it".to_owned()));
        }
        wrong.extend(self.bytes_of(&row, proven).await?);
        if wrong.is_empty() {
            return Ok(Vec::new());
        }
        let affects = self.places(content::uses_of_xorb(self.hub.db(), hash, PLACES).await?);
        let finding = |(place, what): (String, String)| {
            let remedy = match place.as_str() {
                "its row" => RESTORE_ROW,
                _ => {
                    "restore this object from a backup, or upload the files again to a hub that never had them"
                }
            };
            Finding::damage("xorb", what).at(format!("xorb {hash}, {place}")).affects(&affects).remedy(remedy)
        };
        Ok(wrong.into_iter().map(finding).collect())
    }

    async fn bytes_of(&self, row: &XorbRow, proven: &Proven) -> Result<Vec<(String, String)>> {
        let (Ok(hash), Ok(object)) = (row.hash.parse::<Hash>(), row.object.parse::<Uuid>()) else {
            return Ok(vec![("its row".into(), "its name or its object cannot be read".into())]);
        };
        let mut wrong = Vec::new();
        let table = match self.whole_table(object).await {
            Ok(table) => Some(table),
            Err(what) => {
                wrong.push((self.hub.blobs().place(&Key::ChunkTable(object)), what));
                None
            }
        };
        if let Some(table) = &table {
            let told = (row.length, row.unpacked_length, row.chunks);
            let real =
                (table.body_len().cast_signed(), table.total_unpacked().cast_signed(), table.len().into());
            if told != real {
                let what =
                    format!("length, unpacked length and chunks are noted as {told:?}, and are {real:?}");
                wrong.push(("its row".into(), what));
            }
            if table.xorb_hash() != hash {
                let what = format!("the chunk table is that of the xorb {}", table.xorb_hash());
                wrong.push((self.hub.blobs().place(&Key::ChunkTable(object)), what));
            }
        }
        if let Err(what) = self.body(hash, object, table, proven).await? {
            wrong.push((self.hub.blobs().place(&Key::Xorb(object)), what));
        }
        Ok(wrong)
    }

    pub(super) async fn whole_table(&self, object: Uuid) -> Sound<ChunkTable> {
        let bytes = self.hub.blobs().get(&Key::ChunkTable(object), LONGEST).await;
        let bytes = bytes.map_err(|error| format!("the chunk table cannot be read: {error}"))?;
        ChunkTable::parse(bytes).map_err(|error| error.to_string())
    }

    async fn body(
        &self,
        hash: Hash,
        object: Uuid,
        table: Option<ChunkTable>,
        proven: &Proven,
    ) -> Result<Sound<()>> {
        let key = Key::Xorb(object);
        let size = match self.hub.blobs().size(&key).await {
            Ok(Some(size)) => size,
            Ok(None) => return Ok(Err("its bytes are missing".into())),
            Err(error) => return Ok(Err(format!("its bytes cannot be read: {error}"))),
        };
        if let Some(table) = table.as_ref().filter(|table| table.body_len() != size) {
            return Ok(Err(format!("it is {size} bytes long, its chunk table says {}", table.body_len())));
        }
        if self.depth == Depth::WithoutContent || proven.is_whole(&object, table.as_ref()) {
            return Ok(Ok(()));
        }
        let mut stream = match self.hub.blobs().stream(&key, 0..size).await {
            Ok(stream) => stream,
            Err(error) => return Ok(Err(format!("its bytes cannot be read: {error}"))),
        };
        let mut validator = XorbValidator::new();
        loop {
            let piece = match stream.try_next().await {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => return Ok(Err(format!("its bytes cannot be read: {error}"))),
            };
            self.progress.add(Count::Bytes, piece.len() as u64);
            let pushed = aside(move || {
                let outcome = validator.push(&piece).map_err(|error| error.to_string());
                Ok((validator, outcome))
            });
            let outcome;
            (validator, outcome) = pushed.await?;
            if let Err(what) = outcome {
                return Ok(Err(what));
            }
        }
        Ok(match validator.finish(hash) {
            Ok(real) if table.is_none_or(|table| table == real) => Ok(()),
            Ok(_) => Err("its chunks lie elsewhere than its chunk table says".into()),
            Err(error) => Err(error.to_string()),
        })
    }

    /// Names the places that need something.
    pub(super) fn places(&self, uses: Vec<content::Use>) -> String {
        let name = |used: &content::Use| {
            format!("{} {}/{}: {}", used.kind, used.owner.as_deref().unwrap_or("?"), used.name, used.path)
        };
        let more = if uses.len() as i64 == PLACES { ", and perhaps more" } else { "" };
        match uses.iter().map(name).collect::<Vec<_>>() {
            names if names.is_empty() => "nothing that is committed".to_owned(),
            names => format!("{}{more}", names.join(", ")),
        }
    }

    /// That each chunk that clients may ask for is in the xorb it is noted under.
    pub(super) async fn key_chunks(&self) -> Result<()> {
        self.progress.enter("key chunks");
        let mut after = (String::new(), String::new());
        loop {
            let page = content::key_chunks(self.hub.db(), (&after.0, &after.1), PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = (last.chunk.clone(), last.xorb.clone());
            for row in page {
                self.look(|| self.key_chunk(&row)).await?;
            }
        }
    }

    async fn key_chunk(&self, row: &content::KeyRow) -> Result<Vec<Finding>> {
        let Some(Ok(object)) = row.object.as_ref().map(|object| object.parse::<Uuid>()) else {
            return Ok(Vec::new());
        };
        // A table that cannot be read has been told of with its xorb.
        let Ok(table) = self.hub.table(object).await else { return Ok(Vec::new()) };
        let there =
            row.chunk.parse::<Hash>().is_ok_and(|chunk| table.chunks().any(|(hash, _)| hash == chunk));
        if there || !content::is_key_chunk(self.hub.db(), &row.chunk, &row.xorb).await? {
            return Ok(Vec::new());
        }
        let what = format!("the chunk {} is not in the xorb it is noted under", row.chunk);
        let finding = Finding::damage("key-chunk", what).at(format!("table `key_chunks`, xorb {}", row.xorb));
        Ok(vec![finding.affects("no bytes: only what clients are told is here").remedy(RESTORE_ROW)])
    }
}
