//! Hands out the objects of a repository as they are, for whoever builds a git repository from them.

use bytes::Bytes;
use limpide_db::git_objects;
use limpide_words::ObjectId;

use crate::Hub;
use crate::access::Content;
use crate::error::Result;
use crate::git::store::Store;

/// An object of git, as git stores it.
#[derive(Debug, Clone)]
pub struct GitObject {
    /// Its SHA-1.
    pub id: ObjectId,
    /// `commit`, `tree`, `blob` or `tag`.
    pub kind: String,
    /// Its bytes, without git's header.
    pub bytes: Bytes,
}

/// Objects of a page, and bytes after which it ends.
const PAGE: i64 = 500;
const PAGE_BYTES: usize = 32 << 20;

impl Hub {
    /// The next objects of a repository, in the order of their ids; none when there are no more.
    ///
    /// # Errors
    /// When the database or the store fails.
    pub async fn export_objects(&self, repo: &Content, after: Option<ObjectId>) -> Result<Vec<GitObject>> {
        let store = Store { hub: self, repository_id: &repo.repo().id };
        let mut objects = Vec::new();
        let mut taken = 0;
        for stored in git_objects::page(self.db(), store.repository_id, after, PAGE).await? {
            let (id, kind) = (stored.id, stored.kind.clone());
            let bytes = store.content(stored).await?;
            taken += bytes.len();
            objects.push(GitObject { id, kind, bytes });
            if taken > PAGE_BYTES {
                break;
            }
        }
        Ok(objects)
    }
}
