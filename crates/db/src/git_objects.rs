//! The objects of history: `git_objects`. Content-addressed, so a row never changes.

use std::collections::HashSet;

use bytes::Bytes;
use limpide_words::{Moment, ObjectId, Sha256};
use serde_json::json;
use uuid::Uuid;

use crate::batches::{Joined, batches};
use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

/// An object on its way in. Its bytes are in `data` when they are few, else in the store under `object`.
#[derive(Debug, Clone)]
pub struct NewObject {
    /// Its SHA-1.
    pub id: ObjectId,
    /// `commit`, `tree`, `blob` or `tag`.
    pub kind: &'static str,
    /// How many bytes it has.
    pub size: i64,
    /// Its bytes.
    pub data: Option<Bytes>,
    /// The object of the store that holds its bytes.
    pub object: Option<String>,
    /// What it points to, when it is an LFS pointer.
    pub lfs: Option<(Sha256, i64)>,
}

record! {
    /// An object with its bytes, or where they are.
    pub struct StoredObject {
        /// Its SHA-1.
        pub id: ObjectId,
        /// `commit`, `tree`, `blob` or `tag`.
        pub kind: String,
        /// How many bytes it has.
        pub size: i64,
        /// Its bytes, when they are few.
        pub data: Option<Vec<u8>>,
        /// The object of the store that holds them otherwise.
        pub object: Option<String>,
        /// When it was added, by the count of the repository's objects.
        pub added: i64,
    }
}

record! {
    /// What listings tell of a blob.
    pub struct BlobFacts {
        /// Its SHA-1.
        pub id: ObjectId,
        /// How many bytes it has itself.
        pub size: i64,
        /// The SHA-256 it points to, when it is an LFS pointer.
        pub lfs_sha256: Option<Sha256>,
        /// The size it points to.
        pub lfs_size: Option<i64>,
        /// The hash of the file that holds the content.
        pub file: Option<String>,
    }
}

/// Adds objects in their order, to which a commit leads at the end of the transaction, or which are loose for now, since
/// a moment. Gives the ids of those that were not there, or loose. Whoever adds some has locked the repository
/// (`repos::lock`): two who did not would wait for each other.
///
/// # Errors
/// When the database fails.
pub async fn insert(
    tx: &mut Tx,
    repository_id: &str,
    objects: &[NewObject],
    loose: Option<Moment>,
) -> Result<Vec<ObjectId>> {
    let (mut added, mut seen) = (Vec::new(), HashSet::new());
    let objects: Vec<&NewObject> = objects.iter().filter(|object| seen.insert(object.id)).collect();
    let size = |object: &&NewObject| object.data.as_ref().map_or(0, Bytes::len) + 200;
    for batch in batches(&objects, size) {
        added.extend(insert_batch(tx, repository_id, batch, loose).await?);
    }
    Ok(added)
}

async fn insert_batch(
    tx: &mut Tx,
    repository_id: &str,
    objects: &[&NewObject],
    loose: Option<Moment>,
) -> Result<Vec<ObjectId>> {
    let count = i64::try_from(objects.len()).unwrap_or(i64::MAX);
    // Numbers are never given twice, also when what had the last of them is gone.
    let last: Option<i64> =
        sql("UPDATE repositories SET objects = objects + $2 WHERE id = $1 RETURNING objects - $2 AS value")
            .bind(repository_id)
            .bind(count)
            .one(&mut *tx)
            .await?;
    let mut data = Joined::new();
    let row = |(place, object): (usize, &&NewObject)| {
        let start = object.data.as_ref().map(|bytes| data.add(bytes));
        json!({
            "place": place, "id": object.id, "kind": object.kind, "size": object.size, "object": object.object, "start": start,
            "sha": object.lfs.map(|(sha256, _)| sha256), "length": object.lfs.map(|(_, size)| size),
        })
    };
    let rows: Vec<_> = objects.iter().enumerate().map(row).collect();
    sql("INSERT INTO git_objects (repository_id, id, kind, size, data, object, lfs_sha256, lfs_size, added, loose)
         SELECT $1, value->>'id', value->>'kind', CAST(value->>'size' AS BIGINT),
             CASE WHEN value->>'start' IS NULL THEN NULL
             ELSE substr($3, CAST(value->>'start' AS INTEGER), CAST(value->>'size' AS INTEGER)) END,
             value->>'object', value->>'sha', CAST(value->>'length' AS BIGINT),
             CAST($4 AS BIGINT) + 1 + CAST(value->>'place' AS BIGINT), CAST($5 AS BIGINT)
         FROM rows($2) WHERE true
         ON CONFLICT (repository_id, id) DO UPDATE SET loose = excluded.loose
             WHERE git_objects.loose IS NOT NULL RETURNING id AS value")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .bind(data.into_bytes())
    .bind(last.unwrap_or_default())
    .bind(loose)
    .all(tx)
    .await
}

/// The objects among these ids that are there.
///
/// # Errors
/// When the database fails.
pub async fn find(
    door: impl Door,
    repository_id: &str,
    ids: impl IntoIterator<Item = ObjectId>,
) -> Result<Vec<StoredObject>> {
    sql("SELECT id, kind, size, data, object, added FROM git_objects WHERE repository_id = $1 AND id IN each($2)")
        .bind(repository_id)
        .bind(json_set(ids))
        .all(door)
        .await
}

/// What is known of the blobs among these ids, without their bytes: also of those that are loose, for whoever still reads
/// a commit that has just gone.
///
/// # Errors
/// When the database fails.
pub async fn blob_facts(
    door: impl Door,
    repository_id: &str,
    ids: impl IntoIterator<Item = ObjectId>,
) -> Result<Vec<BlobFacts>> {
    facts(door, repository_id, ids, "").await
}

/// As [`blob_facts`], of those only to which a commit leads: what is loose is not there for who adds to a history.
///
/// # Errors
/// When the database fails.
pub async fn firm_facts(
    door: impl Door,
    repository_id: &str,
    ids: impl IntoIterator<Item = ObjectId>,
) -> Result<Vec<BlobFacts>> {
    facts(door, repository_id, ids, " AND o.loose IS NULL").await
}

async fn facts(
    door: impl Door,
    repository_id: &str,
    ids: impl IntoIterator<Item = ObjectId>,
    only: &'static str,
) -> Result<Vec<BlobFacts>> {
    sql("SELECT o.id, o.size, o.lfs_sha256, o.lfs_size, l.file
         FROM git_objects o LEFT JOIN lfs_files l ON l.repository_id = o.repository_id AND l.sha256 = o.lfs_sha256
         WHERE o.repository_id = $1 AND o.id IN each($2)")
    .then(only)
    .bind(repository_id)
    .bind(json_set(ids))
    .all(door)
    .await
}

/// The next objects in the order of their ids, for an export of all of them.
///
/// # Errors
/// When the database fails.
pub async fn page(
    door: impl Door,
    repository_id: &str,
    after: Option<ObjectId>,
    limit: i64,
) -> Result<Vec<StoredObject>> {
    sql("SELECT id, kind, size, data, object, added FROM git_objects
         WHERE repository_id = $1 AND id > $2 ORDER BY id LIMIT $3")
    .bind(repository_id)
    .bind(after.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .all(door)
    .await
}

/// The next objects that lie in the store rather than in the database.
///
/// # Errors
/// When the database fails.
pub async fn stored_page(
    door: impl Door,
    repository_id: &str,
    after: Option<ObjectId>,
    limit: i64,
) -> Result<Vec<StoredObject>> {
    sql("SELECT id, kind, size, data, object, added FROM git_objects
         WHERE repository_id = $1 AND id > $2 AND object IS NOT NULL AND loose IS NULL ORDER BY id LIMIT $3")
    .bind(repository_id)
    .bind(after.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .all(door)
    .await
}

/// How far a repository has come: the number of the object added last.
///
/// # Errors
/// When the database fails.
pub async fn last_added(door: impl Door, repository_id: &str) -> Result<i64> {
    let last =
        sql("SELECT objects AS value FROM repositories WHERE id = $1").bind(repository_id).one(door).await?;
    Ok(last.unwrap_or_default())
}

/// How many objects were added after one number, up to another.
///
/// # Errors
/// When the database fails.
pub async fn count_added(door: impl Door, repository_id: &str, after: i64, until: i64) -> Result<i64> {
    let count = sql("SELECT COUNT(*) AS value FROM git_objects
         WHERE repository_id = $1 AND added > $2 AND added <= $3")
    .bind(repository_id)
    .bind(after)
    .bind(until)
    .one(door)
    .await?;
    Ok(count.unwrap_or_default())
}

/// The next objects in the order in which they were added: those that come after one, up to a number.
///
/// # Errors
/// When the database fails.
pub async fn page_added(
    door: impl Door,
    repository_id: &str,
    after: (i64, Option<ObjectId>),
    until: i64,
    limit: i64,
) -> Result<Vec<StoredObject>> {
    // A missing id stands after all: no object of that number is wanted any more.
    let id = after.1.map_or_else(|| "g".to_owned(), |id| id.to_string());
    sql("SELECT id, kind, size, data, object, added FROM git_objects
         WHERE repository_id = $1 AND (added, id) > ($2, $3) AND added <= $4 ORDER BY added, id LIMIT $5")
    .bind(repository_id)
    .bind(after.0)
    .bind(id)
    .bind(until)
    .bind(limit)
    .all(door)
    .await
}

/// The objects that were added after one number, up to another.
///
/// # Errors
/// When the database fails.
pub async fn ids_added(
    door: impl Door,
    repository_id: &str,
    after: i64,
    until: i64,
) -> Result<Vec<ObjectId>> {
    sql("SELECT id AS value FROM git_objects WHERE repository_id = $1 AND added > $2 AND added <= $3")
        .bind(repository_id)
        .bind(after)
        .bind(until)
        .all(door)
        .await
}

/// Those of these objects of the store that no row names.
///
/// # Errors
/// When the database fails.
pub async fn unnamed(door: impl Door, objects: &[Uuid]) -> Result<Vec<Uuid>> {
    crate::unnamed(door, "git_objects", objects).await
}

/// Copies the objects that lie in the database to another repository.
///
/// # Errors
/// When the database fails.
pub async fn copy_inline(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    sql("INSERT INTO git_objects (repository_id, id, kind, size, data, object, lfs_sha256, lfs_size, added)
         SELECT $1, id, kind, size, data, NULL, lfs_sha256, lfs_size, added FROM git_objects
         WHERE repository_id = $2 AND object IS NULL AND loose IS NULL")
    .bind(to)
    .bind(from)
    .run(tx)
    .await?;
    sql("UPDATE repositories SET objects = (SELECT objects FROM repositories WHERE id = $2) WHERE id = $1")
        .bind(to)
        .bind(from)
        .run(tx)
        .await?;
    Ok(())
}

/// Whether a copy lacks objects that its source has.
///
/// # Errors
/// When the database fails.
pub async fn lacks(door: impl Door, from: &str, to: &str) -> Result<bool> {
    let lacking: Vec<ObjectId> =
        sql("SELECT s.id AS value FROM git_objects s WHERE s.repository_id = $1 AND NOT EXISTS
             (SELECT 1 FROM git_objects t WHERE t.repository_id = $2 AND t.id = s.id) AND s.loose IS NULL LIMIT 1")
        .bind(from)
        .bind(to)
        .all(door)
        .await?;
    Ok(!lacking.is_empty())
}

record! {
    /// An object and what it counts for.
    pub struct Weighed {
        /// Its SHA-1.
        pub id: ObjectId,
        /// The bytes of a file that git holds itself; 0 for all else.
        pub bytes: i64,
    }
}

/// What an object counts for: a pointer counts as what it points to, and that is counted elsewhere.
const BYTES: &str = "CASE WHEN kind = 'blob' AND lfs_sha256 IS NULL THEN size ELSE 0 END AS bytes";

/// Notes that a commit leads to these objects; gives those that were loose, and whether all of them are there.
///
/// # Errors
/// When the database fails.
pub async fn name(tx: &mut Tx, repository_id: &str, ids: &[ObjectId]) -> Result<(Vec<Weighed>, bool)> {
    let (mut named, mut are_all_there) = (Vec::new(), true);
    for ids in ids.chunks(PAGE) {
        let set = json_set(ids);
        let statement = sql("UPDATE git_objects SET loose = NULL
             WHERE repository_id = $1 AND id IN each($2) AND loose IS NOT NULL RETURNING id, ");
        let loose: Vec<Weighed> = statement.then(BYTES).bind(repository_id).bind(&set).all(&mut *tx).await?;
        named.extend(loose);
        let there =
            sql("SELECT COUNT(*) AS value FROM git_objects WHERE repository_id = $1 AND id IN each($2)");
        let there: Option<i64> = there.bind(repository_id).bind(&set).one(&mut *tx).await?;
        are_all_there &= there == i64::try_from(ids.len()).ok();
    }
    Ok((named, are_all_there))
}

/// The ids of the next objects that are not loose.
///
/// # Errors
/// When the database fails.
pub async fn named_ids(
    door: impl Door,
    repository_id: &str,
    after: Option<ObjectId>,
    limit: i64,
) -> Result<Vec<ObjectId>> {
    sql("SELECT id AS value FROM git_objects
         WHERE repository_id = $1 AND id > $2 AND loose IS NULL ORDER BY id LIMIT $3")
    .bind(repository_id)
    .bind(after.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .all(door)
    .await
}

/// Notes that no commit leads to these objects any more; gives those that were not loose before.
///
/// # Errors
/// When the database fails.
pub async fn loosen(
    tx: &mut Tx,
    repository_id: &str,
    ids: &[ObjectId],
    since: Moment,
) -> Result<Vec<Weighed>> {
    let mut loosened = Vec::new();
    for ids in ids.chunks(PAGE) {
        let statement = sql("UPDATE git_objects SET loose = $3
             WHERE repository_id = $1 AND id IN each($2) AND loose IS NULL RETURNING id, ");
        let statement = statement.then(BYTES).bind(repository_id).bind(json_set(ids)).bind(since);
        loosened.extend(statement.all::<Weighed>(&mut *tx).await?);
    }
    Ok(loosened)
}

record! {
    /// A repository with objects that have been loose for long.
    pub struct Loose {
        /// The repository.
        pub repository_id: String,
        /// How many there are.
        pub objects: i64,
        /// How many bytes they have.
        pub bytes: i64,
    }
}

/// The next repositories that have objects which have been loose since before then.
///
/// # Errors
/// When the database fails.
pub async fn loose_before(door: impl Door, before: Moment, after: &str, limit: i64) -> Result<Vec<Loose>> {
    sql("SELECT repository_id, COUNT(*) AS objects, CAST(SUM(size) AS BIGINT) AS bytes FROM git_objects
         WHERE loose < $1 AND repository_id > $2 GROUP BY repository_id ORDER BY repository_id LIMIT $3")
    .bind(before)
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// An object that is gone.
    pub struct Gone {
        /// The object of the store that held its bytes, where these were many.
        pub object: Option<String>,
        /// How many they were.
        pub size: i64,
    }
}

/// Forgets objects that have been loose since before then, so many at most. Whoever does has locked the repository.
///
/// # Errors
/// When the database fails.
pub async fn forget_loose(tx: &mut Tx, repository_id: &str, before: Moment, limit: i64) -> Result<Vec<Gone>> {
    sql("DELETE FROM git_objects WHERE repository_id = $1 AND id IN (
             SELECT id FROM git_objects WHERE repository_id = $1 AND loose < $2 LIMIT $3)
         RETURNING object, size")
    .bind(repository_id)
    .bind(before)
    .bind(limit)
    .all(tx)
    .await
}

/// Ids of one statement.
const PAGE: usize = 1000;
