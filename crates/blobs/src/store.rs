//! Puts, reads, signs and forgets stored objects, wherever they lie.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use limpide_words::Moment;

use crate::disk::{self, Disk};
use crate::s3::{self, S3, S3Location};
use crate::{Family, Key, Result, Url};

/// The storage. Cloning it is cheap; every clone is the same storage.
#[derive(Clone)]
pub struct Blobs {
    place: Place,
}

/// Where a storage is.
#[derive(Debug, Clone)]
pub enum Location {
    /// A folder on a local disk; it is made when it is not there.
    Disk(PathBuf),
    /// A bucket of a service that speaks S3.
    S3(S3Location),
}

/// Bytes on their way out, in pieces of up to about a megabyte.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// An object found by listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its name.
    pub key: Key,
    /// How long it is.
    pub size: u64,
    /// When it was written.
    pub modified: Moment,
}

/// An object on its way in. Nobody sees it before [`finish`](Self::finish); dropped earlier, it never was.
pub struct Upload {
    way: Way,
}

#[derive(Clone)]
enum Place {
    Disk(Arc<Disk>),
    S3(Arc<S3>),
}

enum Way {
    Disk(disk::Upload),
    S3(s3::Upload),
}

impl Blobs {
    /// Opens a storage, and makes sure that it answers: wrong settings are better known at the start.
    pub async fn open(location: &Location) -> Result<Self> {
        let place = match location {
            Location::Disk(folder) => Place::Disk(Arc::new(Disk::open(folder).await?)),
            Location::S3(location) => Place::S3(Arc::new(S3::open(location).await?)),
        };
        Ok(Self { place })
    }

    /// Stores an object whole, in place of any earlier one; it is durable when this returns.
    pub async fn put(&self, key: &Key, bytes: Bytes) -> Result<()> {
        match &self.place {
            Place::Disk(disk) => disk.put(key, bytes).await,
            Place::S3(s3) => s3.put(key, bytes).await,
        }
    }

    /// Begins to store an object that arrives piece by piece.
    ///
    /// ```
    /// # use limpide_blobs::{Blobs, Key, Location};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> limpide_blobs::Result<()> {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let blobs = Blobs::open(&Location::Disk(folder.path().into())).await?;
    /// # let key = Key::Xorb(uuid::Uuid::now_v7());
    /// let mut upload = blobs.writer(&key).await?;
    /// upload.write("one piece, ".into()).await?;
    /// upload.write("and another".into()).await?;
    /// upload.finish().await?;
    /// assert_eq!(blobs.size(&key).await?, Some(22));
    /// # Ok(())
    /// # }
    /// ```
    pub async fn writer(&self, key: &Key) -> Result<Upload> {
        let way = match &self.place {
            Place::Disk(disk) => Way::Disk(disk::Upload::begin(disk, key)),
            Place::S3(s3) => Way::S3(s3::Upload::begin(s3, key)),
        };
        Ok(Upload { way })
    }

    /// Reads an object whole, when it is no longer than `limit`.
    pub async fn get(&self, key: &Key, limit: u64) -> Result<Bytes> {
        match &self.place {
            Place::Disk(disk) => disk.get(key, limit).await,
            Place::S3(s3) => s3.get(key, limit).await,
        }
    }

    /// Reads exactly these bytes of an object into memory.
    pub async fn range(&self, key: &Key, range: Range<u64>) -> Result<Bytes> {
        match &self.place {
            Place::Disk(disk) => disk.range(key, range).await,
            Place::S3(s3) => s3.range(key, range).await,
        }
    }

    /// Reads exactly these bytes of an object, piece by piece, a little ahead of the reader.
    ///
    /// A missing object and a range past the end are known before the first piece.
    pub async fn stream(&self, key: &Key, range: Range<u64>) -> Result<ByteStream> {
        match &self.place {
            Place::Disk(disk) => disk.stream(key, range).await,
            Place::S3(s3) => s3.stream(key, range).await,
        }
    }

    /// How long an object is; nothing when it is not there.
    pub async fn size(&self, key: &Key) -> Result<Option<u64>> {
        match &self.place {
            Place::Disk(disk) => disk.size(key).await,
            Place::S3(s3) => s3.size(key).await,
        }
    }

    /// Removes an object; one that is already gone is gone.
    pub async fn forget(&self, key: &Key) -> Result<()> {
        match &self.place {
            Place::Disk(disk) => disk.forget(key).await,
            Place::S3(s3) => s3.forget(key).await,
        }
    }

    /// Finds all objects of a family, in no promised order. Files that are not ours are passed over.
    pub fn list(&self, family: Family) -> BoxStream<'static, Result<Stored>> {
        match &self.place {
            Place::Disk(disk) => disk.list(family),
            Place::S3(s3) => s3.list(family),
        }
    }

    /// A link with which anybody may read this object for a while. A disk has none: serve the bytes yourself.
    pub async fn sign(&self, key: &Key, span: Duration) -> Result<Option<Url>> {
        match &self.place {
            Place::Disk(_) => Ok(None),
            Place::S3(s3) => s3.sign(key, span).await.map(Some),
        }
    }

    /// Where an object lies, for people: a file, or a key of a bucket.
    pub fn place(&self, key: &Key) -> String {
        match &self.place {
            Place::Disk(disk) => disk.place(key),
            Place::S3(s3) => s3.place(key),
        }
    }

    /// How many files uploads have begun and not ended, and how many bytes they have. None of S3 are seen.
    pub async fn unfinished(&self) -> Result<(u64, u64)> {
        match &self.place {
            Place::Disk(disk) => disk.unfinished().await,
            Place::S3(_) => Ok((0, 0)),
        }
    }

    /// Removes what uploads left behind that last moved before then, and says how many there were.
    ///
    /// A killed process leaves its half-written files. S3 has no such leftovers that we could see: parts of
    /// broken uploads are the business of the bucket's own rule, `AbortIncompleteMultipartUpload`.
    pub async fn sweep_unfinished(&self, before: Moment) -> Result<u64> {
        match &self.place {
            Place::Disk(disk) => disk.sweep_unfinished(before).await,
            Place::S3(_) => Ok(0),
        }
    }
}

/// Prints where the storage is.
impl fmt::Debug for Blobs {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Place::Disk(disk) => disk.fmt(out),
            Place::S3(s3) => s3.fmt(out),
        }
    }
}

impl Upload {
    /// Adds bytes at the end; waits when the storage is slower than the writer.
    ///
    /// Once a write has failed, or its caller stopped waiting for it, the upload cannot be finished any more.
    pub async fn write(&mut self, bytes: Bytes) -> Result<()> {
        match &mut self.way {
            Way::Disk(upload) => upload.write(bytes).await,
            Way::S3(upload) => upload.write(bytes).await,
        }
    }

    /// Makes the object visible under its key; it is durable when this returns.
    pub async fn finish(self) -> Result<()> {
        match self.way {
            Way::Disk(upload) => upload.finish().await,
            Way::S3(upload) => upload.finish().await,
        }
    }

    /// Gives the upload up and waits until its traces are gone. Dropping it does the same, without waiting.
    pub async fn abort(self) -> Result<()> {
        match self.way {
            Way::Disk(upload) => upload.abort().await,
            Way::S3(upload) => upload.abort().await,
        }
    }
}
