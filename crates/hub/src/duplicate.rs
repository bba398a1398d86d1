//! Copies within the hub, without moving bytes of large files: some files for a commit elsewhere, or all of a
//! repository.

use std::collections::{HashMap, HashSet};

use gix_object::Kind as ObjectKind;
use limpide_db::git_objects::{self, NewObject};
use limpide_db::lfs_files::{self, Claimant};
use limpide_db::{commits, refs, repos};
use limpide_words::{ObjectId, Sha256};

use crate::Hub;
use crate::access::{Caller, Content, Writable};
use crate::changing;
use crate::create_repo::NewRepo;
use crate::error::{Error, Result};
use crate::git::objects::Object;
use crate::git::store::Store;

/// A large file that another repository is to have, too.
#[derive(Debug, Clone)]
pub struct FileToCopy {
    /// Its SHA-256.
    pub sha256: Sha256,
    /// Its hash in the content store, when the caller gives it.
    pub file: Option<String>,
}

/// A file that could not be copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// Which.
    pub sha256: Sha256,
    /// Why.
    pub error: String,
}

/// Others may commit to the source meanwhile, but not for ever.
const PATIENCE: usize = 10;

/// The most files of one question.
const MOST_FILES: usize = 1000;

impl Hub {
    /// Lets a repository commit large files that another one has; gives those that it has not.
    ///
    /// # Errors
    /// `TooLarge` for too many files.
    pub async fn duplicate_lfs_files(
        &self,
        source: &Content,
        target: &Writable,
        files: &[FileToCopy],
    ) -> Result<Vec<Failed>> {
        if files.len() > MOST_FILES {
            return Err(Error::TooLarge(format!("Copy at most {MOST_FILES} files at a time.")));
        }
        let source_id = &source.repo().id;
        let here = lfs_files::committed(self.db(), source_id, files.iter().map(|file| file.sha256)).await?;
        let here: HashMap<_, _> = here.into_iter().map(|file| (file.sha256, file.file)).collect();
        let fits = |file: &&FileToCopy| {
            here.get(&file.sha256).is_some_and(|hash| file.file.as_ref().is_none_or(|asked| asked == hash))
        };
        let wanted: HashSet<Sha256> = files.iter().filter(fits).map(|file| file.sha256).collect();
        let claimant = Claimant {
            repository_id: &target.repo().id,
            user_id: &target.user().id,
            expires: self.clock().now() + self.settings().limits.claim,
        };
        let mut tx = self.db().begin().await?;
        changing::keep(&mut tx, claimant.repository_id).await?;
        let claimed = lfs_files::claim_from(&mut tx, source_id, &claimant, wanted).await?;
        tx.commit().await?;
        let claimed: HashSet<_> = claimed.into_iter().collect();
        let failed = |file: &FileToCopy| Failed {
            sha256: file.sha256,
            error: format!("{} has no such file", source.repo().id()),
        };
        Ok(files.iter().filter(|file| !claimed.contains(&file.sha256)).map(failed).collect())
    }

    /// Copies a repository with its history, branches and tags.
    ///
    /// # Errors
    /// As [`Hub::create_repo`].
    pub async fn duplicate_repo(
        &self,
        source: &Content,
        caller: &Caller,
        new: NewRepo,
    ) -> Result<repos::Repo> {
        if source.repo().kind != new.kind {
            return Err(Error::Invalid("A copy is of the same kind as what it is a copy of.".into()));
        }
        let new = NewRepo { sdk: source.repo().sdk.clone(), ..new };
        let repo = self.new_repo(caller, new).await?;
        let (from, to) = (&source.repo().id, &repo.id);
        let mut large = Vec::new();
        for _ in 0..PATIENCE {
            self.copy_large_objects(from, to, &mut large).await?;
            // Nobody commits to the source until the copy is whole.
            let mut tx = changing::begin(self.db(), from).await?;
            self.insert_repo(&mut tx, caller.user()?, &repo).await?;
            git_objects::copy_inline(&mut tx, from, to).await?;
            git_objects::insert(&mut tx, to, &large, None).await?;
            // A large object that came after the others were copied: once more.
            if git_objects::lacks(&mut tx, from, to).await? {
                continue;
            }
            commits::copy(&mut tx, from, to).await?;
            lfs_files::copy(&mut tx, from, to, self.clock().now()).await?;
            repos::copy_figures(&mut tx, from, to).await?;
            refs::copy(&mut tx, from, to).await?;
            self.all_refs_moved(&mut tx, to).await?;
            tx.commit().await?;
            self.ring();
            return Ok(repo);
        }
        Err(Error::Conflict("The repository changes too fast to be copied; try again.".into()))
    }

    /// Copies the objects that lie in the store: each repository has its own, so that one can be deleted.
    async fn copy_large_objects(&self, from: &str, to: &str, copied: &mut Vec<NewObject>) -> Result<()> {
        let (source, target) =
            (Store { hub: self, repository_id: from }, Store { hub: self, repository_id: to });
        let known: HashSet<ObjectId> = copied.iter().map(|object| object.id).collect();
        let mut after = None;
        loop {
            let page = git_objects::stored_page(self.db(), from, after, 100).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            for stored in page.into_iter().filter(|stored| !known.contains(&stored.id)) {
                let (id, kind) = (stored.id, kind(&stored.kind));
                let bytes = source.content(stored).await?;
                copied.extend(target.keep(Object { id, kind, bytes }).await?);
            }
        }
    }
}

fn kind(word: &str) -> ObjectKind {
    match word {
        "commit" => ObjectKind::Commit,
        "tree" => ObjectKind::Tree,
        "tag" => ObjectKind::Tag,
        _ => ObjectKind::Blob,
    }
}
