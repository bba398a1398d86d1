//! Makes a hub of the folder of a backup, in an empty place.

use std::path::Path;

use futures::StreamExt;
use limpide_blobs::{Folder, Key};
use limpide_words::Moment;
use serde::Serialize;
use sha2::Digest;

use super::backup::{OBJECTS, next_object};
use super::folder::{Reading, Unpacking, verify};
use super::manifest::Manifest;
use super::objects::{self, AT_ONCE, Carried, Missing, Way};
use super::progress::Progress;
use super::{Error, Place, Result, arrival};
use crate::Clock;

/// What was restored, and verified on the way: rows by their number and a digest of each table, objects by length and
/// SHA-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The moment to which the hub goes back.
    pub moment: Moment,
    /// Tables.
    pub tables: u64,
    /// Rows.
    pub rows: u64,
    /// Objects.
    pub objects: Carried,
}

/// Restores a backup, or goes on where that was cut off.
///
/// # Errors
/// When the folder holds no backup that this program reads, or a damaged one; when the place holds anything but a part of
/// the same backup; when the database, the store or the folder fails. Run again, it goes on.
pub async fn restore(folder: &Path, to: &Place, clock: &Clock, progress: &Progress) -> Result<Restored> {
    let folder = Folder::open(folder).await?;
    let Some((manifest, text)) = Manifest::read(&folder).await? else {
        let place = folder.place("");
        return Err(Error::Refused(format!(
            "{place} is no backup: it has no manifest. Name the folder that `limpide backup` wrote"
        )));
    };
    progress.enter("reading the backup");
    let list = manifest.file(OBJECTS);
    for table in &manifest.tables {
        verify(&folder, &manifest.file(&table.figures.table), table.sha256).await?;
    }
    verify(&folder, &list, manifest.objects.sha256).await?;
    let listed = listed(Unpacking::begin(&folder, &list).await?)?;
    objects::expect_none_but(&listed, &to.blobs).await?;

    let fingerprint = hex::encode(sha2::Sha256::digest(&text));
    let mut source = Reading::new(&folder, &manifest);
    let expected = (fingerprint.as_str(), manifest.figures());
    let arrived = arrival::arrive(&mut source, (expected.0, &expected.1), &to.db, progress).await?;
    if let Some(lost) = arrived.named.iter().find(|key| listed.binary_search(key).is_err()) {
        return Err(Error::Damaged(format!(
            "a row of the backup names {lost}, which its list of objects lacks"
        )));
    }
    progress.enter("copying objects");
    progress.expect(listed.len());
    let store = folder.objects().await?;
    let way = Way { from: &store, to: &to.blobs, progress };
    let objects = carry_listed(Unpacking::begin(&folder, &list).await?, way).await?;
    arrival::end_in_the_past(&to.db, clock.now()).await?;
    let tables = arrived.tables.len() as u64;
    Ok(Restored { moment: manifest.moment, tables, rows: arrived.rows(), objects })
}

/// The names of all objects of a backup, sorted as they are listed.
fn listed(mut list: Unpacking) -> Result<Vec<Key>> {
    let mut all: Vec<Key> = Vec::new();
    while let Some((key, _)) = next_object(&mut list)? {
        if all.last().is_some_and(|last| *last >= key) {
            return Err(list.wrong("it is out of order"));
        }
        all.push(key);
    }
    Ok(all)
}

async fn carry_listed(mut list: Unpacking, way: Way<'_>) -> Result<Carried> {
    let all = std::iter::from_fn(move || next_object(&mut list).transpose());
    let carried = futures::stream::iter(all).map(|listed| async move {
        let (key, object) = listed?;
        way.carry(key, Some(&object)).await
    });
    let mut carried = std::pin::pin!(carried.buffer_unordered(AT_ONCE));
    let (mut sum, mut missing) = (Carried::default(), Missing::default());
    while let Some(outcome) = carried.next().await {
        match outcome {
            Ok((object, copied)) => sum.add(&object, copied),
            Err(error) => missing.note(error)?,
        }
    }
    missing.none(way.from, "Take another backup").map(|()| sum)
}
