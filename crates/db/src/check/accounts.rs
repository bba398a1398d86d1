//! Who there is, as it stands: `owners`, `members`, `tokens`, `redirects`.

use crate::door::{Door, Result, sql};
use crate::record::record;

record! {
    /// A user or an organisation, as it stands.
    pub struct OwnerRow {
        /// Its id.
        pub id: String,
        /// `user` or `organization`.
        pub kind: String,
        /// Its name.
        pub name: String,
        /// The same, folded.
        pub folded: String,
    }
}

/// The next owners, by id.
///
/// # Errors
/// When the database fails.
pub async fn owners(door: impl Door, after: &str, limit: i64) -> Result<Vec<OwnerRow>> {
    sql("SELECT id, kind, name, folded FROM owners WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after)
        .bind(limit)
        .all(door)
        .await
}

record! {
    /// A token, as it stands.
    pub struct TokenRow {
        /// Its id.
        pub id: String,
        /// Its name.
        pub name: String,
        /// Its user's name, if the user is there.
        pub user_name: Option<String>,
        /// Its SHA-256.
        pub digest: String,
        /// `read`, `write` or `fineGrained`.
        pub role: String,
        /// What a fine-grained token allows, as JSON.
        pub scopes: String,
    }
}

/// The next tokens, by id.
///
/// # Errors
/// When the database fails.
pub async fn tokens(door: impl Door, after: &str, limit: i64) -> Result<Vec<TokenRow>> {
    sql("SELECT t.id, t.name, o.name AS user_name, t.digest, t.role, t.scopes
         FROM tokens t LEFT JOIN owners o ON o.id = t.user_id WHERE t.id > $1 ORDER BY t.id LIMIT $2")
    .bind(after)
    .bind(limit)
    .all(door)
    .await
}

record! {
    /// A membership that cannot be.
    pub struct MemberRow {
        /// The organisation.
        pub organization: String,
        /// The user.
        pub member: String,
        /// The role.
        pub role: String,
    }
}

/// Memberships of what is no organisation, by what is no user, or with a role that is none; so many at most.
///
/// # Errors
/// When the database fails.
pub async fn impossible_members(door: impl Door, limit: i64) -> Result<Vec<MemberRow>> {
    sql("SELECT COALESCE(g.name, m.organization_id) AS organization, COALESCE(u.name, m.user_id) AS member, m.role
         FROM members m LEFT JOIN owners g ON g.id = m.organization_id AND g.kind = 'organization'
             LEFT JOIN owners u ON u.id = m.user_id AND u.kind = 'user'
         WHERE g.id IS NULL OR u.id IS NULL OR m.role NOT IN ('read', 'contributor', 'write', 'admin')
         ORDER BY m.organization_id, m.user_id LIMIT $1")
    .bind(limit)
    .all(door)
    .await
}
