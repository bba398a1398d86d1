//! How often repositories were downloaded: a number in `repositories`.

use serde_json::json;

use crate::door::{Result, Tx, sql};

/// Adds to the numbers of several repositories, given by their ids.
///
/// # Errors
/// When the database fails.
pub async fn add(tx: &mut Tx, counts: &[(String, u64)]) -> Result<()> {
    let rows = counts.iter().map(|(id, count)| json!({ "id": id, "count": count }));
    sql("UPDATE repositories SET downloads = downloads + fresh.count
         FROM (SELECT value->>'id' AS id, CAST(value->>'count' AS BIGINT) AS count FROM rows($1)) AS fresh
         WHERE repositories.id = fresh.id")
    .bind(rows.collect::<serde_json::Value>().to_string())
    .run(tx)
    .await?;
    Ok(())
}
