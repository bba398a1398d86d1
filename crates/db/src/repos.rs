//! What there is: `repositories` and `redirects`.

use limpide_words::{Kind, Moment, OwnerName, RepoId, RepoName};

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

record! {
    /// A repository, without its files.
    pub struct Repo {
        /// Its id, which survives renaming.
        pub id: String,
        /// Model, dataset or space.
        pub kind: Kind,
        /// The id of the user or organisation it belongs to.
        pub owner_id: String,
        /// The name of that owner.
        pub owner: OwnerName,
        /// The id of the user who created it.
        pub creator_id: String,
        /// Its name.
        pub name: RepoName,
        /// Whether only members see it.
        pub private: bool,
        /// `false`, `auto` or `manual`: whether readers must agree to something first.
        pub gated: String,
        /// What a space runs on.
        pub sdk: Option<String>,
        /// When it was created.
        pub created: Moment,
        /// When its newest commit was made.
        pub modified: Moment,
        /// How many times it was downloaded.
        pub downloads: i64,
        /// How many users like it.
        pub likes: i64,
        /// Bytes of all distinct files of its history.
        pub size: i64,
        /// The number of its newest commit.
        pub commits: i64,
        /// The front matter of its card on `main`, as JSON.
        pub card: String,
    }
}

impl Repo {
    /// `owner/name`.
    pub fn id(&self) -> RepoId {
        RepoId { owner: self.owner.clone(), name: self.name.clone() }
    }
}

/// Adds a repository.
///
/// # Errors
/// `Taken` when the owner has one of this kind and name, in any case.
pub async fn insert(tx: &mut Tx, repo: &Repo) -> Result<()> {
    sql(
        "INSERT INTO repositories (id, kind, owner_id, creator_id, name, folded, search, private, gated, sdk,
             created, modified, downloads, likes, size, commits, objects, card, openness)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, 0, 0, 0, 0, '{}', -1)",
    )
    .bind(&repo.id)
    .bind(repo.kind)
    .bind(&repo.owner_id)
    .bind(&repo.creator_id)
    .bind(&repo.name)
    .bind(repo.name.folded())
    .bind(repo.id().folded())
    .bind(repo.private)
    .bind(&repo.gated)
    .bind(repo.sdk.clone())
    .bind(repo.created)
    .bind(repo.modified)
    .run(tx)
    .await?;
    Ok(())
}

/// The repository with this name, in any case.
///
/// # Errors
/// When the database fails.
pub async fn find(door: impl Door, kind: Kind, id: &RepoId) -> Result<Option<Repo>> {
    sql("SELECT r.id, r.kind, r.owner_id, o.name AS owner, r.creator_id, r.name, r.private, r.gated, r.sdk,
             r.created, r.modified, r.downloads, r.likes, r.size, r.commits, r.card
         FROM repositories r JOIN owners o ON o.id = r.owner_id
         WHERE r.kind = $1 AND o.folded = $2 AND r.folded = $3")
    .bind(kind)
    .bind(id.owner.folded())
    .bind(id.name.folded())
    .one(door)
    .await
}

/// The repository that had this name before it was moved.
///
/// # Errors
/// When the database fails.
pub async fn find_moved(door: impl Door, kind: Kind, id: &RepoId) -> Result<Option<Repo>> {
    sql("SELECT r.id, r.kind, r.owner_id, o.name AS owner, r.creator_id, r.name, r.private, r.gated, r.sdk,
             r.created, r.modified, r.downloads, r.likes, r.size, r.commits, r.card
         FROM redirects d JOIN repositories r ON r.id = d.repository_id JOIN owners o ON o.id = r.owner_id
         WHERE d.kind = $1 AND d.folded = $2")
    .bind(kind)
    .bind(id.folded())
    .one(door)
    .await
}

record! {
    /// A name, and the repository that has it or had it.
    pub struct Called {
        /// The folded `owner/name`.
        pub name: String,
        /// The repository.
        pub repository_id: String,
    }
}

/// The repositories that have these names, folded `owner/name`, or had them and none has them since.
///
/// # Errors
/// When the database fails.
pub async fn called(door: impl Door, kind: Kind, names: &[String]) -> Result<Vec<Called>> {
    let parts: Vec<serde_json::Value> = names
        .iter()
        .filter_map(|name| name.split_once('/'))
        .map(|(owner, name)| serde_json::json!({ "owner": owner, "name": name }))
        .collect();
    sql("SELECT r.search AS name, r.id AS repository_id
         FROM rows($2) JOIN owners o ON o.folded = value->>'owner'
         JOIN repositories r ON r.kind = $1 AND r.owner_id = o.id AND r.folded = value->>'name'
         UNION SELECT d.folded AS name, d.repository_id FROM redirects d WHERE d.kind = $1 AND d.folded IN each($3)")
    .bind(kind)
    .bind(serde_json::Value::from(parts).to_string())
    .bind(json_set(names))
    .all(door)
    .await
}

/// Ends the redirect from a name that is used again.
///
/// # Errors
/// When the database fails.
pub async fn forget_redirect(tx: &mut Tx, kind: Kind, id: &RepoId) -> Result<()> {
    sql("DELETE FROM redirects WHERE kind = $1 AND folded = $2").bind(kind).bind(id.folded()).run(tx).await?;
    Ok(())
}

/// Changes who may see a repository.
///
/// # Errors
/// When the database fails.
pub async fn set_private(tx: &mut Tx, repository_id: &str, private: bool) -> Result<()> {
    sql("UPDATE repositories SET private = $2 WHERE id = $1")
        .bind(repository_id)
        .bind(private)
        .run(tx)
        .await?;
    Ok(())
}

/// Changes what readers must agree to first.
///
/// # Errors
/// When the database fails.
pub async fn set_gated(tx: &mut Tx, repository_id: &str, gated: &str) -> Result<()> {
    sql("UPDATE repositories SET gated = $2 WHERE id = $1").bind(repository_id).bind(gated).run(tx).await?;
    Ok(())
}

/// Gives a repository another owner and name; the old name leads to it from now on.
///
/// # Errors
/// `Taken` when the new owner has one of this kind and name, in any case.
pub async fn rename(tx: &mut Tx, repo: &Repo, owner_id: &str, to: &RepoId, now: Moment) -> Result<()> {
    sql("UPDATE repositories SET owner_id = $2, name = $3, folded = $4, search = $5 WHERE id = $1")
        .bind(&repo.id)
        .bind(owner_id)
        .bind(&to.name)
        .bind(to.name.folded())
        .bind(to.folded())
        .run(tx)
        .await?;
    forget_redirect(tx, repo.kind, to).await?;
    if repo.id().folded() == to.folded() {
        return Ok(());
    }
    sql("INSERT INTO redirects (kind, folded, repository_id, created) VALUES ($1, $2, $3, $4)
         ON CONFLICT (kind, folded) DO UPDATE SET repository_id = excluded.repository_id, created = excluded.created")
    .bind(repo.kind)
    .bind(repo.id().folded())
    .bind(&repo.id)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Removes a repository and all that belongs to it alone.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, repository_id: &str) -> Result<()> {
    sql("DELETE FROM repositories WHERE id = $1").bind(repository_id).run(tx).await?;
    Ok(())
}

/// Adds downloads to the counters of repositories: pairs of id and number.
///
/// # Errors
/// When the database fails.
pub async fn add_downloads(tx: &mut Tx, counts: &[(String, i64)]) -> Result<()> {
    let rows: Vec<_> =
        counts.iter().map(|(id, count)| serde_json::json!({ "id": id, "count": count })).collect();
    sql("UPDATE repositories SET downloads = downloads + (
             SELECT CAST(value->>'count' AS BIGINT) FROM rows($1) WHERE value->>'id' = repositories.id)
         WHERE id IN (SELECT value->>'id' FROM rows($1))")
    .bind(serde_json::Value::from(rows).to_string())
    .run(tx)
    .await?;
    Ok(())
}

/// Gives the next commits their numbers, and makes other commits to the repository wait until this transaction ends.
/// Gives the last of them; none when the repository is gone.
///
/// # Errors
/// When the database fails.
pub async fn take_numbers(tx: &mut Tx, repository_id: &str, count: u32) -> Result<Option<i64>> {
    sql("UPDATE repositories SET commits = commits + $2 WHERE id = $1 RETURNING commits AS value")
        .bind(repository_id)
        .bind(i64::from(count))
        .one(tx)
        .await
}

/// Notes that the repository grew by so many bytes.
///
/// # Errors
/// When the database fails.
pub async fn grow(tx: &mut Tx, repository_id: &str, bytes: i64) -> Result<()> {
    sql("UPDATE repositories SET size = size + $2 WHERE id = $1")
        .bind(repository_id)
        .bind(bytes)
        .run(tx)
        .await?;
    Ok(())
}

/// Notes that there may be commits that no ref leads to any more, unless that has been noted before.
///
/// # Errors
/// When the database fails.
pub async fn shed(tx: &mut Tx, repository_id: &str, since: Moment) -> Result<()> {
    sql("UPDATE repositories SET shed = $2 WHERE id = $1 AND shed IS NULL")
        .bind(repository_id)
        .bind(since)
        .run(tx)
        .await?;
    Ok(())
}

/// Notes that refs lead to all commits.
///
/// # Errors
/// When the database fails.
pub async fn shed_nothing(tx: &mut Tx, repository_id: &str) -> Result<()> {
    sql("UPDATE repositories SET shed = NULL WHERE id = $1").bind(repository_id).run(tx).await?;
    Ok(())
}

/// The next repositories that may have had commits since then that no ref leads to.
///
/// # Errors
/// When the database fails.
pub async fn shed_before(door: impl Door, before: Moment, after: &str, limit: i64) -> Result<Vec<String>> {
    sql("SELECT id AS value FROM repositories WHERE shed < $1 AND id > $2 ORDER BY id LIMIT $3")
        .bind(before)
        .bind(after)
        .bind(limit)
        .all(door)
        .await
}

/// The bytes that all repositories of an owner have. In a transaction, others who ask the same wait for its end.
///
/// # Errors
/// When the database fails.
pub async fn size_of_all(tx: &mut Tx, owner_id: &str) -> Result<i64> {
    let _: Option<String> = sql("SELECT id AS value FROM owners WHERE id = $1 FOR NO KEY UPDATE")
        .bind(owner_id)
        .one(&mut *tx)
        .await?;
    let size =
        sql("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) AS value FROM repositories WHERE owner_id = $1")
            .bind(owner_id)
            .one(tx)
            .await?;
    Ok(size.unwrap_or_default())
}

/// Notes when `main` moved.
///
/// # Errors
/// When the database fails.
pub async fn set_modified(tx: &mut Tx, repository_id: &str, at: Moment) -> Result<()> {
    sql("UPDATE repositories SET modified = $2 WHERE id = $1").bind(repository_id).bind(at).run(tx).await?;
    Ok(())
}

/// Keeps the front matter of the card on `main`, as JSON.
///
/// # Errors
/// When the database fails.
pub async fn set_card(tx: &mut Tx, repository_id: &str, card: &str) -> Result<()> {
    sql("UPDATE repositories SET card = $2 WHERE id = $1").bind(repository_id).bind(card).run(tx).await?;
    Ok(())
}

/// Gives a fresh copy the numbers of what it was copied from.
///
/// # Errors
/// When the database fails.
pub async fn copy_figures(tx: &mut Tx, from: &str, to: &str) -> Result<()> {
    sql("UPDATE repositories SET
             size = (SELECT f.size FROM repositories f WHERE f.id = $1),
             commits = (SELECT f.commits FROM repositories f WHERE f.id = $1),
             card = (SELECT f.card FROM repositories f WHERE f.id = $1)
         WHERE id = $2")
    .bind(from)
    .bind(to)
    .run(tx)
    .await?;
    sql("INSERT INTO tags (repository_id, tag) SELECT $2, tag FROM tags WHERE repository_id = $1")
        .bind(from)
        .bind(to)
        .run(tx)
        .await?;
    sql("INSERT INTO facets (repository_id, facet, value) SELECT $2, facet, value FROM facets WHERE repository_id = $1")
        .bind(from)
        .bind(to)
        .run(tx)
        .await?;
    Ok(())
}

/// Makes others who change a repository or its history wait until this transaction ends; false when it is gone.
/// Who only adds something that belongs to it need not wait: see [`keep`].
///
/// # Errors
/// When the database fails.
pub async fn lock(tx: &mut Tx, repository_id: &str) -> Result<bool> {
    let found: Option<String> = sql("SELECT id AS value FROM repositories WHERE id = $1 FOR NO KEY UPDATE")
        .bind(repository_id)
        .one(tx)
        .await?;
    Ok(found.is_some())
}

/// Keeps a repository from being deleted or renamed until this transaction ends; false when it is gone.
/// Whoever is going to add rows that belong to it asks first: who asks while holding such rows may wait for
/// somebody who waits for these.
///
/// # Errors
/// When the database fails.
pub async fn keep(tx: &mut Tx, repository_id: &str) -> Result<bool> {
    let found: Option<String> = sql("SELECT id AS value FROM repositories WHERE id = $1 FOR KEY SHARE")
        .bind(repository_id)
        .one(tx)
        .await?;
    Ok(found.is_some())
}

/// Whether there is a repository of this id.
///
/// # Errors
/// When the database fails.
pub async fn exists(door: impl Door, repository_id: &str) -> Result<bool> {
    let found: Option<String> =
        sql("SELECT id AS value FROM repositories WHERE id = $1").bind(repository_id).one(door).await?;
    Ok(found.is_some())
}

/// A repository by its id.
///
/// # Errors
/// When the database fails.
pub async fn by_id(door: impl Door, repository_id: &str) -> Result<Option<Repo>> {
    sql("SELECT r.id, r.kind, r.owner_id, o.name AS owner, r.creator_id, r.name, r.private, r.gated, r.sdk,
             r.created, r.modified, r.downloads, r.likes, r.size, r.commits, r.card
         FROM repositories r JOIN owners o ON o.id = r.owner_id WHERE r.id = $1")
    .bind(repository_id)
    .one(door)
    .await
}
