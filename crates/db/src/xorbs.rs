//! Stored xorbs, and who may know of them: `xorbs` and `xorb_domains`.

use limpide_words::Moment;
use limpide_xet::Hash;
use uuid::Uuid;

use crate::door::{Db, Door, Result, Tx, sql};
use crate::record::record;
use crate::{json_set, last_of_page};

record! {
    /// A stored xorb.
    pub struct Xorb {
        /// Its name, made from its chunks.
        pub hash: Hash,
        /// The object of the store that holds its bytes; its chunk table has the same id.
        pub object: Uuid,
        /// The bytes of its body.
        pub length: i64,
        /// The bytes that its chunks unpack to.
        pub unpacked_length: i64,
        /// How many chunks it has.
        pub chunks: i64,
        /// When somebody was last told that it is there.
        pub touched: Moment,
    }
}

/// Adds a xorb, unless one of this name is there; says whether it was added.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, xorb: &Xorb) -> Result<bool> {
    let added = sql("INSERT INTO xorbs (hash, object, length, unpacked_length, chunks, touched)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (hash) DO NOTHING")
    .bind(xorb.hash)
    .bind(xorb.object)
    .bind(xorb.length)
    .bind(xorb.unpacked_length)
    .bind(xorb.chunks)
    .bind(xorb.touched)
    .run(tx)
    .await?;
    Ok(added > 0)
}

/// The xorb of this name, held until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn find_for_update(tx: &mut Tx, hash: Hash) -> Result<Option<Xorb>> {
    sql("SELECT hash, object, length, unpacked_length, chunks, touched FROM xorbs WHERE hash = $1 FOR UPDATE")
        .bind(hash)
        .one(tx)
        .await
}

/// Those of these xorbs that a deduplication domain may know of.
///
/// # Errors
/// When the database fails.
pub async fn known(door: impl Door, domain: &str, hashes: &[Hash]) -> Result<Vec<Xorb>> {
    sql("SELECT x.hash, x.object, x.length, x.unpacked_length, x.chunks, x.touched
         FROM xorbs x JOIN xorb_domains d ON d.xorb = x.hash
         WHERE d.domain = $1 AND x.hash IN each($2)")
    .bind(domain)
    .bind(json_set(hashes))
    .all(door)
    .await
}

/// Those of these xorbs that are there, whoever may know of them: for reading files that name them.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, hashes: &[Hash]) -> Result<Vec<Xorb>> {
    sql("SELECT hash, object, length, unpacked_length, chunks, touched FROM xorbs WHERE hash IN each($1)")
        .bind(json_set(hashes))
        .all(door)
        .await
}

/// Holds those of these xorbs that are there, so that none is collected before the transaction ends.
/// In the order of their names: two transactions that hold the same xorbs never wait for each other in a circle.
///
/// # Errors
/// When the database fails.
pub async fn hold(tx: &mut Tx, hashes: &[Hash]) -> Result<Vec<Hash>> {
    sql("SELECT hash AS value FROM xorbs WHERE hash IN each($1) ORDER BY hash FOR UPDATE")
        .bind(json_set(hashes))
        .all(tx)
        .await
}

/// Notes that somebody was told that these xorbs are there.
///
/// # Errors
/// When the database fails.
pub async fn touch(tx: &mut Tx, hashes: &[Hash], now: Moment) -> Result<()> {
    sql("UPDATE xorbs SET touched = $1 WHERE hash IN each($2)")
        .bind(now)
        .bind(json_set(hashes))
        .run(tx)
        .await?;
    Ok(())
}

/// Lets a deduplication domain know of a xorb; says whether this is new to it.
///
/// # Errors
/// When the database fails.
pub async fn enter_domain(tx: &mut Tx, domain: &str, hash: Hash) -> Result<bool> {
    let entered =
        sql("INSERT INTO xorb_domains (domain, xorb) VALUES ($1, $2) ON CONFLICT (domain, xorb) DO NOTHING")
            .bind(domain)
            .bind(hash)
            .run(tx)
            .await?;
    Ok(entered > 0)
}

record! {
    /// A xorb that nothing needs.
    pub struct Unused {
        /// Its name.
        pub hash: Hash,
        /// The object of the store that holds its bytes.
        pub object: Uuid,
        /// How many these are.
        pub length: i64,
    }
}

/// Looks at the next xorbs in the order of their names, as many as `limit`; gives the last of them, and those that no
/// file needs which a repository has or waits for, and of which nobody was told since then.
///
/// # Errors
/// When the database fails.
pub async fn unused(
    door: &Db,
    (now, untold_since): (Moment, Moment),
    after: &str,
    limit: i64,
) -> Result<(Option<String>, Vec<Unused>)> {
    let last = last_of_page(door, "xorbs", after, limit).await?;
    let Some(until) = &last else { return Ok((None, Vec::new())) };
    let unused = sql(
        "SELECT hash, object, length FROM xorbs x WHERE hash > $1 AND hash <= $2 AND touched < $3
             AND NOT EXISTS (SELECT 1 FROM file_xorbs f WHERE f.xorb = x.hash AND (
                 EXISTS (SELECT 1 FROM lfs_files l WHERE l.file = f.file)
                 OR EXISTS (SELECT 1 FROM claims c WHERE c.file = f.file AND c.expires > $4))) ORDER BY hash",
    )
    .bind(after)
    .bind(until)
    .bind(untold_since)
    .bind(now)
    .all(door)
    .await?;
    Ok((last, unused))
}

/// Forgets those of these xorbs that are still unused, and what points to them by their chunks. Whoever else holds one
/// keeps it.
///
/// # Errors
/// When the database fails.
pub async fn forget_unused(tx: &mut Tx, untold_since: Moment, hashes: &[Hash]) -> Result<Vec<Unused>> {
    // Held first, and looked at again by a second statement: what others did until they let go is seen by it.
    let held: Vec<Hash> =
        sql("SELECT hash AS value FROM xorbs WHERE hash IN each($1) ORDER BY hash FOR UPDATE SKIP LOCKED")
            .bind(json_set(hashes))
            .all(&mut *tx)
            .await?;
    sql("DELETE FROM xorbs WHERE hash IN each($1) AND touched < $2
             AND NOT EXISTS (SELECT 1 FROM file_xorbs f WHERE f.xorb = xorbs.hash)
         RETURNING hash, object, length")
    .bind(json_set(held))
    .bind(untold_since)
    .all(tx)
    .await
}

/// Those of these objects of the store that no row names.
///
/// # Errors
/// When the database fails.
pub async fn unnamed(door: impl Door, objects: &[Uuid]) -> Result<Vec<Uuid>> {
    crate::unnamed(door, "xorbs", objects).await
}
