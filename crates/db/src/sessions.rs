//! Who is signed in to the site: `sessions`, and who tried in vain: `failed_sign_ins`.

use limpide_words::{Moment, OwnerName};

use crate::door::{Door, Result, Tx, sql};
use crate::record::record;

record! {
    /// A session, with the user whose it is.
    pub struct Session {
        /// Its id, which is no secret.
        pub id: String,
        /// The id of the user,
        pub user_id: String,
        /// their name,
        pub user_name: OwnerName,
        /// whether they administer the hub,
        pub is_admin: bool,
        /// and the language they chose, if they did.
        pub language: Option<String>,
        /// What the browser calls itself.
        pub agent: String,
        /// When it began.
        pub created: Moment,
        /// When it ends.
        pub expires: Moment,
    }
}

/// Begins a session, known by the SHA-256 of its secret alone.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, session: &Session, digest: &str) -> Result<()> {
    sql(
        "INSERT INTO sessions (id, user_id, digest, agent, created, expires) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&session.id)
    .bind(&session.user_id)
    .bind(digest)
    .bind(&session.agent)
    .bind(session.created)
    .bind(session.expires)
    .run(tx)
    .await?;
    Ok(())
}

/// The session with a secret of this SHA-256, whether it has ended or not.
///
/// # Errors
/// When the database fails.
pub async fn by_digest(door: impl Door, digest: &str) -> Result<Option<Session>> {
    sql("SELECT s.id, s.user_id, o.name AS user_name, o.is_admin, o.language, s.agent, s.created, s.expires
         FROM sessions s JOIN owners o ON o.id = s.user_id WHERE s.digest = $1")
    .bind(digest)
    .one(door)
    .await
}

/// The sessions of a user, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn of_user(door: impl Door, user_id: &str) -> Result<Vec<Session>> {
    sql("SELECT s.id, s.user_id, o.name AS user_name, o.is_admin, o.language, s.agent, s.created, s.expires
         FROM sessions s JOIN owners o ON o.id = s.user_id WHERE s.user_id = $1 ORDER BY s.created DESC, s.id DESC")
    .bind(user_id)
    .all(door)
    .await
}

/// Ends a session of a user; tells whether there was one.
///
/// # Errors
/// When the database fails.
pub async fn delete(tx: &mut Tx, user_id: &str, id: &str) -> Result<bool> {
    let deleted = sql("DELETE FROM sessions WHERE user_id = $1 AND id = $2").bind(user_id).bind(id).run(tx);
    Ok(deleted.await? > 0)
}

/// Ends all sessions of a user but one; gives how many.
///
/// # Errors
/// When the database fails.
pub async fn delete_others(tx: &mut Tx, user_id: &str, kept: &str) -> Result<u64> {
    sql("DELETE FROM sessions WHERE user_id = $1 AND id <> $2").bind(user_id).bind(kept).run(tx).await
}

/// Forgets sessions that have ended, and failures so old that nobody counts them.
///
/// # Errors
/// When the database fails.
pub async fn forget_old(tx: &mut Tx, now: Moment, counted_from: Moment) -> Result<u64> {
    let ended = sql("DELETE FROM sessions WHERE expires <= $1").bind(now).run(tx).await?;
    Ok(ended + sql("DELETE FROM failed_sign_ins WHERE failed <= $1").bind(counted_from).run(tx).await?)
}

/// Chooses the language of a user; none for what their browser asks.
///
/// # Errors
/// When the database fails.
pub async fn set_language(tx: &mut Tx, user_id: &str, language: Option<&str>) -> Result<()> {
    sql("UPDATE owners SET language = $1 WHERE id = $2").bind(language).bind(user_id).run(tx).await?;
    Ok(())
}

/// Notes that somebody failed to sign in.
///
/// # Errors
/// When the database fails.
pub async fn insert_failure(tx: &mut Tx, id: &str, subject: &str, failed: Moment) -> Result<()> {
    sql("INSERT INTO failed_sign_ins (id, subject, failed) VALUES ($1, $2, $3)")
        .bind(id)
        .bind(subject)
        .bind(failed)
        .run(tx)
        .await?;
    Ok(())
}

/// How often a subject has failed since a moment.
///
/// # Errors
/// When the database fails.
pub async fn failures(door: impl Door, subject: &str, since: Moment) -> Result<i64> {
    let count = sql("SELECT COUNT(*) AS value FROM failed_sign_ins WHERE subject = $1 AND failed > $2")
        .bind(subject)
        .bind(since)
        .one(door)
        .await?;
    Ok(count.unwrap_or(0))
}

/// Forgets the failures of a subject.
///
/// # Errors
/// When the database fails.
pub async fn forgive(tx: &mut Tx, subject: &str) -> Result<()> {
    sql("DELETE FROM failed_sign_ins WHERE subject = $1").bind(subject).run(tx).await?;
    Ok(())
}
