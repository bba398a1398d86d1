//! Scans: what the files of a commit would do if they were loaded. Each content is read once, whichever repositories hold
//! it; what was seen in it is kept, and judged by the policy of today whenever that is another than yesterday's.

mod antivirus;
mod contents;
mod guard;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use limpide_db::commits::Commit;
use limpide_db::events::{self, Event};
use limpide_db::jobs::{self, Job};
use limpide_db::repos::Repo;
use limpide_db::scans::{self, CommitScan, Head, NewNotice, Notice};
use limpide_db::{Tx, refs};
use limpide_openness::FileReader;
use limpide_safety::{Antivirus, Level, SCANNER, Scan, telling_name};
use limpide_signing::{Predicate, ScanResult};
use limpide_words::{Moment, ObjectId, RefName, Revision};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::Instant;

use self::antivirus::Asked;
use self::contents::is_under;
pub(crate) use self::contents::unpack;
pub use self::contents::{FileSafety, content_of};
pub use self::guard::WhenMalicious;
use crate::access::{Caller, Readable, Writable};
use crate::audits::reading::Reading;
use crate::audits::source::HubSource;
use crate::audits::stored::digest;
use crate::error::{Error, Result};
use crate::git::store::Store;
use crate::jobs::{Pending, SCAN, Signs};
use crate::paths::What;
use crate::{Hub, cards, chance, changing};

/// A commit with more files is not scanned: their names alone would take gigabytes of memory.
const MOST_FILES: usize = 1_000_000;

/// How many files of a commit are named of those that are not clean; the worst come first.
const MOST_FLAGGED: usize = 10_000;

/// How long one job scans before it lets others have their turn.
const TURN: Duration = Duration::from_secs(300);

/// How many scans are kept in one transaction: writers wait for each other.
const AT_ONCE: usize = 100;

/// How many notices a page holds.
const PAGE: i64 = 100;

/// What came of scanning a commit.
#[derive(Debug)]
pub enum Safety {
    /// It was scanned.
    Scanned(CommitSafety),
    /// It will be, or it cannot be.
    Pending(Pending),
}

/// What is known of the files of a commit.
#[derive(Debug, Clone)]
pub struct CommitSafety {
    /// The commit.
    pub commit: ObjectId,
    /// How many files it has.
    pub files: u64,
    /// Those that are not clean, the worst first.
    pub flagged: Vec<Flagged>,
    /// The SHA-256 of the policy that judged them.
    pub policy: String,
    /// When they were judged.
    pub created: Moment,
    /// Whether newer code, or another policy, is about to look again.
    pub is_stale: bool,
    /// How many files the virus scanner of this hub has still to look at; none where there is no virus scanner.
    pub unlooked: u64,
}

/// A file that is not clean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flagged {
    /// Its path.
    pub path: String,
    /// Its content: the SHA-256 of what LFS keeps, the git id of what git keeps.
    pub content: String,
    /// What the policy says of it.
    pub level: Level,
}

/// A content of a commit that can be scanned.
#[derive(Clone)]
struct Candidate {
    content: String,
    /// What may matter of the path.
    name: String,
    path: String,
    size: u64,
}

/// What all that is known of the files of a commit comes to.
struct Weighed {
    /// Those that are not clean, the worst first.
    flagged: Vec<Flagged>,
    /// The bytes of all,
    bytes: u64,
    /// and how many of them were understood.
    accounted: u64,
    /// How many contents no virus scanner has looked at that might.
    unlooked: i64,
}

/// What was seen in a content before.
#[derive(Default)]
struct Earlier {
    /// In a file of the same name, where that matters.
    scan: Option<Scan>,
    /// By a virus scanner.
    said: Option<Antivirus>,
}

impl Hub {
    /// What is known of the files of a revision. What was never scanned, or by older code or rules, is from now on
    /// asked for.
    ///
    /// # Errors
    /// `NotFound` for the revision.
    pub async fn safety(&self, repo: &Readable, revision: &Revision) -> Result<Safety> {
        let commit = self.commit_at(repo, revision).await?;
        let repository_id = &repo.repo().id;
        let job = self.job_about(SCAN, repository_id, commit.id).await?;
        if let Some(row) = scans::of_commit(self.db(), repository_id, commit.id).await? {
            let safety = self.commit_safety(row)?;
            if safety.is_stale {
                self.ask_for(SCAN, repository_id, commit.id).await?;
            }
            return Ok(Safety::Scanned(safety));
        }
        Ok(Safety::Pending(self.pending(SCAN, repository_id, commit.id, job).await?))
    }

    /// Has a revision scanned once more.
    ///
    /// # Errors
    /// `NotFound` for the revision.
    pub async fn scan_anew(&self, repo: &Writable, revision: &Revision) -> Result<Pending> {
        self.do_anew(SCAN, &repo.repo().id, revision).await
    }

    /// Has the commits on which branches stand scanned, where that was not done by this code and this policy: after a
    /// start with new ones. Gives how many were asked for, of at most a page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scan_stale_heads(&self) -> Result<usize> {
        let policy = self.policy().id().sha256.clone();
        self.ask_for_scans(scans::stale_heads(self.db(), SCANNER.into(), &policy, PAGE).await?).await
    }

    /// Has these commits scanned; gives how many they are.
    async fn ask_for_scans(&self, heads: Vec<Head>) -> Result<usize> {
        for head in &heads {
            match self.ask_for(SCAN, &head.repository_id, head.commit_id).await {
                // It went meanwhile.
                Ok(()) | Err(Error::NotFound(..)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(heads.len())
    }

    /// What a user is told of the files of repositories in which they may write, the newest first.
    ///
    /// # Errors
    /// `SignIn` when the caller is nobody.
    pub async fn notices(&self, caller: &Caller, before: Option<Moment>) -> Result<Vec<Notice>> {
        let user = caller.user()?;
        let before = before.unwrap_or_else(|| self.clock().now() + Duration::from_secs(1));
        Ok(scans::notices(self.db(), &user.id, before, PAGE).await?)
    }

    /// Does the job: scans what was not scanned of the commit, if it is still there, and judges all of it.
    pub(crate) async fn scan(&self, job: &Job, signs: &Arc<Signs>) -> Result<()> {
        let Some((repo, commit)) = self.commit_of_job(job).await? else { return self.drop_job(job).await };
        let files = self.candidates(&repo, &commit).await?;
        let reading = Arc::new(Reading::new(self.clone(), &repo, signs.clone(), job.attempts));
        let source = Arc::new(HubSource::new(reading.clone(), repo.clone(), commit.clone()));
        let (begun, mut scanned) = (Instant::now(), Vec::new());
        let asked = Arc::new(Asked::new(self));
        for (candidate, is_known) in self.to_be_looked_at(&files).await? {
            let key = (candidate.content.clone(), candidate.name.clone());
            let earlier = if is_known { self.seen_earlier(&key).await? } else { Earlier::default() };
            let (source, asked) = (source.clone(), asked.clone());
            let looked =
                tokio::task::spawn_blocking(move || look(source.as_ref(), &candidate, earlier, &asked)).await;
            let scan = looked.map_err(|error| Error::Internal(error.into()))?;
            reading.end()?;
            scanned.push(self.scanned(key, &scan)?);
            if scanned.len() >= AT_ONCE {
                self.keep_scans(std::mem::take(&mut scanned)).await?;
            }
            if begun.elapsed() > TURN {
                self.keep_scans(scanned).await?;
                return self.take_turns(job, &repo, commit.id).await;
            }
        }
        self.keep_scans(scanned).await?;
        self.keep_commit_scan(job, &repo, commit.id, files).await
    }

    /// The files of a commit that can be scanned.
    async fn candidates(&self, repo: &Repo, commit: &Commit) -> Result<Vec<Candidate>> {
        let store = Store { hub: self, repository_id: &repo.id };
        let files = store.files(commit, MOST_FILES).await?.ok_or_else(|| {
            Error::TooLarge(format!("The commit {} has more than {MOST_FILES} files.", commit.id))
        })?;
        let candidate = |leaf: crate::tree::Leaf| {
            let size = match &leaf.entry.what {
                // What never arrived cannot be scanned.
                What::Lfs { file: None, .. } | What::Folder => return None,
                What::Lfs { size, .. } | What::Regular { size } => *size,
            };
            let content = content_of(&leaf.entry)?;
            let name = telling_name(&leaf.entry.path);
            (!leaf.is_link).then_some(Candidate { content, name, path: leaf.entry.path, size })
        };
        Ok(files.into_iter().filter_map(candidate).collect())
    }

    /// Those of these whose contents this code has not scanned, or that the virus scanner is to be asked of, each
    /// content once: under each name, until it is known whether that matters; and whether something is known of it
    /// already.
    async fn to_be_looked_at(&self, files: &[Candidate]) -> Result<Vec<(Candidate, bool)>> {
        let mut left: BTreeMap<&str, BTreeMap<&str, (&Candidate, bool)>> = BTreeMap::new();
        for file in files {
            left.entry(&file.content).or_default().insert(&file.name, (file, false));
        }
        let contents: Vec<String> = left.keys().map(|content| (*content).to_owned()).collect();
        for page in contents.chunks(1000) {
            for known in scans::judged(self.db(), page).await? {
                let Some(names) = left.get_mut(known.content.as_str()) else { continue };
                let is_scanned = known.scanner >= i64::from(SCANNER);
                let is_done = is_scanned && !self.is_to_be_asked(known.antivirus.as_deref());
                names.retain(|name, (_, is_known)| {
                    let is_meant = is_under(&known.name, name);
                    *is_known = true;
                    !(is_meant && is_done)
                });
                if is_scanned
                    && known.name.is_empty()
                    && let Some((name, file)) = names.pop_first()
                {
                    *names = BTreeMap::from([(name, file)]);
                }
            }
        }
        let left = left.into_values().flat_map(BTreeMap::into_values);
        Ok(left.map(|(file, is_known)| (file.clone(), is_known)).collect())
    }

    /// What was seen in a content before, by this code or older: in a file of this name, and by a virus scanner under any
    /// name, which is none of its business.
    async fn seen_earlier(&self, (content, name): &(String, String)) -> Result<Earlier> {
        let mut earlier = Earlier::default();
        for row in scans::find(self.db(), std::slice::from_ref(content)).await? {
            let scan = unpack(&row.scan)?;
            if earlier.said.as_ref().is_none_or(|said| !said.said.is_final()) {
                earlier.said = scan.antivirus.clone().or(earlier.said);
            }
            if is_under(&row.name, name) {
                earlier.scan = Some(scan);
            }
        }
        Ok(earlier)
    }

    /// Ends a job that has taken its share of time, and has it done again: what is scanned stays so.
    async fn take_turns(&self, job: &Job, repo: &Repo, commit: ObjectId) -> Result<()> {
        let mut tx = self.db().begin().await?;
        self.enqueue_anew(&mut tx, SCAN, &repo.id, commit).await?;
        jobs::finish(&mut tx, job, self.clock().now()).await?;
        Ok(tx.commit().await?)
    }

    /// Writes what came of a commit, tells owners what they have not been told, and ends the job.
    async fn keep_commit_scan(
        &self,
        job: &Job,
        repo: &Repo,
        commit: ObjectId,
        files: Vec<Candidate>,
    ) -> Result<()> {
        let count = files.len() as i64;
        let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
        let Weighed { flagged, bytes, accounted, unlooked } = self.weighed(files).await?;
        let now = self.clock().now();
        let mut tx = match changing::begin(self.db(), &repo.id).await {
            // The job went with it.
            Err(Error::NotFound(..)) => return Ok(()),
            other => other?,
        };
        if limpide_db::commits::find(&mut tx, &repo.id, [commit]).await?.is_empty() {
            jobs::finish(&mut tx, job, now).await?;
            return Ok(tx.commit().await?);
        }
        let row = CommitScan {
            commit_id: commit,
            scanner: SCANNER.into(),
            policy: self.policy().id().sha256.clone(),
            files: count,
            flagged: json!(flagged).to_string(),
            unlooked,
            created: now,
        };
        scans::put_commit(&mut tx, &repo.id, &row).await?;
        let worst = flagged.first().map_or(Level::Clean, |file| file.level);
        keep_facets(&mut tx, (&repo.id, commit), &paths, (bytes, worst)).await?;
        let said = ScanResult {
            scanner: format!("limpide {}, scanner {SCANNER}", env!("CARGO_PKG_VERSION")),
            rules: row.policy.parse()?,
            verdict: worst.to_string(),
            bytes,
            accounted,
            result: digest(row.flagged.as_bytes()),
            issued: now,
        };
        self.state(&mut tx, repo, commit, Predicate::Scan(said)).await?;
        for file in flagged.iter().filter(|file| file.level >= Level::Suspicious) {
            let level = file.level.as_str();
            let notice = NewNotice { content: &file.content, level, path: &file.path, commit, now };
            if scans::notify(&mut tx, &repo.id, &notice).await? {
                let detail =
                    json!({ "path": file.path, "content": file.content, "level": level, "commit": commit });
                let event = Event {
                    id: chance::id(),
                    at: now,
                    actor: None,
                    repository_id: Some(&repo.id),
                    action: "file.flagged",
                    detail,
                };
                events::insert(&mut tx, event).await?;
            }
        }
        if jobs::finish(&mut tx, job, now).await? {
            tx.commit().await?;
        }
        Ok(())
    }

    fn commit_safety(&self, row: CommitScan) -> Result<CommitSafety> {
        let flagged = serde_json::from_str(&row.flagged).map_err(|error| {
            Error::Internal(anyhow::anyhow!(
                "what came of scanning {} cannot be read: {error}",
                row.commit_id
            ))
        })?;
        let is_stale = row.scanner < i64::from(SCANNER) || row.policy != self.policy().id().sha256;
        Ok(CommitSafety {
            commit: row.commit_id,
            files: row.files.unsigned_abs(),
            flagged,
            policy: row.policy,
            created: row.created,
            is_stale,
            unlooked: self.clamav().map_or(0, |_| row.unlooked.unsigned_abs()),
        })
    }

    /// What all that is known of these files comes to.
    async fn weighed(&self, files: Vec<Candidate>) -> Result<Weighed> {
        let mut contents: Vec<String> = files.iter().map(|file| file.content.clone()).collect();
        contents.sort_unstable();
        contents.dedup();
        let levels = self.levels(&contents).await?;
        let (mut flagged, mut bytes, mut accounted, mut unlooked) = (Vec::new(), 0_u64, 0_u64, 0);
        for Candidate { content, name, path, size } in files {
            bytes = bytes.saturating_add(size);
            let Some(known) = levels.of(&content, &name) else { continue };
            accounted = accounted.saturating_add(known.accounted);
            unlooked += i64::from(known.is_unlooked);
            if known.level > Level::Clean {
                flagged.push(Flagged { path, content, level: known.level });
            }
        }
        flagged.sort_by(|one, other| (other.level, &one.path).cmp(&(one.level, &other.path)));
        flagged.truncate(MOST_FLAGGED);
        Ok(Weighed { flagged, bytes, accounted, unlooked })
    }
}

/// Keeps what lists are narrowed by, when the commit is where `main` stands.
async fn keep_facets(
    tx: &mut Tx,
    (repository_id, commit): (&str, ObjectId),
    paths: &[String],
    (bytes, worst): (u64, Level),
) -> Result<()> {
    let main = refs::find(&mut *tx, repository_id, [RefName::main().to_string()]).await?;
    if main.first().is_some_and(|main| main.target == commit) {
        let paths = paths.iter().map(String::as_str);
        cards::keep_files(tx, repository_id, paths, (bytes, worst.as_str())).await?;
    }
    Ok(())
}

/// Looks at a file as far as that was not done before, on a thread that may wait.
fn look(source: &HubSource, file: &Candidate, earlier: Earlier, asked: &Asked) -> Scan {
    let bytes = FileReader::new(source, &file.path, file.size);
    let scan = match earlier.scan {
        Some(scan) if scan.scanner >= SCANNER => scan,
        _ => limpide_safety::scan(&bytes, &file.path),
    };
    let said = match earlier.said {
        Some(said) if said.said.is_final() => Some(said),
        other => asked.look(&bytes).or(other),
    };
    match said {
        Some(said) => scan.looked_at(said),
        None => scan,
    }
}
