//! Shards: that each is the bytes that were stored, and that together they describe every file.

use futures::TryStreamExt;
use limpide_blobs::{Family, Key};
use limpide_db::check::content;
use limpide_db::shards;
use limpide_words::Sha256;
use limpide_xet::{Hash, Shard, Terms, chunk_hash};

use super::Check;
use super::files::{Described, description};
use super::finding::Finding;
use super::progress::Count;
use crate::content::aside;
use crate::error::Result;

/// The longest shard that is read.
const LONGEST: u64 = 256 << 20;

impl Check<'_> {
    /// Reads all shards; what is left of the files is described by none.
    pub(super) async fn shards(&self, mut files: Described) -> Result<()> {
        self.progress.enter("shards");
        let mut all = self.hub.blobs().list(Family::Shards);
        while let Some(stored) = all.try_next().await? {
            self.progress.add(Count::Shards, 1);
            self.look(|| async { Ok(self.shard(&stored.key).await?.err().into_iter().collect()) }).await?;
            if let Ok(shard) = self.shard(&stored.key).await? {
                for (hash, described) in shard {
                    if files.get(&hash) == Some(&described) {
                        files.remove(&hash);
                    }
                }
            }
        }
        for (hash, described) in files {
            self.look(|| self.undescribed(hash, described)).await?;
        }
        Ok(())
    }

    async fn undescribed(&self, hash: Hash, described: Hash) -> Result<Vec<Finding>> {
        let Some(row) = content::file(self.hub.db(), &hash.to_string()).await? else { return Ok(Vec::new()) };
        let same = row.sha256.parse().is_ok_and(|sha256| description(&row.terms, sha256) == described);
        if !same {
            return Ok(Vec::new());
        }
        let what = "no shard describes it with these terms and this SHA-256";
        let finding = Finding::damage("shard-missing", what).at(format!("file {hash}, table `files`"));
        Ok(vec![
            finding
                .affects("no bytes: only that the database could not be built anew with this file")
                .remedy("restore the folder `s` of the storage from a backup"),
        ])
    }

    /// The files that a shard describes, or what is wrong with it.
    async fn shard(&self, key: &Key) -> Result<std::result::Result<Vec<(Hash, Hash)>, Finding>> {
        let place = self.hub.blobs().place(key);
        let wrong = |what: String| {
            Finding::damage("shard", what)
                .at(place)
                .affects("no bytes: only that the database could not be built anew from it")
                .remedy("restore this object from a backup")
        };
        let bytes = match self.hub.blobs().get(key, LONGEST).await {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(wrong(format!("it cannot be read: {error}")))),
        };
        let noted = shards::find(self.hub.db(), &[key.id()]).await?.pop().map(|shard| shard.hash);
        let read = aside(move || {
            let real = chunk_hash(&bytes);
            // Without a row it may be of an upload under way, or of one that failed: the last step counts these.
            let Some(noted) = noted else { return Ok(Ok(Vec::new())) };
            if noted != real {
                return Ok(Err(format!("its bytes have the hash {real}, and {noted} is noted")));
            }
            let files =
                Shard::parse(bytes).map(|shard| shard.files().filter_map(described).collect::<Vec<_>>());
            Ok(files.map_err(|error| error.to_string()))
        });
        Ok(read.await?.map_err(wrong))
    }
}

fn described(file: limpide_xet::ShardFile) -> Option<(Hash, Hash)> {
    let terms = Terms::new(file.terms).ok()?;
    Some((file.hash, description(&terms.encode(), Sha256(file.sha256?))))
}
