//! A repository with verbs, for the stories about history.

use limpide_hub::{
    Caller, Change, CommitsQuery, Committed, Entry, Error, Hub, Listing, NewCommit, NewRepo, Readable,
    Result, What, Writable,
};
use limpide_testkit::hub::TestHub;
use limpide_words::{FilePath, Kind, ObjectId, RepoId, Revision, Sha256};

pub(crate) struct Story {
    pub(crate) hub: TestHub,
    pub(crate) ada: Caller,
    pub(crate) id: RepoId,
}

/// A hub with the model `ada/tiny`.
pub(crate) async fn story() -> Story {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    Story { hub, ada, id }
}

impl Story {
    pub(crate) async fn writable(&self) -> Writable {
        self.hub.writable(&self.ada, Kind::Model, &self.id).await.unwrap()
    }

    pub(crate) async fn readable(&self) -> Readable {
        self.hub.readable(&self.ada, Kind::Model, &self.id).await.unwrap()
    }

    pub(crate) async fn commit(&self, branch: &str, title: &str, changes: Vec<Change>) -> Result<Committed> {
        commit(&self.hub, &self.writable().await, branch, title, changes).await
    }

    /// Content that was uploaded for the repository.
    pub(crate) async fn upload(&self, content: &str) -> Sha256 {
        self.hub.claim(&self.readable().await.repo().id, content).await
    }

    pub(crate) async fn list(&self, at: &str, listing: Listing) -> Vec<Entry> {
        let readable = self.readable().await;
        let mut listing = listing;
        let mut entries = Vec::new();
        loop {
            let page = self.hub.list_tree(&readable, &revision(at), &listing).await.unwrap();
            entries.extend(page.entries);
            listing.cursor = page.next;
            if listing.cursor.is_none() {
                return entries;
            }
        }
    }

    /// Paths of all files, without folders.
    pub(crate) async fn files(&self, at: &str) -> Vec<String> {
        let all = self.list(at, Listing { recursive: true, ..Listing::default() }).await;
        all.into_iter().filter(|entry| entry.what != What::Folder).map(|entry| entry.path).collect()
    }

    pub(crate) async fn head(&self, at: &str) -> ObjectId {
        self.hub.commit_at(&self.readable().await, &revision(at)).await.unwrap().id
    }

    pub(crate) async fn titles(&self, at: &str) -> Vec<String> {
        let list =
            self.hub.list_commits(&self.readable().await, &revision(at), &CommitsQuery::default()).await;
        list.unwrap().commits.into_iter().map(|commit| commit.title).collect()
    }

    pub(crate) async fn text(&self, at: &str, file: &str) -> String {
        let readable = self.readable().await;
        let commit = self.hub.commit_at(&readable, &revision(at)).await.unwrap();
        let entry = self.hub.entry(&readable, &commit, &path(file)).await.unwrap();
        String::from_utf8(self.hub.read_blob(&readable.content().unwrap(), entry.id).await.unwrap().to_vec())
            .unwrap()
    }
}

pub(crate) async fn commit(
    hub: &Hub,
    repo: &Writable,
    branch: &str,
    title: &str,
    changes: Vec<Change>,
) -> Result<Committed> {
    let new = NewCommit { title: title.into(), ..NewCommit::default() };
    hub.commit(repo, &revision(branch), new, changes).await
}

pub(crate) async fn dataset(hub: &TestHub, caller: &Caller, id: &str) -> RepoId {
    let new = NewRepo { kind: Kind::Dataset, id: id.parse().unwrap(), private: false, sdk: None };
    hub.create_repo(caller, new).await.unwrap().id()
}

pub(crate) fn path(text: &str) -> FilePath {
    text.parse().unwrap()
}

pub(crate) fn revision(text: &str) -> Revision {
    text.parse().unwrap()
}

pub(crate) fn file(at: &str, text: &str) -> Change {
    Change::File { path: path(at), bytes: text.as_bytes().to_vec().into() }
}

pub(crate) fn lfs(at: &str, sha256: Sha256) -> Change {
    Change::LfsFile { path: path(at), sha256, size: None }
}

pub(crate) fn delete(at: &str) -> Change {
    Change::DeleteFile(path(at))
}

pub(crate) fn delete_folder(at: &str) -> Change {
    Change::DeleteFolder(path(at))
}

pub(crate) fn words<T: std::fmt::Debug>(outcome: Result<T>) -> String {
    outcome.unwrap_err().to_string()
}

pub(crate) fn is_outdated<T>(outcome: &Result<T>) -> bool {
    matches!(outcome, Err(Error::Outdated(_)))
}
