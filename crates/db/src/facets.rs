//! By what lists are narrowed: `facets`.

use serde_json::json;

use crate::door::{Door, Result, Tx, sql};
use crate::json_set;
use crate::record::record;

/// Puts these values in place of those that a repository had, of these facets alone.
///
/// # Errors
/// When the database fails.
pub async fn replace(
    tx: &mut Tx,
    repository_id: &str,
    facets: &[&str],
    values: &[(&'static str, String)],
) -> Result<()> {
    sql("DELETE FROM facets WHERE repository_id = $1 AND facet IN each($2)")
        .bind(repository_id)
        .bind(json_set(facets))
        .run(tx)
        .await?;
    let rows: Vec<_> =
        values.iter().map(|(facet, value)| json!({ "facet": facet, "value": value })).collect();
    sql("INSERT INTO facets (repository_id, facet, value) SELECT $1, value->>'facet', value->>'value' FROM rows($2)
         WHERE true ON CONFLICT (repository_id, facet, value) DO NOTHING")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .run(tx)
    .await?;
    Ok(())
}

record! {
    /// A value that a repository has of a facet.
    pub struct OfRepository {
        /// The repository.
        pub repository_id: String,
        /// The value.
        pub value: String,
    }
}

/// The values of one facet that these repositories have.
///
/// # Errors
/// When the database fails.
pub async fn values(door: impl Door, repository_ids: &[&str], facet: &str) -> Result<Vec<OfRepository>> {
    sql("SELECT repository_id, value FROM facets WHERE repository_id IN each($1) AND facet = $2")
        .bind(json_set(repository_ids))
        .bind(facet)
        .all(door)
        .await
}
