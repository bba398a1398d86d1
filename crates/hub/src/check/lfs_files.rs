//! Large files of repositories: that pointers, rows and files say the same.

use limpide_db::check::history::{self, LargeRow};
use limpide_words::FilePath;

use super::finding::Finding;
use super::repos::Repo;
use super::{Check, MOST, PAGE};
use crate::error::Result;

impl Check<'_> {
    pub(super) async fn large_files(&self, repo: &Repo) -> Result<()> {
        self.look(|| self.pointers(repo)).await?;
        let mut after = String::new();
        loop {
            let page = history::large_files(self.hub.db(), &repo.id, &after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            let from = std::mem::replace(&mut after, last.sha256.clone());
            if page.iter().any(|row| wrong(repo, row).is_some()) {
                self.look(|| async {
                    let page = history::large_files(self.hub.db(), &repo.id, &from, PAGE).await?;
                    Ok(page.iter().filter_map(|row| wrong(repo, row)).collect())
                })
                .await?;
            }
        }
    }

    async fn pointers(&self, repo: &Repo) -> Result<Vec<Finding>> {
        let rows = history::lost_pointers(self.hub.db(), &repo.id, MOST).await?;
        let finding = |row: history::LostPointer| {
            Finding::damage(
                "pointer",
                format!("it points to {}, which the repository does not have", row.sha256),
            )
            .at(format!("{}, git object {}", repo.called, row.id))
            .affects(format!("every path of {} with this content", repo.called))
            .remedy("upload the file again with `hf upload`")
        };
        Ok(rows.into_iter().map(finding).collect())
    }
}

fn wrong(repo: &Repo, row: &LargeRow) -> Option<Finding> {
    let what = match (&row.file_sha256, &row.pointer_sha256) {
        (None, _) => format!("its file {} is not there", row.file),
        (Some(sha256), _) if *sha256 != row.sha256 => {
            format!("its file {} has the SHA-256 {sha256}", row.file)
        }
        _ if row.file_size != Some(row.size) => {
            format!("its size is noted as {}, its file has another", row.size)
        }
        (_, None) => format!("its pointer {} is not there", row.pointer),
        (_, Some(sha256)) if *sha256 != row.sha256 => {
            format!("its pointer {} points to {sha256}", row.pointer)
        }
        _ if row.pointer_size != Some(row.size) => format!("its pointer {} names another size", row.pointer),
        _ if row.path.parse::<FilePath>().is_err() => format!("`{}` is no path", row.path),
        _ => return None,
    };
    let finding = Finding::damage("large-file", what);
    Some(
        finding
            .at(format!("{}, table `lfs_files`, {}", repo.called, row.sha256))
            .affects(format!("{} of {}, and every path with this content", row.path, repo.called))
            .remedy("upload the file again with `hf upload`, or restore the database from a backup"),
    )
}
