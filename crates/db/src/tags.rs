//! By what a repository is found: `tags`, derived from its card.

use serde_json::json;

use crate::door::{Result, Tx, sql};

/// Puts these tags in place of those the repository had.
///
/// # Errors
/// When the database fails.
pub async fn replace(tx: &mut Tx, repository_id: &str, tags: &[String]) -> Result<()> {
    sql("DELETE FROM tags WHERE repository_id = $1").bind(repository_id).run(tx).await?;
    let rows: Vec<_> = tags.iter().map(|tag| json!({ "tag": tag })).collect();
    sql("INSERT INTO tags (repository_id, tag) SELECT $1, value->>'tag' FROM rows($2)
         WHERE true ON CONFLICT (repository_id, tag) DO NOTHING")
    .bind(repository_id)
    .bind(serde_json::Value::from(rows).to_string())
    .run(tx)
    .await?;
    Ok(())
}
