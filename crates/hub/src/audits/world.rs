//! What lies outside an audited repository: what else is on this hub, as somebody sees it who has not signed in.

use std::sync::Arc;

use limpide_db::{accounts, lfs_files};
use limpide_openness::{Page, Reach, Source, Trouble, World};
use limpide_words::{Kind, RefName, RepoId, Sha256};

use super::reading::Reading;
use super::source::HubSource;
use crate::access::{Caller, Readable};
use crate::error::{Error, Result};

/// What is said of every address: a server that fetches what its users write is a tool for attacks.
const NO_CALLS: &str = "this hub calls no other addresses; `limpide audit` does, from your own machine";

/// The most repositories that are named as holding the same bytes.
const MOST_HOLDERS: i64 = 100;

/// This hub, as an audit of one of its repositories sees it.
pub(super) struct HubWorld {
    reading: Arc<Reading>,
}

impl HubWorld {
    pub(super) fn new(reading: Arc<Reading>) -> Self {
        Self { reading }
    }

    async fn look_up(&self, kind: Kind, id: &RepoId) -> Result<Reach<Box<dyn Source>>> {
        let hub = &self.reading.hub;
        let found = match hub.readable(&Caller::Anyone, kind, id).await {
            Err(Error::Moved(now)) => hub.readable(&Caller::Anyone, kind, &now).await,
            other => other,
        };
        match found {
            Ok(readable) => self.open(&readable).await,
            Err(Error::NotFound(_, words)) => match accounts::owner_by_name(hub.db(), &id.owner).await? {
                Some(_) => Ok(Reach::Absent(words)),
                None => Ok(Reach::Unreachable(format!("nobody on this hub is called {}", id.owner))),
            },
            Err(error) => Err(error),
        }
    }

    async fn open(&self, readable: &Readable) -> Result<Reach<Box<dyn Source>>> {
        let repo = readable.repo();
        if !readable.shows_content() {
            let answer = format!("{} {} is gated ({})", repo.kind, repo.id(), repo.gated);
            return Ok(Reach::Closed(answer));
        }
        let main = RefName::main();
        let head = limpide_db::commits::head(self.reading.hub.db(), &repo.id, &main).await?;
        let commit = head.ok_or_else(Error::deleted)?;
        Ok(Reach::Found(Box::new(HubSource::new(self.reading.clone(), repo.clone(), commit))))
    }

    async fn look_for(&self, sha256: Sha256) -> Result<Vec<String>> {
        let (hub, asking) = (&self.reading.hub, &self.reading.repository_id);
        let holders = lfs_files::holders(hub.db(), sha256, asking, MOST_HOLDERS).await?;
        Ok(holders.iter().map(|holder| format!("{}:{}/{}", holder.kind, holder.owner, holder.name)).collect())
    }
}

impl World for HubWorld {
    fn repository(&self, kind: Kind, id: &RepoId) -> Reach<Box<dyn Source>> {
        self.reading.wait(self.look_up(kind, id)).unwrap_or_else(unreachable)
    }

    fn page(&self, _address: &str) -> Reach<Page> {
        Reach::Unreachable(NO_CALLS.into())
    }

    fn code(&self, _address: &str) -> Reach<Box<dyn Source>> {
        Reach::Unreachable(NO_CALLS.into())
    }

    fn holders(&self, sha256: Sha256) -> Reach<Vec<String>> {
        self.reading.wait(self.look_for(sha256)).map_or_else(unreachable, Reach::Found)
    }
}

fn unreachable<T>(trouble: Trouble) -> Reach<T> {
    Reach::Unreachable(trouble.to_string())
}
