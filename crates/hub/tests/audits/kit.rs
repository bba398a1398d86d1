//! What the stories share.

use limpide_hub::{Audited, Caller, Change, Hub, Made, NewCommit, Pending};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, ObjectId, RepoId};

/// Commits one file to `main`.
pub(crate) async fn commit(hub: &Hub, who: &Caller, id: &RepoId, path: &str, text: &str) -> ObjectId {
    let change = Change::File { path: path.parse().unwrap(), bytes: text.to_owned().into() };
    commit_all(hub, who, id, vec![change]).await
}

pub(crate) async fn commit_all(hub: &Hub, who: &Caller, id: &RepoId, changes: Vec<Change>) -> ObjectId {
    let writable = hub.writable(who, Kind::Model, id).await.unwrap();
    let new = NewCommit { title: "a change".into(), ..NewCommit::default() };
    hub.commit(&writable, &"main".parse().unwrap(), new, changes).await.unwrap().id
}

/// Does whatever waits to be done; gives how many audits.
pub(crate) async fn work(hub: &Hub) -> usize {
    let mut done = 0;
    while let Some(kind) = hub.do_next_job().await.unwrap() {
        done += usize::from(kind == "audit");
    }
    done
}

pub(crate) async fn ask(hub: &Hub, who: &Caller, id: &RepoId, revision: &str) -> Audited {
    let readable = hub.readable(who, Kind::Model, id).await.unwrap();
    hub.openness(&readable, &revision.parse().unwrap()).await.unwrap()
}

pub(crate) async fn report(hub: &Hub, who: &Caller, id: &RepoId, revision: &str) -> Made {
    match ask(hub, who, id, revision).await {
        Audited::Report(made) => *made,
        Audited::Pending(pending) => panic!("not audited: {pending:?}"),
    }
}

pub(crate) async fn pending(hub: &Hub, who: &Caller, id: &RepoId) -> Pending {
    match ask(hub, who, id, "main").await {
        Audited::Pending(pending) => pending,
        Audited::Report(made) => panic!("audited: {}", made.digest),
    }
}

/// Another server of the same hub, which has nothing at hand.
pub(crate) async fn replica(hub: &TestHub) -> Hub {
    let (db, blobs) = (hub.db.db.clone(), hub.blobs.blobs.clone());
    let (settings, clock) = (hub.settings().clone(), hub.clock.clone());
    Hub::open(db, blobs, hub.mirrors(), settings, clock).await.unwrap()
}
