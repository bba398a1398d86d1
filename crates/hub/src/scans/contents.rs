//! What is known of single contents: kept packed, judged when it is asked for.

use std::collections::{BTreeMap, HashMap};
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use limpide_db::scans::{self, Scanned};
use limpide_safety::{Level, SCANNER, Scan, Verdict, telling_name};

use super::antivirus;
use crate::Hub;
use crate::error::{Error, Result};
use crate::paths::{Entry, What};

/// Bytes that a scan has at most: a row that unpacks to more is damaged.
const LONGEST: u64 = 64 << 20;

/// What was seen in a file, and what is thought of it.
#[derive(Debug, Clone)]
pub struct FileSafety {
    /// What was seen.
    pub scan: Scan,
    /// What the policy of this hub says of it.
    pub verdict: Verdict,
}

/// What is thought of contents, by content and name.
#[derive(Debug, Default)]
pub(super) struct Levels(BTreeMap<(String, String), Known>);

/// What is thought of a content, and how much of it was understood.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) level: Level,
    pub(super) accounted: u64,
    /// Whether a virus scanner that is there might look at it.
    pub(super) is_unlooked: bool,
}

/// What the content of a file is known by: the SHA-256 of what LFS keeps, the git id of what git keeps. None for folders.
pub fn content_of(entry: &Entry) -> Option<String> {
    match &entry.what {
        What::Folder => None,
        What::Regular { .. } => Some(entry.id.to_string()),
        What::Lfs { sha256, .. } => Some(sha256.to_string()),
    }
}

/// Whether what was seen under a name, or under none where that does not matter, is seen in files of this name.
pub(super) fn is_under(seen: &str, name: &str) -> bool {
    seen.is_empty() || seen == name
}

impl Hub {
    /// What is known of these files, by their paths; those that were not scanned are left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn files_safety(&self, entries: &[Entry]) -> Result<HashMap<String, FileSafety>> {
        let contents: Vec<String> = entries.iter().filter_map(content_of).collect();
        let mut rows: HashMap<(String, String), Scanned> = HashMap::new();
        for row in scans::find(self.db(), &contents).await? {
            rows.insert((row.content.clone(), row.name.clone()), row);
        }
        let mut known = HashMap::new();
        for entry in entries {
            let Some(content) = content_of(entry) else { continue };
            let keys = [(content.clone(), String::new()), (content, telling_name(&entry.path))];
            let Some(row) = keys.iter().find_map(|key| rows.get(key)) else { continue };
            let scan = unpack(&row.scan)?;
            let verdict = self.policy().judge(&scan);
            known.insert(entry.path.clone(), FileSafety { scan, verdict });
        }
        Ok(known)
    }

    /// What was seen in a content of a file of this name, as it is kept.
    pub(super) fn scanned(&self, (content, name): (String, String), scan: &Scan) -> Result<Scanned> {
        let policy = self.policy();
        Ok(Scanned {
            content,
            name: if scan.depends_on_name() { name } else { String::new() },
            scanner: SCANNER.into(),
            scan: pack(scan)?,
            size: i64::try_from(scan.size).unwrap_or(i64::MAX),
            accounted: i64::try_from(scan.account.accounted).unwrap_or(i64::MAX),
            policy: policy.id().sha256.clone(),
            level: policy.judge(scan).level.as_str().to_owned(),
            antivirus: scan.antivirus.as_ref().map(|antivirus| antivirus.said.as_str().to_owned()),
            created: self.clock().now(),
        })
    }

    /// Keeps what was seen.
    pub(super) async fn keep_scans(&self, kept: Vec<Scanned>) -> Result<()> {
        if kept.is_empty() {
            return Ok(());
        }
        let mut tx = self.db().begin().await?;
        for scanned in &kept {
            scans::put(&mut tx, scanned).await?;
        }
        Ok(tx.commit().await?)
    }

    /// What the policy of today says of these contents. What another policy said last is judged again, from what was
    /// seen then, and kept.
    pub(super) async fn levels(&self, contents: &[String]) -> Result<Levels> {
        let policy = self.policy().id().sha256.clone();
        let mut levels = BTreeMap::new();
        for page in contents.chunks(1000) {
            let known = scans::judged(self.db(), page).await?;
            let (current, stale): (Vec<_>, Vec<_>) = known.into_iter().partition(|row| row.policy == policy);
            for row in current {
                let is_unlooked = antivirus::is_unlooked(row.antivirus.as_deref());
                let accounted = row.accounted.unsigned_abs();
                let known = Known { level: level(&row.level)?, accounted, is_unlooked };
                levels.insert((row.content, row.name), known);
            }
            let mut stale: Vec<String> = stale.into_iter().map(|row| row.content).collect();
            stale.dedup();
            for some in stale.chunks(100) {
                levels.extend(self.judge_again(some).await?);
            }
        }
        Ok(Levels(levels))
    }

    async fn judge_again(&self, contents: &[String]) -> Result<Vec<((String, String), Known)>> {
        let policy = self.policy();
        let mut judged = Vec::new();
        let mut tx = self.db().begin().await?;
        for row in scans::find(&mut tx, contents).await? {
            let level = policy.judge(&unpack(&row.scan)?).level;
            scans::judge(&mut tx, (&row.content, &row.name), &policy.id().sha256, level.as_str()).await?;
            let is_unlooked = antivirus::is_unlooked(row.antivirus.as_deref());
            let known = Known { level, accounted: row.accounted.unsigned_abs(), is_unlooked };
            judged.push(((row.content, row.name), known));
        }
        tx.commit().await?;
        Ok(judged)
    }

    /// What the policy of today says of what was seen in a row.
    pub(super) fn level_of(&self, row: &Scanned) -> Result<Level> {
        match row.policy == self.policy().id().sha256 {
            true => level(&row.level),
            false => Ok(self.policy().judge(&unpack(&row.scan)?).level),
        }
    }
}

impl Levels {
    /// What is thought of a content in a file of this name.
    pub(super) fn of(&self, content: &str, name: &str) -> Option<Known> {
        let key = |name: &str| (content.to_owned(), name.to_owned());
        self.0.get(&key("")).or_else(|| self.0.get(&key(name))).copied()
    }
}

fn level(word: &str) -> Result<Level> {
    word.parse().map_err(|_| Error::Internal(anyhow::anyhow!("`{word}` is no level of a scan")))
}

fn pack(scan: &Scan) -> Result<Vec<u8>> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::default());
    let json = serde_json::to_vec(scan).map_err(|error| Error::Internal(error.into()))?;
    packer.write_all(&json).and_then(|()| packer.finish()).map_err(|error| Error::Internal(error.into()))
}

/// What a row holds.
pub(crate) fn unpack(packed: &[u8]) -> Result<Scan> {
    let mut json = Vec::new();
    ZlibDecoder::new(packed)
        .take(LONGEST)
        .read_to_end(&mut json)
        .map_err(|error| Error::Internal(anyhow::anyhow!("a scan cannot be unpacked: {error}")))?;
    serde_json::from_slice(&json)
        .map_err(|error| Error::Internal(anyhow::anyhow!("a scan cannot be read: {error}")))
}
