//! Stored xorbs, and who may know of them: `xorbs` and `xorb_domains`.

use limpide_words::Moment;
use limpide_xet::Hash;
use uuid::Uuid;

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

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
        /// `live`, or `condemned`: about to be removed, not to be named by new files.
        pub state: String,
        /// When somebody was last told that it is there.
        pub touched: Moment,
    }
}

/// Adds a live xorb, unless one of this name is there; says whether it was added.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, xorb: &Xorb) -> Result<bool> {
    let added = sql("INSERT INTO xorbs (hash, object, length, unpacked_length, chunks, state, touched)
         VALUES ($1, $2, $3, $4, $5, 'live', $6) ON CONFLICT (hash) DO NOTHING")
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

/// Gives a condemned xorb new bytes and makes it live again.
///
/// # Errors
/// When the database fails.
pub async fn revive(tx: &mut Tx, xorb: &Xorb) -> Result<()> {
    sql("UPDATE xorbs SET object = $2, length = $3, unpacked_length = $4, chunks = $5, state = 'live', touched = $6
         WHERE hash = $1")
    .bind(xorb.hash)
    .bind(xorb.object)
    .bind(xorb.length)
    .bind(xorb.unpacked_length)
    .bind(xorb.chunks)
    .bind(xorb.touched)
    .run(tx)
    .await?;
    Ok(())
}

/// The xorb of this name in whatever state, held until the transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn find_for_update(tx: &mut Tx, hash: Hash) -> Result<Option<Xorb>> {
    sql("SELECT hash, object, length, unpacked_length, chunks, state, touched FROM xorbs
         WHERE hash = $1 FOR UPDATE")
    .bind(hash)
    .one(tx)
    .await
}

/// The live ones among these xorbs that a deduplication domain may know of.
///
/// # Errors
/// When the database fails.
pub async fn known(door: impl Door, domain: &str, hashes: &[Hash]) -> Result<Vec<Xorb>> {
    sql("SELECT x.hash, x.object, x.length, x.unpacked_length, x.chunks, x.state, x.touched
         FROM xorbs x JOIN xorb_domains d ON d.xorb = x.hash
         WHERE d.domain = $1 AND x.hash IN each($2) AND x.state = 'live'")
    .bind(domain)
    .bind(json_set(hashes))
    .all(door)
    .await
}

/// The live ones among these xorbs, whoever may know of them: for reading files that name them.
///
/// # Errors
/// When the database fails.
pub async fn live(door: impl Door, hashes: &[Hash]) -> Result<Vec<Xorb>> {
    sql("SELECT hash, object, length, unpacked_length, chunks, state, touched FROM xorbs
         WHERE hash IN each($1) AND state = 'live'")
    .bind(json_set(hashes))
    .all(door)
    .await
}

/// Holds those of these xorbs that are live, so that none is condemned before the transaction ends.
/// In the order of their names: two transactions that hold the same xorbs never wait for each other in a circle.
///
/// # Errors
/// When the database fails.
pub async fn hold_live(tx: &mut Tx, hashes: &[Hash]) -> Result<Vec<Hash>> {
    sql("SELECT hash AS value FROM xorbs WHERE hash IN each($1) AND state = 'live' ORDER BY hash FOR UPDATE")
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

/// Condemns live xorbs that no file needs and of which nobody was told since then; what pointed to them by
/// their chunks is forgotten. Gives their number.
///
/// # Errors
/// When the database fails.
pub async fn condemn_unused(tx: &mut Tx, untold_since: Moment) -> Result<u64> {
    let condemned = sql("UPDATE xorbs SET state = 'condemned'
         WHERE state = 'live' AND touched < $1
             AND NOT EXISTS (SELECT 1 FROM file_xorbs f WHERE f.xorb = xorbs.hash)")
    .bind(untold_since)
    .run(tx)
    .await?;
    sql("DELETE FROM key_chunks WHERE xorb IN (SELECT hash FROM xorbs WHERE state = 'condemned')")
        .run(tx)
        .await?;
    Ok(condemned)
}
