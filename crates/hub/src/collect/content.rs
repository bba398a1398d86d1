//! Takes claims, files, shards and xorbs that nothing needs.

use limpide_blobs::Key;
use limpide_db::{claims, dead_objects, files, shards, xorbs};

use super::{Collected, Graces, NOBODY, PAGE, Reach};
use crate::Hub;
use crate::error::Result;

impl Hub {
    pub(super) async fn collect_content(
        &self,
        graces: Graces,
        reach: Reach,
        collected: &mut Collected,
    ) -> Result<()> {
        if reach != Reach::Nothing {
            self.collect_claims(graces, reach).await?;
        }
        self.collect_files(graces, reach, collected).await?;
        if reach != Reach::Nothing {
            self.collect_shards(graces).await?;
        }
        self.collect_xorbs(graces, reach, collected).await
    }

    async fn collect_claims(&self, graces: Graces, reach: Reach) -> Result<()> {
        let at_once = (reach == Reach::Everything).then_some(NOBODY);
        loop {
            let mut tx = self.db().begin().await?;
            let gone = claims::forget_over(&mut tx, graces.now, at_once, PAGE).await?;
            tx.commit().await?;
            if gone == 0 {
                return Ok(());
            }
        }
    }

    async fn collect_files(&self, graces: Graces, reach: Reach, collected: &mut Collected) -> Result<()> {
        let mut after = String::new();
        loop {
            let (last, unused) = files::unused(self.db(), graces.now, &after, PAGE).await?;
            let Some(last) = last else { return Ok(()) };
            after = last;
            let gone = match reach {
                Reach::Nothing => unused,
                Reach::Old | Reach::Everything => {
                    let hashes: Vec<_> = unused.iter().map(|file| file.hash).collect();
                    let mut tx = self.db().begin().await?;
                    let gone = files::forget_unused(&mut tx, &hashes).await?;
                    tx.commit().await?;
                    gone
                }
            };
            collected.files += gone.len() as u64;
            collected.file_bytes += gone.iter().map(|file| file.size.unsigned_abs()).sum::<u64>();
        }
    }

    /// Takes shards of which all files are gone, or described by newer ones.
    async fn collect_shards(&self, graces: Graces) -> Result<()> {
        loop {
            let unused = shards::unused(self.db(), PAGE).await?;
            let mut tx = self.db().begin().await?;
            let gone = shards::forget_unused(&mut tx, &unused).await?;
            if gone.is_empty() {
                return Ok(());
            }
            let paths: Vec<String> = gone.into_iter().map(|object| Key::Shard(object).to_string()).collect();
            dead_objects::insert_all(&mut tx, &paths, graces.now).await?;
            tx.commit().await?;
        }
    }

    async fn collect_xorbs(&self, graces: Graces, reach: Reach, collected: &mut Collected) -> Result<()> {
        let (mut after, when) = (String::new(), (graces.now, graces.untold));
        loop {
            let (last, unused) = xorbs::unused(self.db(), when, &after, PAGE).await?;
            let Some(last) = last else { return Ok(()) };
            after = last;
            let gone = match reach {
                Reach::Nothing => unused,
                Reach::Old | Reach::Everything => self.forget_xorbs(graces, unused).await?,
            };
            collected.xorbs += gone.len() as u64;
            collected.xorb_bytes += gone.iter().map(|xorb| xorb.length.unsigned_abs()).sum::<u64>();
        }
    }

    /// Forgets xorbs, and has their objects removed once no link to them can be in use.
    async fn forget_xorbs(&self, graces: Graces, unused: Vec<xorbs::Unused>) -> Result<Vec<xorbs::Unused>> {
        if unused.is_empty() {
            return Ok(unused);
        }
        let hashes: Vec<_> = unused.iter().map(|xorb| xorb.hash).collect();
        let mut tx = self.db().begin().await?;
        let gone = xorbs::forget_unused(&mut tx, graces.untold, &hashes).await?;
        let keys = gone.iter().flat_map(|xorb| [Key::Xorb(xorb.object), Key::ChunkTable(xorb.object)]);
        let paths: Vec<String> = keys.map(|key| key.to_string()).collect();
        dead_objects::insert_all(&mut tx, &paths, graces.now + graces.links).await?;
        tx.commit().await?;
        Ok(gone)
    }
}
