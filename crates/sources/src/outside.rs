//! The world of an audit from the command line: other repositories in folders beside or on a hub, and the web.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use limpide_openness::{Gate, Page, Reach, Source, World};
use limpide_words::{Kind, RepoId};

use crate::folder::{Folder, Named};
use crate::hub::Hub;
use crate::remote::Remote;
use crate::shared::Shared;
use crate::web::{self, Web};

/// What lies outside the audited repository, as far as it may be asked. Each thing is asked once.
#[derive(Default)]
pub struct Outside {
    beside: Option<PathBuf>,
    hub: Option<Arc<Hub>>,
    web: Option<Web>,
    repositories: Asked<(Kind, String), Shared>,
    pages: Asked<String, Page>,
    code: Asked<String, Shared>,
}

/// What was asked before, and what came of it.
type Asked<K, V> = Mutex<BTreeMap<K, Reach<V>>>;

impl Outside {
    /// Nothing: an audit that stays where it is.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// The same, with the repositories that lie in `{folder}/{models,datasets}/{owner}/{name}`. Without a hub the folder
    /// stands for all there is: what is not in it is absent.
    #[must_use]
    pub fn beside(self, folder: PathBuf) -> Self {
        Self { beside: Some(folder), ..self }
    }

    /// The same, with the repositories of a hub.
    #[must_use]
    pub fn hub(self, hub: Arc<Hub>) -> Self {
        Self { hub: Some(hub), ..self }
    }

    /// The same, with the web.
    #[must_use]
    pub fn web(self, web: Web) -> Self {
        Self { web: Some(web), ..self }
    }

    fn find(&self, kind: Kind, id: &RepoId) -> Reach<Shared> {
        if let Some(folder) = &self.beside {
            match in_folder(folder, kind, id) {
                Reach::Absent(_) if self.hub.is_some() => {}
                found => return found,
            }
        }
        match &self.hub {
            Some(hub) => on_hub(hub, kind, id),
            None => Reach::offline(),
        }
    }
}

fn in_folder(folder: &Path, kind: Kind, id: &RepoId) -> Reach<Shared> {
    let path = folder.join(kind.plural()).join(id.owner.as_str()).join(id.name.as_str());
    if !path.is_dir() {
        return Reach::Absent(format!("there is no `{}`", path.display()));
    }
    match Folder::open(&path, Named { kind: Some(kind), repository: Some(id.clone()) }) {
        Ok(folder) => Reach::Found(Shared(Arc::new(folder))),
        Err(trouble) => Reach::Unreachable(trouble.to_string()),
    }
}

/// A repository for everybody: one behind a gate is there and not for everybody.
fn on_hub(hub: &Arc<Hub>, kind: Kind, id: &RepoId) -> Reach<Shared> {
    Remote::open(hub, kind, id, None).and_then(|remote| match remote.standing().gate {
        Some(Gate::Auto) => {
            Reach::Closed("gated: the hub gives it to whoever agrees to its terms".to_owned())
        }
        Some(Gate::Manual) => Reach::Closed("gated: its owner decides who gets it".to_owned()),
        Some(Gate::Open) | None => Reach::Found(Shared(Arc::new(remote))),
    })
}

fn boxed(source: Shared) -> Reach<Box<dyn Source>> {
    Reach::Found(Box::new(source))
}

impl World for Outside {
    fn repository(&self, kind: Kind, id: &RepoId) -> Reach<Box<dyn Source>> {
        let found = once(&self.repositories, (kind, id.folded()), || self.find(kind, id));
        found.and_then(boxed)
    }

    fn page(&self, address: &str) -> Reach<Page> {
        let Some(web) = &self.web else { return Reach::offline() };
        once(&self.pages, address.to_owned(), || web.page(address))
    }

    fn code(&self, address: &str) -> Reach<Box<dyn Source>> {
        let Some(web) = &self.web else { return Reach::offline() };
        let Some(repository) = web::repository_of(address) else {
            return Reach::Unreachable(format!("`{address}` is not the address of a repository"));
        };
        let ask = || web.code(&repository).and_then(|code| Reach::Found(Shared(Arc::new(code))));
        let found = once(&self.code, repository.clone(), ask);
        found.and_then(boxed)
    }
}

/// What was answered before, or is now.
fn once<K: Ord + Clone, V: Clone>(asked: &Asked<K, V>, key: K, ask: impl FnOnce() -> Reach<V>) -> Reach<V> {
    let before = || asked.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = before().get(&key) {
        return answer.clone();
    }
    let answer = ask();
    before().insert(key, answer.clone());
    answer
}
