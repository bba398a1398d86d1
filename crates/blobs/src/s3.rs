//! Keeps objects in a bucket of a service that speaks S3.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use limpide_words::Moment;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::signer::{Method, Signer};
use object_store::{
    Error as Failure, GetOptions, GetRange, GetResult, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload,
    RetryConfig, WriteMultipart,
};
use tokio::runtime::Handle;

use crate::store::{ByteStream, Stored};
use crate::{Error, Family, Key, Result, Url};

/// The length of one part of a large upload. Below it an object is one request; S3 takes 10,000 parts.
const PART: usize = 8 << 20;
/// How many parts of one upload travel at the same time.
const PARTS_AT_ONCE: usize = 4;

/// Where a bucket is and how it lets us in.
#[derive(Debug, Clone, Default)]
pub struct S3Location {
    /// The name of the bucket.
    pub bucket: String,
    /// The folder in the bucket under which everything lies; empty for the whole bucket.
    pub prefix: String,
    /// The address of the service, such as `https://s3.example.org`; none for Amazon's own.
    pub endpoint: Option<String>,
    /// The address by which the readers of signed links reach the service, when it is another one.
    pub public_endpoint: Option<String>,
    /// The region, such as `us-east-1`.
    pub region: String,
    /// The keys; none to find them as Amazon's programs do, in the variables `AWS_…` or the machine's role.
    pub keys: Option<S3Keys>,
    /// Whether an address without encryption, `http://`, is accepted.
    pub allow_http: bool,
}

/// The pair of keys that S3 gives out.
#[derive(Clone)]
pub struct S3Keys {
    /// The public half.
    pub access_key: String,
    /// The secret half.
    pub secret_key: String,
}

/// A bucket of objects.
pub(crate) struct S3 {
    store: AmazonS3,
    /// The same bucket by the address that readers know.
    public: AmazonS3,
    prefix: Path,
    name: String,
}

/// An object being sent: in one request when it is small, else in parts.
pub(crate) struct Upload {
    s3: Arc<S3>,
    key: Key,
    waiting: Vec<Bytes>,
    waiting_length: usize,
    parts: Option<WriteMultipart>,
    /// Whether every piece given so far was taken. One that failed, or whose writer stopped waiting, leaves a
    /// hole: such an upload must never be finished.
    whole: bool,
}

impl S3 {
    /// Opens the bucket and looks into it.
    pub(crate) async fn open(location: &S3Location) -> Result<Self> {
        let name = location.to_string();
        let opening = |cause| failure(format!("opening {name}"), cause);
        let public = location.public_endpoint.as_ref().or(location.endpoint.as_ref());
        let s3 = Self {
            store: connect(location, location.endpoint.as_ref()).map_err(opening)?,
            public: connect(location, public).map_err(opening)?,
            prefix: Path::parse(&location.prefix).map_err(|cause| opening(cause.into()))?,
            name: name.clone(),
        };
        // Later, a bucket that does not exist would look like objects that do not exist.
        s3.store.list(Some(&s3.prefix)).next().await.transpose().map_err(opening)?;
        Ok(s3)
    }

    pub(crate) async fn put(&self, key: &Key, bytes: Bytes) -> Result<()> {
        self.put_pieces(key, bytes.into()).await
    }

    pub(crate) async fn get(&self, key: &Key, limit: u64) -> Result<Bytes> {
        let found = self.ask(key, None).await.map_err(|cause| of_object(key, cause))?;
        let size = found.meta.size;
        if size > limit {
            return Err(Error::TooLarge { key: *key, size, limit });
        }
        found.bytes().await.map_err(|cause| of_object(key, cause))
    }

    pub(crate) async fn range(&self, key: &Key, range: Range<u64>) -> Result<Bytes> {
        match self.open_range(key, range).await? {
            Some(found) => found.bytes().await.map_err(|cause| of_object(key, cause)),
            None => Ok(Bytes::new()),
        }
    }

    /// The socket's buffers read ahead: there is nothing to add to the pieces as they come.
    pub(crate) async fn stream(&self, key: &Key, range: Range<u64>) -> Result<ByteStream> {
        let key = *key;
        match self.open_range(&key, range).await? {
            Some(found) => Ok(found.into_stream().map_err(move |cause| of_object(&key, cause)).boxed()),
            None => Ok(stream::empty().boxed()),
        }
    }

    pub(crate) async fn size(&self, key: &Key) -> Result<Option<u64>> {
        match self.store.head(&self.path(key)).await.map_err(|cause| of_object(key, cause)) {
            Ok(found) => Ok(Some(found.size)),
            Err(Error::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(crate) async fn forget(&self, key: &Key) -> Result<()> {
        match self.store.delete(&self.path(key)).await.map_err(|cause| of_object(key, cause)) {
            Err(Error::Missing(_)) => Ok(()),
            other => other,
        }
    }

    pub(crate) fn list(self: &Arc<Self>, family: Family) -> BoxStream<'static, Result<Stored>> {
        let s3 = Arc::clone(self);
        self.store
            .list(Some(&self.prefix.clone().join(family.letter())))
            .map_err(move |cause| failure(format!("listing `{}`", family.letter()), cause))
            .try_filter_map(move |found| std::future::ready(Ok(s3.stored(&found))))
            .boxed()
    }

    pub(crate) async fn sign(&self, key: &Key, span: Duration) -> Result<Url> {
        let link = self.public.signed_url(Method::GET, &self.path(key), span).await;
        link.map_err(|cause| failure(format!("signing a link to `{key}`"), cause))
    }

    async fn put_pieces(&self, key: &Key, pieces: PutPayload) -> Result<()> {
        let put = self.store.put(&self.path(key), pieces).await;
        put.map(|_| ()).map_err(|cause| of_upload(key, cause))
    }

    /// Begins to read a range, or nothing when it is empty: S3 cannot be asked for no bytes.
    async fn open_range(&self, key: &Key, asked: Range<u64>) -> Result<Option<GetResult>> {
        if asked.is_empty() {
            self.check(key, &asked).await?;
            return Ok(None);
        }
        match self.ask(key, Some(asked.clone())).await {
            // S3 answers a range that ends too late with what there is.
            Ok(found) if found.range == asked => Ok(Some(found)),
            Ok(found) => Err(Error::Range { key: *key, asked, size: found.meta.size }),
            Err(cause) => {
                let error = of_object(key, cause);
                if !matches!(error, Error::Missing(_)) {
                    self.check(key, &asked).await?;
                }
                Err(error)
            }
        }
    }

    /// Whether the object has this range.
    async fn check(&self, key: &Key, asked: &Range<u64>) -> Result<()> {
        match self.size(key).await? {
            Some(size) if asked.start <= asked.end && asked.end <= size => Ok(()),
            Some(size) => Err(Error::Range { key: *key, asked: asked.clone(), size }),
            None => Err(Error::Missing(*key)),
        }
    }

    async fn ask(&self, key: &Key, range: Option<Range<u64>>) -> Result<GetResult, Failure> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        self.store.get_opts(&self.path(key), options).await
    }

    pub(crate) fn place(&self, key: &Key) -> String {
        format!("{} in {}", self.path(key), self.name)
    }

    fn path(&self, key: &Key) -> Path {
        key.to_string().split('/').fold(self.prefix.clone(), |path, part| path.join(part))
    }

    fn stored(&self, found: &ObjectMeta) -> Option<Stored> {
        let parts: Vec<_> = found.location.prefix_match(&self.prefix)?.collect();
        let path = parts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join("/");
        let modified = Moment(found.last_modified.timestamp_micros());
        Some(Stored { key: path.parse().ok()?, size: found.size, modified })
    }
}

/// Prints which bucket it is.
impl fmt::Debug for S3 {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_tuple("S3").field(&self.name).finish()
    }
}

impl Upload {
    pub(crate) fn begin(s3: &Arc<S3>, key: &Key) -> Self {
        Self {
            s3: Arc::clone(s3),
            key: *key,
            waiting: Vec::new(),
            waiting_length: 0,
            parts: None,
            whole: true,
        }
    }

    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<()> {
        self.expect_whole()?;
        self.whole = false;
        self.send(bytes).await?;
        self.whole = true;
        Ok(())
    }

    pub(crate) async fn finish(mut self) -> Result<()> {
        self.expect_whole()?;
        match self.parts.take() {
            Some(parts) => parts.finish().await.map(|_| ()).map_err(|cause| of_upload(&self.key, cause)),
            None => {
                let pieces = std::mem::take(&mut self.waiting).into_iter().collect();
                self.s3.put_pieces(&self.key, pieces).await
            }
        }
    }

    pub(crate) async fn abort(mut self) -> Result<()> {
        match self.parts.take() {
            Some(parts) => parts.abort().await.map_err(|cause| of_upload(&self.key, cause)),
            None => Ok(()),
        }
    }

    fn expect_whole(&self) -> Result<()> {
        match self.whole {
            true => Ok(()),
            false => Err(Error::unavailable(writing(&self.key), "an earlier piece could not be written")),
        }
    }

    /// Keeps the bytes until they fill a part, then sends them on.
    async fn send(&mut self, mut bytes: Bytes) -> Result<()> {
        if self.parts.is_none() && self.waiting_length + bytes.len() < PART {
            self.waiting_length += bytes.len();
            self.waiting.push(bytes);
            return Ok(());
        }
        for piece in std::mem::take(&mut self.waiting) {
            self.parts().await?.put(piece);
        }
        while !bytes.is_empty() {
            let piece = bytes.split_to(bytes.len().min(PART));
            let key = self.key;
            let parts = self.parts().await?;
            parts.wait_for_capacity(PARTS_AT_ONCE).await.map_err(|cause| of_upload(&key, cause))?;
            parts.put(piece);
        }
        Ok(())
    }

    /// The upload in parts, begun when it is first needed.
    async fn parts(&mut self) -> Result<&mut WriteMultipart> {
        let parts = match self.parts.take() {
            Some(parts) => parts,
            None => {
                let upload = self.s3.store.put_multipart(&self.s3.path(&self.key)).await;
                let upload = upload.map_err(|cause| of_upload(&self.key, cause))?;
                WriteMultipart::new_with_chunk_size(upload, PART)
            }
        };
        Ok(self.parts.insert(parts))
    }
}

/// The parts that were sent would be paid for until somebody removes them.
impl Drop for Upload {
    fn drop(&mut self) {
        if let (Some(parts), Ok(runtime)) = (self.parts.take(), Handle::try_current()) {
            runtime.spawn(parts.abort());
        }
    }
}

impl fmt::Display for S3Location {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = self.endpoint.as_deref().unwrap_or("Amazon");
        write!(out, "the bucket `{}` of {service}, folder `/{}`", self.bucket, self.prefix)
    }
}

/// Keeps the secret half out of every log.
impl fmt::Debug for S3Keys {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("S3Keys").field("access_key", &self.access_key).finish_non_exhaustive()
    }
}

fn connect(location: &S3Location, endpoint: Option<&String>) -> Result<AmazonS3, Failure> {
    let mut builder = match &location.keys {
        Some(keys) => AmazonS3Builder::new()
            .with_access_key_id(&keys.access_key)
            .with_secret_access_key(&keys.secret_key),
        None => AmazonS3Builder::from_env(),
    };
    if let Some(endpoint) = endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    // A caller waits: rather than the three minutes of the default, tell after half a minute.
    let retry =
        RetryConfig { max_retries: 5, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() };
    builder
        .with_bucket_name(&location.bucket)
        .with_region(&location.region)
        .with_allow_http(location.allow_http)
        .with_retry(retry)
        .build()
}

/// What a failure of reading or removing an object means.
fn of_object(key: &Key, cause: Failure) -> Error {
    match cause {
        // A bucket that is gone must not look like an object that is gone.
        Failure::NotFound { ref source, .. } if !source.to_string().contains("NoSuchBucket") => {
            Error::Missing(*key)
        }
        cause => failure(format!("reading `{key}`"), cause),
    }
}

fn of_upload(key: &Key, cause: Failure) -> Error {
    failure(writing(key), cause)
}

fn writing(key: &Key) -> String {
    format!("writing `{key}`")
}

/// What any failure means: full is the only one that calls for a hand.
fn failure(doing: String, cause: Failure) -> Error {
    // There is no standard code: these are MinIO's and Ceph's, and the name of the HTTP status 507.
    let full = ["XMinioStorageFull", "QuotaExceeded", "507 Insufficient Storage"];
    let text = cause.to_string();
    match full.iter().any(|code| text.contains(code)) {
        true => Error::Full,
        false => Error::unavailable(doing, cause),
    }
}
