//! What scans saw: `scans` of contents, `commit_scans` of commits, `notices` to owners, and the `acknowledgements` that
//! let malicious contents through.

use limpide_words::{Kind, Moment, ObjectId, OwnerName, RepoName};

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// What was seen in a content.
    pub struct Scanned {
        /// The content: the SHA-256 of what LFS keeps, the git id of what git keeps.
        pub content: String,
        /// The name of the file under which it was looked at, where that matters; else nothing.
        pub name: String,
        /// The version of the code that looked.
        pub scanner: i64,
        /// What it saw, packed.
        pub scan: Vec<u8>,
        /// How many bytes the content has,
        pub size: i64,
        /// and how many of them were understood.
        pub accounted: i64,
        /// The SHA-256 of the policy that judged it last,
        pub policy: String,
        /// and its word.
        pub level: String,
        /// What a virus scanner said, in a word; none when none was asked.
        pub antivirus: Option<String>,
        /// When it was scanned.
        pub created: Moment,
    }
}

record! {
    /// What is known of a content without unpacking what was seen in it.
    pub struct Judged {
        /// The content.
        pub content: String,
        /// The name of the file under which it was looked at, where that matters; else nothing.
        pub name: String,
        /// The version of the code that looked.
        pub scanner: i64,
        /// How many bytes the content has,
        pub size: i64,
        /// and how many of them were understood.
        pub accounted: i64,
        /// The SHA-256 of the policy that judged it last,
        pub policy: String,
        /// and its word.
        pub level: String,
        /// What a virus scanner said, in a word; none when none was asked.
        pub antivirus: Option<String>,
    }
}

record! {
    /// What came of scanning the files of a commit.
    pub struct CommitScan {
        /// The commit.
        pub commit_id: ObjectId,
        /// The version of the code that looked.
        pub scanner: i64,
        /// The SHA-256 of the policy.
        pub policy: String,
        /// How many files the commit has.
        pub files: i64,
        /// Those that are not clean: JSON.
        pub flagged: String,
        /// How many files no virus scanner has looked at that might.
        pub unlooked: i64,
        /// When that was.
        pub created: Moment,
    }
}

record! {
    /// A malicious content that is let through.
    pub struct Acknowledgement {
        /// The content.
        pub content: String,
        /// The name of whoever lets it through.
        pub user_name: String,
        /// Why.
        pub reason: String,
        /// Since when.
        pub created: Moment,
    }
}

record! {
    /// A commit on which a branch stands.
    pub struct Head {
        /// The repository.
        pub repository_id: String,
        /// The commit.
        pub commit_id: ObjectId,
    }
}

record! {
    /// What an owner is told of a file.
    pub struct Notice {
        /// The kind of the repository.
        pub kind: Kind,
        /// The name of its owner,
        pub owner: OwnerName,
        /// and its own.
        pub name: RepoName,
        /// The content.
        pub content: String,
        /// `suspicious` or `malicious`.
        pub level: String,
        /// Where it was found,
        pub path: String,
        /// and in which commit.
        pub commit_id: ObjectId,
        /// When that was.
        pub created: Moment,
    }
}

/// What was seen in those of these contents that were scanned.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, contents: &[String]) -> Result<Vec<Scanned>> {
    sql("SELECT content, name, scanner, scan, size, accounted, policy, level, antivirus, created FROM scans
         WHERE content IN each($1)")
    .bind(json_set(contents))
    .all(door)
    .await
}

/// What is thought of those of these contents that were scanned.
///
/// # Errors
/// When the database fails.
pub async fn judged(door: impl Door, contents: &[String]) -> Result<Vec<Judged>> {
    sql("SELECT content, name, scanner, size, accounted, policy, level, antivirus FROM scans WHERE content IN each($1)")
        .bind(json_set(contents))
        .all(door)
        .await
}

/// Keeps what was seen in a content, in place of what older code saw. A virus scanner's word is not replaced by that of
/// a server that has none.
///
/// # Errors
/// When the database fails.
pub async fn put(tx: &mut Tx, scanned: &Scanned) -> Result<()> {
    // Older code may have thought otherwise of whether the name matters.
    sql("DELETE FROM scans WHERE content = $1 AND name <> $2 AND scanner < $3 AND (name = '' OR $2 = '')")
        .bind(&scanned.content)
        .bind(&scanned.name)
        .bind(scanned.scanner)
        .run(&mut *tx)
        .await?;
    sql("INSERT INTO scans (content, name, scanner, scan, size, accounted, policy, level, antivirus, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (content, name) DO UPDATE SET scanner = excluded.scanner, scan = excluded.scan, size = excluded.size,
             accounted = excluded.accounted, policy = excluded.policy, level = excluded.level,
             antivirus = excluded.antivirus, created = excluded.created
         WHERE excluded.scanner >= scans.scanner
             AND (excluded.antivirus IS NOT NULL OR scans.antivirus IS NULL)")
    .bind(&scanned.content)
    .bind(&scanned.name)
    .bind(scanned.scanner)
    .bind(scanned.scan.clone())
    .bind(scanned.size)
    .bind(scanned.accounted)
    .bind(&scanned.policy)
    .bind(&scanned.level)
    .bind(scanned.antivirus.as_deref())
    .bind(scanned.created)
    .run(tx)
    .await?;
    Ok(())
}

/// Keeps what a policy says of a content under a name.
///
/// # Errors
/// When the database fails.
pub async fn judge(tx: &mut Tx, (content, name): (&str, &str), policy: &str, level: &str) -> Result<()> {
    sql("UPDATE scans SET policy = $3, level = $4 WHERE content = $1 AND name = $2")
        .bind(content)
        .bind(name)
        .bind(policy)
        .bind(level)
        .run(tx)
        .await?;
    Ok(())
}

/// Keeps what came of scanning a commit.
///
/// # Errors
/// When the database fails.
pub async fn put_commit(tx: &mut Tx, repository_id: &str, scan: &CommitScan) -> Result<()> {
    sql("INSERT INTO commit_scans (repository_id, commit_id, scanner, policy, files, flagged, unlooked, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (repository_id, commit_id) DO UPDATE SET scanner = excluded.scanner,
             policy = excluded.policy, files = excluded.files, flagged = excluded.flagged,
             unlooked = excluded.unlooked, created = excluded.created")
    .bind(repository_id)
    .bind(scan.commit_id)
    .bind(scan.scanner)
    .bind(&scan.policy)
    .bind(scan.files)
    .bind(&scan.flagged)
    .bind(scan.unlooked)
    .bind(scan.created)
    .run(tx)
    .await?;
    Ok(())
}

/// What came of scanning a commit.
///
/// # Errors
/// When the database fails.
pub async fn of_commit(door: impl Door, repository_id: &str, commit: ObjectId) -> Result<Option<CommitScan>> {
    sql("SELECT commit_id, scanner, policy, files, flagged, unlooked, created FROM commit_scans
         WHERE repository_id = $1 AND commit_id = $2")
    .bind(repository_id)
    .bind(commit)
    .one(door)
    .await
}

/// What came of scanning the commits on which branches and tags of a repository stand.
///
/// # Errors
/// When the database fails.
pub async fn of_refs(door: impl Door, repository_id: &str) -> Result<Vec<CommitScan>> {
    sql("SELECT commit_id, scanner, policy, files, flagged, unlooked, created FROM commit_scans s
         WHERE repository_id = $1 AND flagged <> '[]'
             AND EXISTS (SELECT 1 FROM refs r WHERE r.repository_id = $1 AND r.target = s.commit_id)")
    .bind(repository_id)
    .all(door)
    .await
}

/// Commits on which branches stand and that were not scanned by this code, or not judged by this policy; at most so many.
///
/// # Errors
/// When the database fails.
pub async fn stale_heads(door: impl Door, scanner: i64, policy: &str, limit: i64) -> Result<Vec<Head>> {
    sql("SELECT DISTINCT r.repository_id, r.target AS commit_id FROM refs r
         WHERE r.name LIKE 'refs/heads/%'
             AND NOT EXISTS (SELECT 1 FROM commit_scans s WHERE s.repository_id = r.repository_id
                 AND s.commit_id = r.target AND s.scanner = $1 AND s.policy = $2)
             AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.repository_id = r.repository_id
                 AND j.kind = 'scan' AND j.subject = r.target)
         LIMIT $3")
    .bind(scanner)
    .bind(policy)
    .bind(limit)
    .all(door)
    .await
}

/// Commits on which branches stand and with contents that no virus scanner has looked at; at most so many.
///
/// # Errors
/// When the database fails.
pub async fn unlooked_heads(door: impl Door, limit: i64) -> Result<Vec<Head>> {
    sql("SELECT s.repository_id, s.commit_id FROM commit_scans s WHERE s.unlooked > 0
             AND EXISTS (SELECT 1 FROM refs r WHERE r.repository_id = s.repository_id
                 AND r.target = s.commit_id AND r.name LIKE 'refs/heads/%')
             AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.repository_id = s.repository_id
                 AND j.kind = 'scan' AND j.subject = s.commit_id)
         LIMIT $1")
    .bind(limit)
    .all(door)
    .await
}

/// Those of these contents that this policy calls malicious, or that another judged last, and that nobody lets through
/// for this repository.
///
/// # Errors
/// When the database fails.
pub async fn held_back(
    door: impl Door,
    repository_id: &str,
    contents: &[String],
    policy: &str,
) -> Result<Vec<Scanned>> {
    sql("SELECT content, name, scanner, scan, size, accounted, policy, level, antivirus, created FROM scans s
         WHERE content IN each($2) AND (level = 'malicious' OR policy <> $3)
             AND NOT EXISTS (SELECT 1 FROM acknowledgements a
                 WHERE a.repository_id = $1 AND a.content = s.content)")
    .bind(repository_id)
    .bind(json_set(contents))
    .bind(policy)
    .all(door)
    .await
}

/// Lets a content through for a repository; whoever did so first is remembered.
///
/// # Errors
/// When the database fails.
pub async fn acknowledge(
    tx: &mut Tx,
    repository_id: &str,
    content: &str,
    (user_id, reason): (&str, &str),
    now: Moment,
) -> Result<()> {
    sql("INSERT INTO acknowledgements (repository_id, content, user_id, reason, created)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (repository_id, content) DO NOTHING")
    .bind(repository_id)
    .bind(content)
    .bind(user_id)
    .bind(reason)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Lets a content through no longer; false when it was not let through.
///
/// # Errors
/// When the database fails.
pub async fn revoke(tx: &mut Tx, repository_id: &str, content: &str) -> Result<bool> {
    let gone = sql("DELETE FROM acknowledgements WHERE repository_id = $1 AND content = $2")
        .bind(repository_id)
        .bind(content)
        .run(tx)
        .await?;
    Ok(gone > 0)
}

/// What is let through for a repository.
///
/// # Errors
/// When the database fails.
pub async fn acknowledged(door: impl Door, repository_id: &str) -> Result<Vec<Acknowledgement>> {
    sql("SELECT a.content, o.name AS user_name, a.reason, a.created FROM acknowledgements a
         JOIN owners o ON o.id = a.user_id WHERE a.repository_id = $1 ORDER BY a.created, a.content")
    .bind(repository_id)
    .all(door)
    .await
}

/// What the owner of a repository has said that is done with malicious files, if anything.
///
/// # Errors
/// When the database fails.
pub async fn owners_word(door: impl Door, repository_id: &str) -> Result<Option<String>> {
    sql("SELECT o.malicious AS value FROM owners o JOIN repositories r ON r.owner_id = o.id
         WHERE r.id = $1 AND o.malicious IS NOT NULL")
    .bind(repository_id)
    .one(door)
    .await
}

/// What an owner has said that is done with malicious files, if anything.
///
/// # Errors
/// When the database fails.
pub async fn word_of_owner(door: impl Door, owner_id: &str) -> Result<Option<String>> {
    sql("SELECT malicious AS value FROM owners WHERE id = $1 AND malicious IS NOT NULL")
        .bind(owner_id)
        .one(door)
        .await
}

/// Sets what is done with malicious files of an owner; none for what the hub does.
///
/// # Errors
/// When the database fails.
pub async fn set_owners_word(tx: &mut Tx, owner_id: &str, word: Option<&str>) -> Result<()> {
    sql("UPDATE owners SET malicious = $2 WHERE id = $1").bind(owner_id).bind(word).run(tx).await?;
    Ok(())
}

/// Tells the owner that a content is this bad, unless that was told before; false then.
///
/// # Errors
/// When the database fails.
pub async fn notify(tx: &mut Tx, repository_id: &str, notice: &NewNotice<'_>) -> Result<bool> {
    let told = sql("INSERT INTO notices (repository_id, content, level, path, commit_id, created)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (repository_id, content, level) DO NOTHING")
    .bind(repository_id)
    .bind(notice.content)
    .bind(notice.level)
    .bind(notice.path)
    .bind(notice.commit)
    .bind(notice.now)
    .run(tx)
    .await?;
    Ok(told > 0)
}

/// Something to tell an owner.
#[derive(Debug, Clone, Copy)]
pub struct NewNotice<'a> {
    /// The content.
    pub content: &'a str,
    /// `suspicious` or `malicious`.
    pub level: &'a str,
    /// Where it was found,
    pub path: &'a str,
    /// and in which commit.
    pub commit: ObjectId,
    /// Now.
    pub now: Moment,
}

/// What a user is told, the newest first: of the repositories that are theirs, and of those of organisations in which
/// they may write.
///
/// # Errors
/// When the database fails.
pub async fn notices(door: impl Door, user_id: &str, before: Moment, limit: i64) -> Result<Vec<Notice>> {
    sql("SELECT r.kind, o.name AS owner, r.name, n.content, n.level, n.path, n.commit_id, n.created
         FROM notices n JOIN repositories r ON r.id = n.repository_id JOIN owners o ON o.id = r.owner_id
         WHERE n.created < $2 AND (r.owner_id = $1 OR EXISTS (SELECT 1 FROM members m
             WHERE m.organization_id = r.owner_id AND m.user_id = $1
                 AND (m.role IN ('write', 'admin') OR m.role = 'contributor' AND r.creator_id = $1)))
         ORDER BY n.created DESC, n.content LIMIT $3")
    .bind(user_id)
    .bind(before)
    .bind(limit)
    .all(door)
    .await
}
