//! By what lists are narrowed: `facets`.

use serde_json::json;

use crate::door::{Result, Tx, sql};
use crate::json_set;

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
