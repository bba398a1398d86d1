//! Content as it stands: `xorbs`, `files` and what joins them, `claims`, `key_chunks`, `dead_objects`.

use crate::door::{Db, Door, Result, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// A stored xorb, as it stands.
    pub struct XorbRow {
        /// Its name.
        pub hash: String,
        /// The object of the store.
        pub object: String,
        /// The bytes of its body.
        pub length: i64,
        /// The bytes that its chunks unpack to.
        pub unpacked_length: i64,
        /// How many chunks it has.
        pub chunks: i64,
        /// How many deduplication domains know of it.
        pub domains: i64,
        /// How many files need it.
        pub files: i64,
    }
}

/// The names of the next xorbs.
///
/// # Errors
/// When the database fails.
pub async fn xorb_names(door: impl Door, after: &str, limit: i64) -> Result<Vec<String>> {
    sql("SELECT hash AS value FROM xorbs WHERE hash > $1 ORDER BY hash LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(door)
        .await
}

/// A xorb, if it is (still) there.
///
/// # Errors
/// When the database fails.
pub async fn xorb(door: impl Door, hash: &str) -> Result<Option<XorbRow>> {
    sql("SELECT x.hash, x.object, x.length, x.unpacked_length, x.chunks,
             (SELECT COUNT(*) FROM xorb_domains d WHERE d.xorb = x.hash) AS domains,
             (SELECT COUNT(*) FROM file_xorbs f WHERE f.xorb = x.hash) AS files
         FROM xorbs x WHERE x.hash = $1")
    .bind(hash)
    .one(door)
    .await
}

record! {
    /// Where a xorb lies.
    pub struct XorbPlace {
        /// Its name.
        pub hash: String,
        /// The object of the store.
        pub object: String,
    }
}

/// Where these xorbs lie.
///
/// # Errors
/// When the database fails.
pub async fn xorb_places(door: impl Door, hashes: &[String]) -> Result<Vec<XorbPlace>> {
    sql("SELECT hash, object FROM xorbs WHERE hash IN each($1)").bind(json_set(hashes)).all(door).await
}

record! {
    /// A stored file, as it stands.
    pub struct FileRow {
        /// Its name.
        pub hash: String,
        /// Its length.
        pub size: i64,
        /// The SHA-256 of its bytes.
        pub sha256: String,
        /// Its terms.
        pub terms: Vec<u8>,
    }
}

/// The names of the next files.
///
/// # Errors
/// When the database fails.
pub async fn file_names(door: impl Door, after: &str, limit: i64) -> Result<Vec<String>> {
    sql("SELECT hash AS value FROM files WHERE hash > $1 ORDER BY hash LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(door)
        .await
}

/// A file, if it is (still) there.
///
/// # Errors
/// When the database fails.
pub async fn file(door: impl Door, hash: &str) -> Result<Option<FileRow>> {
    sql("SELECT hash, size, sha256, terms FROM files WHERE hash = $1").bind(hash).one(door).await
}

/// The xorbs that a file is said to need.
///
/// # Errors
/// When the database fails.
pub async fn xorbs_of_file(door: impl Door, hash: &str) -> Result<Vec<String>> {
    sql("SELECT xorb AS value FROM file_xorbs WHERE file = $1 ORDER BY xorb").bind(hash).all(door).await
}

record! {
    /// A path of a repository.
    pub struct Use {
        /// `model`, `dataset` or `space`.
        pub kind: String,
        /// Its owner's name.
        pub owner: Option<String>,
        /// Its name.
        pub name: String,
        /// Where the file was first committed.
        pub path: String,
    }
}

/// Where a file was committed, so many places at most.
///
/// # Errors
/// When the database fails.
pub async fn uses_of_file(door: impl Door, hash: &str, limit: i64) -> Result<Vec<Use>> {
    sql("SELECT r.kind, o.name AS owner, r.name, l.path
         FROM lfs_files l JOIN repositories r ON r.id = l.repository_id LEFT JOIN owners o ON o.id = r.owner_id
         WHERE l.file = $1 ORDER BY r.id, l.path LIMIT $2")
    .bind(hash)
    .bind(limit)
    .all(door)
    .await
}

/// Where files that need a xorb were committed, so many places at most.
///
/// # Errors
/// When the database fails.
pub async fn uses_of_xorb(door: impl Door, hash: &str, limit: i64) -> Result<Vec<Use>> {
    sql("SELECT r.kind, o.name AS owner, r.name, l.path
         FROM file_xorbs f JOIN lfs_files l ON l.file = f.file
             JOIN repositories r ON r.id = l.repository_id LEFT JOIN owners o ON o.id = r.owner_id
         WHERE f.xorb = $1 ORDER BY r.id, l.path LIMIT $2")
    .bind(hash)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// A chunk that clients may ask for, as it stands.
    pub struct KeyRow {
        /// The chunk.
        pub chunk: String,
        /// The xorb that should hold it.
        pub xorb: String,
        /// The object of the xorb, if it is there.
        pub object: Option<String>,
    }
}

/// The next key chunks, by chunk and xorb.
///
/// # Errors
/// When the database fails.
pub async fn key_chunks(door: impl Door, after: (&str, &str), limit: i64) -> Result<Vec<KeyRow>> {
    sql("SELECT k.chunk, k.xorb, x.object
         FROM key_chunks k LEFT JOIN xorbs x ON x.hash = k.xorb
         WHERE (k.chunk, k.xorb) > ($1, $2) ORDER BY k.chunk, k.xorb LIMIT $3")
    .bind(after.0)
    .bind(after.1)
    .bind(limit)
    .all(door)
    .await
}

/// Whether a chunk is (still) noted under a xorb that is there.
///
/// # Errors
/// When the database fails.
pub async fn is_key_chunk(door: impl Door, chunk: &str, xorb: &str) -> Result<bool> {
    let found: Option<String> = sql("SELECT k.chunk AS value FROM key_chunks k
         JOIN xorbs x ON x.hash = k.xorb WHERE k.chunk = $1 AND k.xorb = $2")
    .bind(chunk)
    .bind(xorb)
    .one(door)
    .await?;
    Ok(found.is_some())
}

record! {
    /// A claim that does not fit its file.
    pub struct ClaimRow {
        /// The repository's name.
        pub name: String,
        /// The SHA-256 that was claimed.
        pub sha256: String,
        /// The file.
        pub file: String,
        /// The SHA-256 of that file, if it is there.
        pub file_sha256: Option<String>,
    }
}

/// Claims that name no file, or a file of another SHA-256; so many at most.
///
/// # Errors
/// When the database fails.
pub async fn unfit_claims(door: impl Door, limit: i64) -> Result<Vec<ClaimRow>> {
    sql("SELECT r.name, c.sha256, c.file, f.sha256 AS file_sha256
         FROM claims c JOIN repositories r ON r.id = c.repository_id LEFT JOIN files f ON f.hash = c.file
         WHERE f.hash IS NULL OR f.sha256 <> c.sha256 ORDER BY c.repository_id, c.sha256 LIMIT $1")
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// That a domain knows of a xorb, and cannot be one.
    pub struct DomainRow {
        /// The domain.
        pub domain: String,
        /// The xorb.
        pub xorb: String,
    }
}

/// Domains that are neither the whole hub's nor an owner's, so many at most.
///
/// # Errors
/// When the database fails.
pub async fn unknown_domains(door: impl Door, whole: &str, limit: i64) -> Result<Vec<DomainRow>> {
    sql("SELECT d.domain, d.xorb FROM xorb_domains d
         WHERE d.domain <> $1 AND NOT EXISTS (SELECT 1 FROM owners o WHERE o.id = d.domain)
         ORDER BY d.domain, d.xorb LIMIT $2")
    .bind(whole)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// A part of an LFS object that has not arrived whole.
    pub struct PartRow {
        /// The repository's name.
        pub name: String,
        /// The SHA-256 of the whole.
        pub sha256: String,
        /// The length of the whole.
        pub size: i64,
        /// The length of each part but the last.
        pub part_size: i64,
        /// Its place, from 1.
        pub number: i64,
        /// The SHA-256 of its bytes.
        pub digest: String,
        /// The object of the store that holds its bytes.
        pub object: String,
    }
}

/// The next parts.
///
/// # Errors
/// When the database fails.
pub async fn lfs_parts(door: impl Door, after: &str, limit: i64) -> Result<Vec<PartRow>> {
    sql("SELECT r.name, p.sha256, p.size, p.part_size, p.number, p.digest, p.object
         FROM lfs_parts p JOIN repositories r ON r.id = p.repository_id
         WHERE p.object > $1 ORDER BY p.object LIMIT $2")
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

/// The next objects that are to be removed.
///
/// # Errors
/// When the database fails.
pub async fn dead_objects(door: impl Door, after: &str, limit: i64) -> Result<Vec<String>> {
    sql("SELECT path AS value FROM dead_objects WHERE path > $1 ORDER BY path LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(door)
        .await
}

/// Whether an object of the store is both to be removed and named by a row.
///
/// # Errors
/// When the database fails.
pub async fn is_dead_and_named(door: impl Door, path: &str, object: &str) -> Result<bool> {
    let found: Option<String> = sql("SELECT path AS value FROM dead_objects WHERE path = $1 AND (
             EXISTS (SELECT 1 FROM xorbs x WHERE x.object = $2)
             OR EXISTS (SELECT 1 FROM git_objects o WHERE o.object = $2)
             OR EXISTS (SELECT 1 FROM shards s WHERE s.object = $2)
             OR EXISTS (SELECT 1 FROM lfs_parts p WHERE p.object = $2))")
    .bind(path)
    .bind(object)
    .one(door)
    .await?;
    Ok(found.is_some())
}

record! {
    /// How much there is to be checked.
    pub struct Extent {
        /// Bytes of xorbs.
        pub xorbs: i64,
        /// Bytes of files.
        pub files: i64,
    }
}

/// How much content there is, for whoever wants to know how far a check has come.
///
/// # Errors
/// When the database fails.
pub async fn extent(db: &Db) -> Result<Extent> {
    let found = sql("SELECT CAST(COALESCE((SELECT SUM(length) FROM xorbs), 0) AS BIGINT) AS xorbs,
             CAST(COALESCE((SELECT SUM(size) FROM files), 0) AS BIGINT) AS files")
    .one(db)
    .await?;
    Ok(found.unwrap_or(Extent { xorbs: 0, files: 0 }))
}
