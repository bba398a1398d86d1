//! What every storage promises, told once and held against a disk and a service that speaks S3.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures::{FutureExt, TryStreamExt};
use limpide_blobs::{Blobs, Error, Family, Key, Location, S3Location, Stored};
use limpide_testkit::s3::S3;
use limpide_words::Moment;
use tempfile::TempDir;
use uuid::Uuid;

const MIB: usize = 1 << 20;

/// Every story becomes two tests.
macro_rules! on_disk_and_on_s3 {
    ($($story:ident,)*) => {
        mod on_disk {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(super::Storage::on_disk().await).await;
            })*
        }
        mod on_s3 {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $story() {
                super::$story(super::Storage::on_s3().await).await;
            })*
        }
    };
}

on_disk_and_on_s3! {
    what_is_put_is_read_back,
    an_empty_object_is_an_object,
    the_second_put_wins,
    a_range_is_exactly_the_bytes_asked_for,
    a_range_past_the_end_is_refused_with_the_size,
    what_was_never_put_is_missing,
    an_object_over_the_limit_is_not_read,
    a_large_upload_arrives_whole,
    a_small_upload_arrives_whole,
    an_upload_is_unseen_until_it_is_finished,
    an_aborted_upload_leaves_nothing,
    a_dropped_upload_leaves_nothing,
    an_upload_whose_write_was_cut_short_cannot_be_finished,
    what_is_forgotten_is_gone_however_often,
    a_listing_finds_one_family_and_only_ours,
    the_last_of_many_writers_wins_whole,
    a_sweep_leaves_finished_objects_alone,
    a_clone_is_the_same_storage,
}

async fn what_is_put_is_read_back(storage: Storage) {
    let content = pattern(3 * MIB + 7);
    for key in [xorb(), Key::ChunkTable(Uuid::now_v7()), shard(), Key::GitBlob(Uuid::now_v7())] {
        storage.blobs.put(&key, content.clone()).await.unwrap();
        assert_eq!(storage.blobs.size(&key).await.unwrap(), Some(content.len() as u64));
        assert!(storage.read(&key).await == content);
        assert!(storage.streamed(&key, 0..content.len()).await == content);
    }
}

async fn an_empty_object_is_an_object(storage: Storage) {
    let key = xorb();
    storage.blobs.put(&key, Bytes::new()).await.unwrap();
    assert_eq!(storage.blobs.size(&key).await.unwrap(), Some(0));
    assert_eq!(storage.read(&key).await, "");
    assert_eq!(storage.blobs.range(&key, 0..0).await.unwrap(), "");
    assert_eq!(storage.streamed(&key, 0..0).await, "");
}

async fn the_second_put_wins(storage: Storage) {
    let key = xorb();
    storage.blobs.put(&key, "the first, and longer".into()).await.unwrap();
    storage.blobs.put(&key, "the second".into()).await.unwrap();
    assert_eq!(storage.read(&key).await, "the second");
    assert_eq!(storage.listed(Family::Xorbs).await.len(), 1);
}

async fn a_range_is_exactly_the_bytes_asked_for(storage: Storage) {
    let (key, content) = (xorb(), pattern(5 * MIB + 3));
    storage.blobs.put(&key, content.clone()).await.unwrap();
    let end = content.len();
    for range in [0..1, 0..end, 1..end - 1, 17..17, end..end, end - 1..end, MIB - 1..MIB + 1, 7..4 * MIB + 9]
    {
        let bytes = storage.blobs.range(&key, range.start as u64..range.end as u64).await.unwrap();
        assert!(bytes == content[range.clone()], "range {range:?}");
        assert!(storage.streamed(&key, range.clone()).await == content[range.clone()], "stream {range:?}");
    }
}

async fn a_range_past_the_end_is_refused_with_the_size(storage: Storage) {
    let key = xorb();
    storage.blobs.put(&key, "ten bytes!".into()).await.unwrap();
    #[expect(clippy::reversed_empty_ranges, reason = "a nonsense range is one of the cases")]
    for asked in [0..11, 9..11, 10..11, 11..12, 11..11, 7..3, 0..u64::MAX, u64::MAX - 1..u64::MAX] {
        let refused = |error: Error| match error {
            Error::Range { key: named, asked: range, size } => {
                assert_eq!((named, range, size), (key, asked.clone(), 10));
            }
            other => panic!("range {asked:?}: {other:?}"),
        };
        refused(storage.blobs.range(&key, asked.clone()).await.unwrap_err());
        refused(storage.blobs.stream(&key, asked.clone()).await.err().unwrap());
    }
}

async fn what_was_never_put_is_missing(storage: Storage) {
    let key = xorb();
    assert_eq!(storage.blobs.size(&key).await.unwrap(), None);
    assert!(is_missing(&key, storage.blobs.get(&key, 10).await));
    assert!(is_missing(&key, storage.blobs.range(&key, 0..1).await));
    assert!(is_missing(&key, storage.blobs.range(&key, 0..0).await));
    assert!(is_missing(&key, storage.blobs.stream(&key, 0..1).await));
    assert!(is_missing(&key, storage.blobs.stream(&key, 0..0).await));
    assert_eq!(storage.listed(Family::Xorbs).await, []);
}

async fn an_object_over_the_limit_is_not_read(storage: Storage) {
    let key = xorb();
    storage.blobs.put(&key, "ten bytes!".into()).await.unwrap();
    assert_eq!(storage.blobs.get(&key, 10).await.unwrap(), "ten bytes!");
    match storage.blobs.get(&key, 9).await {
        Err(Error::TooLarge { size: 10, limit: 9, .. }) => {}
        other => panic!("{other:?}"),
    }
}

async fn a_large_upload_arrives_whole(storage: Storage) {
    let (key, content) = (xorb(), pattern(20 * MIB + 11));
    let mut upload = storage.blobs.writer(&key).await.unwrap();
    // One piece larger than all that is ever kept, then many small ones, and nothing at all between them.
    let (large, small) = content.split_at(9 * MIB + 5);
    upload.write(Bytes::copy_from_slice(large)).await.unwrap();
    for piece in small.chunks(65_521) {
        upload.write(Bytes::copy_from_slice(piece)).await.unwrap();
        upload.write(Bytes::new()).await.unwrap();
    }
    upload.finish().await.unwrap();
    assert!(storage.streamed(&key, 0..content.len()).await == content);
    assert_eq!(storage.blobs.size(&key).await.unwrap(), Some(content.len() as u64));
    storage.has_no_leftovers();
}

async fn a_small_upload_arrives_whole(storage: Storage) {
    let key = xorb();
    let mut upload = storage.blobs.writer(&key).await.unwrap();
    upload.write("a few ".into()).await.unwrap();
    upload.write("words".into()).await.unwrap();
    upload.finish().await.unwrap();
    assert_eq!(storage.read(&key).await, "a few words");

    let nothing = xorb();
    storage.blobs.writer(&nothing).await.unwrap().finish().await.unwrap();
    assert_eq!(storage.read(&nothing).await, "");
    storage.has_no_leftovers();
}

async fn an_upload_is_unseen_until_it_is_finished(storage: Storage) {
    let key = xorb();
    storage.blobs.put(&key, "as it was".into()).await.unwrap();
    let mut upload = storage.blobs.writer(&key).await.unwrap();
    upload.write(pattern(20 * MIB)).await.unwrap();
    assert_eq!(storage.read(&key).await, "as it was");
    upload.finish().await.unwrap();
    assert_eq!(storage.blobs.size(&key).await.unwrap(), Some(20 << 20));
}

async fn an_aborted_upload_leaves_nothing(storage: Storage) {
    let key = xorb();
    let mut upload = storage.blobs.writer(&key).await.unwrap();
    upload.write(pattern(20 * MIB)).await.unwrap();
    upload.abort().await.unwrap();
    storage.blobs.writer(&key).await.unwrap().abort().await.unwrap();

    assert_eq!(storage.blobs.size(&key).await.unwrap(), None);
    assert_eq!(storage.listed(Family::Xorbs).await, []);
    storage.has_no_leftovers();
}

async fn a_dropped_upload_leaves_nothing(storage: Storage) {
    let key = xorb();
    let mut upload = storage.blobs.writer(&key).await.unwrap();
    upload.write(pattern(20 * MIB)).await.unwrap();
    drop(upload);

    assert_eq!(storage.blobs.size(&key).await.unwrap(), None);
    assert_eq!(storage.listed(Family::Xorbs).await, []);
    for _ in 0..100 {
        if storage.leftovers().is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    storage.has_no_leftovers();
}

async fn an_upload_whose_write_was_cut_short_cannot_be_finished(storage: Storage) {
    let key = xorb();
    let mut upload = storage.blobs.writer(&key).await.unwrap();
    let piece = pattern(9 * MIB);
    // Its writer is asked once whether it is done, and is then let go: the piece was taken, or part of it.
    let cut_short = (0..50).any(|_| upload.write(piece.clone()).now_or_never().is_none());
    assert!(cut_short, "50 times 9 MiB were stored in no time");
    let _ = upload.write("the rest".into()).await;
    match upload.finish().await {
        Err(Error::Unavailable { .. }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(storage.blobs.size(&key).await.unwrap(), None);
}

async fn what_is_forgotten_is_gone_however_often(storage: Storage) {
    let (key, other) = (xorb(), xorb());
    storage.blobs.put(&key, "here".into()).await.unwrap();
    storage.blobs.put(&other, "stays".into()).await.unwrap();
    for _ in 0..3 {
        storage.blobs.forget(&key).await.unwrap();
        assert!(is_missing(&key, storage.blobs.get(&key, 10).await));
    }
    assert_eq!(storage.read(&other).await, "stays");
    storage.blobs.put(&key, "here again".into()).await.unwrap();
    assert_eq!(storage.read(&key).await, "here again");
}

async fn a_listing_finds_one_family_and_only_ours(storage: Storage) {
    let keys: Vec<_> = (0..20).map(|_| xorb()).collect();
    for (size, key) in keys.iter().enumerate() {
        storage.blobs.put(key, pattern(size)).await.unwrap();
    }
    storage.blobs.put(&shard(), "of another family".into()).await.unwrap();
    storage.intrude("x/00/README");
    storage.intrude("x/notes.txt");
    storage.intrude(&format!("x/{}", Uuid::now_v7()));

    let found = storage.listed(Family::Xorbs).await;
    let expected: HashSet<_> = keys.iter().enumerate().map(|(size, key)| (*key, size as u64)).collect();
    assert_eq!(found.iter().map(|stored| (stored.key, stored.size)).collect::<HashSet<_>>(), expected);
    assert_eq!(found.len(), 20);
    let year_2020 = Moment::from_seconds(1_577_836_800);
    assert!(found.iter().all(|stored| stored.modified > year_2020), "{found:?}");
    assert_eq!(storage.listed(Family::Shards).await.len(), 1);
    assert_eq!(storage.listed(Family::ChunkTables).await, []);
}

async fn the_last_of_many_writers_wins_whole(storage: Storage) {
    let key = xorb();
    let writers = (1..=8_u8).map(|name| {
        let blobs = storage.blobs.clone();
        tokio::spawn(async move {
            let content = Bytes::from(vec![name; usize::from(name) * MIB + 1]);
            if name % 2 == 0 {
                return blobs.put(&key, content).await.unwrap();
            }
            let mut upload = blobs.writer(&key).await.unwrap();
            for piece in content.chunks(100_000) {
                upload.write(Bytes::copy_from_slice(piece)).await.unwrap();
            }
            upload.finish().await.unwrap();
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let content = storage.read(&key).await;
    assert_eq!(content.len(), usize::from(content[0]) * MIB + 1);
    assert!(content.iter().all(|byte| *byte == content[0]));
    storage.has_no_leftovers();
}

async fn a_sweep_leaves_finished_objects_alone(storage: Storage) {
    let key = xorb();
    storage.blobs.put(&key, "finished".into()).await.unwrap();
    storage.blobs.sweep_unfinished(Moment(i64::MAX)).await.unwrap();
    assert_eq!(storage.read(&key).await, "finished");
}

async fn a_clone_is_the_same_storage(storage: Storage) {
    let key = xorb();
    storage.blobs.clone().put(&key, "shared".into()).await.unwrap();
    assert_eq!(storage.read(&key).await, "shared");
    let opened_again = Blobs::open(&storage.location).await.unwrap();
    assert_eq!(opened_again.get(&key, 100).await.unwrap(), "shared");
}

/// A storage to try, and the place where its files really are.
struct Storage {
    blobs: Blobs,
    location: Location,
    place: Place,
}

enum Place {
    Disk(TempDir),
    S3(S3),
}

const PREFIX: &str = "our/corner";

impl Storage {
    async fn on_disk() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let location = Location::Disk(folder.path().join("not/there/yet"));
        Self { blobs: Blobs::open(&location).await.unwrap(), location, place: Place::Disk(folder) }
    }

    async fn on_s3() -> Self {
        let s3 = S3::start().await;
        let location = Location::S3(S3Location { prefix: PREFIX.into(), ..s3.location() });
        Self { blobs: Blobs::open(&location).await.unwrap(), location, place: Place::S3(s3) }
    }

    async fn read(&self, key: &Key) -> Bytes {
        self.blobs.get(key, 1 << 30).await.unwrap()
    }

    async fn streamed(&self, key: &Key, range: std::ops::Range<usize>) -> BytesMut {
        let pieces = self.blobs.stream(key, range.start as u64..range.end as u64).await.unwrap();
        let join = |mut all: BytesMut, piece: Bytes| async move {
            all.extend_from_slice(&piece);
            Ok(all)
        };
        pieces.try_fold(BytesMut::new(), join).await.unwrap()
    }

    async fn listed(&self, family: Family) -> Vec<Stored> {
        self.blobs.list(family).try_collect().await.unwrap()
    }

    /// Puts a file of somebody else among the objects.
    fn intrude(&self, path: &str) {
        let root = match &self.place {
            Place::Disk(folder) => folder.path().join("not/there/yet"),
            Place::S3(s3) => s3.folder().join(s3.location().bucket).join(PREFIX),
        };
        let file = root.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, "not ours").unwrap();
    }

    /// Files of uploads that are not finished.
    fn leftovers(&self) -> Vec<PathBuf> {
        match &self.place {
            Place::Disk(folder) => files(&folder.path().join("not/there/yet/tmp")),
            // The server notes each upload in a file of its own, beside the parts.
            Place::S3(s3) => files(s3.folder()).into_iter().filter(|path| is_upload(path)).collect(),
        }
    }

    fn has_no_leftovers(&self) {
        assert_eq!(self.leftovers(), Vec::<PathBuf>::new());
    }
}

fn is_upload(path: &Path) -> bool {
    path.file_name().unwrap().to_string_lossy().starts_with(".upload")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn is_missing<T>(key: &Key, answer: limpide_blobs::Result<T>) -> bool {
    matches!(answer, Err(Error::Missing(named)) if named == *key)
}

fn xorb() -> Key {
    Key::Xorb(Uuid::now_v7())
}

fn shard() -> Key {
    Key::Shard(Uuid::now_v7())
}

/// Bytes in which every stretch differs from every other.
fn pattern(length: usize) -> Bytes {
    (0..length as u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}
