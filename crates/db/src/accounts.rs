//! Who there is: `owners`, `members`, `tokens`.

use limpide_words::{Moment, OwnerName};

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// A user or an organisation.
    pub struct Owner {
        /// Its id, which never changes.
        pub id: String,
        /// `user` or `organization`.
        pub kind: String,
        /// Its name as it was written when created.
        pub name: OwnerName,
        /// The name shown beside it; may be empty.
        pub full_name: String,
        /// The address of a user, if known.
        pub email: Option<String>,
        /// The Argon2id hash of a user's password, if there is one.
        pub password: Option<String>,
        /// Whether this user administers the hub.
        pub is_admin: bool,
        /// When it was created.
        pub created: Moment,
    }
}

/// Adds an owner.
///
/// # Errors
/// `Taken` when the name is used, in any case.
pub async fn insert_owner(tx: &mut Tx, owner: &Owner) -> Result<()> {
    sql("INSERT INTO owners (id, kind, name, folded, full_name, email, password, is_admin, created)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
    .bind(&owner.id)
    .bind(&owner.kind)
    .bind(&owner.name)
    .bind(owner.name.folded())
    .bind(&owner.full_name)
    .bind(owner.email.clone())
    .bind(owner.password.clone())
    .bind(owner.is_admin)
    .bind(owner.created)
    .run(tx)
    .await?;
    Ok(())
}

/// The owner with this name, in any case.
///
/// # Errors
/// When the database fails.
pub async fn owner_by_name(door: impl Door, name: &OwnerName) -> Result<Option<Owner>> {
    sql("SELECT id, kind, name, full_name, email, password, is_admin, created FROM owners WHERE folded = $1")
        .bind(name.folded())
        .one(door)
        .await
}

/// All owners of a kind (`user` or `organization`), by name.
///
/// # Errors
/// When the database fails.
pub async fn owners(door: impl Door, kind: &str) -> Result<Vec<Owner>> {
    sql("SELECT id, kind, name, full_name, email, password, is_admin, created FROM owners
         WHERE kind = $1 ORDER BY folded")
    .bind(kind)
    .all(door)
    .await
}

/// Some owners of a kind, by name, from the one after `after` (a folded name) on.
///
/// # Errors
/// When the database fails.
pub async fn owners_page(door: impl Door, kind: &str, after: Option<&str>, limit: i64) -> Result<Vec<Owner>> {
    sql("SELECT id, kind, name, full_name, email, password, is_admin, created FROM owners
         WHERE kind = $1 AND folded > $2 ORDER BY folded LIMIT $3")
    .bind(kind)
    .bind(after.unwrap_or_default())
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// How much room the repositories of an owner take together.
    pub struct Room {
        /// `user` or `organization`.
        pub kind: String,
        /// The owner.
        pub name: OwnerName,
        /// How many repositories.
        pub repositories: i64,
        /// How many bytes.
        pub size: i64,
    }
}

/// The room that the repositories of each owner take, the most first, from the one after `after` (a size and a folded
/// name) on.
///
/// # Errors
/// When the database fails.
pub async fn rooms(door: impl Door, after: Option<(i64, &str)>, limit: i64) -> Result<Vec<Room>> {
    let (size, folded) = after.unwrap_or((i64::MAX, ""));
    sql("SELECT s.kind, s.name, s.repositories, s.size FROM (
             SELECT o.kind, o.name, o.folded, COUNT(r.id) AS repositories,
                 CAST(COALESCE(SUM(r.size), 0) AS BIGINT) AS size
             FROM owners o LEFT JOIN repositories r ON r.owner_id = o.id GROUP BY o.id, o.kind, o.name, o.folded) s
         WHERE s.size < $1 OR (s.size = $1 AND s.folded > $2) ORDER BY s.size DESC, s.folded LIMIT $3")
    .bind(size)
    .bind(folded)
    .bind(limit)
    .all(door)
    .await
}

/// How many bytes all repositories of the hub hold together.
///
/// # Errors
/// When the database fails.
pub async fn room_of_all(door: impl Door) -> Result<i64> {
    let size = sql("SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) AS value FROM repositories").one(door);
    Ok(size.await?.unwrap_or_default())
}

/// Keeps others from changing who belongs to an owner, until this transaction ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_owner(tx: &mut Tx, id: &str) -> Result<()> {
    let _: Option<String> =
        sql("SELECT id AS value FROM owners WHERE id = $1 FOR NO KEY UPDATE").bind(id).one(tx).await?;
    Ok(())
}

/// How many members of an organisation administer it.
///
/// # Errors
/// When the database fails.
pub async fn count_admins(door: impl Door, organization_id: &str) -> Result<i64> {
    let count = sql("SELECT COUNT(*) AS value FROM members WHERE organization_id = $1 AND role = 'admin'")
        .bind(organization_id)
        .one(door);
    Ok(count.await?.unwrap_or(0))
}

/// Changes what is shown of an owner, and how to reach them.
///
/// # Errors
/// When the database fails.
pub async fn set_profile(tx: &mut Tx, id: &str, full_name: &str, email: Option<&str>) -> Result<()> {
    sql("UPDATE owners SET full_name = $1, email = $2 WHERE id = $3")
        .bind(full_name)
        .bind(email)
        .bind(id)
        .run(tx)
        .await?;
    Ok(())
}

/// How many owners there are.
///
/// # Errors
/// When the database fails.
pub async fn count_owners(door: impl Door) -> Result<i64> {
    Ok(sql("SELECT COUNT(*) AS value FROM owners").one(door).await?.unwrap_or(0))
}

/// Gives a user another password, by its hash.
///
/// # Errors
/// When the database fails.
pub async fn set_password(tx: &mut Tx, user_id: &str, hash: &str) -> Result<()> {
    sql("UPDATE owners SET password = $1 WHERE id = $2").bind(hash).bind(user_id).run(tx).await?;
    Ok(())
}

/// The role of a user in an organisation, if they are a member.
///
/// # Errors
/// When the database fails.
pub async fn role(door: impl Door, organization_id: &str, user_id: &str) -> Result<Option<String>> {
    sql("SELECT role AS value FROM members WHERE organization_id = $1 AND user_id = $2")
        .bind(organization_id)
        .bind(user_id)
        .one(door)
        .await
}

record! {
    /// A token together with the user it stands for.
    pub struct Token {
        /// The id of the token.
        pub id: String,
        /// The user it stands for.
        pub user_id: String,
        /// That user's name.
        pub user_name: OwnerName,
        /// Whether that user administers the hub.
        pub is_admin: bool,
        /// The name that the user gave it.
        pub name: String,
        /// `read`, `write` or `fineGrained`.
        pub role: String,
        /// What a fine-grained token allows, as JSON.
        pub scopes: String,
        /// When it was made.
        pub created: Moment,
        /// When it stops working.
        pub expires: Option<Moment>,
    }
}

/// The token with this SHA-256.
///
/// # Errors
/// When the database fails.
pub async fn token_by_digest(door: impl Door, digest: &str) -> Result<Option<Token>> {
    sql("SELECT t.id, t.user_id, o.name AS user_name, o.is_admin, t.name, t.role, t.scopes, t.created, t.expires
         FROM tokens t JOIN owners o ON o.id = t.user_id WHERE t.digest = $1")
    .bind(digest)
    .one(door)
    .await
}

/// The tokens of a user, by name.
///
/// # Errors
/// When the database fails.
pub async fn tokens(door: impl Door, user_id: &str) -> Result<Vec<Token>> {
    sql("SELECT t.id, t.user_id, o.name AS user_name, o.is_admin, t.name, t.role, t.scopes, t.created, t.expires
         FROM tokens t JOIN owners o ON o.id = t.user_id WHERE t.user_id = $1 ORDER BY t.name")
    .bind(user_id)
    .all(door)
    .await
}

/// Forgets a token of a user by its name; tells whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete_token(tx: &mut Tx, user_id: &str, name: &str) -> Result<bool> {
    let deleted = sql("DELETE FROM tokens WHERE user_id = $1 AND name = $2").bind(user_id).bind(name).run(tx);
    Ok(deleted.await? > 0)
}

/// Adds a token, known by its SHA-256 alone.
///
/// # Errors
/// `Taken` when the user has one of this name, or the token is already known.
pub async fn insert_token(tx: &mut Tx, token: &Token, digest: &str) -> Result<()> {
    sql("INSERT INTO tokens (id, user_id, name, digest, role, scopes, created, expires)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(&token.id)
    .bind(&token.user_id)
    .bind(&token.name)
    .bind(digest)
    .bind(&token.role)
    .bind(&token.scopes)
    .bind(token.created)
    .bind(token.expires)
    .run(tx)
    .await?;
    Ok(())
}

record! {
    /// One side of a membership: the organisation seen from a user, or the user seen from an organisation.
    pub struct Membership {
        /// The id of the other side.
        pub id: String,
        /// Its name.
        pub name: OwnerName,
        /// The name shown beside it.
        pub full_name: String,
        /// `read`, `contributor`, `write` or `admin`.
        pub role: String,
    }
}

/// The organisations that a user is in, by name.
///
/// # Errors
/// When the database fails.
pub async fn memberships(door: impl Door, user_id: &str) -> Result<Vec<Membership>> {
    sql("SELECT o.id, o.name, o.full_name, m.role FROM members m JOIN owners o ON o.id = m.organization_id
         WHERE m.user_id = $1 ORDER BY o.folded")
    .bind(user_id)
    .all(door)
    .await
}

/// The members of an organisation, by name.
///
/// # Errors
/// When the database fails.
pub async fn members(door: impl Door, organization_id: &str) -> Result<Vec<Membership>> {
    sql("SELECT o.id, o.name, o.full_name, m.role FROM members m JOIN owners o ON o.id = m.user_id
         WHERE m.organization_id = $1 ORDER BY o.folded")
    .bind(organization_id)
    .all(door)
    .await
}

/// Makes a user a member, or changes the role of one.
///
/// # Errors
/// When the database fails.
pub async fn put_member(
    tx: &mut Tx,
    organization_id: &str,
    user_id: &str,
    role: &str,
    now: Moment,
) -> Result<()> {
    sql("INSERT INTO members (organization_id, user_id, role, since) VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role")
    .bind(organization_id)
    .bind(user_id)
    .bind(role)
    .bind(now)
    .run(tx)
    .await?;
    Ok(())
}

/// Ends a membership.
///
/// # Errors
/// When the database fails.
pub async fn remove_member(tx: &mut Tx, organization_id: &str, user_id: &str) -> Result<()> {
    sql("DELETE FROM members WHERE organization_id = $1 AND user_id = $2")
        .bind(organization_id)
        .bind(user_id)
        .run(tx)
        .await?;
    Ok(())
}

record! {
    /// How many repositories of a kind an owner has in public.
    pub struct Count {
        /// `model`, `dataset` or `space`.
        pub kind: String,
        /// How many.
        pub repositories: i64,
    }
}

/// How many public repositories of each kind an owner has.
///
/// # Errors
/// When the database fails.
pub async fn public_repositories(door: impl Door, owner_id: &str) -> Result<Vec<Count>> {
    sql("SELECT kind, COUNT(*) AS repositories FROM repositories WHERE owner_id = $1 AND private = FALSE GROUP BY kind")
        .bind(owner_id)
        .all(door)
        .await
}

/// How many public repositories a user likes.
///
/// # Errors
/// When the database fails.
pub async fn liked(door: impl Door, user_id: &str) -> Result<i64> {
    let count = sql("SELECT COUNT(*) AS value FROM likes l JOIN repositories r ON r.id = l.repository_id
         WHERE l.user_id = $1 AND r.private = FALSE")
    .bind(user_id)
    .one(door)
    .await?;
    Ok(count.unwrap_or(0))
}
