//! What the LFS pointers of a repository stand for: `lfs_files`, and the `claims` they come from.

use limpide_words::{FilePath, Kind, Moment, ObjectId, OwnerName, RepoName, Sha256};
use serde_json::json;

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// Content that a commit to this repository may name.
    pub struct KnownFile {
        /// Its SHA-256.
        pub sha256: Sha256,
        /// Its size.
        pub size: i64,
    }
}

record! {
    /// Content that has been committed.
    pub struct LfsFile {
        /// Its SHA-256.
        pub sha256: Sha256,
        /// The hash of the file in the content store.
        pub file: String,
        /// The git id of the pointer blob.
        pub pointer: ObjectId,
        /// Where it was first committed.
        pub path: String,
        /// Its size.
        pub size: i64,
        /// When it was committed.
        pub pushed: Moment,
    }
}

/// Content that a commit names.
#[derive(Debug, Clone)]
pub struct NewLfsFile {
    /// Its SHA-256.
    pub sha256: Sha256,
    /// The git id of the pointer blob.
    pub pointer: ObjectId,
    /// Where it is committed.
    pub path: FilePath,
}

/// The contents among these that the repository has, or that were uploaded for it and whose claim still holds.
///
/// # Errors
/// When the database fails.
pub async fn known(
    door: impl Door,
    repository_id: &str,
    sha256s: impl IntoIterator<Item = Sha256>,
    now: Moment,
) -> Result<Vec<KnownFile>> {
    sql("SELECT sha256, size FROM lfs_files WHERE repository_id = $1 AND sha256 IN each($2)
         UNION
         SELECT c.sha256, f.size FROM claims c JOIN files f ON f.hash = c.file
         WHERE c.repository_id = $1 AND c.sha256 IN each($2) AND c.expires > $3")
    .bind(repository_id)
    .bind(json_set(sha256s))
    .bind(now)
    .all(door)
    .await
}

/// Turns claims into committed files; gives the sizes of those that are new to the repository.
/// Content that is neither committed nor claimed is left out: count with [`committed`].
///
/// # Errors
/// When the database fails.
pub async fn commit(tx: &mut Tx, repository_id: &str, files: &[NewLfsFile], now: Moment) -> Result<Vec<i64>> {
    let row = |file: &NewLfsFile| json!({ "sha256": file.sha256, "pointer": file.pointer, "path": file.path.as_str() });
    let rows: Vec<_> = files.iter().map(row).collect();
    let named = json_set(files.iter().map(|file| file.sha256));
    // Everybody takes hold of claims in the same order, so that no two wait for each other.
    let _: Vec<Sha256> =
        sql("SELECT sha256 AS value FROM claims WHERE repository_id = $1 AND sha256 IN each($2)
         ORDER BY sha256 FOR UPDATE")
        .bind(repository_id)
        .bind(&named)
        .all(&mut *tx)
        .await?;
    let added = sql("INSERT INTO lfs_files (repository_id, sha256, file, pointer, path, size, pushed)
         SELECT $1, c.sha256, c.file, value->>'pointer', value->>'path', f.size, $3
         FROM rows($2) JOIN claims c ON c.repository_id = $1 AND c.sha256 = value->>'sha256'
             JOIN files f ON f.hash = c.file
         WHERE true ON CONFLICT (repository_id, sha256) DO NOTHING RETURNING size AS value")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .bind(now)
    .all(&mut *tx)
    .await?;
    sql("DELETE FROM claims WHERE repository_id = $1 AND sha256 IN each($2)")
        .bind(repository_id)
        .bind(&named)
        .run(tx)
        .await?;
    Ok(added)
}

/// The committed contents among these.
///
/// # Errors
/// When the database fails.
pub async fn committed(
    door: impl Door,
    repository_id: &str,
    sha256s: impl IntoIterator<Item = Sha256>,
) -> Result<Vec<LfsFile>> {
    sql("SELECT sha256, file, pointer, path, size, pushed FROM lfs_files
         WHERE repository_id = $1 AND sha256 IN each($2)")
    .bind(repository_id)
    .bind(json_set(sha256s))
    .all(door)
    .await
}

/// The next committed contents, in the order of their SHA-256.
///
/// # Errors
/// When the database fails.
pub async fn page(
    door: impl Door,
    repository_id: &str,
    after: Option<Sha256>,
    limit: i64,
) -> Result<Vec<LfsFile>> {
    sql("SELECT sha256, file, pointer, path, size, pushed FROM lfs_files
         WHERE repository_id = $1 AND sha256 > $2 ORDER BY sha256 LIMIT $3")
    .bind(repository_id)
    .bind(after.map(|sha256| sha256.to_string()).unwrap_or_default())
    .bind(limit)
    .all(door)
    .await
}

/// Who claims, for which repository, and until when.
#[derive(Debug, Clone)]
pub struct Claimant<'a> {
    /// The repository that will commit the content.
    pub repository_id: &'a str,
    /// The user who asked.
    pub user_id: &'a str,
    /// When the claim ends.
    pub expires: Moment,
}

/// Claims, for another repository, contents that one has committed; gives those it could claim.
///
/// # Errors
/// When the database fails.
pub async fn claim_from(
    tx: &mut Tx,
    source_id: &str,
    claimant: &Claimant<'_>,
    sha256s: impl IntoIterator<Item = Sha256>,
) -> Result<Vec<Sha256>> {
    sql("INSERT INTO claims (repository_id, file, sha256, user_id, expires)
         SELECT $1, file, sha256, $2, $3 FROM lfs_files WHERE repository_id = $4 AND sha256 IN each($5)
         ON CONFLICT (repository_id, sha256) DO UPDATE SET expires = excluded.expires RETURNING sha256 AS value")
    .bind(claimant.repository_id)
    .bind(claimant.user_id)
    .bind(claimant.expires)
    .bind(source_id)
    .bind(json_set(sha256s))
    .all(tx)
    .await
}

/// Copies what is committed to another repository.
///
/// # Errors
/// When the database fails.
pub async fn copy(tx: &mut Tx, from: &str, to: &str, now: Moment) -> Result<()> {
    sql("INSERT INTO lfs_files (repository_id, sha256, file, pointer, path, size, pushed)
         SELECT $1, sha256, file, pointer, path, size, $3 FROM lfs_files WHERE repository_id = $2")
    .bind(to)
    .bind(from)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

record! {
    /// A repository that holds some content.
    pub struct Holder {
        /// Its kind.
        pub kind: Kind,
        /// Its owner.
        pub owner: OwnerName,
        /// Its name.
        pub name: RepoName,
    }
}

/// The first public repositories, by kind and name, that have committed this content; without the one that asks.
///
/// # Errors
/// When the database fails.
pub async fn holders(door: impl Door, sha256: Sha256, without: &str, limit: i64) -> Result<Vec<Holder>> {
    sql("SELECT r.kind, o.name AS owner, r.name FROM lfs_files l
             JOIN repositories r ON r.id = l.repository_id JOIN owners o ON o.id = r.owner_id
         WHERE l.sha256 = $1 AND l.repository_id <> $2 AND r.private = FALSE
         ORDER BY r.kind, r.search LIMIT $3")
    .bind(sha256)
    .bind(without)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// Content that no commit names any more.
    pub struct Shed {
        /// Its SHA-256.
        pub sha256: Sha256,
        /// Its size.
        pub size: i64,
    }
}

/// Turns committed contents that no pointer names any more back into claims; gives them. Pointers that are loose do not
/// count. Whoever does has locked the repository.
///
/// # Errors
/// When the database fails.
pub async fn shed(tx: &mut Tx, claimant: &Claimant<'_>) -> Result<Vec<Shed>> {
    let shed: Vec<Shed> = sql("SELECT l.sha256, l.size FROM lfs_files l WHERE l.repository_id = $1
             AND NOT EXISTS (SELECT 1 FROM git_objects o WHERE o.repository_id = $1
                 AND o.lfs_sha256 = l.sha256 AND o.loose IS NULL)
         ORDER BY l.sha256")
    .bind(claimant.repository_id)
    .all(&mut *tx)
    .await?;
    for page in shed.chunks(PAGE) {
        let set = json_set(page.iter().map(|shed| shed.sha256));
        sql("INSERT INTO claims (repository_id, file, sha256, user_id, expires)
             SELECT repository_id, file, sha256, $3, CAST($4 AS BIGINT) FROM lfs_files
             WHERE repository_id = $1 AND sha256 IN each($2) ORDER BY sha256
             ON CONFLICT (repository_id, sha256) DO UPDATE SET expires = excluded.expires")
        .bind(claimant.repository_id)
        .bind(&set)
        .bind(claimant.user_id)
        .bind(claimant.expires)
        .run(&mut *tx)
        .await?;
        sql("DELETE FROM lfs_files WHERE repository_id = $1 AND sha256 IN each($2)")
            .bind(claimant.repository_id)
            .bind(&set)
            .run(&mut *tx)
            .await?;
    }
    // What remains may have been named by a pointer that is loose now, and by another that is not.
    sql("UPDATE lfs_files SET pointer = (SELECT MIN(o.id) FROM git_objects o WHERE o.repository_id = $1
             AND o.lfs_sha256 = lfs_files.sha256 AND o.loose IS NULL)
         WHERE repository_id = $1 AND EXISTS (SELECT 1 FROM git_objects g WHERE g.repository_id = $1
             AND g.id = lfs_files.pointer AND g.loose IS NOT NULL)")
    .bind(claimant.repository_id)
    .run(tx)
    .await?;
    Ok(shed)
}

/// Contents of one statement.
const PAGE: usize = 1000;
