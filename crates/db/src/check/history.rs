//! Repositories and their history as they stand: `repositories`, `refs`, `git_objects`, `commits`,
//! `folder_history`, `lfs_files`.

use crate::door::{Door, Result, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// A repository with its figures, beside what its rows add up to: one statement, so that both are of one moment.
    pub struct RepoRow {
        /// Its id.
        pub id: String,
        /// `model`, `dataset` or `space`.
        pub kind: String,
        /// Its owner's name, if the owner is there.
        pub owner: Option<String>,
        /// Its name.
        pub name: String,
        /// The same, folded.
        pub folded: String,
        /// What a search looks through.
        pub search: String,
        /// `false`, `auto` or `manual`.
        pub gated: String,
        /// How many times it was downloaded.
        pub downloads: i64,
        /// How many likes it is said to have,
        pub likes: i64,
        /// and has.
        pub liked: i64,
        /// How many bytes it is said to have,
        pub size: i64,
        /// and has in git's own blobs,
        pub blobs: i64,
        /// and in large files.
        pub large: i64,
        /// The number of its newest commit, as it is noted,
        pub commits: i64,
        /// and as the commits have it.
        pub newest: i64,
        /// The front matter of its card.
        pub card: String,
    }
}

/// The ids of the next repositories.
///
/// # Errors
/// When the database fails.
pub async fn repo_ids(door: impl Door, after: &str, limit: i64) -> Result<Vec<String>> {
    sql("SELECT id AS value FROM repositories WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(door)
        .await
}

/// A repository, if it is (still) there.
///
/// # Errors
/// When the database fails.
pub async fn repo(door: impl Door, id: &str) -> Result<Option<RepoRow>> {
    sql("SELECT r.id, r.kind, o.name AS owner, r.name, r.folded, r.search, r.gated, r.downloads, r.likes, r.size,
             r.commits, r.card,
             (SELECT COUNT(*) FROM likes l WHERE l.repository_id = r.id) AS liked,
             CAST(COALESCE((SELECT SUM(g.size) FROM git_objects g
                 WHERE g.repository_id = r.id AND g.kind = 'blob' AND g.lfs_sha256 IS NULL AND g.loose IS NULL), 0) AS BIGINT) AS blobs,
             CAST(COALESCE((SELECT SUM(f.size) FROM lfs_files f
                 WHERE f.repository_id = r.id), 0) AS BIGINT) AS large,
             COALESCE((SELECT MAX(c.number) FROM commits c WHERE c.repository_id = r.id), 0) AS newest
         FROM repositories r LEFT JOIN owners o ON o.id = r.owner_id WHERE r.id = $1")
    .bind(id)
    .one(door)
    .await
}

/// The tags of a repository, in order.
///
/// # Errors
/// When the database fails.
pub async fn tags(door: impl Door, repository_id: &str) -> Result<Vec<String>> {
    sql("SELECT tag AS value FROM tags WHERE repository_id = $1 ORDER BY tag")
        .bind(repository_id)
        .all(door)
        .await
}

record! {
    /// A ref and what it stands on.
    pub struct RefRow {
        /// Its full name.
        pub name: String,
        /// The id it stands on.
        pub target: String,
        /// The kind of that object, if it is there.
        pub kind: Option<String>,
        /// The number of that commit, if there is one.
        pub number: Option<i64>,
    }
}

/// All refs of a repository, by name.
///
/// # Errors
/// When the database fails.
pub async fn refs(door: impl Door, repository_id: &str) -> Result<Vec<RefRow>> {
    sql("SELECT r.name, r.target, g.kind, c.number FROM refs r
         LEFT JOIN git_objects g ON g.repository_id = r.repository_id AND g.id = r.target AND g.loose IS NULL
         LEFT JOIN commits c ON c.repository_id = r.repository_id AND c.id = r.target
         WHERE r.repository_id = $1 ORDER BY r.name")
    .bind(repository_id)
    .all(door)
    .await
}

record! {
    /// A git object, as it stands.
    pub struct ObjectRow {
        /// Its SHA-1.
        pub id: String,
        /// `commit`, `tree`, `blob` or `tag`.
        pub kind: String,
        /// How many bytes it has.
        pub size: i64,
        /// Its bytes, when they are few.
        pub data: Option<Vec<u8>>,
        /// The object of the store that holds them otherwise.
        pub object: Option<String>,
        /// What it points to, when it is an LFS pointer.
        pub lfs_sha256: Option<String>,
        /// How long that is.
        pub lfs_size: Option<i64>,
    }
}

/// The next objects of a repository, by id.
///
/// # Errors
/// When the database fails.
pub async fn objects(
    door: impl Door,
    repository_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<ObjectRow>> {
    sql("SELECT id, kind, size, data, object, lfs_sha256, lfs_size FROM git_objects
         WHERE repository_id = $1 AND id > $2 AND loose IS NULL ORDER BY id LIMIT $3")
    .bind(repository_id)
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

/// An object, if it is (still) there.
///
/// # Errors
/// When the database fails.
pub async fn object(door: impl Door, repository_id: &str, id: &str) -> Result<Option<ObjectRow>> {
    sql("SELECT id, kind, size, data, object, lfs_sha256, lfs_size FROM git_objects
         WHERE repository_id = $1 AND id = $2 AND loose IS NULL")
    .bind(repository_id)
    .bind(id)
    .one(door)
    .await
}

record! {
    /// What kind of object there is.
    pub struct KindRow {
        /// Its SHA-1.
        pub id: String,
        /// `commit`, `tree`, `blob` or `tag`.
        pub kind: String,
    }
}

/// The kinds of those of these objects that are there.
///
/// # Errors
/// When the database fails.
pub async fn kinds(door: impl Door, repository_id: &str, ids: &[String]) -> Result<Vec<KindRow>> {
    sql("SELECT id, kind FROM git_objects WHERE repository_id = $1 AND id IN each($2) AND loose IS NULL")
        .bind(repository_id)
        .bind(json_set(ids))
        .all(door)
        .await
}

record! {
    /// A commit, as it stands.
    pub struct CommitRow {
        /// Its SHA-1.
        pub id: String,
        /// Its number.
        pub number: i64,
        /// Its root tree.
        pub tree: String,
        /// Who made it.
        pub author: String,
        /// The first line of its message.
        pub title: String,
        /// What follows.
        pub message: String,
        /// When it was made.
        pub date: i64,
    }
}

/// The next commits of a repository, by number.
///
/// # Errors
/// When the database fails.
pub async fn commits(door: impl Door, repository_id: &str, after: i64, limit: i64) -> Result<Vec<CommitRow>> {
    sql("SELECT id, number, tree, author, title, message, date FROM commits
         WHERE repository_id = $1 AND number > $2 ORDER BY number LIMIT $3")
    .bind(repository_id)
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

/// A commit, if it is (still) there.
///
/// # Errors
/// When the database fails.
pub async fn commit(door: impl Door, repository_id: &str, number: i64) -> Result<Option<CommitRow>> {
    sql("SELECT id, number, tree, author, title, message, date FROM commits
         WHERE repository_id = $1 AND number = $2")
    .bind(repository_id)
    .bind(number)
    .one(door)
    .await
}

record! {
    /// A parent of a commit.
    pub struct ParentRow {
        /// Which parent it is, from zero.
        pub position: i64,
        /// Its id.
        pub parent_id: String,
        /// Its number, if it is there.
        pub number: Option<i64>,
        /// Its tree, if it is there.
        pub tree: Option<String>,
    }
}

/// The parents of a commit, in order.
///
/// # Errors
/// When the database fails.
pub async fn parents(door: impl Door, repository_id: &str, commit_id: &str) -> Result<Vec<ParentRow>> {
    sql("SELECT p.position, p.parent_id, c.number, c.tree FROM commit_parents p
         LEFT JOIN commits c ON c.repository_id = p.repository_id AND c.id = p.parent_id
         WHERE p.repository_id = $1 AND p.commit_id = $2 ORDER BY p.position")
    .bind(repository_id)
    .bind(commit_id)
    .all(door)
    .await
}

record! {
    /// The numbers of a folder, as they stand.
    pub struct FolderRow {
        /// The folder.
        pub path: String,
        /// Commit numbers, as [`crate::runs`] writes them.
        pub numbers: Vec<u8>,
    }
}

/// The folders that a commit touched, by path.
///
/// # Errors
/// When the database fails.
pub async fn folders(door: impl Door, repository_id: &str, number: i64) -> Result<Vec<FolderRow>> {
    sql("SELECT path, numbers FROM folder_history WHERE repository_id = $1 AND number = $2 ORDER BY path")
        .bind(repository_id)
        .bind(number)
        .all(door)
        .await
}

/// Rows of history that belong to no commit, in words; so many at most.
///
/// # Errors
/// When the database fails.
pub async fn strays(door: impl Door, repository_id: &str, limit: i64) -> Result<Vec<String>> {
    sql("SELECT 'folder_history of `' || h.path || '` at number ' || h.number AS value FROM folder_history h
         WHERE h.repository_id = $1 AND NOT EXISTS (SELECT 1 FROM commits c
             WHERE c.repository_id = h.repository_id AND c.number = h.number)
         UNION ALL
         SELECT 'commit_parents of ' || p.commit_id AS value FROM commit_parents p
         WHERE p.repository_id = $1 AND NOT EXISTS (SELECT 1 FROM commits c
             WHERE c.repository_id = p.repository_id AND c.id = p.commit_id)
         LIMIT $2")
    .bind(repository_id)
    .bind(limit)
    .all(door)
    .await
}

/// The commits that lead to these and are not there, so many at most. Commits that lead to no ref may lack
/// some: a squash forgets what only they remember.
///
/// # Errors
/// When the database fails.
pub async fn lost_commits(
    door: impl Door,
    repository_id: &str,
    roots: &[String],
    limit: i64,
) -> Result<Vec<String>> {
    sql("WITH RECURSIVE past (id) AS (
             SELECT value FROM each($2) AS root
             UNION SELECT p.parent_id FROM past k
                 JOIN commit_parents p ON p.repository_id = $1 AND p.commit_id = k.id)
         SELECT id AS value FROM past WHERE NOT EXISTS (SELECT 1 FROM commits c
             WHERE c.repository_id = $1 AND c.id = past.id) LIMIT $3")
    .bind(repository_id)
    .bind(json_set(roots))
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// A large file of a repository, as it stands, beside the file and the pointer that it names.
    pub struct LargeRow {
        /// The SHA-256 of its bytes.
        pub sha256: String,
        /// The file of the content store.
        pub file: String,
        /// The git id of its pointer.
        pub pointer: String,
        /// Where it was first committed.
        pub path: String,
        /// Its size.
        pub size: i64,
        /// The SHA-256 of the file, if it is there.
        pub file_sha256: Option<String>,
        /// The size of the file.
        pub file_size: Option<i64>,
        /// The SHA-256 that the pointer names, if it is there.
        pub pointer_sha256: Option<String>,
        /// The size that the pointer names.
        pub pointer_size: Option<i64>,
    }
}

/// The next large files of a repository, by SHA-256.
///
/// # Errors
/// When the database fails.
pub async fn large_files(
    door: impl Door,
    repository_id: &str,
    after: &str,
    limit: i64,
) -> Result<Vec<LargeRow>> {
    sql("SELECT l.sha256, l.file, l.pointer, l.path, l.size, f.sha256 AS file_sha256, f.size AS file_size,
             g.lfs_sha256 AS pointer_sha256, g.lfs_size AS pointer_size
         FROM lfs_files l LEFT JOIN files f ON f.hash = l.file
             LEFT JOIN git_objects g ON g.repository_id = l.repository_id AND g.id = l.pointer AND g.loose IS NULL
         WHERE l.repository_id = $1 AND l.sha256 > $2 ORDER BY l.sha256 LIMIT $3")
    .bind(repository_id)
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// A pointer to content that the repository does not have.
    pub struct LostPointer {
        /// The git id of the pointer.
        pub id: String,
        /// The SHA-256 that it names.
        pub sha256: String,
    }
}

/// Pointers whose content the repository does not have, so many at most.
///
/// # Errors
/// When the database fails.
pub async fn lost_pointers(door: impl Door, repository_id: &str, limit: i64) -> Result<Vec<LostPointer>> {
    sql("SELECT g.id, g.lfs_sha256 AS sha256 FROM git_objects g
         WHERE g.repository_id = $1 AND g.lfs_sha256 IS NOT NULL AND g.loose IS NULL AND NOT EXISTS (SELECT 1 FROM lfs_files l
             WHERE l.repository_id = g.repository_id AND l.sha256 = g.lfs_sha256)
         ORDER BY g.id LIMIT $2")
    .bind(repository_id)
    .bind(limit)
    .all(door)
    .await
}
