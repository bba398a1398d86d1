//! Puts a single commit in place of a branch's history. The files stay as they are, and so do other branches;
//! commits that lead to no branch or tag any more are forgotten.

use limpide_db::{commits, repos};
use limpide_words::{RefName, Revision};
use std::collections::HashMap;

use crate::Hub;
use crate::access::Writable;
use crate::changing;
use crate::commit::{Committed, Moved, NewCommit, described, is_taken, tidy};
use crate::error::{Error, Result};
use crate::git::objects::{CommitText, Object};
use crate::git::store::{Store, Trees};
use crate::history::{self, folder_rows};

/// Others may commit meanwhile, but not for ever.
const PATIENCE: usize = 20;

impl Hub {
    /// Gives a branch a single commit without parents, with the same files.
    ///
    /// # Errors
    /// `NotFound` for the branch; `Invalid` without a message.
    pub async fn super_squash(
        &self,
        repo: &Writable,
        revision: &Revision,
        message: &str,
    ) -> Result<Committed> {
        let branch = self.branch_of(&repo.repo().id, revision).await?;
        let new = tidy(NewCommit { title: message.to_owned(), ..NewCommit::default() })?;
        let _turn = self.turn(&repo.repo().id).await;
        for _ in 0..PATIENCE {
            if let Some(done) = self.try_squash(repo, &branch, &new).await? {
                return Ok(done);
            }
        }
        Err(Error::Conflict("Too many others commit to this branch at the same time; try again.".into()))
    }

    async fn try_squash(
        &self,
        repo: &Writable,
        branch: &RefName,
        new: &NewCommit,
    ) -> Result<Option<Committed>> {
        let repository_id = &repo.repo().id;
        let head = self.head(repo, branch).await?;
        let (author, date) = (&repo.user().name, self.clock().now());
        let text = CommitText {
            tree: head.tree,
            parents: &[],
            author,
            title: &new.title,
            message: &new.description,
            date,
        };
        let object = Object::commit(&text)?;
        let id = object.id;
        if id == head.id {
            return Ok(Some(Committed { id, created: false }));
        }
        let commit = described(&text, id);
        let store = Store { hub: self, repository_id };
        let folders = folder_rows(&mut Trees { store, fresh: HashMap::new() }, Vec::new(), head.tree).await?;
        let objects: Vec<_> = store.keep(object).await?.into_iter().collect();
        let mut tx = changing::begin(self.db(), repository_id).await?;
        if commits::find(&mut tx, repository_id, [id]).await?.is_empty() {
            let (objects, parents, named, lfs_files) = (&objects[..], &[][..], &[][..], &[][..]);
            let entry = history::Entry { commit, parents, objects, named, lfs_files, folders };
            match history::record(self, &mut tx, repo.repo(), entry).await {
                Err(Error::Internal(cause)) if is_taken(&cause) => return Ok(None),
                other => other?,
            }
        }
        if *branch == RefName::main() {
            repos::set_modified(&mut tx, repository_id, date).await?;
        }
        let moved = Moved { branch, from: head.id, to: id };
        if !moved.write(self, &mut tx, repo, "squash").await? {
            return Ok(None);
        }
        let kept = self.ref_commits(&mut tx, store).await?;
        commits::prune(&mut tx, repository_id, &kept).await?;
        repos::shed(&mut tx, repository_id, date).await?;
        tx.commit().await?;
        self.ring();
        // What they held does not count any more from now on. When this fails, a collection does it later.
        if let Err(error) = self.collect_history(repository_id).await {
            tracing::warn!(%error, "what a squash left behind is not freed yet; a collection will free it");
        }
        Ok(Some(Committed { id, created: true }))
    }
}
