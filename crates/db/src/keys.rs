//! With which keys people sign: `keys`.

use limpide_words::{Moment, OwnerName};

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// A public key of a user.
    pub struct Key {
        /// The name that the user gave it.
        pub name: String,
        /// The key: Ed25519 in hexadecimal, others in PEM.
        pub public_key: String,
        /// When it was added.
        pub created: Moment,
    }
}

record! {
    /// A public key of somebody who may write to what an owner has.
    pub struct WritersKey {
        /// Whose it is.
        pub user_name: OwnerName,
        /// The name that the user gave it.
        pub name: String,
        /// The key.
        pub public_key: String,
    }
}

/// Adds a key.
///
/// # Errors
/// `Taken` when the user has one of this name, or this very key.
pub async fn insert(tx: &mut Tx, user_id: &str, key: &Key) -> Result<()> {
    sql("INSERT INTO keys (user_id, name, public_key, created) VALUES ($1, $2, $3, $4)")
        .bind(user_id)
        .bind(&key.name)
        .bind(&key.public_key)
        .bind(key.created)
        .run(tx)
        .await?;
    Ok(())
}

/// The keys of the user with this name, in any case, by their names.
///
/// # Errors
/// When the database fails.
pub async fn of_user(door: impl Door, user: &OwnerName) -> Result<Vec<Key>> {
    sql("SELECT k.name, k.public_key, k.created FROM keys k JOIN owners o ON o.id = k.user_id
         WHERE o.folded = $1 ORDER BY k.name")
    .bind(user.folded())
    .all(door)
    .await
}

/// Whether a key is one of the user's.
///
/// # Errors
/// When the database fails.
pub async fn is_known(door: impl Door, user_id: &str, public_key: &str) -> Result<bool> {
    let found: Option<String> = sql("SELECT name AS value FROM keys WHERE user_id = $1 AND public_key = $2")
        .bind(user_id)
        .bind(public_key)
        .one(door)
        .await?;
    Ok(found.is_some())
}

/// Forgets a key by its name; gives the key, if there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, user_id: &str, name: &str) -> Result<Option<String>> {
    sql("DELETE FROM keys WHERE user_id = $1 AND name = $2 RETURNING public_key AS value")
        .bind(user_id)
        .bind(name)
        .one(tx)
        .await
}

/// The keys of an owner: of the user, or of those who may write to all that an organisation has.
///
/// # Errors
/// When the database fails.
pub async fn of_writers(door: impl Door, owner_id: &str) -> Result<Vec<WritersKey>> {
    sql("SELECT o.name AS user_name, k.name, k.public_key FROM keys k JOIN owners o ON o.id = k.user_id
         WHERE k.user_id = $1 OR k.user_id IN (SELECT m.user_id FROM members m
             WHERE m.organization_id = $1 AND m.role IN ('write', 'admin'))
         ORDER BY o.name, k.name")
    .bind(owner_id)
    .all(door)
    .await
}
