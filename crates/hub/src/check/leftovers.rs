//! What lies in the store and nothing names: no damage, only room that is taken.

use futures::{StreamExt, TryStreamExt};
use limpide_blobs::{Family, Key};
use limpide_db::check::content;

use super::Check;
use super::finding::Finding;
use crate::error::Result;

/// How many objects are looked up in one statement.
const AT_ONCE: usize = 5000;

impl Check<'_> {
    pub(super) async fn leftovers(&self) -> Result<()> {
        self.progress.enter("leftovers");
        self.dead().await?;
        for family in Family::ALL {
            let (objects, bytes) = self.unnamed(family).await?;
            if objects > 0 {
                self.left(format!("{objects} objects of {bytes} bytes that no row names"), family.letter())
                    .await;
            }
        }
        let (files, bytes) = self.hub.blobs().unfinished().await?;
        if files > 0 {
            self.left(format!("{files} files of {bytes} bytes of uploads that have not ended"), "tmp").await;
        }
        Ok(())
    }

    async fn left(&self, what: String, folder: &str) {
        let finding = Finding::note("leftover", what).at(format!("the folder `{folder}` of the storage"));
        let remedy = "nothing: they may belong to uploads under way, or to ones that were cut off";
        self.tell(finding.affects("no file; they only take room").remedy(remedy)).await;
    }

    async fn unnamed(&self, family: Family) -> Result<(u64, u64)> {
        let (mut objects, mut bytes) = (0, 0);
        let mut batches = self.hub.blobs().list(family).try_chunks(AT_ONCE);
        while let Some(batch) = batches.next().await {
            let batch = batch.map_err(|cut_short| cut_short.1)?;
            for stored in self.hub.unnamed(family, &batch).await? {
                objects += 1;
                bytes += stored.size;
            }
        }
        Ok((objects, bytes))
    }

    /// Objects that are to be removed although a row names them.
    async fn dead(&self) -> Result<()> {
        let mut after = String::new();
        loop {
            let page = content::dead_objects(self.hub.db(), &after, 1000).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.clone();
            for path in page {
                self.look(|| self.dead_object(&path)).await?;
            }
        }
    }

    async fn dead_object(&self, path: &str) -> Result<Vec<Finding>> {
        let named = match path.parse::<Key>() {
            Ok(_) => {
                let object = path.rsplit('/').next().unwrap_or_default();
                content::is_dead_and_named(self.hub.db(), path, object).await?
            }
            Err(_) => true,
        };
        let what = "it is to be removed, although a row names it or it is no object";
        let finding = Finding::damage("dead-object", what).at(format!("table `dead_objects`, {path}"));
        let finding = finding.affects("what the object holds, once the next sweep removes it");
        Ok(named
            .then(|| finding.remedy("stop the servers, and remove this row by hand"))
            .into_iter()
            .collect())
    }
}
