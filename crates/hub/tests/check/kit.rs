//! A hub with something of everything, and somebody who checks it.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use limpide_blobs::{Family, Key};
use limpide_formats::lfs::LfsObject;
use limpide_hub::check::{Depth, Finding, Progress, Severity, Summary};
use limpide_hub::content::{Declared, WritePass};
use limpide_hub::{Caller, Change, Hub, LfsOutcome, NewCommit, NewTag, Settings, Writable};
use limpide_openness::{Criterion, Degree, Role, SigningKey, Statement};
use limpide_testkit::hub::{START, TestHub};
use limpide_testkit::xet::{Sent, noise, pack, shard, words};
use limpide_words::{Kind, RepoId, Sha256};
use sha2::Digest;
use tokio::sync::{mpsc, watch};

/// The key of the first test of RFC 8032, in PEM.
const KEY: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
";

pub(crate) struct Scene {
    pub(crate) hub: TestHub,
    pub(crate) ada: Caller,
    pub(crate) id: RepoId,
}

/// A model with a card, a large git blob, a folder, a branch, both kinds of tags, two large files, one of which came
/// by Xet in two xorbs, and a part of a third. All is audited but a last commit, and one thing is signed.
pub(crate) async fn scene() -> Scene {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let scene = Scene { hub, ada, id };
    scene.send(&pack(noise(1, 400_000), 3)).await;
    let plain = words(2, 200_000);
    let sha256 = scene.ingest(&plain).await;
    let xet = Sha256(sha2::Sha256::digest(noise(1, 400_000)).into());
    let card = "---\ntags: [small]\nlicense: mit\n---\n# Tiny\n";
    scene
        .commit(
            "main",
            "files",
            vec![
                file("README.md", card.into()),
                file("large.txt", vec![b'l'; 100_000]),
                file("folder/a/b.txt", b"b".to_vec()),
                Change::LfsFile { path: "model.bin".parse().unwrap(), sha256: xet, size: None },
                Change::LfsFile { path: "words.bin".parse().unwrap(), sha256, size: None },
            ],
        )
        .await;
    let repo = scene.writable().await;
    scene.hub.create_branch(&repo, "side", None).await.unwrap();
    scene.commit("side", "side", vec![file("folder/c.txt", b"c".to_vec())]).await;
    scene.commit("main", "more", vec![file("folder/a/d.txt", b"d".to_vec())]).await;
    for message in [None, Some("first".to_owned())] {
        let name = if message.is_some() { "annotated" } else { "light" };
        let tag = NewTag { name: name.into(), message };
        scene.hub.create_tag(&repo, &"main".parse().unwrap(), tag).await.unwrap();
    }
    scene.put_last_part(&noise(3, 100_000)).await;
    scene.audit_and_sign().await;
    scene
}

impl Scene {
    pub(crate) async fn writable(&self) -> Writable {
        self.hub.writable(&self.ada, Kind::Model, &self.id).await.unwrap()
    }

    pub(crate) async fn pass(&self) -> WritePass {
        self.hub.write_pass_for(&self.writable().await)
    }

    pub(crate) async fn send(&self, sent: &Sent) {
        let pass = self.pass().await;
        for xorb in &sent.xorbs {
            self.hub.put_xorb(&pass, xorb.hash, body(&xorb.body)).await.unwrap();
        }
        let (progress, _) = watch::channel(limpide_hub::content::Progress::Committing);
        self.hub.register_shard(&pass, shard(&[&sent.file]).into(), &progress).await.unwrap();
    }

    /// Audits what there is, signs for it, and leaves a job to be done.
    async fn audit_and_sign(&self) {
        while self.hub.do_next_job().await.unwrap().is_some() {}
        let key = SigningKey::from_pem(KEY).unwrap();
        self.hub.add_key(&self.ada, "mine", &key.public().to_string()).await.unwrap();
        let repo = self.hub.readable(&self.ada, Kind::Model, &self.id).await.unwrap();
        let statement = Statement {
            schema: Statement::SCHEMA.to_owned(),
            kind: Kind::Model,
            repository: self.id.to_string(),
            commit: self.hub.commit_at(&repo, &"main".parse().unwrap()).await.unwrap().id.to_string(),
            criterion: Criterion::DataInformation,
            degree: Degree::Full,
            statement: "The list of all sources is complete.".to_owned(),
            evidence: Vec::new(),
            answers: None,
            signer: "ada".to_owned(),
            role: Role::Owner,
            issued: START,
            expires: START + Duration::from_secs(1_000_000),
        };
        let attestation = key.sign(statement).unwrap();
        self.hub.attest(&self.ada, Kind::Model, &self.id, attestation).await.unwrap();
        self.commit("side", "later", vec![file("later.txt", b"l".to_vec())]).await;
    }

    /// Sends the second of two parts of an object.
    async fn put_last_part(&self, data: &[u8]) {
        let pass = self.pass().await;
        let size = self.hub.settings().limits.lfs_part + data.len() as u64;
        let object = LfsObject { oid: Sha256([7; 32]), size };
        let outcomes = self.hub.lfs_upload(&self.writable().await, &pass, &[object], true).await.unwrap();
        let LfsOutcome::GoInParts(told) = &outcomes[0] else { panic!("{outcomes:?}") };
        let oid = object.oid.to_string();
        let ticket = self.hub.lfs_part_ticket(pass.store(), &oid, "2", &told.parts[1]).unwrap();
        self.hub.lfs_put_part(&ticket, body(data)).await.unwrap();
    }

    pub(crate) async fn ingest(&self, data: &[u8]) -> Sha256 {
        let sha256 = Sha256(sha2::Sha256::digest(data).into());
        let declared = Declared { sha256, size: data.len() as u64 };
        self.hub.ingest(&self.pass().await, Some(declared), body(data)).await.unwrap();
        sha256
    }

    pub(crate) async fn commit(&self, branch: &str, title: &str, changes: Vec<Change>) {
        let new = NewCommit { title: title.into(), description: "why\n\nand how".into(), parent: None };
        let branch = branch.parse().unwrap();
        self.hub.commit(&self.writable().await, &branch, new, changes).await.unwrap();
    }

    /// What a fresh process finds: nothing is at hand that was read before the damage.
    pub(crate) async fn check(&self, depth: Depth) -> (Summary, Vec<Finding>) {
        let (db, blobs) = (self.hub.db.db.clone(), self.hub.blobs.blobs.clone());
        let (mirrors, clock) = (self.hub.mirrors(), self.hub.clock.clone());
        let hub = Hub::open(db, blobs, mirrors, Settings::default(), clock).await.unwrap();
        let (sender, mut receiver) = mpsc::channel(16);
        let progress = Progress::default();
        let listen = async {
            let mut found = Vec::new();
            while let Some(finding) = receiver.recv().await {
                found.push(finding);
            }
            found
        };
        let (summary, found) = tokio::join!(hub.check(depth, &progress, sender), listen);
        (summary.unwrap(), found)
    }

    /// The kinds of damage, once each, with all that is said of them.
    pub(crate) async fn damage(&self, depth: Depth) -> Vec<(&'static str, String)> {
        let (_, found) = self.check(depth).await;
        let damage = found.into_iter().filter(|finding| finding.severity == Severity::Damage);
        damage.map(|finding| (finding.kind, format!("{finding:?}"))).collect()
    }

    pub(crate) async fn keys(&self, family: Family) -> Vec<Key> {
        let mut found: Vec<Key> =
            self.hub.blobs.blobs.list(family).map_ok(|stored| stored.key).try_collect().await.unwrap();
        found.sort();
        found
    }

    pub(crate) async fn get(&self, key: &Key) -> Vec<u8> {
        self.hub.blobs.blobs.get(key, 1 << 30).await.unwrap().to_vec()
    }

    pub(crate) async fn put(&self, key: &Key, bytes: Vec<u8>) {
        self.hub.blobs.blobs.put(key, bytes.into()).await.unwrap();
    }
}

pub(crate) fn file(path: &str, bytes: Vec<u8>) -> Change {
    Change::File { path: path.parse().unwrap(), bytes: bytes.into() }
}

pub(crate) fn body(bytes: &[u8]) -> limpide_hub::content::Body<'static> {
    futures::stream::iter([Ok(Bytes::copy_from_slice(bytes))]).boxed()
}
