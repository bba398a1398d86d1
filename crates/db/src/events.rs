//! Who did what to what: `events`, only ever appended to, in the transaction of what they tell.

use limpide_words::Moment;

use crate::door::{Result, Tx, sql};

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Moment,
    /// Who did it: the id of a user.
    pub actor: Option<&'a str>,
    /// To which repository.
    pub repository_id: Option<&'a str>,
    /// What: `repo.create`, `repo.move`, `commit` ...
    pub action: &'static str,
    /// What else there is to know.
    pub detail: serde_json::Value,
}

/// Appends an event.
///
/// # Errors
/// When the database fails.
pub async fn insert(tx: &mut Tx, event: Event<'_>) -> Result<()> {
    sql("INSERT INTO events (id, at, actor, repository_id, action, detail) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(event.id)
        .bind(event.at)
        .bind(event.actor)
        .bind(event.repository_id)
        .bind(event.action)
        .bind(event.detail.to_string())
        .run(tx)
        .await?;
    Ok(())
}
