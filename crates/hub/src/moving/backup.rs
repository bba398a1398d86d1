//! Writes a hub into a folder, while it is served: all rows as they are at one moment, and the objects that they name.
//!
//! Objects never change, and none is removed as long as a backup is under way: so those that rows named at that moment
//! are still there when they are copied. The manifest comes last; before it, the folder is the backup that it was.

use std::path::Path;
use std::time::Duration;

use futures::StreamExt;
use limpide_blobs::{Folder, Key};
use limpide_db::Db;
use limpide_db::moving::backups;
use serde::Serialize;
use tokio::task::JoinHandle;

use super::folder::{Packing, Unpacking, Writing, verify};
use super::manifest::{Manifest, ObjectsFile};
use super::objects::{self, AT_ONCE, Carried, IN_A_HUB, Missing, Object, Way};
use super::progress::Progress;
use super::rows::{self, Stored};
use super::{Error, Result};
use crate::{Clock, Hub, chance};

/// How long removing waits for a backup that is not heard of any more, and how often it is heard of.
const LEASE: Duration = Duration::from_secs(600);
const SIGN_OF_LIFE: Duration = Duration::from_secs(30);

/// The list of the objects.
pub(super) const OBJECTS: &str = "objects";

/// Whether objects of former backups are removed from the folder that this one does not need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prune {
    /// They stay.
    Nothing,
    /// They are removed, once the manifest no longer needs them.
    Unneeded,
}

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BackedUp {
    /// Tables.
    pub tables: u64,
    /// Rows.
    pub rows: u64,
    /// Objects.
    pub objects: Carried,
    /// Objects of former backups that were removed.
    pub pruned: u64,
}

impl Hub {
    /// Writes this hub into a folder. The folder of a former backup of it takes only the objects that it lacks.
    ///
    /// # Errors
    /// When the folder holds anything else, or somebody is at work in it; when an object is missing; when the database,
    /// the store or the folder fails. Then a former backup is as good as before.
    pub async fn backup(&self, folder: &Path, prune: Prune, progress: &Progress) -> Result<BackedUp> {
        let folder = Folder::create(folder).await?;
        let former = self.former(&folder).await?;
        // What backups that did not come to their end have left.
        remove_rows_but(former.as_ref().map(|former| former.rows.as_str()), &folder).await?;
        let hold = Hold::begin(self.db(), self.clock()).await?;
        let manifest = Manifest::new(self.instance(), self.clock().now(), chance::id());
        let outcome = self.write_backup(&folder, (manifest, former), prune, progress).await;
        let ended = hold.end().await;
        outcome.and_then(|done| ended.map(|()| done))
    }

    /// The manifest of a former backup of this hub; a folder that holds anything else is refused.
    async fn former(&self, folder: &Folder) -> Result<Option<Manifest>> {
        let place = folder.place("");
        let Some((former, _)) = Manifest::read(folder).await? else {
            let ours = ["lock", "rows", "objects"];
            let other = folder.names("").await?.into_iter().find(|name| !ours.contains(&name.as_str()));
            return match other {
                Some(name) => Err(Error::Refused(format!(
                    "{place} is no backup: it holds `{name}`. Choose an empty folder"
                ))),
                None => Ok(None),
            };
        };
        match former.instance == self.instance() {
            true => Ok(Some(former)),
            false => Err(Error::Refused(format!(
                "{place} is the backup of another hub, {}; this one is {}. Choose an empty folder",
                former.instance,
                self.instance()
            ))),
        }
    }

    async fn write_backup(
        &self,
        folder: &Folder,
        (mut manifest, former): (Manifest, Option<Manifest>),
        prune: Prune,
        progress: &Progress,
    ) -> Result<BackedUp> {
        progress.enter("writing rows");
        let mut source = Stored::in_database(self.db()).await?;
        let mut target = Writing::new(folder, &mut manifest);
        let tally = rows::copy(&mut source, &mut target, None, progress).await?;
        drop(source);
        for (file, figures) in manifest.tables.iter_mut().zip(&tally.tables) {
            file.figures = figures.clone();
        }
        progress.enter("copying objects");
        let rows = tally.rows();
        let needed = tally.named;
        let store = folder.objects().await?;
        let former = Former::open(folder, former).await?;
        let way = Way { from: self.blobs(), to: &store, progress };
        let list = Packing::begin(folder, &manifest.file(OBJECTS)).await?;
        let (carried, list) = keep_all(&needed, way, former, list).await?;
        let sha256 = list.finish().await?;
        manifest.objects = ObjectsFile { count: carried.objects, bytes: carried.bytes, sha256 };
        manifest.write(folder).await?;
        remove_rows_but(Some(&manifest.rows), folder).await?;
        let pruned = match prune {
            Prune::Nothing => 0,
            Prune::Unneeded => objects::prune(&needed, &store).await?,
        };
        Ok(BackedUp { tables: manifest.tables.len() as u64, rows, objects: carried, pruned })
    }
}

/// Removes the rows of all backups but one.
async fn remove_rows_but(kept: Option<&str>, folder: &Folder) -> Result<()> {
    for name in folder.names("rows").await? {
        if kept != Some(name.as_str()) {
            folder.remove_folder(&format!("rows/{name}")).await?;
        }
    }
    Ok(())
}

/// The objects of a former backup, read along with those that are needed now: both in the order of their names.
struct Former {
    list: Option<Unpacking>,
    next: Option<(Key, Object)>,
}

impl Former {
    async fn open(folder: &Folder, manifest: Option<Manifest>) -> Result<Self> {
        let Some(manifest) = manifest else { return Ok(Self { list: None, next: None }) };
        let name = manifest.file(OBJECTS);
        verify(folder, &name, manifest.objects.sha256).await?;
        let mut former = Self { list: Some(Unpacking::begin(folder, &name).await?), next: None };
        former.advance()?;
        Ok(former)
    }

    fn advance(&mut self) -> Result<()> {
        self.next = match &mut self.list {
            Some(list) => next_object(list)?,
            None => None,
        };
        Ok(())
    }

    /// What the former backup says of this object; they are asked for in their order.
    fn find(&mut self, key: &Key) -> Result<Option<Object>> {
        while self.next.as_ref().is_some_and(|(next, _)| next < key) {
            self.advance()?;
        }
        Ok(self.next.as_ref().filter(|(next, _)| next == key).map(|(_, object)| object.clone()))
    }
}

/// The next object of a list.
pub(super) fn next_object(list: &mut Unpacking) -> Result<Option<(Key, Object)>> {
    let Some(line) = list.next()? else { return Ok(None) };
    let object: Object = serde_json::from_slice(&line).map_err(|error| list.wrong(&error.to_string()))?;
    let key = object.path.parse().map_err(|_| list.wrong("`path` is not the path of an object"))?;
    Ok(Some((key, object)))
}

/// Copies the objects that the folder lacks, and lists all.
async fn keep_all(
    needed: &[Key],
    way: Way<'_>,
    mut former: Former,
    mut list: Packing,
) -> Result<(Carried, Packing)> {
    way.progress.expect(needed.len());
    let known = needed.iter().map(|key| former.find(key).map(|former| (*key, former)));
    let kept = futures::stream::iter(known).map(|known| keep(known, way)).buffered(AT_ONCE);
    let mut batches = std::pin::pin!(kept.ready_chunks(1000));
    let (mut sum, mut missing) = (Carried::default(), Missing::default());
    while let Some(batch) = batches.next().await {
        let mut lines = Vec::with_capacity(batch.len());
        for outcome in batch {
            match outcome {
                Ok((object, copied)) => {
                    sum.add(&object, copied);
                    lines.push(
                        serde_json::to_string(&object).map_err(|error| Error::Damaged(error.to_string()))?,
                    );
                }
                Err(error) => missing.note(error)?,
            }
        }
        list = list.add(lines).await?;
    }
    missing.none(way.from, IN_A_HUB).map(|()| (sum, list))
}

/// An object that a former backup holds is not read again: it has been, and never changes.
async fn keep(known: Result<(Key, Option<Object>)>, way: Way<'_>) -> Result<(Object, bool)> {
    let (key, former) = known?;
    if let Some(former) = former
        && way.to.size(&key).await? == Some(former.size)
    {
        way.progress.object();
        return Ok((former, false));
    }
    way.carry(key, None).await
}

/// That nothing is removed from the store meanwhile.
struct Hold {
    db: Db,
    clock: Clock,
    id: String,
    signs: JoinHandle<()>,
}

impl Hold {
    async fn begin(db: &Db, clock: &Clock) -> Result<Self> {
        let id = chance::id();
        extend(db, clock, &id).await?;
        let signs = tokio::spawn({
            let (db, clock, id) = (db.clone(), clock.clone(), id.clone());
            async move {
                loop {
                    tokio::time::sleep(SIGN_OF_LIFE).await;
                    // One that is not heard is followed by others long before the lease ends.
                    if let Err(error) = extend(&db, &clock, &id).await {
                        tracing::warn!(%error, "the backup could not say that it is still under way: {error}");
                    }
                }
            }
        });
        Ok(Self { db: db.clone(), clock: clock.clone(), id, signs })
    }

    async fn end(self) -> Result<()> {
        self.signs.abort();
        _ = self.signs.await;
        let mut tx = self.db.begin().await?;
        backups::end(&mut tx, &self.id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn extend(db: &Db, clock: &Clock, id: &str) -> std::result::Result<(), limpide_db::Error> {
    let mut tx = db.begin().await?;
    backups::hold(&mut tx, id, clock.now() + LEASE).await?;
    tx.commit().await
}
