//! Tells a client which bytes of which xorbs make a file, and gives links to them.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

use limpide_db::xorbs::{self, Xorb};
use limpide_xet::{
    FetchRange, Hash, Reconstruction, ReconstructionError, ReconstructionTerm, Terms, XorbFetch, reconstruct,
};

use super::links::{Link, LinksFor};
use super::read::StoredFile;
use super::token::ReadPass;
use super::{aside, damaged};
use crate::Hub;
use crate::error::{Error, Result};

/// How many files one question may be about.
const FILES_AT_ONCE: usize = 1000;

/// How many xorbs are looked up in one statement.
const LOOKED_UP_AT_ONCE: usize = 1000;

/// How to rebuild a range of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePlan {
    /// How many bytes of the first term come before the range.
    pub offset_into_first_range: u64,
    /// The terms, in the order of the file.
    pub terms: Vec<ReconstructionTerm>,
    /// What to fetch.
    pub xorbs: Vec<XorbLinks>,
}

/// How to rebuild several files: what they share is to be fetched once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchPlan {
    /// The terms of each file.
    pub files: BTreeMap<Hash, Vec<ReconstructionTerm>>,
    /// What to fetch.
    pub xorbs: Vec<XorbLinks>,
}

/// What to fetch of one xorb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct XorbLinks {
    /// The xorb.
    pub hash: Hash,
    /// Links, each with the ranges that it is for.
    pub links: Vec<(Link, Vec<FetchRange>)>,
}

impl Hub {
    /// How to rebuild a range of a file, or all of it. For the same range the answer is always the same, but
    /// for when its links expire.
    ///
    /// # Errors
    /// `PastEnd` when the range starts after the file's last byte, by which clients find the end.
    pub async fn reconstruct(
        &self,
        file: &StoredFile,
        range: Option<Range<u64>>,
        links_for: LinksFor,
    ) -> Result<FilePlan> {
        let window = range.clone().unwrap_or(0..file.size);
        let needed = needed(&file.terms, window);
        let xorbs = self.xorbs_of(needed).await?;
        let plan = self.plan_file(file, range, &xorbs).await?;
        let mut links = Vec::new();
        for fetch in plan.xorbs {
            links.push(self.links(fetch, &[file], &xorbs, links_for).await?);
        }
        let Reconstruction { offset_into_first_range, terms, .. } = plan;
        Ok(FilePlan { offset_into_first_range, terms, xorbs: links })
    }

    /// How to rebuild those of these files that the holder of the pass may read.
    ///
    /// # Errors
    /// `TooLarge` for too many files.
    pub async fn reconstruct_batch(&self, pass: &ReadPass, hashes: &[Hash]) -> Result<BatchPlan> {
        if hashes.len() > FILES_AT_ONCE {
            return Err(Error::TooLarge(format!("Ask for at most {FILES_AT_ONCE} files at once.")));
        }
        let files = self.readable_files(pass, hashes).await?;
        let xorbs = self.xorbs_of(files.iter().flat_map(|file| file.terms.xorbs()).collect()).await?;
        let mut plan = BatchPlan { files: BTreeMap::new(), xorbs: Vec::new() };
        let mut fetches: BTreeMap<Hash, Vec<FetchRange>> = BTreeMap::new();
        for file in &files {
            let of_file = self.plan_file(file, None, &xorbs).await?;
            plan.files.insert(file.hash, of_file.terms);
            for fetch in of_file.xorbs {
                fetches.entry(fetch.hash).or_default().extend(fetch.ranges);
            }
        }
        let read: Vec<&StoredFile> = files.iter().collect();
        for (hash, mut ranges) in fetches {
            ranges.sort_by_key(|range| (range.chunks.start, range.chunks.end));
            ranges.dedup();
            plan.xorbs.push(self.links(XorbFetch { hash, ranges }, &read, &xorbs, LinksFor::OneRange).await?);
        }
        Ok(plan)
    }

    async fn plan_file(
        &self,
        file: &StoredFile,
        range: Option<Range<u64>>,
        xorbs: &HashMap<Hash, Xorb>,
    ) -> Result<Reconstruction> {
        let needed = needed(&file.terms, range.clone().unwrap_or(0..file.size));
        let tables = self.hold_tables(needed.iter().filter_map(|xorb| xorbs.get(xorb))).await?;
        let (terms, size) = (Arc::clone(&file.terms), file.size);
        aside(move || {
            reconstruct(&terms, range, |xorb| tables.get(xorb)).map_err(|error| match error {
                ReconstructionError::PastEnd { .. } | ReconstructionError::EmptyRange { .. } => {
                    Error::PastEnd(size)
                }
                error => damaged(error),
            })
        })
        .await
    }

    async fn xorbs_of(&self, hashes: Vec<Hash>) -> Result<HashMap<Hash, Xorb>> {
        let mut stored = HashMap::new();
        for some in hashes.chunks(LOOKED_UP_AT_ONCE) {
            stored.extend(xorbs::find(self.db(), some).await?.into_iter().map(|xorb| (xorb.hash, xorb)));
        }
        Ok(stored)
    }

    /// Links to what is to be fetched of a xorb, for somebody who may read these files.
    async fn links(
        &self,
        fetch: XorbFetch,
        files: &[&StoredFile],
        xorbs: &HashMap<Hash, Xorb>,
        links_for: LinksFor,
    ) -> Result<XorbLinks> {
        let xorb = xorbs.get(&fetch.hash).ok_or_else(|| damaged(format!("no xorb {}", fetch.hash)))?;
        // The object store signs links to whole objects only, and a xorb may hold pieces of files of others:
        // such a link is for those whose own files are made of all of it.
        if covers(files, xorb)
            && let Some(link) = self.link_elsewhere(xorb.object).await?
        {
            return Ok(XorbLinks { hash: fetch.hash, links: vec![(link, fetch.ranges)] });
        }
        let link = |ranges: &[FetchRange]| Ok((self.link_here(xorb.object, ranges)?, ranges.to_vec()));
        let links: Result<Vec<_>> = fetch.ranges.chunks(links_for.ranges()).map(link).collect();
        Ok(XorbLinks { hash: fetch.hash, links: links? })
    }
}

/// The xorbs that hold a range of a file, once each.
fn needed(terms: &Terms, range: Range<u64>) -> Vec<Hash> {
    let mut needed: Vec<Hash> = terms.overlapping(range).map(|(_, term)| term.xorb).collect();
    needed.sort_unstable();
    needed.dedup();
    needed
}

/// Whether files together use every chunk of a xorb.
fn covers(files: &[&StoredFile], xorb: &Xorb) -> bool {
    let terms = files.iter().flat_map(|file| file.terms.as_slice()).filter(|term| term.xorb == xorb.hash);
    let mut runs: Vec<(u32, u32)> = terms.map(|term| (term.start, term.end)).collect();
    runs.sort_unstable();
    let reached = runs
        .iter()
        .fold(0, |reached, (start, end)| if *start <= reached { reached.max(*end) } else { reached });
    i64::from(reached) == xorb.chunks
}
