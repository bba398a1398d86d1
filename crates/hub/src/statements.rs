//! What this hub vouches for itself: what a scan found and how open a commit is, as in-toto statements that it signs, and
//! keeps in a log that only grows. Whoever remembers a checkpoint of the log sees whether something was taken back since.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_db::log::{self, Leaf, NewEntry, NodeRow, Signed};
use limpide_db::repos::Repo;
use limpide_db::{Db, Tx};
use limpide_signing::log::{Hash, LogRefused, LogSigner, Node, Nodes, added, consistency, inclusion, root};
use limpide_signing::{Predicate, PrivateKey, Statement, Subject};
use limpide_words::{ObjectId, Revision};

use crate::access::Readable;
use crate::error::{Error, Result};
use crate::{Hub, chance};

/// The most entries of a page.
const PAGE: i64 = 1000;

/// What stands before the 32 bytes of an Ed25519 key in PKCS#8 (RFC 8410, section 7).
const PKCS8: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// What signs for this hub. The key is made at the first start, and shared by all replicas.
#[derive(Debug)]
pub(crate) struct Scribe {
    statements: PrivateKey,
    log: LogSigner,
}

impl Scribe {
    /// What signs for this instance.
    ///
    /// # Errors
    /// When the database cannot give the key.
    pub(crate) async fn open(db: &Db, instance: &str) -> Result<Self> {
        let damaged = |why: String| Error::Internal(anyhow::anyhow!("the stored key of statements: {why}"));
        let text = limpide_db::secrets::shared(db, "statement-key", chance::hexadecimal::<32>()?).await?;
        let seed = hex::decode(&text).map_err(|error| damaged(error.to_string()))?;
        let pem = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            STANDARD.encode([&PKCS8[..], &seed].concat())
        );
        let key = || PrivateKey::from_pem(&pem).map_err(|error| damaged(error.to_string()));
        let log = LogSigner::new(&format!("limpide-{instance}"), key()?);
        Ok(Self { statements: key()?, log: log.map_err(|error| damaged(error.to_string()))? })
    }
}

/// Subtrees that were fetched.
#[derive(Default)]
struct Fetched(HashMap<Node, Hash>);

impl Nodes for Fetched {
    fn node(&self, node: Node) -> Option<Hash> {
        self.0.get(&node).copied()
    }
}

/// Where the hashes of subtrees are kept: the database, or a transaction that has written some.
enum Kept<'a> {
    Db(&'a Db),
    Tx(&'a mut Tx),
}

impl Kept<'_> {
    async fn nodes(&mut self, places: &[String]) -> Result<Vec<NodeRow>> {
        Ok(match self {
            Self::Db(db) => log::nodes(*db, places).await?,
            Self::Tx(tx) => log::nodes(&mut **tx, places).await?,
        })
    }
}

impl Hub {
    /// The key that statements and checkpoints of this hub are verified with, in the form of a log's key
    /// (<https://c2sp.org/signed-note>), and the same in PEM.
    ///
    /// # Errors
    /// Never for a hub that is open.
    pub fn log_key(&self) -> Result<(String, String)> {
        let scribe = self.scribe();
        let pem = scribe.statements.public().to_pem().map_err(|error| Error::Internal(error.into()))?;
        Ok((scribe.log.public().to_string(), pem))
    }

    /// The newest checkpoint of the log; none before the first entry.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_checkpoint(&self) -> Result<Option<String>> {
        Ok(log::head(self.db()).await?.map(|head| head.checkpoint))
    }

    /// The hashes of entries from a number on: what they say is told to whoever may read what they are about.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_leaves(&self, from: u64) -> Result<Vec<Leaf>> {
        Ok(log::leaves(self.db(), i64::try_from(from).unwrap_or(i64::MAX), PAGE).await?)
    }

    /// The proof that an entry is among the first `size`.
    ///
    /// # Errors
    /// `Invalid` for what lies outside of the log.
    pub async fn log_inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>> {
        self.proof(size, |nodes| inclusion(nodes, index, size)).await
    }

    /// The proof that the first `old` entries of the first `new` are what they were.
    ///
    /// # Errors
    /// `Invalid` for what lies outside of the log.
    pub async fn log_consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>> {
        self.proof(new, |nodes| consistency(nodes, old, new)).await
    }

    /// What this hub has signed about a revision, in its order.
    ///
    /// # Errors
    /// `NotFound` for the revision.
    pub async fn statements(&self, repo: &Readable, revision: &Revision) -> Result<Vec<Signed>> {
        let commit = self.commit_at(repo, revision).await?;
        Ok(log::of_commit(self.db(), &repo.repo().id, commit.id).await?)
    }

    /// Signs what is said of a commit, and adds it to the log, in the transaction of what it says.
    pub(crate) async fn state(
        &self,
        tx: &mut Tx,
        repo: &Repo,
        commit: ObjectId,
        predicate: Predicate,
    ) -> Result<()> {
        let word = match &predicate {
            Predicate::Scan(_) => "scan",
            Predicate::Openness(_) => "openness",
        };
        let subject = Subject::Commit { repository: format!("{}/{}", repo.kind.plural(), repo.id()), commit };
        let statement = Statement { subjects: vec![subject], predicate };
        let bundle =
            statement.sign(&self.scribe().statements).map_err(|error| Error::Internal(error.into()))?;
        let bundle = bundle.to_json().map_err(|error| Error::Internal(error.into()))?;
        let number = log::hold(tx).await?;
        let (size, leaf) = (number.unsigned_abs(), Hash::of_entry(&bundle));
        let mut nodes = Fetched::default();
        let complete = fetching(Kept::Tx(&mut *tx), &mut nodes, |nodes| added(nodes, size, leaf)).await?;
        nodes.0.extend(complete.iter().copied());
        let entry = NewEntry {
            repository_id: &repo.id,
            commit,
            predicate: word,
            leaf: &leaf.to_string(),
            bundle: &bundle,
            now: self.clock().now(),
        };
        let rows: Vec<NodeRow> = complete
            .iter()
            .map(|(node, hash)| NodeRow { place: place(*node), hash: hash.to_string() })
            .collect();
        log::add(tx, number, &entry, &rows).await?;
        let top = fetching(Kept::Tx(&mut *tx), &mut nodes, |nodes| root(nodes, size + 1)).await?;
        let note = self.scribe().log.sign(size + 1, top).map_err(|error| Error::Internal(error.into()))?;
        Ok(log::set_head(tx, number + 1, &note).await?)
    }

    async fn proof(
        &self,
        size: u64,
        prove: impl Fn(&Fetched) -> std::result::Result<Vec<Hash>, LogRefused>,
    ) -> Result<Vec<Hash>> {
        let there = log::head(self.db()).await?.map_or(0, |head| head.size.unsigned_abs());
        if size > there {
            return Err(Error::Invalid(format!("The log has {there} entries, not {size}.")));
        }
        fetching(Kept::Db(self.db()), &mut Fetched::default(), prove).await
    }
}

/// Computes something from subtrees, and fetches those that it lacks, one after the other: they are few, and lie close.
async fn fetching<T>(
    mut source: Kept<'_>,
    nodes: &mut Fetched,
    act: impl Fn(&Fetched) -> std::result::Result<T, LogRefused>,
) -> Result<T> {
    loop {
        let node = match act(nodes) {
            Ok(done) => return Ok(done),
            Err(LogRefused::Lacks(node)) => node,
            Err(refused) => return Err(Error::Invalid(format!("{refused}."))),
        };
        let row = source.nodes(&[place(node)]).await?.pop();
        let missing = || Error::Internal(anyhow::anyhow!("the log lacks the subtree {}", place(node)));
        let hash = row.and_then(|row| hex::decode(row.hash).ok()?.try_into().ok()).ok_or_else(missing)?;
        nodes.0.insert(node, Hash(hash));
    }
}

fn place(node: Node) -> String {
    format!("{}/{}", node.level, node.index)
}
