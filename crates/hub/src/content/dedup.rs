//! Tells a client which of its chunks are already here, without telling it anything that it does not have.

use std::collections::HashSet;
use std::time::Duration;

use bytes::Bytes;
use limpide_db::key_chunks::{self, KeyChunk};
use limpide_db::{files, xorbs};
use limpide_xet::{DedupAnswer, Hash, Terms};

use super::token::ReadPass;
use super::{aside, damaged};
use crate::Hub;
use crate::error::{Error, Result};

/// How long a client may rely on an answer; after that a xorb may be gone.
const GOOD_FOR: Duration = Duration::from_secs(7 * 24 * 3600);

/// How many chunks an answer is about, at most: four megabytes, for some 5 GB of content.
const CHUNKS: i64 = 64 * 1024;

/// How many xorbs are looked at, at most.
const NEAR: usize = 256;

impl Hub {
    /// The xorbs around a chunk that clients may ask about, as a shard whose chunk names are hidden: a client
    /// finds in it only the chunks that it has itself.
    ///
    /// # Errors
    /// `NotFound` when the chunk is unknown within the domain of the pass.
    pub async fn dedup_answer(&self, pass: &ReadPass, chunk: Hash) -> Result<Bytes> {
        let unknown = || Error::missing(format!("The chunk {chunk} is not known here."));
        let found = key_chunks::find(self.db(), &pass.domain, &[chunk]).await?;
        let hit = found.first().ok_or_else(unknown)?;
        let near = self.xorbs_near(hit).await?;
        let mut known = xorbs::known(self.db(), &pass.domain, &near).await?;
        known.sort_by_key(|xorb| near.iter().position(|hash| *hash == xorb.hash));
        let mut chunks = 0;
        known.retain(|xorb| {
            chunks += xorb.chunks;
            // The first is the one with the hit: without it the answer is of no use.
            xorb.hash == hit.xorb || chunks <= CHUNKS
        });
        let told = self.tell_of(known).await?;
        if !told.iter().any(|xorb| xorb.hash == hit.xorb) {
            return Err(unknown());
        }
        let answer = self.answer_of_today(&pass.domain)?;
        let tables = self.hold_tables(&told).await?;
        let write = move || {
            let xorbs = told.iter().filter_map(|xorb| Some((xorb.hash, tables.get(&xorb.hash)?)));
            Ok(answer.write(xorbs).into())
        };
        aside(write).await
    }

    /// The xorbs of the hit's file, those first that most likely match what the client has next.
    async fn xorbs_near(&self, hit: &KeyChunk) -> Result<Vec<Hash>> {
        let Some(file) = files::find(self.db(), hit.file).await? else { return Ok(vec![hit.xorb]) };
        let terms = Terms::parse(&file.terms).map_err(damaged)?;
        Ok(nearest(&terms, hit.xorb))
    }

    /// Names are hidden with another key each day and in each domain: answers cannot be put together.
    fn answer_of_today(&self, domain: &str) -> Result<DedupAnswer> {
        let now = self.clock().now();
        let day = now.seconds().div_euclid(24 * 3600);
        let key = self.derived_key("hidden chunk names", format!("{day}\n{domain}").as_bytes())?;
        let seconds = |moment: limpide_words::Moment| moment.seconds().unsigned_abs();
        DedupAnswer::new(Hash::from_bytes(key), seconds(now), seconds(now + GOOD_FOR))
            .map_err(|error| Error::Internal(error.into()))
    }
}

/// The xorbs of a file by their distance from one of them. What comes after counts three times as near as what
/// comes before: a client reads its file forwards.
pub(super) fn nearest(terms: &Terms, hit: Hash) -> Vec<Hash> {
    let terms = terms.as_slice();
    let at = terms.iter().position(|term| term.xorb == hit).unwrap_or(0);
    let mut places: Vec<usize> = (0..terms.len()).collect();
    places.sort_by_key(|place| if *place >= at { place - at } else { 3 * (at - place) });
    let mut seen = HashSet::from([hit]);
    let others = places.into_iter().map(|place| terms[place].xorb).filter(|xorb| seen.insert(*xorb));
    std::iter::once(hit).chain(others).take(NEAR).collect()
}
