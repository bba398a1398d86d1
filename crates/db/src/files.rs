//! Stored files, each a list of terms over xorbs: `files` and `file_xorbs`.

use limpide_words::{Moment, Sha256};
use limpide_xet::Hash;
use serde_json::json;
use uuid::Uuid;

use crate::door::{Db, Door, Result, Tx, sql};
use crate::record::record;
use crate::{json_set, last_of_page};

record! {
    /// A stored file.
    pub struct File {
        /// Its Xet name, made from its chunks.
        pub hash: Hash,
        /// Its length.
        pub size: i64,
        /// The SHA-256 of its bytes, computed here.
        pub sha256: Sha256,
        /// Its terms, 44 bytes each.
        pub terms: Vec<u8>,
        /// The object of the shard that describes it.
        pub shard: Uuid,
        /// When it was first registered.
        pub created: Moment,
    }
}

record! {
    /// The terms of a file.
    pub struct FileTerms {
        /// Its Xet name.
        pub hash: Hash,
        /// Its terms, 44 bytes each.
        pub terms: Vec<u8>,
    }
}

record! {
    /// What a file is called by others.
    pub struct FileNames {
        /// Its Xet name.
        pub hash: Hash,
        /// The SHA-256 of its bytes.
        pub sha256: Sha256,
    }
}

/// Adds files; those that are there are kept as they are, described by the newer shard where that has the same terms,
/// and held until the transaction ends. Gives those that have these very terms now: the same bytes may have come before,
/// cut into other terms.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, files: &[File]) -> Result<Vec<Hash>> {
    let rows = files.iter().map(|file| {
        json!({
            "hash": file.hash, "size": file.size, "sha256": file.sha256,
            "terms": hex::encode(&file.terms), "shard": file.shard.to_string(), "created": file.created.0,
        })
    });
    // The update also makes PostgreSQL hold the row, so that it is not collected from under us.
    let kept = sql("INSERT INTO files (hash, size, sha256, terms, shard, created)
         SELECT value->>'hash', CAST(value->>'size' AS BIGINT), value->>'sha256', unhex(value->>'terms'),
             value->>'shard', CAST(value->>'created' AS BIGINT)
         FROM rows($1) WHERE TRUE ORDER BY 1
         ON CONFLICT (hash) DO UPDATE
             SET shard = CASE WHEN files.terms = excluded.terms THEN excluded.shard ELSE files.shard END
         RETURNING hash, terms")
    .bind(rows.collect::<serde_json::Value>().to_string())
    .all::<FileTerms>(tx)
    .await?;
    let mine: std::collections::HashMap<Hash, &[u8]> =
        files.iter().map(|file| (file.hash, file.terms.as_slice())).collect();
    let same = |file: &FileTerms| mine.get(&file.hash) == Some(&file.terms.as_slice());
    Ok(kept.iter().filter(|file| same(file)).map(|file| file.hash).collect())
}

/// Notes which xorbs these new files need, as pairs of file and xorb.
///
/// # Errors
/// When the database fails.
pub async fn insert_xorbs(tx: &mut Tx, pairs: &[(Hash, Hash)]) -> Result<()> {
    let rows = pairs.iter().map(|(file, xorb)| json!({ "file": file, "xorb": xorb }));
    sql("INSERT INTO file_xorbs (file, xorb)
         SELECT value->>'file', value->>'xorb' FROM rows($1) WHERE TRUE
         ON CONFLICT (file, xorb) DO NOTHING")
    .bind(rows.collect::<serde_json::Value>().to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// The file of this name.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, hash: Hash) -> Result<Option<File>> {
    sql("SELECT hash, size, sha256, terms, shard, created FROM files WHERE hash = $1")
        .bind(hash)
        .one(door)
        .await
}

/// What is known of these files.
///
/// # Errors
/// When the database fails.
pub async fn names(door: impl Door, hashes: &[Hash]) -> Result<Vec<FileNames>> {
    sql("SELECT hash, sha256 FROM files WHERE hash IN each($1)").bind(json_set(hashes)).all(door).await
}

/// Those of these files that a reader of the repository may read: committed to it, or uploaded to it by this
/// user a short time ago.
///
/// # Errors
/// When the database fails.
pub async fn readable(door: impl Door, reader: Reader<'_>, hashes: &[Hash]) -> Result<Vec<File>> {
    sql("SELECT hash, size, sha256, terms, shard, created FROM files f
         WHERE hash IN each($1) AND (
             EXISTS (SELECT 1 FROM lfs_files l WHERE l.file = f.hash AND l.repository_id = $2)
             OR EXISTS (SELECT 1 FROM claims c WHERE c.file = f.hash AND c.repository_id = $2
                 AND c.user_id = $3 AND c.expires > $4))")
    .bind(json_set(hashes))
    .bind(reader.repository_id)
    .bind(reader.user_id)
    .bind(reader.now)
    .all(door)
    .await
}

/// Who wants to read files.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    /// The repository through which they read.
    pub repository_id: &'a str,
    /// The user; empty for anyone.
    pub user_id: &'a str,
    /// The time now.
    pub now: Moment,
}

record! {
    /// A file that no repository has.
    pub struct Unused {
        /// Its name.
        pub hash: Hash,
        /// The object of the shard that described it.
        pub shard: String,
        /// Its length.
        pub size: i64,
    }
}

/// Looks at the next files in the order of their names, as many as `limit`; gives the last of them, and those that no
/// repository has committed and that none waits for.
///
/// # Errors
/// When the database fails.
pub async fn unused(
    door: &Db,
    now: Moment,
    after: &str,
    limit: i64,
) -> Result<(Option<String>, Vec<Unused>)> {
    let last = last_of_page(door, "files", after, limit).await?;
    let Some(until) = &last else { return Ok((None, Vec::new())) };
    let unused = sql("SELECT hash, shard, size FROM files f WHERE hash > $1 AND hash <= $2
             AND NOT EXISTS (SELECT 1 FROM lfs_files l WHERE l.file = f.hash)
             AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.file = f.hash AND c.expires > $3) ORDER BY hash")
    .bind(after)
    .bind(until)
    .bind(now)
    .all(door)
    .await?;
    Ok((last, unused))
}

/// Forgets those of these files that are still unused, and which xorbs they needed. Whoever else holds one keeps it.
/// Claims that are over must have been forgotten before: see `claims::forget_expired`.
///
/// # Errors
/// When the database fails.
pub async fn forget_unused(tx: &mut Tx, hashes: &[Hash]) -> Result<Vec<Unused>> {
    // Held first, and looked at again by a second statement: what others did until they let go is seen by it.
    let held: Vec<Hash> =
        sql("SELECT hash AS value FROM files WHERE hash IN each($1) ORDER BY hash FOR UPDATE SKIP LOCKED")
            .bind(json_set(hashes))
            .all(&mut *tx)
            .await?;
    sql("DELETE FROM files WHERE hash IN each($1)
             AND NOT EXISTS (SELECT 1 FROM lfs_files l WHERE l.file = files.hash)
             AND NOT EXISTS (SELECT 1 FROM claims c WHERE c.file = files.hash)
         RETURNING hash, shard, size")
    .bind(json_set(held))
    .all(tx)
    .await
}
