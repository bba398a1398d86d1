//! What the stories share.

use limpide_hub::{Caller, Change, CommitSafety, Hub, NewCommit, Safety, Settings};
use limpide_testkit::hub::TestHub;
use limpide_words::{Kind, ObjectId, RepoId};

/// A pickle that calls `os.system` when it is loaded; what it would run does no harm.
pub(crate) const MALICIOUS: &[u8] = b"cos\nsystem\n(S'echo limpide-test'\ntR.";

/// A pickle of a list of numbers.
pub(crate) const CLEAN: &[u8] = b"\x80\x02]q\x00(K\x01K\x02K\x03e.";

/// Commits one file to `main`.
pub(crate) async fn commit(hub: &Hub, who: &Caller, id: &RepoId, path: &str, bytes: &[u8]) -> ObjectId {
    let change = Change::File { path: path.parse().unwrap(), bytes: bytes.to_vec().into() };
    let writable = hub.writable(who, Kind::Model, id).await.unwrap();
    let new = NewCommit { title: "a change".into(), ..NewCommit::default() };
    hub.commit(&writable, &"main".parse().unwrap(), new, vec![change]).await.unwrap().id
}

/// Does whatever waits to be done; gives how many scans.
pub(crate) async fn work(hub: &Hub) -> usize {
    let mut done = 0;
    while let Some(kind) = hub.do_next_job().await.unwrap() {
        done += usize::from(kind == "scan");
    }
    done
}

pub(crate) async fn safety(hub: &Hub, who: &Caller, id: &RepoId) -> Option<CommitSafety> {
    let readable = hub.readable(who, Kind::Model, id).await.unwrap();
    match hub.safety(&readable, &"main".parse().unwrap()).await.unwrap() {
        Safety::Scanned(safety) => Some(safety),
        Safety::Pending(_) => None,
    }
}

/// Another server of the same hub, with these settings.
pub(crate) async fn with_settings(hub: &TestHub, settings: Settings) -> Hub {
    let (db, blobs) = (hub.db.db.clone(), hub.blobs.blobs.clone());
    Hub::open(db, blobs, hub.mirrors(), settings, hub.clock.clone()).await.unwrap()
}
