//! Git objects: that each has its bytes, its id, and all that it names.

use std::collections::BTreeMap;

use bytes::Bytes;
use gix_object::{CommitRef, Kind as ObjectKind};
use limpide_blobs::Key;
use limpide_db::check::history::{self, ObjectRow};
use limpide_words::ObjectId;

use super::finding::Finding;
use super::progress::Count;
use super::repos::Repo;
use super::{Check, Depth, Sound};
use crate::content::aside;
use crate::error::Result;
use crate::git::objects::{id_of, tag_target};
use crate::git::store::key;
use crate::git::tree::Tree;
use limpide_formats::pointer;

/// How many objects are read at once; each has up to 64 KiB in its row.
const AT_ONCE: i64 = 100;

/// What an object names, and of which kind that must be.
type Named = BTreeMap<String, &'static str>;

/// What was wrong with an object, and what it names when it could be read.
type Looked = (Option<String>, Named);

impl Check<'_> {
    pub(super) async fn objects(&self, repo: &Repo) -> Result<()> {
        let mut after = String::new();
        loop {
            let Ok(page) = history::objects(self.hub.db(), &repo.id, &after, AT_ONCE).await else {
                // The rest cannot be read at all: said once.
                return self
                    .look(|| async {
                        history::objects(self.hub.db(), &repo.id, &after, AT_ONCE).await?;
                        Ok(Vec::new())
                    })
                    .await;
            };
            let Some(last) = page.last() else { return Ok(()) };
            let from = std::mem::replace(&mut after, last.id.clone());
            self.progress.add(Count::GitObjects, page.len() as u64);
            let found = self.page(repo, page).await?;
            if !found.is_empty() {
                self.look(|| async {
                    let page = history::objects(self.hub.db(), &repo.id, &from, AT_ONCE).await?;
                    self.page(repo, page).await
                })
                .await?;
            }
        }
    }

    async fn page(&self, repo: &Repo, rows: Vec<ObjectRow>) -> Result<Vec<Finding>> {
        let (mut found, mut named) = (Vec::new(), BTreeMap::<String, Vec<(String, &'static str)>>::new());
        let mut inline = Vec::new();
        for row in rows {
            match (&row.data, &row.object) {
                (Some(_), None) => inline.push(row),
                _ => found.extend(self.stored(repo, &row).await?),
            }
        }
        let looked =
            aside(move || Ok(inline.into_iter().map(|row| (look_at(&row), row)).collect::<Vec<_>>()));
        for ((wrong, names), row) in looked.await? {
            self.progress.add(Count::Bytes, row.data.as_ref().map_or(0, Vec::len) as u64);
            found.extend(wrong.map(|what| wrong_object(repo, &row.id, "in its row", what)));
            for (id, kind) in names {
                named.entry(id).or_default().push((row.id.clone(), kind));
            }
        }
        found.extend(self.names_of(repo, named).await?);
        Ok(found)
    }

    /// Those that name what is not there, or is of another kind.
    async fn names_of(
        &self,
        repo: &Repo,
        named: BTreeMap<String, Vec<(String, &'static str)>>,
    ) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        let ids: Vec<String> = named.keys().cloned().collect();
        for some in ids.chunks(1000) {
            let there = history::kinds(self.hub.db(), &repo.id, some).await?;
            let there: BTreeMap<_, _> = there.into_iter().map(|row| (row.id, row.kind)).collect();
            for id in some {
                for (by, kind) in named.get(id).into_iter().flatten() {
                    let what = match there.get(id) {
                        Some(real) if real == kind => continue,
                        Some(real) => format!("it names {id} as a {kind}, which is a {real}"),
                        None => format!("it names the {kind} {id}, which is not there"),
                    };
                    found.push(wrong_object(repo, by, "in its row", what));
                }
            }
        }
        Ok(found)
    }

    /// An object whose bytes lie in the store.
    async fn stored(&self, repo: &Repo, row: &ObjectRow) -> Result<Vec<Finding>> {
        let wrong = |place: String, what: String| Ok(vec![wrong_object(repo, &row.id, &place, what)]);
        let (None, Some(object)) = (&row.data, &row.object) else {
            let what = if row.data.is_some() { "it has its bytes twice" } else { "it has no bytes" };
            return wrong("in its row".into(), what.into());
        };
        let Ok(key) = key(object) else {
            return wrong("in its row".into(), format!("`{object}` is no object of the store"));
        };
        let place = self.hub.blobs().place(&key);
        match self.hub.blobs().size(&key).await {
            Err(error) => return wrong(place, format!("its bytes cannot be read: {error}")),
            Ok(None) => return wrong(place, "its bytes are missing".into()),
            Ok(Some(size)) if size != row.size.unsigned_abs() => {
                return wrong(place, format!("its bytes are {size}, its row says {}", row.size));
            }
            Ok(Some(_)) if self.depth == Depth::WithoutContent && row.kind == "blob" => return Ok(Vec::new()),
            Ok(Some(_)) => {}
        }
        self.stored_bytes(repo, row, &key, place).await
    }

    async fn stored_bytes(
        &self,
        repo: &Repo,
        row: &ObjectRow,
        key: &Key,
        place: String,
    ) -> Result<Vec<Finding>> {
        let bytes = match self.hub.blobs().get(key, row.size.unsigned_abs()).await {
            Ok(bytes) => bytes,
            Err(error) => {
                return Ok(vec![wrong_object(
                    repo,
                    &row.id,
                    &place,
                    format!("its bytes cannot be read: {error}"),
                )]);
            }
        };
        self.progress.add(Count::Bytes, bytes.len() as u64);
        let with_bytes = ObjectRow { data: Some(bytes.into()), ..row.clone() };
        let (wrong, names) = aside(move || Ok(look_at(&with_bytes))).await?;
        let mut found: Vec<Finding> =
            wrong.map(|what| wrong_object(repo, &row.id, &place, what)).into_iter().collect();
        let named = names.into_iter().map(|(id, kind)| (id, vec![(row.id.clone(), kind)])).collect();
        found.extend(self.names_of(repo, named).await?);
        Ok(found)
    }
}

/// Whether an object is what its row says.
fn look_at(row: &ObjectRow) -> Looked {
    match try_look_at(row) {
        Ok(named) => (None, named),
        Err(what) => (Some(what), Named::new()),
    }
}

fn try_look_at(row: &ObjectRow) -> Sound<Named> {
    let bytes = row.data.as_deref().unwrap_or_default();
    let kind = match row.kind.as_str() {
        "commit" => ObjectKind::Commit,
        "tree" => ObjectKind::Tree,
        "blob" => ObjectKind::Blob,
        "tag" => ObjectKind::Tag,
        other => return Err(format!("`{other}` is no kind of object")),
    };
    if bytes.len() as u64 != row.size.unsigned_abs() || row.size < 0 {
        return Err(format!("it has {} bytes, its row says {}", bytes.len(), row.size));
    }
    let id = id_of(kind, bytes).map_err(|error| error.to_string())?.to_string();
    if id != row.id {
        return Err(format!("its bytes have the SHA-1 {id}"));
    }
    let points_to = match kind {
        ObjectKind::Blob => {
            pointer::read(bytes).map(|(sha256, size)| (sha256.to_string(), size.cast_signed()))
        }
        _ => None,
    };
    if row.lfs_sha256.clone().zip(row.lfs_size) != points_to
        || row.lfs_sha256.is_some() != row.lfs_size.is_some()
    {
        return Err("what its row says it points to is not what it points to".into());
    }
    named(kind, bytes)
}

fn named(kind: ObjectKind, bytes: &[u8]) -> Sound<Named> {
    let mut named = Named::new();
    match kind {
        ObjectKind::Blob => {}
        ObjectKind::Tag => {
            let target = tag_target(bytes)
                .map_err(|error| format!("it cannot be read: {:#}", anyhow::Error::from(error)))?;
            named.insert(target.to_string(), "commit");
        }
        ObjectKind::Tree => {
            let tree = Tree::read(Bytes::copy_from_slice(bytes))
                .map_err(|error| format!("it cannot be read: {:#}", anyhow::Error::from(error)))?;
            // A submodule is a commit of another repository.
            for entry in tree.entries().filter(|entry| !entry.mode.is_commit()) {
                named.insert(entry.id.to_string(), if entry.mode.is_tree() { "tree" } else { "blob" });
            }
        }
        ObjectKind::Commit => {
            let commit = CommitRef::from_bytes(bytes, gix_hash::Kind::Sha1)
                .map_err(|error| format!("it cannot be read: {error}"))?;
            named.insert(commit.tree.to_string(), "tree");
            named.extend(commit.parents.iter().map(|parent| (parent.to_string(), "commit")));
        }
    }
    Ok(named)
}

fn wrong_object(repo: &Repo, id: &str, place: &str, what: String) -> Finding {
    let known = id.parse::<ObjectId>().is_ok();
    let remedy = match known {
        true => {
            "restore the database and the storage from a backup; what is whole can be downloaded and committed to a new \
                 repository"
        }
        false => "restore the database from a backup",
    };
    Finding::damage("git-object", what)
        .at(format!("{}, git object {id}, {place}", repo.called))
        .affects(format!("every commit of {} that contains it", repo.called))
        .remedy(remedy)
}
