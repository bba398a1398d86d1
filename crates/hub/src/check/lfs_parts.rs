//! Parts of LFS objects that have not arrived whole: that their bytes are those that came.

use futures::TryStreamExt;
use limpide_blobs::Key;
use limpide_db::check::content::{self, PartRow};
use limpide_words::Sha256;
use sha2::Digest;

use super::database::RESTORE_ROW;
use super::finding::Finding;
use super::progress::Count;
use super::{Check, Depth, PAGE};
use crate::content::aside;
use crate::error::Result;
use crate::lfs_parts::part_length;

impl Check<'_> {
    pub(super) async fn lfs_parts(&self) -> Result<()> {
        self.progress.enter("parts");
        let mut after = String::new();
        loop {
            let page = content::lfs_parts(self.hub.db(), &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            let from = std::mem::replace(&mut after, last.object.clone());
            if !self.wrong_parts(&page).await?.is_empty() {
                self.look(|| async {
                    self.wrong_parts(&content::lfs_parts(self.hub.db(), &from, PAGE).await?).await
                })
                .await?;
            }
        }
    }

    async fn wrong_parts(&self, page: &[PartRow]) -> Result<Vec<Finding>> {
        let mut found = Vec::new();
        for row in page {
            found.extend(self.wrong_part(row).await?);
        }
        Ok(found)
    }

    async fn wrong_part(&self, row: &PartRow) -> Result<Option<Finding>> {
        let finding = |what: String| Finding::damage("lfs-part", what);
        let described = |finding: Finding, place: String| {
            let place = format!("{place}, part {} of {}, repository {}", row.number, row.sha256, row.name);
            finding.at(place).affects("an upload that waits for its other parts")
        };
        let Ok(id) = row.object.parse() else {
            let wrong = finding(format!("`{}` is no object of the store", row.object)).remedy(RESTORE_ROW);
            return Ok(Some(described(wrong, "in its row".into())));
        };
        let key = Key::LfsPart(id);
        let expected = part_length(row.size, row.part_size, row.number);
        let what = match self.hub.blobs().size(&key).await? {
            None => "its bytes are missing".into(),
            Some(size) if size != expected => format!("its bytes are {size}, not {expected}"),
            Some(_) if self.depth == Depth::WithoutContent => return Ok(None),
            Some(_) => match self.digest(&key, expected).await {
                Ok(digest) if digest.to_string() == row.digest => return Ok(None),
                Ok(digest) => format!("its bytes have the SHA-256 {digest}, not {}", row.digest),
                Err(error) => format!("its bytes cannot be read: {error}"),
            },
        };
        let wrong = finding(what)
            .remedy("upload the file again with `hf upload`; the part is removed when it expires");
        Ok(Some(described(wrong, self.hub.blobs().place(&key))))
    }

    async fn digest(&self, key: &Key, size: u64) -> Result<Sha256> {
        let mut sha256 = sha2::Sha256::new();
        let mut bytes = self.hub.blobs().stream(key, 0..size).await?;
        while let Some(piece) = bytes.try_next().await? {
            self.progress.add(Count::Bytes, piece.len() as u64);
            let hash = move || {
                sha256.update(&piece);
                Ok(sha256)
            };
            sha256 = aside(hash).await?;
        }
        Ok(Sha256(sha256.finalize().into()))
    }
}
