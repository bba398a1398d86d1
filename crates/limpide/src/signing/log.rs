//! `limpide verify --log`: whether the log of a hub holds what its checkpoint says, and all that it held before.

use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use limpide_signing::log::{Checkpoint, Hash, LogKey, Node, Nodes, added, root, verify_consistency};
use limpide_sources::Hub;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::output::print;

/// What is remembered from one time to the next.
#[derive(Serialize, Deserialize)]
struct Remembered {
    /// The hub's key.
    key: String,
    /// The checkpoint, as it was signed.
    checkpoint: String,
}

/// What a hub says its key is.
#[derive(Deserialize)]
struct Key {
    log: String,
}

/// A proof.
#[derive(Deserialize)]
struct Proof {
    proof: Vec<String>,
}

/// An entry.
#[derive(Deserialize)]
struct Entry {
    number: u64,
    hash: String,
}

/// Subtrees that were computed from all entries.
#[derive(Default)]
struct Tree(HashMap<Node, Hash>);

impl Nodes for Tree {
    fn node(&self, node: Node) -> Option<Hash> {
        self.0.get(&node).copied()
    }
}

/// What came of it.
enum Outcome {
    /// The log holds what it says, and all that was remembered; so many entries then and now.
    Holds { before: Option<u64>, now: u64 },
    /// It does not: says what differs.
    Differs(String),
}

pub(super) fn run(address: &str, state: Option<&Path>, in_json: bool) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // The hub is waited for.
    let outcome = runtime.block_on(async { tokio::task::block_in_place(|| verified(address, state)) })?;
    let written = match (&outcome, in_json) {
        (Outcome::Holds { before, now }, true) => {
            format!("{}\n", json!({ "verified": true, "entries": now, "before": before }))
        }
        (Outcome::Differs(why), true) => format!("{}\n", json!({ "verified": false, "sentence": why })),
        (Outcome::Holds { before: Some(before), now }, false) => {
            format!("The log holds the {before} entries that were remembered, and {} more.\n", now - before)
        }
        (Outcome::Holds { before: None, now }, false) => {
            format!("The log holds the {now} entries that its checkpoint says.\n")
        }
        (Outcome::Differs(why), false) => format!("{why}\n"),
    };
    print(written.as_bytes())?;
    Ok(ExitCode::from(u8::from(matches!(outcome, Outcome::Differs(_)))))
}

fn verified(address: &str, state: Option<&Path>) -> Result<Outcome> {
    let hub = Hub::new(address, None).map_err(anyhow::Error::msg)?;
    let said: Key = asked(&hub, "/api/log/key")?;
    let remembered = state.map(remembered).transpose()?.flatten();
    if let Some(remembered) = remembered.as_ref().filter(|remembered| remembered.key != said.log) {
        return Ok(Outcome::Differs(format!(
            "The key of the log was {}, and is {} now.",
            remembered.key, said.log
        )));
    }
    let key: LogKey = said.log.parse()?;
    let note = String::from_utf8(hub.ask("/api/log/checkpoint").map_err(anyhow::Error::msg)?.to_vec())?;
    let now = match Checkpoint::verify(&note, &key) {
        Ok(now) => now,
        Err(refused) => return Ok(Outcome::Differs(format!("The checkpoint is not believed: {refused}."))),
    };
    if computed(&hub, now.size)? != Some(now.root) {
        return Ok(Outcome::Differs(
            "The entries are not those of which the checkpoint is the root.".to_owned(),
        ));
    }
    let before = remembered.map(|remembered| Checkpoint::verify(&remembered.checkpoint, &key)).transpose()?;
    if let Some(before) = &before
        && let Some(why) = changed(&hub, before, &now)?
    {
        return Ok(Outcome::Differs(why));
    }
    if let Some(path) = state {
        let text = serde_json::to_string_pretty(&Remembered { key: said.log, checkpoint: note })?;
        std::fs::write(path, text + "\n")
            .with_context(|| format!("`{}` cannot be written", path.display()))?;
    }
    Ok(Outcome::Holds { before: before.map(|before| before.size), now: now.size })
}

/// The root of the entries that the hub lists; none when there are fewer.
fn computed(hub: &Hub, size: u64) -> Result<Option<Hash>> {
    let (mut tree, mut count) = (Tree::default(), 0);
    while count < size {
        let page: Vec<Entry> = asked(hub, &format!("/api/log/entries?from={count}"))?;
        if page.is_empty() {
            return Ok(None);
        }
        for entry in page.into_iter().take_while(|entry| entry.number < size) {
            if entry.number != count {
                return Ok(None);
            }
            let complete = added(&tree, count, hash(&entry.hash)?)?;
            tree.0.extend(complete);
            count += 1;
        }
    }
    Ok(Some(root(&tree, size)?))
}

/// What differs between an older checkpoint and this one, if anything.
fn changed(hub: &Hub, before: &Checkpoint, now: &Checkpoint) -> Result<Option<String>> {
    if now.size < before.size {
        return Ok(Some(format!("The log had {} entries, and has {} now.", before.size, now.size)));
    }
    let Proof { proof } = asked(hub, &format!("/api/log/consistency?from={}&to={}", before.size, now.size))?;
    let proof: Vec<Hash> = proof.iter().map(|text| hash(text)).collect::<Result<_>>()?;
    let shown = verify_consistency((before.size, before.root), (now.size, now.root), &proof);
    Ok(shown.err().map(|refused| format!("What was in the log is not in it any more: {refused}.")))
}

fn asked<T: for<'a> Deserialize<'a>>(hub: &Hub, path: &str) -> Result<T> {
    let body = hub.ask(path).map_err(|why| anyhow!("{}{path}: {why}", hub.endpoint()))?;
    serde_json::from_slice(&body).with_context(|| format!("{}{path} answers something else", hub.endpoint()))
}

fn hash(text: &str) -> Result<Hash> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes).with_context(|| format!("`{text}` is no hash"))?;
    Ok(Hash(bytes))
}

/// What was remembered, if that was ever done.
fn remembered(path: &Path) -> Result<Option<Remembered>> {
    match std::fs::read(path) {
        Ok(text) => {
            let remembered = serde_json::from_slice(&text);
            remembered.map(Some).with_context(|| format!("`{}` holds no checkpoint", path.display()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("`{}` cannot be read", path.display())),
    }
}
