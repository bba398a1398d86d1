//! Places for hubs, and what lies in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::task::Poll;

use futures::TryStreamExt;
use limpide_blobs::{Blobs, Family, Location};
use limpide_db::Db;
use limpide_db::moving::{TABLES, page};
use limpide_git::Mirrors;
use limpide_hub::check::{Depth, Progress, Severity};
use limpide_hub::moving::{self, BackedUp, Place, Prune, Restored};
use limpide_hub::{Clock, Hub, Settings};
use limpide_testkit::hub::{START, TestBlobs, TestDb};
use tempfile::TempDir;
use tokio::sync::mpsc;

use crate::scene::Scene;

/// An empty place, removed with the value.
pub(crate) struct Room {
    pub(crate) place: Place,
    _folder: TempDir,
    _servers: Option<(TestDb, TestBlobs)>,
}

impl Room {
    /// Of the kind that this run asks for.
    pub(crate) async fn asked_for() -> Self {
        let (db, blobs) = (TestDb::start().await, TestBlobs::start().await);
        let place = Place { db: db.db.clone(), blobs: blobs.blobs.clone() };
        Self { place, _folder: tempfile::tempdir().unwrap(), _servers: Some((db, blobs)) }
    }

    /// On SQLite and a local disk.
    pub(crate) async fn local() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("limpide.db").display());
        let blobs = Blobs::open(&Location::Disk(folder.path().join("blobs"))).await.unwrap();
        Self { place: Place { db: Db::open(&url).await.unwrap(), blobs }, _folder: folder, _servers: None }
    }

    /// The hub that is in it.
    pub(crate) async fn hub(&self) -> Hub {
        let Place { db, blobs } = self.place.clone();
        let mirrors = Mirrors::new(self._folder.path().join("git"), 1 << 30);
        Hub::open(db, blobs, mirrors, Settings::default(), Clock::fixed(START)).await.unwrap()
    }

    /// What a check of everything finds damaged.
    pub(crate) async fn damage(&self) -> Vec<String> {
        let (send, mut receive) = mpsc::channel(1000);
        let (hub, progress) = (self.hub().await, Progress::default());
        let check = hub.check(Depth::Whole, &progress, send);
        let (summary, found) = tokio::join!(check, async {
            let mut found = Vec::new();
            while let Some(finding) = receive.recv().await {
                found.push(finding);
            }
            found
        });
        assert!(summary.unwrap().git_objects > 0);
        let damage = found.into_iter().filter(|finding| finding.severity == Severity::Damage);
        damage.map(|finding| format!("{finding:?}")).collect()
    }
}

impl Scene {
    pub(crate) fn place(&self) -> Place {
        Place { db: self.hub.db.db.clone(), blobs: self.hub.blobs.blobs.clone() }
    }

    /// So that a table takes many pages.
    pub(crate) async fn add_many_rows(&self) {
        let many =
            "WITH RECURSIVE counted (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < 5000)
            INSERT INTO events (id, at, action, detail) SELECT 'event ' || i, i, 'test', '{}' FROM counted";
        self.hub.db.damage(many).await;
    }

    pub(crate) async fn backup(&self, folder: &Path) -> moving::Result<BackedUp> {
        self.hub.backup(folder, Prune::Nothing, &moving::Progress::default()).await
    }
}

pub(crate) async fn restore(folder: &Path, room: &Room) -> moving::Result<Restored> {
    moving::restore(folder, &room.place, &Clock::fixed(START), &moving::Progress::default()).await
}

/// All rows, whatever order their database keeps them in, but for the value of the one that a restore changes.
pub(crate) async fn rows(db: &Db) -> BTreeMap<&'static str, Vec<String>> {
    let mut all = BTreeMap::new();
    for table in TABLES {
        let found = page(db, table, None, 1_000_000).await.unwrap();
        let mut lines: Vec<String> = found.iter().map(|row| format!("{row:?}")).collect();
        for line in lines.iter_mut().filter(|line| line.contains("\"epoch\"")) {
            *line = "the epoch".into();
        }
        lines.sort_unstable();
        all.insert(table.name, lines);
    }
    all
}

/// All objects with their bytes.
pub(crate) async fn objects(blobs: &Blobs) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for family in Family::ALL {
        let found: Vec<_> = blobs.list(family).try_collect().await.unwrap();
        for stored in found {
            all.insert(stored.key.to_string(), blobs.get(&stored.key, 1 << 30).await.unwrap().to_vec());
        }
    }
    all
}

/// Rows and objects of both places are the same.
pub(crate) async fn expect_same(one: &Place, other: &Place) {
    let (expected, found) = (rows(&one.db).await, rows(&other.db).await);
    for (table, rows) in &expected {
        assert!(rows == &found[table], "{table}");
    }
    assert!(objects(&one.blobs).await == objects(&other.blobs).await, "the objects differ");
}

/// Lets something go on until it has waited so often, as if it were killed then; none when it has not ended before.
pub(crate) async fn cut_off<T>(act: impl Future<Output = T>, waits: usize) -> Option<T> {
    let (mut act, mut waited) = (std::pin::pin!(act), 0);
    std::future::poll_fn(|context| match act.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if waited == waits => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
