//! Gives the bytes of stored files, in order, holding few of them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt, TryStreamExt};
use limpide_blobs::{ByteStream, Key};
use limpide_db::{claims, files, xorbs};
use limpide_words::Sha256;
use limpide_xet::{ChunkReader, Hash, Read, Terms, plan_reads};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::token::ReadPass;
use super::{damaged, signed};
use crate::Hub;
use crate::error::{Error, Result, Thing};

/// The bytes of a file, as they come out of the store.
pub type ContentStream = BoxStream<'static, Result<Bytes>>;

/// A stored file that the holder of this may read.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Its Xet name.
    pub hash: Hash,
    /// Its length.
    pub size: u64,
    /// The SHA-256 of its bytes.
    pub sha256: Sha256,
    pub(super) terms: Arc<Terms>,
}

/// How many terms are looked up at once, which bounds the tables in memory: those of a gigabyte, mostly.
const WINDOW: usize = 16;

/// Pieces that wait for a slow reader: a megabyte at most. Together with what the store reads ahead and
/// with the start of the next read, a stream holds less than 3 MiB.
const WAITING: usize = 8;

/// Up to here a read is fetched at once, ahead of time; a longer one is opened ahead and streamed.
const SMALL: u64 = 1 << 20;

impl Hub {
    /// The content that LFS pointers call by this SHA-256, by the Xet name that the repository has for it.
    ///
    /// # Errors
    /// `NotFound` when it has none: the content never arrived.
    pub(crate) async fn lfs_file(&self, sha256: Sha256, name: Option<&str>) -> Result<StoredFile> {
        let Some(name) = name else {
            let words = format!("The content with the SHA-256 {sha256} never arrived: push it with git lfs.");
            return Err(Error::NotFound(Thing::Entry, words));
        };
        self.stored_file(name.parse().map_err(damaged)?).await
    }

    /// The content that a repository has under this SHA-256.
    pub(crate) async fn committed_file(
        &self,
        repository_id: &str,
        sha256: Sha256,
    ) -> Result<Option<StoredFile>> {
        let found = claims::committed(self.db(), repository_id, &[sha256]).await?;
        let Some(held) = found.first() else { return Ok(None) };
        self.stored_file(held.file).await.map(Some)
    }

    /// A file that a row of the caller's repository names.
    async fn stored_file(&self, hash: Hash) -> Result<StoredFile> {
        let file = files::find(self.db(), hash).await?;
        file.ok_or_else(|| damaged(format!("no file {hash}"))).and_then(StoredFile::of)
    }

    /// A file by its Xet name, if the holder of the pass may read it.
    ///
    /// # Errors
    /// `NotFound` when the repository has no such file: whether another has one is not said. `Quarantined` when it is
    /// held back.
    pub async fn file(&self, pass: &ReadPass, hash: Hash) -> Result<StoredFile> {
        let found = self.readable_files(pass, &[hash]).await?;
        found.into_iter().next().ok_or_else(|| {
            Error::missing(format!(
                "The repository has no file {hash}: commit one, or upload it, before reading it."
            ))
        })
    }

    /// Those of these files that the holder of the pass may read.
    pub(super) async fn readable_files(&self, pass: &ReadPass, hashes: &[Hash]) -> Result<Vec<StoredFile>> {
        let (repository_id, user_id) = (pass.repository_id.as_str(), pass.user_id.as_str());
        let reader = files::Reader { repository_id, user_id, now: self.clock().now() };
        let found = files::readable(self.db(), reader, hashes).await?;
        let found: Vec<StoredFile> = found.into_iter().map(StoredFile::of).collect::<Result<_>>()?;
        let contents: Vec<String> = found.iter().map(|file| file.sha256.to_string()).collect();
        self.let_through(repository_id, &contents, None).await?;
        Ok(found)
    }

    /// The bytes of a range of a file, which is cut down to what there is. A task of its own reads and unpacks, a
    /// little ahead of the reader; it ends when the stream is dropped.
    pub fn read(&self, file: &StoredFile, range: Range<u64>) -> ContentStream {
        let (mut sender, receiver) = mpsc::channel(WAITING);
        let (hub, terms) = (self.clone(), Arc::clone(&file.terms));
        tokio::spawn(async move {
            if let Err(error) = hub.send_range(terms, range, &mut sender).await {
                // An error here: there is nobody left to tell.
                let _ = sender.send(Err(error)).await;
            }
        });
        stream::unfold(receiver, |mut pieces| async { pieces.recv().await.map(|piece| (piece, pieces)) })
            .boxed()
    }

    /// Hands the bytes of a range on, in pieces of up to a chunk, each read opened while the one before is still
    /// being handed on.
    pub(super) async fn send_range(
        &self,
        terms: Arc<Terms>,
        range: Range<u64>,
        to: &mut impl Taker,
    ) -> Result<()> {
        let reads =
            stream::iter(windows(&terms, range)).then(|window| self.plan_window(Arc::clone(&terms), window));
        let reads = reads.map_ok(|reads| stream::iter(reads).map(Ok)).try_flatten();
        let mut opening =
            std::pin::pin!(reads.and_then(|(read, object)| self.open_read(read, object)).boxed());
        let mut current = opening.try_next().await?;
        while let Some(opened) = current {
            let (sent, next) = futures::join!(opened.send(to), opening.try_next().fuse());
            if sent? == Reader::Gone {
                return Ok(());
            }
            current = next?;
        }
        Ok(())
    }

    /// The reads that bring a window of a file, and the objects to read.
    async fn plan_window(&self, terms: Arc<Terms>, window: Range<u64>) -> Result<Vec<(Read, Uuid)>> {
        let mut needed: Vec<Hash> = terms.overlapping(window.clone()).map(|(_, term)| term.xorb).collect();
        needed.sort_unstable();
        needed.dedup();
        let found = xorbs::find(self.db(), &needed).await?;
        let objects: HashMap<Hash, Uuid> = found.iter().map(|xorb| (xorb.hash, xorb.object)).collect();
        let tables = self.hold_tables(&found).await?;
        let reads = plan_reads(&terms, Some(window), |xorb| tables.get(xorb)).map_err(damaged)?;
        let with_object = |read: Read| match objects.get(&read.xorb) {
            Some(object) => Ok((read, *object)),
            None => Err(damaged(format!("no xorb {}", read.xorb))),
        };
        reads.into_iter().map(with_object).collect()
    }

    async fn open_read(&self, read: Read, object: Uuid) -> Result<Opened> {
        let key = Key::Xorb(object);
        let packed = match read.physical.end - read.physical.start {
            ..=SMALL => {
                let bytes = self.blobs().range(&key, read.physical.clone()).await?;
                stream::once(std::future::ready(Ok(bytes))).boxed()
            }
            _ => self.blobs().stream(&key, read.physical.clone()).await?,
        };
        Ok(Opened { read, key, packed })
    }
}

/// A read whose packed bytes are coming.
struct Opened {
    read: Read,
    key: Key,
    packed: ByteStream,
}

/// Whether somebody still wants the bytes.
#[derive(PartialEq, Eq)]
pub(super) enum Reader {
    There,
    Gone,
}

/// Who takes the bytes of a file, piece by piece.
pub(super) trait Taker: Send {
    /// Takes the next piece, when there is room for it.
    fn take(&mut self, piece: Bytes) -> impl Future<Output = Reader> + Send;
}

impl Taker for mpsc::Sender<Result<Bytes>> {
    async fn take(&mut self, piece: Bytes) -> Reader {
        if self.send(Ok(piece)).await.is_ok() { Reader::There } else { Reader::Gone }
    }
}

impl Opened {
    /// Unpacks piece by piece and sends what is wanted of each.
    async fn send(mut self, to: &mut impl Taker) -> Result<Reader> {
        let mut chunks = ChunkReader::new();
        let (mut skip, mut take) = (self.read.skip, self.read.take);
        while let Some(bytes) = self.packed.try_next().await? {
            chunks.feed(bytes);
            while let Some(mut piece) = chunks.next_piece().map_err(|error| self.damaged(error))? {
                let length = piece.len() as u64;
                let (from, until) = (skip.min(length), (skip + take).min(length));
                (skip, take) = (skip - from, take - (until - from));
                // The numbers are within the piece's length.
                piece = piece.slice(from as usize..until as usize);
                if !piece.is_empty() && to.take(piece).await == Reader::Gone {
                    return Ok(Reader::Gone);
                }
            }
        }
        if take > 0 {
            return Err(self.damaged(format!("{take} bytes are missing at the end")));
        }
        Ok(Reader::There)
    }

    fn damaged(&self, why: impl std::fmt::Display) -> Error {
        damaged(format!("{} of {}, bytes {:?}: {why}", self.read.xorb, self.key, self.read.physical))
    }
}

impl StoredFile {
    pub(super) fn of(file: files::File) -> Result<Self> {
        let terms =
            Terms::parse(&file.terms).map_err(|error| damaged(format!("file {}: {error}", file.hash)))?;
        if signed(terms.size()) != file.size {
            return Err(damaged(format!("file {}: its terms have another length", file.hash)));
        }
        Ok(Self { hash: file.hash, size: terms.size(), sha256: file.sha256, terms: Arc::new(terms) })
    }
}

/// Cuts a range of a file into windows of few terms each.
fn windows(terms: &Terms, range: Range<u64>) -> Vec<Range<u64>> {
    let range = range.start..range.end.min(terms.size());
    if range.is_empty() {
        return Vec::new();
    }
    let starts = terms.overlapping(range.clone()).map(|(start, _)| start).step_by(WINDOW);
    let mut cuts: Vec<u64> = starts.collect();
    if let Some(first) = cuts.first_mut() {
        *first = range.start;
    }
    cuts.push(range.end);
    cuts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}
