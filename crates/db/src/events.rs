//! Who did what to what: `events`, only ever appended to, in the transaction of what they tell.

use limpide_words::{Kind, Moment, OwnerName, RepoName};

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

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

record! {
    /// An event as it is read, with the names that its user and repository have now.
    pub struct Told {
        /// Its id: later events have greater ones.
        pub id: String,
        /// When.
        pub at: Moment,
        /// Who did it.
        pub actor: Option<OwnerName>,
        /// What.
        pub action: String,
        /// What else there is to know, as JSON.
        pub detail: String,
        /// The kind of the repository, if it is still there,
        pub kind: Option<Kind>,
        /// its owner,
        pub owner: Option<OwnerName>,
        /// and its name.
        pub name: Option<RepoName>,
    }
}

/// Which events are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter<'a> {
    /// Those of one action.
    pub action: Option<&'a str>,
    /// Those of some repositories, by their ids.
    pub repositories: Option<&'a [String]>,
    /// Those before this one.
    pub before: Option<&'a str>,
}

/// Some events, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn page(door: impl Door, filter: &Filter<'_>, limit: i64) -> Result<Vec<Told>> {
    let limit = Some(limit);
    sql("SELECT e.id, e.at, a.name AS actor, e.action, e.detail, r.kind, o.name AS owner, r.name
         FROM events e LEFT JOIN owners a ON a.id = e.actor LEFT JOIN repositories r ON r.id = e.repository_id
             LEFT JOIN owners o ON o.id = r.owner_id WHERE TRUE")
    .filter(" AND e.action = $?", filter.action)
    .filter(" AND e.repository_id IN each($?)", filter.repositories.map(json_set))
    .filter(" AND e.id < $?", filter.before)
    .filter(" ORDER BY e.id DESC LIMIT $?", limit)
    .all(door)
    .await
}
