//! What scans saw, and the log of what the hub has signed: that each can be read, and that the log is the one of which
//! its checkpoint speaks.

use std::collections::HashMap;

use limpide_db::check::scans::{self, EntryRow, ScanRow};
use limpide_db::log;
use limpide_safety::Level;
use limpide_signing::log::{Checkpoint, Hash, LogKey, Node, Nodes, added, root};

use super::database::RESTORE_ROW;
use super::finding::Finding;
use super::{Check, PAGE, Sound};
use crate::error::Result;
use crate::scans::unpack;

/// What helps against a damaged scan.
const SCAN_ANEW: &str =
    "delete the row, and have a commit that holds it scanned anew: `POST /api/…/security/{commit}`";

/// The tree over the entries, as far as they were read.
#[derive(Default)]
struct Tree(HashMap<Node, Hash>);

impl Nodes for Tree {
    fn node(&self, node: Node) -> Option<Hash> {
        self.0.get(&node).copied()
    }
}

impl Check<'_> {
    pub(super) async fn scans(&self) -> Result<()> {
        let mut after = (String::new(), String::new());
        loop {
            let page = scans::scans(self.hub.db(), (&after.0, &after.1), PAGE).await?;
            let Some(last) = page.last() else { break };
            let from = std::mem::replace(&mut after, (last.content.clone(), last.name.clone()));
            self.look(|| async {
                let page = scans::scans(self.hub.db(), (&from.0, &from.1), PAGE).await?;
                Ok(page.iter().filter_map(|row| self.wrong_scan(row)).collect())
            })
            .await?;
        }
        self.look(|| self.log()).await
    }

    fn wrong_scan(&self, row: &ScanRow) -> Option<Finding> {
        let what = self.scan_sound(row).err()?;
        let finding = Finding::damage("scan", what).at(format!("table `scans`, {}", row.content));
        Some(finding.affects("what is told of the safety of this content; not its bytes").remedy(SCAN_ANEW))
    }

    fn scan_sound(&self, row: &ScanRow) -> Sound<()> {
        let scan = unpack(&row.scan).map_err(|error| format!("{:#}", anyhow::Error::from(error)))?;
        let level: Level = row.level.parse().map_err(|error| format!("{error}"))?;
        let policy = self.hub.policy();
        if row.policy == policy.id().sha256 && policy.judge(&scan).level != level {
            return Err(format!("its row says `{level}`, and the rules say otherwise"));
        }
        Ok(())
    }

    async fn log(&self) -> Result<Vec<Finding>> {
        // Entries that come meanwhile are not of this checkpoint.
        let Some(head) = log::head(self.hub.db()).await? else { return Ok(Vec::new()) };
        let (mut tree, mut next, mut wrong) = (Tree::default(), 0, None);
        while next < head.size && wrong.is_none() {
            let page = scans::entries(self.hub.db(), next, PAGE.min(head.size - next)).await?;
            if page.is_empty() {
                wrong = Some(format!("entry {next} of {} is missing", head.size));
            }
            for row in page {
                if let Err(what) = add(&mut tree, next, &row) {
                    wrong = Some(what);
                    break;
                }
                next += 1;
            }
        }
        let wrong = wrong.or_else(|| self.checkpoint_sound(&tree, head.size, &head.checkpoint).err());
        let finding = |what| {
            Finding::damage("log", what)
                .at("tables `log_entries` and `log_head`")
                .affects("what this hub has signed: whoever remembers a checkpoint sees that it was changed")
                .remedy(RESTORE_ROW)
        };
        Ok(wrong.map(finding).into_iter().collect())
    }

    fn checkpoint_sound(&self, tree: &Tree, size: i64, note: &str) -> Sound<()> {
        let (key, _) = self.hub.log_key().map_err(|error| error.to_string())?;
        let key: LogKey = key.parse().map_err(|error| format!("{error}"))?;
        let checkpoint = Checkpoint::verify(note, &key).map_err(|error| error.to_string())?;
        let computed = root(tree, size.unsigned_abs()).map_err(|error| error.to_string())?;
        if checkpoint.size != size.unsigned_abs() || checkpoint.root != computed {
            return Err("the entries are not those of which the checkpoint is the root".to_owned());
        }
        Ok(())
    }
}

/// Adds an entry to the tree, if it is the one that its row says.
fn add(tree: &mut Tree, number: i64, row: &EntryRow) -> Sound<()> {
    let hash = Hash::of_entry(&row.bundle);
    if row.number != number {
        return Err(format!("entry {number} is missing"));
    }
    if hash.to_string() != row.leaf {
        return Err(format!("entry {number} is not the one of which the hash is kept"));
    }
    tree.0.extend(added(tree, number.unsigned_abs(), hash).map_err(|error| error.to_string())?);
    Ok(())
}
